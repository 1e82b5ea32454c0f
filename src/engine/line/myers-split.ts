// One step of Myers' divide and conquer: where a cheapest path through the box crosses its middle, or a good guess at it.
import { roughRoot } from './likely-shared.ts';
import type { Span } from './span.ts';

/** `exact`: the cost of this part is known to be bearable, so no guessing. */
export type Box = Span & { readonly exact: boolean };
export type Split = { readonly a: number; readonly b: number; readonly exactBefore: boolean; readonly exactAfter: boolean };

/** How far along `a` each diagonal (a - b) was reached, from the front and from the back. */
export type Search = { readonly a: Int32Array; readonly b: Int32Array; readonly front: Int32Array; readonly back: Int32Array; readonly zero: number; readonly costMax: number };

/** A search this dear takes the best split it has; more in large texts. */
const COST_MAX = 256;

/** From this cost on, a long equal stretch far along is taken for the right way. */
const GUESS_FROM = 256;
const LONG = 20;
/** Far along: this many lines for each edit so far. */
const LINES_AN_EDIT = 4;

const FAR = 0x7fff_ffff;

type Range = { low: number; high: number };

export function searchOf(a: Int32Array, b: Int32Array): Search {
  const diagonals = a.length + b.length + 3;
  return { a, b, front: new Int32Array(diagonals), back: new Int32Array(diagonals), zero: b.length + 1, costMax: Math.max(COST_MAX, roughRoot(diagonals)) };
}

export function splitOf(search: Search, box: Box): Split {
  const [least, most] = [box.aStart - box.bEnd, box.aEnd - box.bStart];
  const [start, end] = [box.aStart - box.bStart, box.aEnd - box.bEnd];
  const isOdd = ((start - end) & 1) === 1;
  const front: Range = { low: start, high: start };
  const back: Range = { low: end, high: end };
  search.front[search.zero + start] = box.aStart;
  search.back[search.zero + end] = box.aEnd;
  for (let cost = 1; ; cost += 1) {
    widen(front, least, most, search.front, search.zero, -1);
    const forward = advance(search, box, front, isOdd ? back : null);
    if (forward.met !== null) return forward.met;
    widen(back, least, most, search.back, search.zero, FAR);
    const backward = retreat(search, box, back, isOdd ? null : front);
    if (backward.met !== null) return backward.met;
    if (box.exact) continue;
    if (cost > GUESS_FROM && (forward.long || backward.long)) {
      const guess = guessFromFront(search, box, front, cost) ?? guessFromBack(search, box, back, cost);
      if (guess !== null) return guess;
    }
    if (cost >= search.costMax) return furthest(search, box, front, back);
  }
}

/** One diagonal more each way, or, at the edge of the box, one less. Fences keep the next step from looking beyond. */
function widen(range: Range, least: number, most: number, reached: Int32Array, zero: number, fence: number): void {
  if (range.low > least) {
    range.low -= 1;
    reached[zero + range.low - 1] = fence;
  } else {
    range.low += 1;
  }
  if (range.high < most) {
    range.high += 1;
    reached[zero + range.high + 1] = fence;
  } else {
    range.high -= 1;
  }
}

type Advance = { readonly met: Split | null; /** Some diagonal ran through a long equal stretch. */ readonly long: boolean };

function advance({ a, b, front, back, zero }: Search, box: Box, range: Range, other: Range | null): Advance {
  let long = false;
  for (let diagonal = range.high; diagonal >= range.low; diagonal -= 2) {
    const below = front[zero + diagonal - 1] ?? 0;
    const above = front[zero + diagonal + 1] ?? 0;
    const from = below >= above ? below + 1 : above;
    let at = from;
    while (at < box.aEnd && at - diagonal < box.bEnd && a[at] === b[at - diagonal]) at += 1;
    if (at - from > LONG) long = true;
    front[zero + diagonal] = at;
    if (other !== null && other.low <= diagonal && diagonal <= other.high && (back[zero + diagonal] ?? 0) <= at) return { met: exactSplit(at, diagonal), long };
  }
  return { met: null, long };
}

function retreat({ a, b, front, back, zero }: Search, box: Box, range: Range, other: Range | null): Advance {
  let long = false;
  for (let diagonal = range.high; diagonal >= range.low; diagonal -= 2) {
    const below = back[zero + diagonal - 1] ?? 0;
    const above = back[zero + diagonal + 1] ?? 0;
    const from = below < above ? below : above - 1;
    let at = from;
    while (at > box.aStart && at - diagonal > box.bStart && a[at - 1] === b[at - 1 - diagonal]) at -= 1;
    if (from - at > LONG) long = true;
    back[zero + diagonal] = at;
    if (other !== null && other.low <= diagonal && diagonal <= other.high && at <= (front[zero + diagonal] ?? 0)) return { met: exactSplit(at, diagonal), long };
  }
  return { met: null, long };
}

function exactSplit(a: number, diagonal: number): Split {
  return { a, b: a - diagonal, exactBefore: true, exactAfter: true };
}

/** The point that came furthest for its detour and has a long equal stretch behind it. */
function guessFromFront({ a, b, front, zero }: Search, box: Box, range: Range, cost: number): Split | null {
  let [best, found]: [number, Split | null] = [LINES_AN_EDIT * cost, null];
  for (let diagonal = range.high; diagonal >= range.low; diagonal -= 2) {
    const at = front[zero + diagonal] ?? 0;
    const bAt = at - diagonal;
    const worth = at - box.aStart + bAt - box.bStart - Math.abs(diagonal - (box.aStart - box.bStart));
    if (worth <= best || at < box.aStart + LONG || at >= box.aEnd || bAt < box.bStart + LONG || bAt >= box.bEnd) continue;
    if (isEqual(a, at - LONG, b, bAt - LONG)) [best, found] = [worth, { a: at, b: bAt, exactBefore: true, exactAfter: false }];
  }
  return found;
}

function guessFromBack({ a, b, back, zero }: Search, box: Box, range: Range, cost: number): Split | null {
  let [best, found]: [number, Split | null] = [LINES_AN_EDIT * cost, null];
  for (let diagonal = range.high; diagonal >= range.low; diagonal -= 2) {
    const at = back[zero + diagonal] ?? 0;
    const bAt = at - diagonal;
    const worth = box.aEnd - at + box.bEnd - bAt - Math.abs(diagonal - (box.aEnd - box.bEnd));
    if (worth <= best || at <= box.aStart || at > box.aEnd - LONG || bAt <= box.bStart || bAt > box.bEnd - LONG) continue;
    if (isEqual(a, at, b, bAt)) [best, found] = [worth, { a: at, b: bAt, exactBefore: false, exactAfter: true }];
  }
  return found;
}

function isEqual(a: Int32Array, aAt: number, b: Int32Array, bAt: number): boolean {
  for (let far = 0; far < LONG; far += 1) if (a[aAt + far] !== b[bAt + far]) return false;
  return true;
}

/** Of all points reached the one with the most lines done, from the front or, unless that is better, from the back. */
function furthest({ front, back, zero }: Search, box: Box, ahead: Range, behind: Range): Split {
  let [done, doneAt, left, leftAt] = [-1, -1, FAR, FAR];
  for (let diagonal = ahead.high; diagonal >= ahead.low; diagonal -= 2) {
    const at = Math.min(front[zero + diagonal] ?? 0, box.aEnd, box.bEnd + diagonal);
    if (at + at - diagonal > done) [done, doneAt] = [at + at - diagonal, at];
  }
  for (let diagonal = behind.high; diagonal >= behind.low; diagonal -= 2) {
    const at = Math.max(back[zero + diagonal] ?? 0, box.aStart, box.bStart + diagonal);
    if (at + at - diagonal < left) [left, leftAt] = [at + at - diagonal, at];
  }
  return box.aEnd + box.bEnd - left < done - box.aStart - box.bStart
    ? { a: doneAt, b: done - doneAt, exactBefore: true, exactAfter: false }
    : { a: leftAt, b: left - leftAt, exactBefore: false, exactAfter: true };
}
