// In what order the parts of a merged container stand: the order of the side that moved something, additions next to their neighbours.

export type OrderRule = { /** Whose additions come first where both stand at one place. */ readonly first: 'ours' | 'theirs'; readonly sortable: boolean };

/** The keys of `kept`, ordered. */
export function ordered(base: readonly string[], ours: readonly string[], theirs: readonly string[], kept: { has(key: string): boolean }, { first, sortable }: OrderRule): readonly string[] {
  const sort = sortable ? sortOf(ours, theirs) : null;
  const oursLeads = !moved(base, theirs) || moved(base, ours);
  const [frame, other] = oursLeads ? [ours, theirs] : [theirs, ours];
  const behind = (first === 'ours') === oursLeads;
  const out = frame.filter((key) => kept.has(key));
  const known = new Set(frame);
  const placed = new Set<string>(out);
  let before: string | null = null;
  for (const key of other) {
    if (kept.has(key) && !placed.has(key)) {
      out.splice(placeAfter(out, before, behind ? (next) => !other.includes(next) && !base.includes(next) && known.has(next) : () => false), 0, key);
      placed.add(key);
    }
    if (placed.has(key)) before = key;
  }
  return sort === null ? out : out.toSorted(sort);
}

/** Right behind `before`, or behind the frame's own additions that follow it. */
function placeAfter(out: readonly string[], before: string | null, skips: (next: string) => boolean): number {
  let at = before === null ? 0 : out.indexOf(before) + 1;
  for (let next = out[at]; next !== undefined && skips(next); next = out[at]) at += 1;
  return at;
}

/** Whether a side has the common keys in another order than the base. */
function moved(base: readonly string[], side: readonly string[]): boolean {
  const at = new Map(base.map((key, index) => [key, index]));
  let last = -1;
  for (const key of side) {
    const index = at.get(key);
    if (index === undefined) continue;
    if (index < last) return true;
    last = index;
  }
  return false;
}

type Compare = (a: string, b: string) => number;

const SORTED_MIN = 3;
const COMPARES: readonly Compare[] = [
  byCase,
  (a, b) => byCase(a.toLowerCase(), b.toLowerCase()),
];

function byCase(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How both sides are sorted, where both are and long enough to tell. */
function sortOf(ours: readonly string[], theirs: readonly string[]): Compare | null {
  if (ours.length < SORTED_MIN || theirs.length < SORTED_MIN) return null;
  return COMPARES.find((compare) => [ours, theirs].every((keys) => keys.every((key, at) => at === 0 || compare(keys[at - 1] ?? '', key) <= 0))) ?? null;
}
