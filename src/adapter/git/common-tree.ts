// What two commits have in common, as one tree: that of their merge base, or what two of them merge to. Reads, and merges in memory alone.
import { mergeCommits } from '../../engine/merge/merge-commits.ts';
import { withOdd } from '../../engine/merge/outcome.ts';
import type { Tree } from '../../engine/object/node.ts';
import type { Oid } from '../../merge/branch.ts';
import type { Library } from './library.ts';
import { basesFor, historyIn, rootOf } from './merge-history.ts';
import type { Reader } from './read.ts';

/** Of all merge bases of two commits, `odd` as the engine has it. null: there is none, or only git can say. */
export type CommonTrees = (bases: readonly Oid[], history: Pick<Reader, 'mergeBases'>, odd: readonly string[]) => Promise<Tree | null>;

const KEPT_MAX = 1000;

/** Many pairs of branches have the same bases. */
export function commonTrees(reader: Pick<Reader, 'commit'>, library: Library): CommonTrees {
  const kept = new Map<string, Promise<Tree | null>>();
  return (bases, history, odd) => {
    const key = [...bases, ...odd].join('\n');
    const known = kept.get(key) ?? commonTree({ reader, library, history, odd }, bases);
    if (kept.size > KEPT_MAX) kept.clear();
    kept.set(key, known);
    return known;
  };
}

type Tools = { readonly reader: Pick<Reader, 'commit'>; readonly library: Library; readonly history: Pick<Reader, 'mergeBases'>; readonly odd: readonly string[] };

async function commonTree({ reader, library, history, odd }: Tools, bases: readonly Oid[]): Promise<Tree | null> {
  const [first, second, ...more] = await Promise.all(bases.map((oid) => rootOf(reader, oid)));
  if (first === undefined || first === null || second === null || more.length > 0) return null;
  if (second === undefined) return first.tree;
  const known = await basesFor(reader, first.oid, second.oid, (one, other) => history.mergeBases(one, other));
  if (known === null) return null;
  const merged = await library.answer((shelf) => mergeCommits(first, second, historyIn(known), withOdd(shelf, odd)));
  return merged.kind === 'clean' ? merged.tree : null;
}
