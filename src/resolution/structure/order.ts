// In what order the parts of a merged container stand: the order of the side that moved something, additions next to their neighbours.

export type OrderRule = {
  /** Whose additions come first where both stand at one place. */
  readonly first: 'ours' | 'theirs';
  /** Whether additions go where the alphabet wants them, if their new neighbours are sorted. */
  readonly sortable: boolean;
};

export type Kept = { /** By key. */ readonly texts: ReadonlyMap<string, string>; readonly levels: ReadonlyMap<string, number> };

/** The keys of what is kept, ordered: those of a higher level first, as on each side. */
export function ordered(base: readonly string[], ours: readonly string[], theirs: readonly string[], { texts, levels }: Kept, rule: OrderRule): readonly string[] {
  const oursLeads = !moved(base, theirs) || moved(base, ours);
  const [frame, other] = oursLeads ? [ours, theirs] : [theirs, ours];
  const [inBase, inOther] = [new Set(base), new Set(other)];
  // Whoever leads, the additions of `first` are read first.
  const skips = (key: string): boolean => (rule.first === 'ours') === oursLeads && !inOther.has(key) && !inBase.has(key);
  const out = frame.filter((key) => texts.has(key));
  const placed = new Set<string>(out);
  let before: string | null = null;
  for (const key of other) {
    if (texts.has(key) && !placed.has(key)) {
      const place = placeAfter(out, before, skips);
      out.splice(rule.sortable ? sortedPlace(out, place, key, texts) : place, 0, key);
      placed.add(key);
    }
    if (placed.has(key)) before = key;
  }
  return out.toSorted((a, b) => byLevel(levels.get(a) ?? Infinity, levels.get(b) ?? Infinity));
}

function byLevel(a: number, b: number): number {
  return a === b ? 0 : a > b ? -1 : 1;
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
const COMPARES: readonly Compare[] = [byCase, (a, b) => byCase(a.toLowerCase(), b.toLowerCase())];

function byCase(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The place among the neighbours up to the next blank lines, where those are sorted; `at` otherwise. */
function sortedPlace(out: readonly string[], at: number, key: string, texts: ReadonlyMap<string, string>): number {
  const opensGroup = (index: number): boolean => /^[ \t]*\r?\n[\s\S]*\n$/.test(texts.get(out[index] ?? '') ?? '');
  let start = Math.max(at - 1, 0);
  while (start > 0 && !opensGroup(start)) start -= 1;
  let end = at;
  while (end < out.length && !opensGroup(end)) end += 1;
  const group = out.slice(start, end);
  const compare = group.length < SORTED_MIN ? undefined : COMPARES.find((order) => group.every((one, index) => index === 0 || order(group[index - 1] ?? '', one) <= 0));
  if (compare === undefined) return at;
  const behind = group.findIndex((one) => compare(key, one) < 0);
  return behind < 0 ? end : start + behind;
}
