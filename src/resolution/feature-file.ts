// What the learned ranking is told about a whole file: its kind, how far both sides went, what their commits say.
import { diffLists } from '../engine/line/diff-lists.ts';
import type { Region } from '../engine/line/region.ts';
import type { ConflictFile, Intent } from './conflict-file.ts';
import { earlierView, type EarlierView } from './earlier.ts';
import { earlierFileFeatures, EARLIER_FILE_FEATURES } from './feature-earlier.ts';
import { definedIn } from './feature-word.ts';
import { LANGUAGES, languageOf, PATH_KINDS, pathKind } from './kind.ts';
import { bare, bareKey, bareTextOf, speaks } from './line.ts';
import { bagOf } from './token.ts';

/** One side of the file as sets of bare lines and counts of words. */
export type Side = { readonly lines: ReadonlyMap<string, number>; readonly added: ReadonlySet<string> };

export type FileView = {
  readonly file: ConflictFile;
  readonly regions: readonly Region[];
  /** The regions as text and as bare lines; null stands for a hunk. */
  readonly pieces: readonly ({ readonly text: string; readonly key: string } | null)[];
  readonly hunkCount: number;
  /** What git agreed on: how often each bare line and each word occurs. */
  readonly stableLines: ReadonlyMap<string, number>;
  readonly stableWords: ReadonlyMap<string, number>;
  /** What it defines. */
  readonly stableNames: ReadonlySet<string>;
  readonly ours: Side;
  readonly theirs: Side;
  /** What the file was before; null where nobody looked. */
  readonly earlier: EarlierView | null;
  readonly features: readonly number[];
};

export const FILE_FEATURES: readonly string[] = [
  ...PATH_KINDS.map((kind) => `kind:${kind}`), ...LANGUAGES.map((language) => `language:${language}`),
  'added by both', 'hunks', 'lines', 'edits ours', 'edits theirs', 'edit balance', 'added ours', 'added theirs', 'shared additions of ours', 'shared additions of theirs', 'ours is base in part', 'theirs is base in part',
  'merge ours', 'merge theirs', 'log ours', 'log theirs', 'shared subjects', 'release ours', 'release theirs', 'revert ours', 'revert theirs', 'format ours', 'format theirs', 'merges in log ours', 'merges in log theirs', 'bump ours', 'bump theirs', 'message length ours', 'message length theirs', 'fix ours', 'fix theirs', 'names main ours', 'names main theirs',
  ...EARLIER_FILE_FEATURES,
];

export function viewOf(file: ConflictFile, regions: readonly Region[]): FileView {
  const stable = regions.flatMap((region) => region.kind === 'stable' ? region.lines : []);
  const [base, ours, theirs] = [bareTextOf(file.base ?? ''), bareTextOf(file.ours), bareTextOf(file.theirs)];
  const known = countOf(base);
  const sides = [sideOf(ours, known), sideOf(theirs, known)] as const;
  const earlier = earlierView(file, regions);
  const hunkCount = regions.filter((region) => region.kind === 'hunk').length;
  return {
    file, regions, pieces: regions.map((region) => region.kind === 'hunk' ? null : { text: region.lines.join(''), key: bareKey(region.lines) }), hunkCount, stableLines: countOf(stable.map(bare)), stableWords: bagOf(stable), stableNames: new Set(definedIn(stable.map(bare))), ours: sides[0], theirs: sides[1], earlier,
    features: [...fileFeatures(file, hunkCount, base, [ours, theirs], sides), ...earlierFileFeatures(earlier)],
  };
}

function sideOf(lines: readonly string[], base: ReadonlyMap<string, number>): Side {
  const count = countOf(lines);
  return { lines: count, added: new Set([...count.keys()].filter((line) => speaks(line) && !base.has(line))) };
}

export function countOf(items: readonly string[]): ReadonlyMap<string, number> {
  const count = new Map<string, number>();
  for (const item of items) count.set(item, (count.get(item) ?? 0) + 1);
  return count;
}

function fileFeatures(file: ConflictFile, hunkCount: number, base: readonly string[], lines: readonly [readonly string[], readonly string[]], [ours, theirs]: readonly [Side, Side]): readonly number[] {
  const [kind, language] = [pathKind(file.path), languageOf(file.path)];
  const edits = lines.map((side) => diffLists(base, side).length);
  const [mine = 0, other = 0] = edits;
  return [
    ...PATH_KINDS.map((one) => Number(one === kind)), ...LANGUAGES.map((one) => Number(one === language)),
    Number(file.base === null), Math.log1p(hunkCount), Math.log1p(base.length), Math.log1p(mine), Math.log1p(other), (mine - other) / (mine + other + 1),
    Math.log1p(ours.added.size), Math.log1p(theirs.added.size), share(ours.added, theirs.added), share(theirs.added, ours.added),
    base.length / (lines[0].length + 1), base.length / (lines[1].length + 1),
    ...intentFeatures(file.intent),
  ];
}

/** How much of `a` is in `b`, 0..1. */
function share(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const one of a) if (b.has(one)) common += 1;
  return a.size === 0 ? 0 : common / a.size;
}

function intentFeatures({ oursMessage, theirsMessage, oursLog, theirsLog }: Intent): readonly number[] {
  const both = (of: (message: string, log: readonly string[]) => number): readonly number[] => [of(oursMessage, oursLog), of(theirsMessage, theirsLog)];
  const says = (pattern: RegExp): readonly number[] => both((message, log) => Number(pattern.test(message)) + log.filter((line) => pattern.test(line)).length / Math.max(1, log.length));
  return [
    ...both((message) => Number(/^merge\b/i.test(message))), ...both((_message, log) => log.length), share(new Set(oursLog), new Set(theirsLog)) * oursLog.length,
    ...says(/\brelease\b|^v?\d+\.\d+/i), ...says(/\brevert/i), ...says(/\bformat|\blint|prettier|\bstyle\b|\bfmt\b/i), ...both((_message, log) => log.filter((line) => /^merge\b/i.test(line)).length / Math.max(1, log.length)),
    ...says(/\bbump\b|\bupgrade\b|\bupdate\b.*\b(?:dep|version|to)\b|renovate|dependabot/i), ...both((message) => Math.log1p(message.length)), ...says(/\bfix/i), ...both((message) => Number(/\b(?:main|master|develop|dev|trunk|next)\b/.test(message.split('\n')[0] ?? ''))),
  ];
}
