// Every commit of a shared repository by number: those made here, and those a real repository had, of which only ids are held.
import { MaestroError } from '../../error.ts';
import { Ancestry } from '../history/ancestry.ts';
import { Commit } from '../object/commit.ts';
import type { ObjectId } from '../object/id.ts';
import { Tree } from '../object/node.ts';

/** A commit of a real repository, as `git log --format='%H %P %T'` tells it; parents before children. */
export type KnownCommit = { readonly id: ObjectId; readonly parents: readonly ObjectId[]; readonly tree: ObjectId };

export class CommitLog {
  readonly #ancestry = new Ancestry();
  readonly #commits: (Commit | undefined)[] = [];
  /** Only of commits that were read: a known id needs no object until somebody asks for it. */
  readonly #known: (KnownCommit | undefined)[] = [];
  readonly #numbers = new Map<ObjectId, number>();
  /** Commits before this one are in `#numbers`. */
  #indexed = 0;

  get count(): number {
    return this.#ancestry.count;
  }

  add(commit: Commit): Commit {
    const parents = commit.body?.parents ?? NO_COMMITS;
    commit.number = parents.length === 1 ? this.#ancestry.addChild(parents[0]?.number ?? -1) : this.#ancestry.add(parents.map(({ number }) => number));
    this.#commits[commit.number] = commit;
    return commit;
  }

  /** A commit that is there already, made here or told before, stays as it is. */
  tell(known: KnownCommit): void {
    if (this.#numberOf(known.id) !== undefined) return;
    const parents = known.parents.map((id) => {
      const number = this.#numberOf(id);
      if (number === undefined) throw new MaestroError('usage', `${id} was not told before its child ${known.id}`);
      return number;
    });
    const number = this.#ancestry.add(parents);
    this.#known[number] = { id: known.id, parents: NO_PARENTS, tree: known.tree };
    this.#numbers.set(known.id, number);
    this.#indexed = number + 1;
  }

  at(number: number): Commit {
    const made = this.#commits[number];
    if (made !== undefined) return made;
    const known = this.#known[number];
    if (known === undefined) throw new MaestroError('internal', `there is no commit ${number}`);
    const commit = Commit.known(known.id, Tree.known(known.tree));
    commit.number = number;
    return this.#commits[number] = commit;
  }

  find(id: ObjectId): Commit | null {
    const number = this.#numberOf(id);
    return number === undefined ? null : this.at(number);
  }

  holds(commit: Commit): boolean {
    return this.#commits[commit.number] === commit;
  }

  parentsOf(commit: Commit): readonly Commit[] {
    return this.#ancestry.parentsOf(commit.number).map((number) => this.at(number));
  }

  newest(commit: Commit, max: number): readonly Commit[] {
    return this.#ancestry.newest(commit.number, max).map((number) => this.at(number));
  }

  mergeBases(one: Commit, other: Commit): readonly number[] {
    return this.#ancestry.mergeBases(one.number, other.number);
  }

  isAncestor(ancestor: Commit, commit: Commit): boolean {
    return this.#ancestry.isAncestor(ancestor.number, commit.number);
  }

  /** Seals what has no id yet: whoever asks by id wants to know all of them. */
  #numberOf(id: ObjectId): number | undefined {
    for (; this.#indexed < this.count; this.#indexed += 1) {
      const commit = this.#commits[this.#indexed];
      if (commit !== undefined) this.#numbers.set(commit.id, this.#indexed);
    }
    return this.#numbers.get(id);
  }
}

const NO_COMMITS: readonly Commit[] = [];
const NO_PARENTS: readonly ObjectId[] = [];
