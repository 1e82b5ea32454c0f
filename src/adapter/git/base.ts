// The merge base of two commits, found in memory where it is plain. Says null where git itself should be asked.
import type { Oid } from '../../merge/branch.ts';

/** All the walk looks at; `at` is a clock, good for a guess at order. */
export type Ancestor = { readonly oid: Oid; readonly parents: readonly Oid[]; readonly at: number };

const COMMITS_WALKED_MAX = 3000;
const OURS = 1;
const THEIRS = 2;
const STALE = 4;
const BOTH = OURS | THEIRS;

/** No base: []. One base: exact. Several, a missing commit or too long a way: null. */
export async function findMergeBases(read: (oid: Oid) => Promise<Ancestor | null>, a: Oid, b: Oid): Promise<readonly Oid[] | null> {
  if (a === b) return [a];
  const paint = new Map<Oid, number>([[a, OURS], [b, THEIRS]]);
  const found = new Set<Oid>();
  const first = await Promise.all([read(a), read(b)]);
  const open: Ancestor[] = first.flatMap((commit) => commit ?? []);
  if (open.length < 2) return null;
  for (let walked = 0; walked < COMMITS_WALKED_MAX; walked += 1) {
    if (!open.some((commit) => ((paint.get(commit.oid) ?? 0) & STALE) === 0)) {
      // A clock that ran backwards can leave a base that another base contains: git sorts that out.
      const bases = [...found].filter((oid) => ((paint.get(oid) ?? 0) & STALE) === 0);
      return bases.length <= 1 ? bases : null;
    }
    const commit = takeYoungest(open);
    if (commit === null) return null;
    let flags = paint.get(commit.oid) ?? 0;
    if ((flags & BOTH) === BOTH) {
      if ((flags & STALE) === 0) found.add(commit.oid);
      flags |= STALE;
    }
    for (const parent of commit.parents) {
      const had = paint.get(parent) ?? 0;
      if ((had & flags) === flags) continue;
      paint.set(parent, had | flags);
      const next = await read(parent);
      if (next === null) return null;
      if (!open.includes(next)) open.push(next);
    }
  }
  return null;
}

/** The list stays short (the width of the history), so a scan beats a heap. */
function takeYoungest(open: Ancestor[]): Ancestor | null {
  let best = 0;
  for (let at = 1; at < open.length; at += 1) if ((open[at]?.at ?? 0) > (open[best]?.at ?? 0)) best = at;
  return open.splice(best, 1)[0] ?? null;
}
