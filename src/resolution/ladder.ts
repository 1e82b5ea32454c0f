// The conflict ladder for one file: every text worth considering, best first, each with the chance that people would commit it.
import type { Region } from '../engine/line/region.ts';
import { mergedText, mergeLines } from '../engine/line/merge-lines.ts';
import type { ConflictFile } from './conflict-file.ts';
import { draftsOf } from './draft.ts';
import { viewOf } from './feature-file.ts';
import type { FileView } from './feature-file.ts';
import { optionRows } from './feature-option.ts';
import { rungOf } from './filling.ts';
import { scoreOf, softmax } from './forest.ts';
import { calibrated, MODEL } from './model.ts';
import type { Model } from './model.ts';
import { rankHunk } from './rank.ts';
import type { RankedHunk } from './rank.ts';
import type { Lessons } from './lesson.ts';
import type { Parser } from './syntax.ts';
import { trusted } from './trust.ts';

/** `lessons`: what was learned in this repository; null for none. */
export type LadderTools = { readonly parser: Parser | null; readonly lessons: Lessons | null; readonly model?: Model };
export type Proposal = {
  readonly text: string;
  readonly rung: string;
  /** Calibrated chance that this is what people would commit, 0..1. */
  readonly probability: number;
  /** The same before this repository's own outcomes were heard; absent where it is the same. */
  readonly believed?: number;
};
export type FileResolution =
  | { readonly kind: 'clean'; readonly text: string }
  /** Best first, all different, at most 24. */
  | { readonly kind: 'proposals'; readonly proposals: readonly Proposal[] }
  | { readonly kind: 'declined'; readonly why: 'too-large' | 'binary' | 'too-many-hunks' };

export const TEXT_MAX = 1_500_000;
export const HUNKS_MAX = 200;
/** People who met the same hunks again took the same in 201 of 205 cases, other people in three of four. */
const REPLAY_CHANCE = 0.9;

export function resolveFile(file: ConflictFile, { parser, lessons, model = MODEL }: LadderTools): FileResolution {
  const texts = [file.base ?? '', file.ours, file.theirs];
  if (texts.some((text) => text.length > TEXT_MAX)) return { kind: 'declined', why: 'too-large' };
  if (texts.some((text) => text.includes('\0'))) return { kind: 'declined', why: 'binary' };
  const verdict = mergedText(file.base ?? '', file.ours, file.theirs);
  if (verdict !== null) return { kind: 'clean', text: verdict };
  const regions = mergeLines(file.base ?? '', file.ours, file.theirs, 'eager');
  const view = viewOf(file, regions);
  if (view.hunkCount > HUNKS_MAX) return { kind: 'declined', why: 'too-many-hunks' };
  return { kind: 'proposals', proposals: proposalsOf(view, rankHunks(view, model, lessons), { parser, lessons, model }) };
}

/** Each conflicting region in order, with what is agreed before and after it. */
export function rankHunks(view: FileView, model: Pick<Model, 'hunk'>, lessons: Lessons | null): readonly RankedHunk[] {
  return conflicts(view.regions).map(({ hunk, around }, at) => rankHunk(view, hunk, around, at, model.hunk, lessons));
}

export function conflicts(regions: readonly Region[]): readonly { readonly hunk: Extract<Region, { kind: 'hunk' }>; readonly around: { readonly before: readonly string[]; readonly after: readonly string[] } }[] {
  const lines = (at: number): readonly string[] => {
    const region = regions[at];
    return region?.kind === 'stable' ? region.lines : [];
  };
  return regions.flatMap((region, at) => region.kind === 'hunk' ? [{ hunk: region, around: { before: lines(at - 1), after: lines(at + 1) } }] : []);
}

function proposalsOf(view: FileView, hunks: readonly RankedHunk[], { parser, lessons, model }: Required<LadderTools>): readonly Proposal[] {
  const { drafts, replayed, context } = draftsOf(view, hunks, parser, lessons);
  const chances = softmax(optionRows(context, drafts).map((row) => scoreOf(model.option, row)));
  return drafts
    .map((draft, at) => ({ text: draft.text, rung: draft.filling === null ? draft.structural[0] ?? 'structure' : rungOf(hunks, draft.filling), believed: calibrated(model, chances[at] ?? 0), isReplayed: draft.key === replayed }))
    .map(({ isReplayed, ...draft }) => ({ ...draft, probability: lessons === null ? draft.believed : trusted(lessons.trust, view.file.path, draft.believed), isReplayed }))
    .map(({ isReplayed, ...proposal }) => replayed === null ? proposal : isReplayed ? { ...proposal, rung: 'replayed', probability: Math.max(proposal.probability, REPLAY_CHANCE) } : { ...proposal, probability: proposal.probability * (1 - REPLAY_CHANCE) })
    .toSorted((a, b) => b.probability - a.probability);
}
