// git's histogram diff: anchor on the common run with the rarest line, the longest of those, then the same left and right of it.
import type { Scratch } from './line-ids.ts';
import { markByMyers } from './myers.ts';
import { markChanged, type Changed, type Span } from './span.ts';

/** Where no common line of a stretch is rarer than this, counting tells nothing and the stretch is Myers' to diff. */
const OCCURRENCES_MAX = 64;

/** Lines looked at in one diff. git knows no such bound; beyond it what is left goes to Myers, whose cost is bounded. */
const STEPS_MAX = 50_000_000;

type Search = { readonly a: Int32Array; readonly b: Int32Array; readonly scratch: Scratch; /** The next line of `a` with the same id, or END. */ readonly next: Int32Array; steps: number };
type Run = { aStart: number; aEnd: number; bStart: number; bEnd: number; /** Occurrences in `a` of its rarest line. */ rarity: number };
type Anchor = Span | 'nothing-common' | 'nothing-rare';

const END = -1;

export function markByHistogram(a: Int32Array, b: Int32Array, scratch: Scratch, changed: Changed): void {
  const search: Search = { a, b, scratch, next: new Int32Array(a.length), steps: 0 };
  const open: Span[] = [{ aStart: 0, aEnd: a.length, bStart: 0, bEnd: b.length }];
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const anchor = anchorOf(search, span);
    if (anchor === 'nothing-common') markChanged(changed, span);
    else if (anchor === 'nothing-rare') markByMyers(a, b, span, scratch, changed);
    else open.push({ ...span, aStart: anchor.aEnd, bStart: anchor.bEnd }, { ...span, aEnd: anchor.aStart, bEnd: anchor.bStart });
  }
}

function anchorOf(search: Search, span: Span): Anchor {
  if (span.aStart === span.aEnd || span.bStart === span.bEnd) return 'nothing-common';
  search.steps += span.aEnd - span.aStart + span.bEnd - span.bStart;
  if (search.steps > STEPS_MAX) return 'nothing-rare';
  countLines(search, span);
  const anchor = rarestRun(search, span);
  forgetLines(search, span);
  return anchor;
}

function countLines({ a, scratch: { first, count }, next }: Search, span: Span): void {
  for (let at = span.aEnd - 1; at >= span.aStart; at -= 1) {
    const id = a[at] ?? 0;
    const seen = count[id] ?? 0;
    next[at] = seen === 0 ? END : first[id] ?? END;
    first[id] = at;
    count[id] = seen + 1;
  }
}

function forgetLines({ a, scratch: { count } }: Search, span: Span): void {
  for (let at = span.aStart; at < span.aEnd; at += 1) count[a[at] ?? 0] = 0;
}

function rarestRun(search: Search, span: Span): Anchor {
  const { b, scratch: { first, count }, next } = search;
  const best: Run = { aStart: 0, aEnd: 0, bStart: 0, bEnd: 0, rarity: OCCURRENCES_MAX + 1 };
  const run: Run = { ...best };
  let common = false;
  for (let at = span.bStart; at < span.bEnd;) {
    const id = b[at] ?? 0;
    const occurrences = count[id] ?? 0;
    common ||= occurrences > 0;
    let behind = at + 1;
    if (occurrences > 0 && occurrences <= best.rarity) {
      let from = first[id] ?? END;
      while (from !== END) {
        grow(search, span, from, at, run);
        behind = Math.max(behind, run.bEnd);
        if (isBetter(run, best)) Object.assign(best, run);
        while (from !== END && from < run.aEnd) from = next[from] ?? END;
      }
    }
    at = behind;
  }
  if (!common) return 'nothing-common';
  return best.rarity > OCCURRENCES_MAX ? 'nothing-rare' : best;
}

/** The longest common run around a shared line. */
function grow(search: Search, span: Span, aAt: number, bAt: number, run: Run): void {
  const { a, b, scratch: { count } } = search;
  let [aStart, bStart, aEnd, bEnd] = [aAt, bAt, aAt + 1, bAt + 1];
  let rarity = count[a[aAt] ?? 0] ?? 0;
  while (aStart > span.aStart && bStart > span.bStart && a[aStart - 1] === b[bStart - 1]) {
    aStart -= 1;
    bStart -= 1;
    rarity = Math.min(rarity, count[a[aStart] ?? 0] ?? 0);
  }
  while (aEnd < span.aEnd && bEnd < span.bEnd && a[aEnd] === b[bEnd]) {
    rarity = Math.min(rarity, count[a[aEnd] ?? 0] ?? 0);
    aEnd += 1;
    bEnd += 1;
  }
  search.steps += aEnd - aStart;
  run.aStart = aStart;
  run.aEnd = aEnd;
  run.bStart = bStart;
  run.bEnd = bEnd;
  run.rarity = rarity;
}

/** A longer run wins even when it came later; an equally long one only when it is rarer. */
function isBetter(run: Run, best: Run): boolean {
  // A first run of one line counts as no longer than none: it has to be rare.
  return run.aEnd - run.aStart > Math.max(1, best.aEnd - best.aStart) || run.rarity < best.rarity;
}
