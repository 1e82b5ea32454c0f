// One repository in memory for all agents of a process: commits, branches and merges with Git's own ids, seen by everybody at once.
// Calls never wait and never half happen. What is not in memory is named (`missing`); reading and storing it is somebody else's.
import { MaestroError } from '../../error.ts';
import { LineBook } from '../merge/line-book.ts';
import { judgeCommits, mergeCommits, type History } from '../merge/merge-commits.ts';
import { mergeTrees } from '../merge/merge-trees.ts';
import type { MergeOutcome, Shelf, Verdict } from '../merge/outcome.ts';
import { Commit, type Signature } from '../object/commit.ts';
import { differences } from '../object/difference.ts';
import { editTree, type Change } from '../object/edit.ts';
import type { ObjectId } from '../object/id.ts';
import { Blob, MODE, Tree } from '../object/node.ts';
import { Budget } from './budget.ts';
import { Collisions, type Judgement, type Touch } from './collisions.ts';
import { CommitLog, type KnownCommit } from './commit-log.ts';
import { Bell, type Listener } from './event.ts';
import { Mailroom } from './mailroom.ts';
import type { CommitAllOutcome, CommitOrder, CommitOutcome, DiffOutcome, FileChange, FileMode, Identity, MergeOrder, MergeResult, ReadOutcome, Refused, Revision } from './order.ts';
import { fromTreePath, toTreePath } from './path.ts';
import { RefTable, type RefOutcome, type RefUpdate } from './ref-table.ts';
import { DIFFERENCES_MAX, pathChanges, readFile } from './tree-reading.ts';
import { Workspace } from './workspace.ts';

export type SharedRepositoryOptions = {
  /** Whole seconds since 1970: the time of commits. */
  readonly now: () => number;
  /** As Git writes it; default `+0000`. */
  readonly zone?: string;
  /** `late`: a commit's id is found when somebody asks for it; default `at-once`. */
  readonly ids?: 'at-once' | 'late';
  readonly bytesMax?: number;
  readonly fileBytesMax?: number;
  /** What was read of a real repository; default: nothing. */
  readonly shelf?: Shelf;
  /** Hears what a subscriber threw; default: it is thrown on, with the repository in order. */
  readonly onFault?: (error: unknown) => void;
};

/** All that is not stored yet. `from`: where the real repository has the branch. */
export type Unsaved = {
  readonly commits: readonly Commit[];
  readonly refs: readonly { readonly branch: string; readonly from: ObjectId | null; readonly to: ObjectId | null }[];
  readonly before: number;
};

const BYTES_MAX = 256 * 1024 * 1024;
const FILE_BYTES_MAX = 64 * 1024 * 1024;
/** What a commit and the folders above its change take, about. */
const COMMIT_BYTES = 1500;
const MODES: Readonly<Record<FileMode, typeof MODE.file | typeof MODE.executable | typeof MODE.link>> = { file: MODE.file, executable: MODE.executable, link: MODE.link };
const IN_MEMORY: Shelf = { entries: (tree) => tree.entries, bytes: (blob) => blob.bytes };

type Prepared = { readonly branch: string; readonly tip: Commit | null; readonly commit: Commit; readonly changes: readonly Change[] };

export class SharedRepository {
  readonly messages = new Mailroom();
  readonly #options: Required<Omit<SharedRepositoryOptions, 'onFault'>>;
  readonly #log = new CommitLog();
  readonly #refs = new RefTable();
  readonly #history: History<Commit> = { mergeBases: (one, other) => this.mergeBases(one, other), treeOf: ({ tree }) => tree };
  readonly #bell: Bell;
  readonly #book = new LineBook();
  readonly #budget: Budget;
  readonly #collisions = new Collisions((one, other) => this.#judge(one, other));
  readonly #savedTips = new Map<string, ObjectId>();
  #savedBefore = 0;
  /** The last signature: one agent's commits of one second share it. */
  #signed: Signature | null = null;

  constructor(options: SharedRepositoryOptions) {
    const { onFault, ...others } = options;
    this.#options = { zone: '+0000', ids: 'at-once', bytesMax: BYTES_MAX, fileBytesMax: FILE_BYTES_MAX, shelf: IN_MEMORY, ...others };
    this.#budget = new Budget(this.#options.bytesMax, this.#book);
    this.#bell = new Bell(onFault ?? throwOn);
  }

  /** Bytes of contents and an estimate of what holds them. */
  get bytes(): number {
    return this.#budget.bytes;
  }

  tip(branch: string): Commit | null {
    return this.#refs.get(branch) ?? null;
  }

  branches(): readonly string[] {
    return Array.from(this.#refs.entries(), ([name]) => name);
  }

  /** A commit by id, made here or told. */
  find(id: ObjectId): Commit | null {
    return this.#log.find(id);
  }

  /** A new branch. */
  branch(name: string, at: Revision): RefOutcome {
    const to = this.#commitAt(at);
    const outcome = this.#refs.create(name, to);
    if (outcome.kind === 'moved' && this.#bell.isHeard) this.#bell.ring({ kind: 'moved', branch: name, from: null, to });
    return outcome;
  }

  /** Moves, makes and removes branches, all of them or none. */
  transact(updates: readonly RefUpdate[]): RefOutcome {
    for (const { to } of updates) if (to !== null) this.#own(to);
    const outcome = this.#refs.update(updates);
    if (outcome.kind === 'moved' && this.#bell.isHeard) for (const { branch, from, to } of updates) this.#bell.ring({ kind: 'moved', branch, from, to });
    return outcome;
  }

  commit(order: CommitOrder): CommitOutcome {
    const prepared = this.#prepare(order);
    if ('kind' in prepared) return prepared;
    const refused = prepared.tip === null ? this.#begin([prepared]) : null;
    if (refused !== null) return refused;
    this.#publish(prepared);
    this.#announce(prepared, order.author.name);
    return { kind: 'committed', commit: prepared.commit };
  }

  /** Commits of several agents on several branches, all of them or none; nobody sees some without the others. */
  commitAll(orders: readonly CommitOrder[]): CommitAllOutcome {
    if (new Set(orders.map(({ branch }) => branch)).size < orders.length) throw new MaestroError('usage', 'a branch takes one commit at a time');
    const all: Prepared[] = [];
    for (const order of orders) {
      const prepared = this.#prepare(order);
      if ('kind' in prepared) return prepared;
      all.push(prepared);
    }
    const refused = this.#begin(all);
    if (refused !== null) return refused;
    for (const prepared of all) this.#publish(prepared);
    for (const prepared of all) this.#announce(prepared, prepared.commit.body?.author.name ?? '');
    return { kind: 'committed', commits: all.map(({ commit }) => commit) };
  }

  merge(order: MergeOrder): MergeResult {
    const { into, from } = order;
    const [ours, theirs] = [this.#refs.get(into), this.#refs.get(from)];
    if (ours === undefined) return { kind: 'no-branch', branch: into };
    if (theirs === undefined) return { kind: 'no-branch', branch: from };
    const bases = this.#log.mergeBases(ours, theirs);
    if (bases[0] === theirs.number) return { kind: 'up-to-date', commit: ours };
    if (bases[0] === ours.number && order.forward !== false) {
      this.#refs.advance(into, theirs);
      this.#told(into, ours, theirs);
      return { kind: 'forwarded', commit: theirs };
    }
    const made: Blob[] = [];
    const outcome = this.#mergeTrees(ours, theirs, bases, made);
    if (outcome.kind === 'unrelated' || outcome.kind === 'conflict' || outcome.kind === 'declined' || outcome.kind === 'missing') return outcome;
    this.#budget.reserve(made.reduce((bytes, blob) => bytes + (blob.bytes?.length ?? 0), COMMIT_BYTES));
    const signature = this.#signature(order.author);
    const commit = Commit.of({ tree: outcome.tree, parents: [ours, theirs], author: signature, committer: signature, message: order.message });
    this.#enter(commit);
    for (const blob of made) this.#budget.keep(blob, commit.number);
    this.#refs.advance(into, commit);
    if (this.#bell.isHeard) this.#bell.ring({ kind: 'merged', branch: into, from, commit, by: order.author.name });
    if (this.#collisions.isWatched(into)) this.#watchMoved(into, ours, commit);
    return { kind: 'merged', commit };
  }

  /** What a merge of two branches would come to, with nothing made of it. */
  tryMerge(into: Revision, from: Revision): MergeOutcome | { readonly kind: 'unrelated' } {
    const [ours, theirs] = [this.#commitAt(into), this.#commitAt(from)];
    return this.#mergeTrees(ours, theirs, this.#log.mergeBases(ours, theirs));
  }

  /** The same without the tree: what was compared before is not compared again, so that many branches can be held against each other. */
  judge(into: Revision, from: Revision): Verdict | { readonly kind: 'unrelated' } {
    const [ours, theirs] = [this.#commitAt(into), this.#commitAt(from)];
    const verdict = judgeCommits(ours, theirs, this.#history, this.#options.shelf, this.#book);
    return verdict.kind === 'declined' && verdict.why.kind === 'bases' && verdict.why.count === 0 ? { kind: 'unrelated' } : verdict;
  }

  read(at: Revision, path: string): ReadOutcome {
    return readFile(this.#commitAt(at).tree, path, this.#options.shelf);
  }

  /** Changed paths, renames as a removal and an addition. */
  diff(from: Revision, to: Revision): DiffOutcome {
    return pathChanges(this.#commitAt(from).tree, this.#commitAt(to).tree, this.#options.shelf);
  }

  /** Newest first, children before their parents. Of commits that were only told there is no `body`. */
  log(at: Revision, max: number): readonly Commit[] {
    return this.#log.newest(this.#commitAt(at), max);
  }

  parents(of: Commit): readonly Commit[] {
    this.#own(of);
    return this.#log.parentsOf(of);
  }

  mergeBases(one: Revision, other: Revision): readonly Commit[] {
    return this.#log.mergeBases(this.#commitAt(one), this.#commitAt(other)).map((number) => this.#log.at(number));
  }

  isAncestor(ancestor: Revision, of: Revision): boolean {
    return this.#log.isAncestor(this.#commitAt(ancestor), this.#commitAt(of));
  }

  subscribe(listener: Listener): () => void {
    return this.#bell.subscribe(listener);
  }

  /** An agent's view on a branch of its own, made at `from` where it does not exist. Until it is closed, collisions with other agents' branches are told. */
  workspace(agent: Identity, options: { readonly branch?: string; readonly from: Revision }): Workspace {
    const branch = options.branch ?? `agent/${agent.name}`;
    const from = this.#commitAt(options.from);
    if (this.#refs.get(branch) === undefined) {
      const made = this.branch(branch, from);
      if (made.kind !== 'moved') throw new MaestroError('usage', `${branch} cannot be a branch beside ${made.kind === 'name-taken' ? made.by : branch}`);
    }
    this.messages.open(agent.name);
    this.#collisions.watch(branch);
    const tip = this.#commitAt(branch);
    const base = this.#log.mergeBases(from, tip)[0];
    if (base !== undefined && base !== tip.number) this.#watchMoved(branch, this.#log.at(base), tip);
    return new Workspace(this, agent, branch, () => {
      this.#collisions.unwatch(branch);
      this.messages.close(agent.name);
    });
  }

  /** Commits of a real repository, parents first. They cost a few dozen bytes each; their trees are read when somebody looks. */
  tell(commits: Iterable<KnownCommit>): void {
    for (const commit of commits) this.#log.tell(commit);
  }

  /** Where the real repository has a branch now, its commit told before; null: no longer. What was done to it here since is left as it is, and is the answer where both moved it. */
  adopt(branch: string, id: ObjectId | null): RefOutcome {
    const commit = id === null ? null : this.#log.find(id);
    if (id !== null && commit === null) throw new MaestroError('usage', `${id} was not told before ${branch} was to be there`);
    const tip = this.tip(branch);
    const saved = this.#savedTips.get(branch) ?? null;
    if (id === saved) return { kind: 'moved' };
    if (tip !== commit && (tip?.id ?? null) !== saved) return { kind: 'elsewhere', branch, tip };
    const outcome: RefOutcome = tip === commit ? { kind: 'moved' } : this.transact([{ branch, from: tip, to: commit }]);
    if (outcome.kind === 'moved') this.#haveSaved(branch, id);
    return outcome;
  }

  /** As the real repository was last seen or written. */
  savedBranches(): readonly string[] {
    return [...this.#savedTips.keys()];
  }

  /** Everything made since the last `saved`, oldest first, with ids. */
  unsaved(): Unsaved {
    const commits: Commit[] = [];
    for (let number = this.#savedBefore; number < this.#log.count; number += 1) {
      const commit = this.#log.at(number);
      if (commit.body !== null) commits.push(commit);
    }
    for (const commit of commits) commit.seal();
    const moved = Array.from(this.#refs.entries(), ([branch, { id }]) => ({ branch, from: this.#savedTips.get(branch) ?? null, to: id }));
    const gone = Array.from(this.#savedTips.entries()).filter(([branch]) => this.tip(branch) === null).map(([branch, from]) => ({ branch, from, to: null }));
    return { commits, refs: [...moved.filter(({ from, to }) => from !== to), ...gone], before: this.#log.count };
  }

  /** That much is in the real repository now, and its contents may leave memory where a shelf can bring them back. */
  saved({ refs, commits, before }: Unsaved): void {
    for (const { branch, to } of refs) this.#haveSaved(branch, to);
    this.#savedBefore = before;
    if (this.#options.shelf !== IN_MEMORY) this.#budget.saved(before);
    this.#bell.ring({ kind: 'saved', commits: commits.length });
  }

  #haveSaved(branch: string, to: ObjectId | null): void {
    if (to === null) this.#savedTips.delete(branch);
    else this.#savedTips.set(branch, to);
  }

  #prepare({ branch, author, message, changes, expected }: CommitOrder): Prepared | Refused {
    const tip = this.#refs.get(branch) ?? null;
    if (expected === undefined ? tip === null : tip !== expected) return { kind: 'elsewhere', branch, tip };
    // No loops here and below: one of ten thousand files once would have V8 compile this for its middle, and give that up at each small commit.
    const change = changes[0];
    const edits = changes.length === 1 && change !== undefined ? [this.#change(change)] : changes.map((one) => this.#change(one));
    const edit = edits[0];
    this.#budget.reserve(edits.length === 1 && edit !== undefined ? COMMIT_BYTES + sizeOf(edit) : edits.reduce((bytes, one) => bytes + sizeOf(one), COMMIT_BYTES));
    const edited = editTree(tip === null ? Tree.of([]) : tip.tree, edits, this.#options.shelf);
    if (edited.kind === 'in-the-way') return { kind: 'in-the-way', branch, path: fromTreePath(edited.path) };
    if (edited.kind === 'missing') return { kind: 'missing', objects: [edited.tree.id] };
    const signature = this.#signature(author);
    const commit = Commit.of({ tree: edited.tree, parents: tip === null ? [] : [tip], author: signature, committer: signature, message });
    return { branch, tip, commit, changes: edits };
  }

  #change({ path, content, mode }: FileChange): Change {
    const at = toTreePath(path);
    if (content === null) return { path: at, entry: null };
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : Buffer.from(content);
    if (bytes.length > this.#options.fileBytesMax) throw new MaestroError('engine-full', `${path} has ${bytes.length} bytes and ${this.#options.fileBytesMax} are allowed`);
    return { path: at, entry: { mode: mode === undefined ? null : MODES[mode], node: Blob.of(bytes) } };
  }

  /** Branches that begin with these commits. */
  #begin(all: readonly Prepared[]): Refused | null {
    const news = all.filter(({ tip }) => tip === null);
    if (news.length === 0) return null;
    const outcome = this.#refs.update(news.map(({ branch, commit }) => ({ branch, from: null, to: commit })));
    return outcome.kind === 'moved' ? null : outcome;
  }

  #publish({ branch, commit, changes }: Prepared): void {
    this.#enter(commit);
    const change = changes[0];
    if (changes.length === 1 && change !== undefined) this.#keep(change, commit);
    else changes.forEach((one) => this.#keep(one, commit));
    this.#refs.advance(branch, commit);
  }

  #keep({ entry }: Change, { number }: Commit): void {
    if (entry?.node.kind === 'blob') this.#budget.keep(entry.node, number);
  }

  #announce({ branch, commit, changes }: Prepared, by: string): void {
    if (this.#bell.isHeard) this.#bell.ring({ kind: 'committed', branch, commit, by });
    if (this.#collisions.isWatched(branch)) this.#watch(branch, commit, changes.map(({ path, entry }) => ({ path, isGone: entry === null })));
  }

  #enter(commit: Commit): void {
    this.#log.add(commit);
    this.#budget.charge(COMMIT_BYTES);
    if (this.#options.ids === 'at-once') commit.seal();
  }

  #mergeTrees(ours: Commit, theirs: Commit, bases: readonly number[], made: Blob[] = []): MergeOutcome | { readonly kind: 'unrelated' } {
    const [base, ...more] = bases;
    if (base === undefined) return { kind: 'unrelated' };
    if (more.length > 0) return mergeCommits(ours, theirs, this.#history, this.#options.shelf, made);
    return mergeTrees(this.#log.at(base).tree, ours.tree, theirs.tree, this.#options.shelf, this.#book, made);
  }

  #judge(one: string, other: string): Judgement {
    const outcome = this.judge(one, other);
    switch (outcome.kind) {
      case 'clean': return { kind: 'clean' };
      case 'conflict': return { kind: 'conflict', paths: [...new Set(outcome.clashes.map(({ path }) => fromTreePath(path)))] };
      case 'declined': case 'missing': case 'unrelated': return { kind: 'unknown' };
    }
  }

  #told(branch: string, from: Commit, to: Commit): void {
    if (this.#bell.isHeard) this.#bell.ring({ kind: 'moved', branch, from, to });
    if (this.#collisions.isWatched(branch)) this.#watchMoved(branch, from, to);
  }

  #watchMoved(branch: string, from: Commit, to: Commit): void {
    const changed = differences(from.tree, to.tree, this.#options.shelf, DIFFERENCES_MAX);
    if (changed.kind === 'found') this.#watch(branch, to, changed.differences.map(({ path, to: after }) => ({ path, isGone: after === null })));
  }

  #watch(branch: string, commit: Commit, touches: readonly Touch[]): void {
    for (const turn of this.#collisions.after(branch, touches)) {
      const branches: readonly [string, string] = [branch, turn.other];
      if (turn.kind === 'began') this.#bell.ring({ kind: 'collision', branches, paths: turn.paths, commit, sure: turn.sure });
      else this.#bell.ring({ kind: 'collision-over', branches, commit });
    }
  }

  #commitAt(revision: Revision): Commit {
    if (typeof revision !== 'string') return this.#own(revision);
    const tip = this.#refs.get(revision);
    if (tip === undefined) throw new MaestroError('usage', `there is no branch ${JSON.stringify(revision)}`);
    return tip;
  }

  #own(commit: Commit): Commit {
    if (!this.#log.holds(commit)) throw new MaestroError('usage', 'a commit of another repository');
    return commit;
  }

  #signature({ name, email }: Identity): Signature {
    const seconds = this.#options.now();
    const last = this.#signed;
    if (last !== null && last.seconds === seconds && last.name === name && last.email === email) return last;
    return this.#signed = { name, email, seconds, zone: this.#options.zone };
  }
}

function sizeOf({ entry }: Change): number {
  return entry?.node.kind === 'blob' ? entry.node.bytes?.length ?? 0 : 0;
}

function throwOn(error: unknown): void {
  throw error;
}
