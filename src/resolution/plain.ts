// Conflicts in more places than anybody weighs one by one, as in a lock file: every place filled by the same simple rule.
import type { Region } from '../engine/line/region.ts';
import { weave, type HunkLines } from './candidate.ts';
import { joined } from './line.ts';

type Rule = (hunk: HunkLines) => readonly string[];

const RULES: readonly Rule[] = [
  ({ ours }) => ours,
  ({ theirs }) => theirs,
  (hunk) => weave(hunk, true, false),
  ({ ours, theirs, base }) => weave({ ours: theirs, theirs: ours, base }, true, false),
  ({ ours, theirs }) => joined([ours, theirs]),
  ({ ours, theirs }) => joined([theirs, ours]),
];

/** All different. What git settled is kept in each. */
export function plainTexts(regions: readonly Region[]): readonly string[] {
  return [...new Set(RULES.map((rule) => joined(regions.map((region) => region.kind === 'stable' ? region.lines : rule(region))).join('')))];
}
