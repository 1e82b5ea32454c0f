// Conflicts in more places than anybody weighs one by one, as in a lock file: every place filled by the same rule.
import type { Region } from '../engine/line/region.ts';
import { candidatesOf } from './candidate.ts';
import type { HunkLines } from './hunk.ts';
import { joined } from './line.ts';
import type { Rule } from './rule.ts';

/** Those that were right most often in files of more than a hundred places, and the other ways to keep both sides; each with what fills a place that it has nothing for. */
const RULES: readonly (readonly [Rule, 'ours' | 'theirs'])[] = [
  ['ours', 'ours'], ['theirs', 'theirs'], ['token-version-theirs', 'theirs'], ['token-version-ours', 'ours'], ['token-number', 'ours'], ['taught-theirs', 'ours'], ['taught-ours', 'theirs'],
  ['weave', 'ours'], ['weave-reversed', 'theirs'], ['ours+theirs', 'ours'], ['theirs+ours', 'theirs'],
];
/** Of more than that in conflict only the sides are on offer, alone and one after the other: all else takes its time. */
const CHARS_MAX = 600_000;

/** All different. What git settled is kept in each. */
export function plainTexts(regions: readonly Region[]): readonly string[] {
  const chars = regions.reduce((sum, region) => region.kind === 'stable' ? sum : sum + [region.ours, region.base, region.theirs].flat().join('').length, 0);
  return filledBy(regions, chars > CHARS_MAX ? sidesOf : waysOf);
}

/** The sides alone and one after the other: what can be had at once. */
export function sideTexts(regions: readonly Region[]): readonly string[] {
  return filledBy(regions, sidesOf);
}

function filledBy(regions: readonly Region[], waysIn: (hunk: HunkLines) => Ways): readonly string[] {
  const filled = regions.map((region) => region.kind === 'stable' ? null : waysIn(region));
  return [...new Set(RULES.map(([rule, otherwise]) => joined(regions.map((region, at) => region.kind === 'stable' ? region.lines : filled[at]?.get(rule) ?? region[otherwise])).join('')))];
}

type Ways = ReadonlyMap<Rule, readonly string[]>;

/** As they stand: candidates that differ in white space alone are one. */
function sidesOf({ ours, theirs }: HunkLines): Ways {
  return new Map([['ours', ours], ['theirs', theirs], ['ours+theirs', joined([ours, theirs])], ['theirs+ours', joined([theirs, ours])]]);
}

function waysOf(hunk: HunkLines): Ways {
  const ways = candidatesOf(hunk, { before: [], after: [] }).flatMap(({ rules, lines }) => [...rules].map((rule) => [rule, lines] as const));
  return new Map([...ways, ...sidesOf(hunk)]);
}
