// The commits of a repository by id, as far as they were told: ancestors and merge bases without git and without their texts.
import { MaestroError } from '../../error.ts';
import type { ObjectId } from '../object/id.ts';
import { Ancestry } from './ancestry.ts';

export class CommitGraph {
  readonly #ancestry = new Ancestry();
  readonly #numbers = new Map<ObjectId, number>();
  readonly #ids: ObjectId[] = [];
  readonly #trees: ObjectId[] = [];

  get count(): number {
    return this.#ids.length;
  }

  has(id: ObjectId): boolean {
    return this.#numbers.has(id);
  }

  /** Parents come before their children (`git rev-list --topo-order --reverse`); a commit that is there already stays as it is. */
  add(id: ObjectId, parents: readonly ObjectId[], tree: ObjectId): void {
    if (this.#numbers.has(id)) return;
    this.#numbers.set(id, this.#ancestry.add(parents.map((parent) => this.#number(parent))));
    this.#ids.push(id);
    this.#trees.push(tree);
  }

  treeOf(id: ObjectId): ObjectId {
    return this.#trees[this.#number(id)] ?? '';
  }

  parentsOf(id: ObjectId): readonly ObjectId[] {
    return this.#ancestry.parentsOf(this.#number(id)).map((number) => this.#ids[number] ?? '');
  }

  /** As `git merge-base --all`, in no order that says anything. */
  mergeBases(one: ObjectId, other: ObjectId): readonly ObjectId[] {
    return this.#ancestry.mergeBases(this.#number(one), this.#number(other)).map((number) => this.#ids[number] ?? '');
  }

  /** As `git merge-base --is-ancestor`: also true of a commit and itself. */
  isAncestor(ancestor: ObjectId, commit: ObjectId): boolean {
    return this.#ancestry.isAncestor(this.#number(ancestor), this.#number(commit));
  }

  #number(id: ObjectId): number {
    const number = this.#numbers.get(id);
    if (number === undefined) throw new MaestroError('usage', `the commit ${id} is not in the graph`);
    return number;
  }
}
