// What changed between two lists of strings: the line diff for whatever else can be compared, such as tokens.
import { diffLines } from './diff-lines.ts';
import { idsOf, scratchFor } from './line-ids.ts';
import type { Span } from './span.ts';

export function diffLists(a: readonly string[], b: readonly string[]): readonly Span[] {
  const known = new Map<string, number>();
  const [left, right] = [idsOf(a, known), idsOf(b, known)];
  return diffLines(left, right, scratchFor(known.size));
}
