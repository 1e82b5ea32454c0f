// What two commits have in common, as one tree: that of their merge base, or what two of them merge to. Reads, and merges in memory alone.
import { mergeCommits } from '../../engine/merge/merge-commits.ts';
import type { Tree } from '../../engine/object/node.ts';
import type { Oid } from '../../merge/branch.ts';
import type { Library } from './library.ts';
import { basesFor, historyIn, rootOf } from './merge-history.ts';
import type { Reader } from './read.ts';

/** Of all merge bases of two commits. null: there is none, or only git can say. */
export type CommonTrees = (bases: readonly Oid[], basesOf: Reader['mergeBases']) => Promise<Tree | null>;

const KEPT_MAX = 1000;

/** Many pairs of branches have the same bases. */
export function commonTrees(reader: Pick<Reader, 'commit'>, library: Library): CommonTrees {
  const kept = new Map<string, Promise<Tree | null>>();
  return (bases, basesOf) => {
    const key = bases.join(' ');
    const known = kept.get(key) ?? commonTree(reader, library, bases, basesOf);
    if (kept.size > KEPT_MAX) kept.clear();
    kept.set(key, known);
    return known;
  };
}

async function commonTree(reader: Pick<Reader, 'commit'>, library: Library, bases: readonly Oid[], basesOf: Reader['mergeBases']): Promise<Tree | null> {
  const [first, second, ...more] = await Promise.all(bases.map((oid) => rootOf(reader, oid)));
  if (first === undefined || first === null || second === null || more.length > 0) return null;
  if (second === undefined) return first.tree;
  const known = await basesFor(reader, first.oid, second.oid, basesOf);
  if (known === null) return null;
  const merged = await library.answer((shelf) => mergeCommits(first, second, historyIn(known), shelf));
  return merged.kind === 'clean' ? merged.tree : null;
}
