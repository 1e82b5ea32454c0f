// One agent's view on its branch: files put and removed are its own until it commits; then all agents see them at once.
import { MaestroError } from '../../error.ts';
import type { Commit } from '../object/commit.ts';
import type { Delivery, Mailroom, Message, MessageType } from './mailroom.ts';
import type { CommitOrder, CommitOutcome, FileChange, FileMode, Identity, MergeOrder, MergeResult, ReadOutcome } from './order.ts';
import { fromTreePath, toTreePath } from './path.ts';

/** What a workspace needs of the repository it is in. */
export type Surroundings = {
  readonly messages: Mailroom;
  tip(branch: string): Commit | null;
  read(at: Commit, path: string): ReadOutcome;
  commit(order: CommitOrder): CommitOutcome;
  merge(order: MergeOrder): MergeResult;
};

export const CHANGES_MAX = 100_000;
const CHANGES_BYTES_MAX = 128 * 1024 * 1024;

export class Workspace {
  readonly agent: Identity;
  readonly branch: string;
  readonly #around: Surroundings;
  readonly #onClose: () => void;
  readonly #changes = new Map<string, FileChange>();
  #bytes = 0;
  #base: Commit;

  constructor(around: Surroundings, agent: Identity, branch: string, onClose: () => void) {
    this.#around = around;
    this.agent = agent;
    this.branch = branch;
    this.#onClose = onClose;
    this.#base = this.#tip();
  }

  /** The commit that changes are made on. */
  get base(): Commit {
    return this.#base;
  }

  put(path: string, content: string | Uint8Array, mode?: FileMode): void {
    this.#change({ path, content, ...(mode === undefined ? {} : { mode }) });
  }

  /** A file, or a folder with all that is in it. */
  remove(path: string): void {
    this.#change({ path, content: null });
  }

  /** With the changes that are not committed yet. */
  read(path: string): ReadOutcome {
    const name = toTreePath(path);
    const change = this.#changes.get(name);
    if (change !== undefined && change.content !== null) return { kind: 'found', bytes: bytesOf(change.content), mode: change.mode ?? 'file' };
    for (let slash = name.length; slash > 0; slash = name.lastIndexOf('/', slash - 1)) {
      if (this.#changes.get(name.slice(0, slash))?.content === null) return { kind: 'absent' };
    }
    return this.#around.read(this.#base, path);
  }

  /** Paths put or removed since the last commit. */
  changed(): readonly string[] {
    return Array.from(this.#changes.keys(), fromTreePath);
  }

  discard(): void {
    this.#changes.clear();
    this.#bytes = 0;
  }

  /** As an order, for a commit of several agents at once (`SharedRepository.commitAll`); `refresh` follows it. */
  order(message: string): CommitOrder {
    return { branch: this.branch, author: this.agent, message, changes: [...this.#changes.values()], expected: this.#base };
  }

  /** `elsewhere`: somebody else committed to this branch; `refresh` takes that in. The changes stay until a commit takes them. */
  commit(message: string): CommitOutcome {
    const outcome = this.#around.commit(this.order(message));
    if (outcome.kind === 'committed') this.settle();
    return outcome;
  }

  /** After `commitAll` took this workspace's order. */
  settle(): void {
    this.discard();
    this.refresh();
  }

  /** On the branch's tip, changes and all. */
  refresh(): void {
    this.#base = this.#tip();
  }

  /** Another branch into this one. What is not committed yet has to be, or goes, first. */
  merge(from: string, message: string): MergeResult {
    if (this.#changes.size > 0) throw new MaestroError('not-allowed', `${this.#changes.size} changes of ${this.agent.name} are not committed`);
    const result = this.#around.merge({ into: this.branch, from, author: this.agent, message });
    this.refresh();
    return result;
  }

  send(to: string, type: MessageType, content: string, metadata?: Message['metadata']): Delivery {
    return this.#around.messages.send({ from: this.agent.name, to, type, content, ...(metadata === undefined ? {} : { metadata }) });
  }

  /** What other agents sent since the last look. */
  messages(): readonly Message[] {
    return this.#around.messages.take(this.agent.name);
  }

  listen(listener: (message: Message) => void): () => void {
    return this.#around.messages.listen(this.agent.name, listener);
  }

  /** The branch stays; its collisions are told no longer. */
  close(): void {
    this.discard();
    this.#onClose();
  }

  #change(change: FileChange): void {
    const name = toTreePath(change.path);
    const bytes = this.#bytes + sizeOf(change) - sizeOf(this.#changes.get(name));
    if (bytes > CHANGES_BYTES_MAX || (this.#changes.size >= CHANGES_MAX && !this.#changes.has(name))) {
      throw new MaestroError('engine-full', `${this.agent.name} has more uncommitted changes than ${CHANGES_MAX} files or ${CHANGES_BYTES_MAX} bytes`);
    }
    // The order of changes is the order they were made in: a folder removed and a file put in it again.
    this.#changes.delete(name);
    this.#changes.set(name, change);
    this.#bytes = bytes;
  }

  #tip(): Commit {
    const tip = this.#around.tip(this.branch);
    if (tip === null) throw new MaestroError('usage', `the branch ${this.branch} is gone`);
    return tip;
  }
}

function sizeOf(change: FileChange | undefined): number {
  return change === undefined || change.content === null ? 0 : change.content.length;
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}
