// The whole lines that two texts begin and end with alike: what lies between them is all that has to be looked at line by line.

/** How many lines, and how many chars they take from the start and from the end. */
export type SharedEnds = { readonly above: number; readonly start: number; readonly below: number; readonly end: number };

/** Compared at once: far faster than char by char. */
const CHUNK_CHARS = 256;

/** `ends`: where each line of `one` ends. */
export function sharedEnds(one: string, ends: Int32Array, other: string): SharedEnds {
  const shorter = Math.min(one.length, other.length);
  const head = sharedHead(one, other, shorter);
  let above = 0;
  // A last line without an end is never whole: it may go on in the other text.
  while (above < ends.length && (ends[above] ?? 0) <= head && one.endsWith('\n', ends[above])) above += 1;
  const start = above === 0 ? 0 : ends[above - 1] ?? 0;
  const tail = sharedTail(one, other, shorter - start);
  let below = 0;
  // A line at the end is whole only where the one before it ended in both texts.
  while (below < ends.length - 1 && one.length - (ends[ends.length - 2 - below] ?? 0) < tail) below += 1;
  return { above, start, below, end: below === 0 ? 0 : one.length - (ends[ends.length - 1 - below] ?? 0) };
}

export function endsOf(lines: readonly string[]): Int32Array {
  const ends = new Int32Array(lines.length);
  for (let at = 0, end = 0; at < lines.length; at += 1) ends[at] = end += lines[at]?.length ?? 0;
  return ends;
}

function sharedHead(one: string, other: string, max: number): number {
  let at = 0;
  while (at + CHUNK_CHARS <= max && one.slice(at, at + CHUNK_CHARS) === other.slice(at, at + CHUNK_CHARS)) at += CHUNK_CHARS;
  while (at < max && one.charCodeAt(at) === other.charCodeAt(at)) at += 1;
  return at;
}

function sharedTail(one: string, other: string, max: number): number {
  let back = 0;
  while (back + CHUNK_CHARS <= max && one.slice(one.length - back - CHUNK_CHARS, one.length - back) === other.slice(other.length - back - CHUNK_CHARS, other.length - back)) back += CHUNK_CHARS;
  while (back < max && one.charCodeAt(one.length - 1 - back) === other.charCodeAt(other.length - 1 - back)) back += 1;
  return back;
}
