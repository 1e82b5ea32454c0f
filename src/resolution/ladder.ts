// The conflict ladder for one file: every text worth considering, best first, each with the chance that people would commit it.
import type { Region } from '../engine/line/region.ts';
import { mergedText, mergeLines } from '../engine/line/merge-lines.ts';
import { HUNKS_MAX, OPTIONS_MAX, type ConflictFile } from './conflict-file.ts';
import { draftsOf, WHOLE_OURS, WHOLE_THEIRS } from './draft.ts';
import { viewOf } from './feature-file.ts';
import type { FileView } from './feature-file.ts';
import { optionRows } from './feature-option.ts';
import type { Draft } from './feature-option.ts';
import { rungOf } from './filling.ts';
import { bareKey, linesOf } from './line.ts';
import { ledgerOf } from './line-ledger.ts';
import type { Surroundings } from './hunk.ts';
import { plainTexts, sideTexts } from './plain.ts';
import { scoreOf, softmax } from './forest.ts';
import { spacingMatters } from './spacing.ts';
import { calibrated, MODEL } from './model.ts';
import type { Model } from './model.ts';
import { rankHunk } from './rank.ts';
import type { RankedHunk } from './rank.ts';
import { mergeOf } from './lesson.ts';
import type { Lessons } from './lesson.ts';
import type { Parser } from './syntax.ts';
import { tidierFor } from './tidied.ts';
import { trusted } from './trust.ts';

/** `lessons`: what was learned in this repository; null for none. */
export type LadderTools = { readonly parser: Parser | null; readonly lessons: Lessons | null; readonly model?: Model };
export type Proposal = {
  readonly text: string;
  readonly rung: string;
  /** Calibrated chance that this is what people would commit, 0..1. */
  readonly probability: number;
  /** What the ranking alone believed: before this repository's outcomes were heard, and without what was taken before. */
  readonly believed?: number;
};
export type FileResolution =
  | { readonly kind: 'clean'; readonly text: string }
  /** Best first, all different, at most `OPTIONS_MAX`. */
  | { readonly kind: 'proposals'; readonly proposals: readonly Proposal[] }
  | { readonly kind: 'declined'; readonly why: 'too-large' | 'binary' }
  /** `plain`: texts on offer though nobody weighed them. */
  | { readonly kind: 'declined'; readonly why: 'too-many-hunks'; readonly plain: readonly string[] };

export const TEXT_MAX = 1_500_000;
/** What was taken for the same hunks before is right more often than it looks, if not always: 61 of 89 times, 57 of 71 where it looked likeliest too. */
const REPLAY_CHANCE_MAX = 0.9;
/** What undoes part of what git settled is on offer, but nobody is sure enough of it to do without a person; nor of white space that matters, which no ranking sees. */
const WHOLE_CHANCE_MAX = 0.8;

/** How many of the likeliest texts are tidied, and what such a text has of the chance of the one it comes from. */
const [TIDIED_MAX, TIDIED_SHARE] = [3, 0.15];

/** What leaves out a line that a side added has to be surer than what does not: from the first on a text may settle, one with such a hole from the second. That holds for the later word, too: people who settle a merge with one side throughout take the earlier one back. Of 3,362 files sure enough, in 113 histories, it keeps 766 from settling: of the 75 that lacked a line people kept, 49. */
const [SURE, SURE_WITH_A_HOLE] = [0.85, 0.9];

export function resolveFile(file: ConflictFile, { parser, lessons, model = MODEL }: LadderTools): FileResolution {
  const why = unfit(file);
  if (why !== null) return { kind: 'declined', why };
  const verdict = mergedText(file.base ?? '', file.ours, file.theirs);
  if (verdict !== null) return { kind: 'clean', text: verdict };
  const regions = mergeLines(file.base ?? '', file.ours, file.theirs, 'eager');
  const view = viewOf(file, regions);
  if (view.hunkCount > HUNKS_MAX) return { kind: 'declined', why: 'too-many-hunks', plain: plainTexts(regions) };
  return { kind: 'proposals', proposals: proposalsOf(view, rankHunks(view, model, lessons), { parser, lessons, model }) };
}

/** What is on offer should the ladder not get to its end. */
export function sketchOf(file: ConflictFile): readonly string[] {
  return unfit(file) === null ? sideTexts(mergeLines(file.base ?? '', file.ours, file.theirs, 'eager')) : [];
}

function unfit({ base, ours, theirs }: ConflictFile): 'too-large' | 'binary' | null {
  const texts = [base ?? '', ours, theirs];
  if (texts.some((text) => text.length > TEXT_MAX)) return 'too-large';
  return texts.some((text) => text.includes('\0')) ? 'binary' : null;
}

/** Each conflicting region in order, with what is agreed before and after it. */
export function rankHunks(view: FileView, model: Pick<Model, 'hunk'>, lessons: Lessons | null): readonly RankedHunk[] {
  return conflicts(view.regions).map(({ hunk, around }, at) => rankHunk(view, hunk, around, at, model.hunk, lessons));
}

export function conflicts(regions: readonly Region[]): readonly { readonly hunk: Extract<Region, { kind: 'hunk' }>; readonly around: Surroundings }[] {
  const lines = (at: number): readonly string[] => {
    const region = regions[at];
    return region?.kind === 'stable' ? region.lines : [];
  };
  return regions.flatMap((region, at) => region.kind === 'hunk' ? [{ hunk: region, around: { before: lines(at - 1), after: lines(at + 1) } }] : []);
}

function proposalsOf(view: FileView, hunks: readonly RankedHunk[], { parser, lessons, model }: Required<LadderTools>): readonly Proposal[] {
  const { drafts, context } = draftsOf(view, hunks, parser, lessons);
  const chances = softmax(optionRows(context, drafts).map((row) => scoreOf(model.option, row)));
  const believed = chances.slice(0, drafts.length).map((chance) => calibrated(model, chance));
  const again = drafts.findIndex(({ key }) => key === context.replayed);
  const told = again < 0 ? believed : withReplayed(believed, again);
  const inDoubt = conflicts(view.regions).some(({ hunk }) => spacingMatters(view.file.path, hunk));
  const place = { path: view.file.path, merge: lessons === null ? null : mergeOf(lessons, view.file.intent) };
  const proposals = drafts
    .map((draft, at) => {
      const chance = lessons === null ? told[at] ?? 0 : trusted(lessons.trust, place, told[at] ?? 0);
      return { text: draft.text, rung: at === again ? 'replayed' : rungFor(draft, hunks), believed: believed[at] ?? 0, probability: isWhole(draft) || inDoubt ? Math.min(WHOLE_CHANCE_MAX, chance) : heldBack(chance, draft.text, view.file) };
    })
    .toSorted((a, b) => b.probability - a.probability);
  return withTidied(inDoubt ? withBothSpacings(proposals, view.regions) : proposals, view.file);
}

/** To the ranking texts that differ in white space alone are one: the side that is not there gets half of what its twin has. */
function withBothSpacings(proposals: readonly Proposal[], regions: readonly Region[]): readonly Proposal[] {
  for (const side of ['ours', 'theirs'] as const) {
    const text = regions.map((region) => (region.kind === 'stable' ? region.lines : region[side]).join('')).join('');
    if (proposals.some((one) => one.text === text)) continue;
    const key = bareKey(linesOf(text));
    const twin = proposals.find((one) => bareKey(linesOf(one.text)) === key);
    if (twin === undefined) continue;
    const half = { ...twin, probability: twin.probability / 2, ...(twin.believed === undefined ? {} : { believed: twin.believed / 2 }) };
    return proposals.flatMap((one) => one === twin ? [half, { ...half, text, rung: side }] : [one]).slice(0, OPTIONS_MAX).toSorted((a, b) => b.probability - a.probability);
  }
  return proposals;
}

/** The likeliest texts without the imports that nothing in them uses any more, where there is room beside the others: of 34 such texts that nothing else made four were right where the text they come from was not. */
function withTidied(proposals: readonly Proposal[], { path, ours, theirs }: ConflictFile): readonly Proposal[] {
  const room = Math.max(0, OPTIONS_MAX - proposals.length);
  const tidied = tidierFor(path, [ours, theirs]);
  const isKnown = (key: string, more: readonly Proposal[]): boolean => [...proposals, ...more].some(({ text }) => bareKey(linesOf(text)) === key);
  const share = (chance: number): number => Math.min(chance * TIDIED_SHARE, (1 - chance) / 2);
  const more: Proposal[] = [];
  for (const { text, probability, believed } of proposals.slice(0, Math.min(TIDIED_MAX, room))) {
    const tidy = tidied(text);
    if (tidy === null || isKnown(bareKey(linesOf(tidy)), more)) continue;
    more.push({ text: tidy, rung: 'tidied', probability: share(probability), ...(believed === undefined ? {} : { believed: share(believed) }) });
  }
  return more.length === 0 ? proposals : [...proposals, ...more].toSorted((a, b) => b.probability - a.probability);
}

function rungFor({ filling, structural }: Draft, hunks: readonly RankedHunk[]): string {
  return filling === null ? structural[0] ?? 'structure' : rungOf(hunks, filling);
}

function isWhole({ filling, structural }: Draft): boolean {
  return filling === null && structural.every((rule) => rule === WHOLE_OURS || rule === WHOLE_THEIRS);
}

function heldBack(chance: number, text: string, file: ConflictFile): number {
  if (chance < SURE || chance >= SURE_WITH_A_HOLE) return chance;
  return ledgerOf(file, text, null).dropped.length === 0 ? chance : SURE - 0.001;
}

/** The chance of what was taken before halfway to certain, as logarithms go; the others share what is left. */
function withReplayed(chances: readonly number[], again: number): readonly number[] {
  const own = chances[again] ?? 0;
  const more = Math.max(own, Math.min(REPLAY_CHANCE_MAX, Math.sqrt(own)));
  return chances.map((chance, at) => at === again ? more : chance * (1 - more) / Math.max(1e-9, 1 - own));
}
