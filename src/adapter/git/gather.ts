// What one repository has and another lacks, for a push of a few objects: a walk from its tips to what is known. Writes nothing; says nothing where it is much.
import type { ObjectKind } from '../../engine/object/id.ts';
import { parseOid } from '../../merge/branch.ts';
import type { Oid } from '../../merge/branch.ts';
import type { Reader } from './read.ts';
import { MODE_SUBMODULE, MODE_TREE, parseTree, type TreeEntry } from './tree.ts';

export type Whole = { readonly kind: ObjectKind; readonly body: Buffer };
/** `known`: the other side has it, and all that it leads to. null: nobody can tell. */
export type Met = Whole | 'known' | null;

/** The two sides as the walk sees them. */
export type Sides = {
  isKnown(commit: Oid): Promise<boolean>;
  meet(oid: Oid): Promise<Met>;
  /** Tree of a known commit. */
  treeOf(commit: Oid): Promise<Oid | null>;
  entries(tree: Oid): Promise<readonly TreeEntry[] | null>;
};

/** The trees of what is known, where the mirror has it all. */
export function knownIn(reader: Pick<Reader, 'commit' | 'tree'>): Pick<Sides, 'treeOf' | 'entries'> {
  return { treeOf: async (commit) => (await reader.commit(commit))?.tree ?? null, entries: (tree) => reader.tree(tree) };
}

/** From as many on a remote keeps a pack as it comes, and this one is not compressed. */
const OBJECTS_MAX = 99;
/** Each old folder is read for what it has: a commit may name the same parent thousands of times. */
const PARENTS_MAX = 8;
const ID_BYTES = 20;

/** In no order; null: it is too much, or something is not to be had, so git has to do it. */
export async function gather(tips: readonly Oid[], sides: Sides, bytesMax: number): Promise<readonly Whole[] | null> {
  const walk = new Walk(sides, bytesMax);
  return await walk.history(tips) ? walk.objects() : null;
}

class Walk {
  readonly #sides: Sides;
  readonly #taken = new Map<Oid, Whole>();
  #bytesLeft: number;

  constructor(sides: Sides, bytesMax: number) {
    this.#sides = sides;
    this.#bytesLeft = bytesMax;
  }

  objects(): readonly Whole[] {
    return [...this.#taken.values()];
  }

  /** False everywhere: it cannot be told. Parents come first: a tree can only leave to them what they have. */
  async history(tips: readonly Oid[]): Promise<boolean> {
    for (const oid of tips) {
      if (this.#taken.has(oid) || await this.#sides.isKnown(oid)) continue;
      const met = await this.#take(oid);
      if (met === null) return false;
      if (met === 'known') continue;
      const { tree, commits } = linksOf(met);
      if (commits.length > PARENTS_MAX) return false;
      if (!await this.history(commits)) return false;
      if (tree !== null && !await this.#folder(tree, await this.#treesOf(commits))) return false;
    }
    return true;
  }

  /** Of `olds`, the same folder in the parents, nothing is taken again. */
  async #folder(tree: Oid, olds: readonly Oid[]): Promise<boolean> {
    if (olds.includes(tree) || this.#taken.has(tree)) return true;
    const [met, ...befores] = await Promise.all([this.#take(tree), ...olds.map((old) => this.#entries(old))]);
    if (met === 'known') return true;
    const entries = met === null ? null : parseTree(met.body, ID_BYTES);
    if (entries === null) return false;
    const known = befores.map((before) => new Map(before?.map((entry) => [entry.name, entry])));
    for (const entry of entries) {
      const same = known.flatMap((before) => before.get(entry.name) ?? []);
      if (entry.mode === MODE_SUBMODULE || same.some(({ oid }) => oid === entry.oid)) continue;
      const there = entry.mode === MODE_TREE
        ? await this.#folder(entry.oid as Oid, same.flatMap(({ mode, oid }) => mode === MODE_TREE ? [oid as Oid] : []))
        : await this.#take(entry.oid as Oid) !== null;
      if (!there) return false;
    }
    return true;
  }

  async #treesOf(commits: readonly Oid[]): Promise<readonly Oid[]> {
    const trees = await Promise.all(commits.map((commit) => this.#treeOf(commit)));
    return [...new Set(trees.filter((tree) => tree !== null))];
  }

  async #treeOf(commit: Oid): Promise<Oid | null> {
    const taken = this.#taken.get(commit);
    return taken === undefined ? this.#sides.treeOf(commit) : linksOf(taken).tree;
  }

  async #entries(tree: Oid): Promise<readonly TreeEntry[] | null> {
    const taken = this.#taken.get(tree);
    return taken === undefined ? this.#sides.entries(tree) : parseTree(taken.body, ID_BYTES);
  }

  async #take(oid: Oid): Promise<Met> {
    const met = this.#taken.get(oid) ?? await this.#sides.meet(oid);
    if (met === null || met === 'known' || this.#taken.has(oid)) return met;
    this.#taken.set(oid, met);
    this.#bytesLeft -= met.body.length;
    return this.#taken.size > OBJECTS_MAX || this.#bytesLeft < 0 ? null : met;
  }
}

/** `tree` null: not a commit. `commits`: its parents, or what a tag stands for. */
type Links = { readonly tree: Oid | null; readonly commits: readonly Oid[] };

function linksOf({ kind, body }: Whole): Links {
  const [head = ''] = body.toString('latin1').split('\n\n', 1);
  const named = (key: string): Oid[] => head.split('\n').flatMap((line) => line.startsWith(`${key} `) ? parseOid(line.slice(key.length + 1)) ?? [] : []);
  switch (kind) {
    case 'commit': return { tree: named('tree')[0] ?? null, commits: [...new Set(named('parent'))] };
    case 'tag': return { tree: null, commits: named('object') };
    case 'tree': case 'blob': return { tree: null, commits: [] };
  }
}
