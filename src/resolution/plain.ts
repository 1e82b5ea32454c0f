// Conflicts in more places than anybody weighs one by one, as in a lock file: every place filled by the same rule.
import type { Region } from '../engine/line/region.ts';
import { candidatesOf, type HunkLines } from './candidate.ts';
import { joined } from './line.ts';
import type { Rule } from './rule.ts';

/** Those that were right most often in files of more than a hundred places, and the other ways to keep both sides. */
const RULES: readonly Rule[] = ['ours', 'theirs', 'token-version-theirs', 'token-version-ours', 'token-number', 'weave', 'weave-reversed', 'ours+theirs', 'theirs+ours'];
/** Of more places only the sides are on offer: all else takes its time. */
const PLACES_MAX = 1000;

/** All different. What git settled is kept in each. A place that a rule has nothing for keeps our side. */
export function plainTexts(regions: readonly Region[]): readonly string[] {
  const isMany = regions.length > 2 * PLACES_MAX;
  const filled = regions.map((region) => region.kind === 'stable' ? null : isMany ? sidesOf(region) : waysOf(region));
  return [...new Set(RULES.map((rule) => joined(regions.map((region, at) => region.kind === 'stable' ? region.lines : filled[at]?.get(rule) ?? region.ours)).join('')))];
}

type Ways = ReadonlyMap<Rule, readonly string[]>;

function sidesOf({ ours, theirs }: HunkLines): Ways {
  return new Map([['ours', ours], ['theirs', theirs]]);
}

function waysOf(hunk: HunkLines): Ways {
  return new Map(candidatesOf(hunk, { before: [], after: [] }).flatMap(({ rules, lines }) => [...rules].map((rule) => [rule, lines] as const)));
}
