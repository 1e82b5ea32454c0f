// What changed between two texts, as `git merge` sees it: histogram diff, then every change slid to where git lets it lie.
import { markByHistogram } from './histogram.ts';
import type { Scratch } from './line-ids.ts';
import { slideChanges } from './slide.ts';
import type { Changed, Span } from './span.ts';

/** The changed stretches in order. Between them the texts are equal, line by line. */
export function diffLines(a: Int32Array, b: Int32Array, scratch: Scratch): readonly Span[] {
  const changed: Changed = { a: new Uint8Array(a.length), b: new Uint8Array(b.length) };
  markByHistogram(a, b, scratch, changed);
  slideChanges(a, changed.a, changed.b);
  slideChanges(b, changed.b, changed.a);
  return spansOf(changed);
}

function spansOf({ a, b }: Changed): readonly Span[] {
  const spans: Span[] = [];
  for (let [aAt, bAt] = [0, 0]; aAt < a.length || bAt < b.length; aAt += 1, bAt += 1) {
    const [aStart, bStart] = [aAt, bAt];
    while (a[aAt] === 1) aAt += 1;
    while (b[bAt] === 1) bAt += 1;
    if (aAt > aStart || bAt > bStart) spans.push({ aStart, aEnd: aAt, bStart, bEnd: bAt });
  }
  return spans;
}
