// One agent's view on its branch: files put and removed are its own until it commits; then all agents see them at once.
import { MaestroError } from '../../error.ts';
import type { Commit } from '../object/commit.ts';
import type { Delivery, Mailroom, Message, MessageType } from './mailroom.ts';
import type { CommitOrder, CommitOutcome, FileChange, FileMode, Identity, MergeOrder, MergeResult, ReadOutcome } from './order.ts';
import { toTreePath } from './path.ts';

/** What a workspace needs of the repository it is in. */
export type Surroundings = {
  readonly messages: Mailroom;
  tip(branch: string): Commit | null;
  read(at: Commit, path: string): ReadOutcome;
  commit(order: CommitOrder): CommitOutcome;
  merge(order: MergeOrder): MergeResult;
};

/** `at`: the how many-th change it was. */
type Kept = { readonly change: FileChange; readonly at: number };

const NEVER = 0;

export const CHANGES_MAX = 100_000;
const CHANGES_BYTES_MAX = 128 * 1024 * 1024;

export class Workspace {
  readonly agent: Identity;
  readonly branch: string;
  readonly #around: Surroundings;
  readonly #onClose: () => void;
  /** Of one path it may be taken away first and put then. */
  readonly #put = new Map<string, Kept>();
  readonly #removed = new Map<string, Kept>();
  #made = 0;
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
    const put = this.#put.get(name);
    const removedAt = this.#removedAt(name);
    if (put !== undefined && put.at > removedAt && put.change.content !== null) return { kind: 'found', bytes: bytesOf(put.change.content), mode: put.change.mode ?? 'file' };
    return removedAt === NEVER ? this.#around.read(this.#base, path) : { kind: 'absent' };
  }

  /** Paths put or removed since the last commit. */
  changed(): readonly string[] {
    return [...new Set(this.#all().map(({ path }) => path))];
  }

  discard(): void {
    this.#put.clear();
    this.#removed.clear();
    this.#bytes = 0;
  }

  /** As an order, for a commit of several agents at once (`SharedRepository.commitAll`); `refresh` follows it. */
  order(message: string): CommitOrder {
    return { branch: this.branch, author: this.agent, message, changes: this.#all(), expected: this.#base };
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
    const open = this.#put.size + this.#removed.size;
    if (open > 0) throw new MaestroError('not-allowed', `${open} changes of ${this.agent.name} are not committed`);
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
    const kept = change.content === null ? this.#removed : this.#put;
    const bytes = this.#bytes + sizeOf(change) - sizeOf(this.#put.get(name)?.change);
    if (bytes > CHANGES_BYTES_MAX || (this.#put.size + this.#removed.size >= CHANGES_MAX && !kept.has(name))) {
      throw new MaestroError('engine-full', `${this.agent.name} has more uncommitted changes than ${CHANGES_MAX} files or ${CHANGES_BYTES_MAX} bytes`);
    }
    this.#put.delete(name);
    kept.set(name, { change, at: this.#made += 1 });
    this.#bytes = bytes;
  }

  /** In the order they were made; what was put below a folder that was removed later is gone with it. */
  #all(): readonly FileChange[] {
    const put = [...this.#put].flatMap(([name, kept]) => kept.at > this.#removedAt(name) ? [kept] : []);
    return [...put, ...this.#removed.values()].toSorted((one, other) => one.at - other.at).map(({ change }) => change);
  }

  /** When the path, or a folder it is in, was removed last. */
  #removedAt(name: string): number {
    let last = NEVER;
    if (this.#removed.size === 0) return last;
    for (let slash = name.length; slash > 0; slash = name.lastIndexOf('/', slash - 1)) last = Math.max(last, this.#removed.get(name.slice(0, slash))?.at ?? NEVER);
    return last;
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
