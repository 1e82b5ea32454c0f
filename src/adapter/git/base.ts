// The merge base of two commits, found in memory where it is plain. Says null where git itself should be asked.
import type { Oid } from '../../merge/branch.ts';

/** All the walk looks at; `at` is a clock, good for a guess at order. */
export type Ancestor = { readonly oid: Oid; readonly parents: readonly Oid[]; readonly at: number };

export type ReadAncestor = (oid: Oid) => Promise<Ancestor | null>;

const COMMITS_WALKED_MAX = 3000;
const OURS = 1;
const THEIRS = 2;
const STALE = 4;
const BOTH = OURS | THEIRS;

/** All that `tip` has in its history is `above`, `beside`, or an ancestor of the base. `above`: the base and what descends from it. */
export type Line = { tip: Oid; readonly above: Set<Oid>; readonly beside: ReadonlySet<Oid> };

/**
 * `own`: all that `b` has and `a` has not; where a clock ran backwards, maybe more.
 * `line`: what was seen of the way from `a` to the one base; null where there is no such base.
 */
export type Meeting = { readonly bases: readonly Oid[]; readonly own: readonly Oid[]; readonly line: Line | null };

/** No base: []. One base: exact. Several, a missing commit or too long a way: null. */
export async function findMeeting(read: ReadAncestor, a: Oid, b: Oid): Promise<Meeting | null> {
  if (a === b) return { bases: [a], own: [], line: null };
  const walked: Ancestor[] = [];
  const paint = new Map<Oid, number>([[a, OURS], [b, THEIRS]]);
  const found = new Set<Oid>();
  const first = (await Promise.all([read(a), read(b)])).flatMap((commit) => commit ?? []);
  if (first.length < 2) return null;
  const open: Ancestor[] = [];
  const waiting = new Set<Oid>([a, b]);
  for (const commit of first) insert(open, commit);
  // How many of them are not stale: what is stale only makes more stale.
  let live = open.length;
  while (walked.length < COMMITS_WALKED_MAX) {
    if (live === 0) {
      // A clock that ran backwards can leave a base that another base contains: git sorts that out.
      const bases = [...found].filter((oid) => ((paint.get(oid) ?? 0) & STALE) === 0);
      const [base, ...more] = bases;
      if (more.length > 0) return null;
      return { bases, own: [...paint].flatMap(([oid, flags]) => flags === THEIRS ? [oid] : []), line: base === undefined ? null : lineOf(a, base, walked, paint) };
    }
    const commit = open.pop();
    if (commit === undefined) return null;
    walked.push(commit);
    waiting.delete(commit.oid);
    let flags = paint.get(commit.oid) ?? 0;
    if ((flags & STALE) === 0) live -= 1;
    if ((flags & BOTH) === BOTH) {
      if ((flags & STALE) === 0) found.add(commit.oid);
      flags |= STALE;
    }
    for (const parent of commit.parents) {
      const had = paint.get(parent) ?? 0;
      if ((had & flags) === flags) continue;
      paint.set(parent, had | flags);
      if (waiting.has(parent)) {
        if ((had & STALE) < (flags & STALE)) live -= 1;
        continue;
      }
      const next = await read(parent);
      if (next === null) return null;
      insert(open, next);
      waiting.add(parent);
      if (((had | flags) & STALE) === 0) live += 1;
    }
  }
  return null;
}

/** Parents are walked after their children: from the end, whatever descends from the base is met after something that does. */
function lineOf(tip: Oid, base: Oid, walked: readonly Ancestor[], paint: ReadonlyMap<Oid, number>): Line {
  const above = new Set([base]);
  for (const { oid, parents } of walked.toReversed()) if (paint.get(oid) === OURS && parents.some((parent) => above.has(parent))) above.add(oid);
  const beside = new Set<Oid>();
  for (const [oid, flags] of paint) if (flags !== THEIRS && !above.has(oid)) beside.add(oid);
  return { tip, above, beside };
}

/** The youngest is the last one; of two equally old, whoever came first. A long chain of merges leaves a tip of each waiting. */
function insert(open: Ancestor[], commit: Ancestor): void {
  let low = 0;
  for (let high = open.length; low < high;) {
    const middle = (low + high) >>> 1;
    if ((open[middle]?.at ?? 0) < commit.at) low = middle + 1;
    else high = middle;
  }
  open.splice(low, 0, commit);
}
