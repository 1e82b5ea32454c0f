// As much of a history as a merge in memory asks about: commits with their trees, and the bases of the bases.
import { BASES_DEPTH_MAX, type History } from '../../engine/merge/merge-commits.ts';
import { Tree } from '../../engine/object/node.ts';
import type { Oid } from '../../merge/branch.ts';
import type { Reader } from './read.ts';

export type Root = { readonly oid: Oid; readonly tree: Tree };

/** By both ids, in the order they are asked for. */
export type Bases = ReadonlyMap<string, readonly Root[]>;

/** Where there are two bases they are merged first, from the bases of their own. null: it is not all there. */
export async function basesFor(reader: Pick<Reader, 'commit'>, ours: Oid, theirs: Oid, basesOf: Reader['mergeBases']): Promise<Bases | null> {
  const bases = new Map<string, readonly Root[]>();
  let pair: readonly [Oid, Oid] | null = [ours, theirs];
  for (let depth = 0; pair !== null && depth <= BASES_DEPTH_MAX; depth += 1) {
    const [one, other]: readonly [Oid, Oid] = pair;
    const found: readonly Oid[] = await basesOf(one, other);
    const roots = (await Promise.all(found.map((oid) => rootOf(reader, oid)))).filter((root) => root !== null);
    if (roots.length < found.length) return null;
    bases.set(pairOf(one, other), roots);
    const [first, second, ...more]: readonly Oid[] = found;
    pair = first === undefined || second === undefined || more.length > 0 ? null : [first, second];
  }
  return bases;
}

export function historyIn(bases: Bases): History<Root> {
  return { mergeBases: (one, other) => bases.get(pairOf(one.oid, other.oid)) ?? [], treeOf: ({ tree }) => tree };
}

export async function rootOf(reader: Pick<Reader, 'commit'>, oid: Oid): Promise<Root | null> {
  const commit = await reader.commit(oid);
  return commit === null ? null : { oid, tree: Tree.known(commit.tree) };
}

function pairOf(one: Oid, other: Oid): string {
  return `${one} ${other}`;
}
