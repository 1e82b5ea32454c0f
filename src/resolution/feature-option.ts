// What the second ranking is told about a whole resolved file: how it came about, what it keeps, how it reads.
import { balanceOf } from './candidate.ts';
import type { FileView } from './feature-file.ts';
import type { Filling } from './filling.ts';
import { EARLIER_TEXT_FEATURES, earlierTextFeatures } from './feature-earlier.ts';
import { FILE_LESSON_FEATURES, fileLessonFeatures } from './feature-lesson.ts';
import { seenIn } from './lesson.ts';
import type { Lessons } from './lesson.ts';
import { bare, bareTextOf, linesOf, speaks } from './line.ts';
import type { RankedHunk } from './rank.ts';
import type { Rule } from './rule.ts';

/** A whole text with where it came from: a filling of the hunks, or a merge of the whole file by structure. */
export type Draft = { readonly text: string; readonly key: string; readonly filling: Filling | null; readonly rank: number; readonly structural: readonly string[]; readonly syntaxErrors: number | null };

export const STRUCTURAL_KINDS = ['entity', 'imports', 'keys', 'lines', 'sections', 'whole', 'parted'] as const;
const STANCES = ['', 'reversed', 'higher', 'ours', 'theirs', 'both'] as const;

export const OPTION_FEATURES: readonly string[] = [
  'log chance', 'least chance', 'mean log chance', 'rank', 'behind best', 'is filling', 'top picks', 'ours picks', 'theirs picks', 'both picks', 'token picks', 'parted picks', 'none chance', 'least none', 'entropy',
  'dropped ours', 'dropped theirs', 'kept ours', 'kept theirs', 'resurrected ours', 'resurrected theirs', 'from nowhere', 'doubled', 'balance', 'is ours', 'is theirs', 'lines',
  ...STRUCTURAL_KINDS.map((kind) => `structural:${kind}`), ...STANCES.map((stance) => `stance:${stance}`), 'structural', 'structural drafts', 'syntax', 'syntax of sides', 'replayed', 'settled lines lost', 'settled lines back', ...EARLIER_TEXT_FEATURES,
];

export type OptionContext = { readonly view: FileView; readonly hunks: readonly RankedHunk[]; readonly best: number; /** Of the stable regions. */ readonly agreed: { readonly doubled: number; readonly balance: number }; readonly structuralDrafts: number; readonly lessons: Lessons | null; readonly sideErrors: number | null; /** The key of what people took when all hunks were met before; null where one is new. */ readonly replayed: string | null };

export function optionRows(context: OptionContext, drafts: readonly Draft[]): readonly (readonly number[])[] {
  const { ours, theirs, base } = context.view.file;
  const sides = [sideOf(ours, bareTextOf(ours)), sideOf(theirs, bareTextOf(theirs)), sideOf(base ?? '', bareTextOf(base ?? ''))] as const;
  const changes = changesOf(...sides);
  const head = [...context.view.features];
  const overall = overallOf(context);
  return [
    ...drafts.map((draft) => [...head, ...overall, ...chanceFeatures(context, draft), ...textFeatures(context, sides, changes, draft), ...structureFeatures(context, draft), ...settledFeatures(context, draft), ...earlierTextFeatures(context.view.earlier, keysOf(context, draft)), 0]),
    [...head, ...overall, ...OPTION_FEATURES.map(() => -9), 1],
  ];
}

export const OVERALL_FEATURES: readonly string[] = ['hunks', 'sum of best', 'least best', 'most none', 'mean none', 'mean margin', 'mean entropy', 'best ours', 'best theirs', 'lessons', 'replayed', 'parted', 'parted is ours', 'parted is theirs', ...FILE_LESSON_FEATURES];

/** What came of what both had last: anything, one side as it is. */
const PARTED_WAYS: readonly (readonly Rule[])[] = [['parted'], ['parted', 'ours'], ['parted', 'theirs']];

function overallOf({ hunks, lessons, view }: OptionContext): readonly number[] {
  const best = hunks.map((hunk) => hunk.ranked[0]?.chance ?? 0);
  const nones = hunks.map((hunk) => hunk.none);
  return [
    hunks.length, sum(best.map((chance) => Math.log(Math.max(chance, 1e-6)))), Math.min(...best), Math.max(...nones), mean(nones), mean(hunks.map((hunk) => (hunk.ranked[0]?.chance ?? 0) - (hunk.ranked[1]?.chance ?? 0))),
    mean(hunks.map(entropyOf)), mean(hunks.map((hunk) => Number(hunk.ranked[0]?.candidate.rules.has('ours') === true))), mean(hunks.map((hunk) => Number(hunk.ranked[0]?.candidate.rules.has('theirs') === true))),
    lessons === null ? 0 : Math.log1p(seenIn(lessons)), mean(hunks.map((hunk) => Number(hunk.ranked[0]?.candidate.rules.has('replayed') === true))), ...PARTED_WAYS.map((rules) => mean(hunks.map(({ ranked }) => Number(ranked.some(({ candidate }) => rules.every((rule) => candidate.rules.has(rule))))))),
    ...fileLessonFeatures(lessons, view.file),
  ];
}

function chanceFeatures({ hunks, best }: OptionContext, { filling, rank }: Draft): readonly number[] {
  if (filling === null) return [-9, -9, -9, rank, -9, 0, -9, -9, -9, -9, -9, -9, -9, -9, -9];
  const picks = hunks.flatMap((hunk, at) => hunk.ranked[filling.picks[at] ?? 0] ?? []);
  const share = (test: (pick: (typeof picks)[number]) => boolean): number => picks.filter(test).length / Math.max(1, picks.length);
  return [
    filling.logChance, Math.min(...picks.map((pick) => pick.chance)), filling.logChance / Math.max(1, picks.length), rank, best - filling.logChance, 1,
    filling.picks.filter((pick) => pick === 0).length / Math.max(1, filling.picks.length),
    share(({ candidate: { rules } }) => rules.has('ours')), share(({ candidate: { rules } }) => rules.has('theirs')), share(({ candidate: { rules } }) => rules.has('weave') || rules.has('weave-reversed') || rules.has('ours+theirs')), share(({ candidate: { rules } }) => rules.has('token')), share(({ candidate: { rules } }) => rules.has('parted')),
    Math.max(...hunks.map((hunk) => hunk.none)), Math.min(...hunks.map((hunk) => hunk.none)), mean(hunks.map(entropyOf)),
  ];
}

function entropyOf({ ranked }: RankedHunk): number {
  return -sum(ranked.map(({ chance }) => chance * Math.log(Math.max(chance, 1e-9))));
}

type SideLines = { readonly set: ReadonlySet<string>; readonly doubled: number; readonly balance: number };
type Changes = { readonly addedOurs: readonly string[]; readonly addedTheirs: readonly string[]; readonly deletedOurs: readonly string[]; readonly deletedTheirs: readonly string[] };

function sideOf(text: string, said: readonly string[]): SideLines {
  const lines = said.filter((line) => line !== '');
  return { set: new Set(lines), doubled: doubledIn(lines), balance: balanceOf([text]) };
}

/** How many long lines are there more than once. */
export function doubledIn(lines: readonly string[]): number {
  const long = lines.filter(isLong);
  return long.length - new Set(long).size;
}

function isLong(line: string): boolean {
  return line.length > 5 && speaks(line);
}

function changesOf(ours: SideLines, theirs: SideLines, base: SideLines): Changes {
  const spoken = (side: SideLines): readonly string[] => [...side.set].filter(speaks);
  return {
    addedOurs: spoken(ours).filter((line) => !base.set.has(line) && !theirs.set.has(line)), addedTheirs: spoken(theirs).filter((line) => !base.set.has(line) && !ours.set.has(line)),
    deletedOurs: spoken(base).filter((line) => !ours.set.has(line) && theirs.set.has(line)), deletedTheirs: spoken(base).filter((line) => !theirs.set.has(line) && ours.set.has(line)),
  };
}

/** What a draft says, and what of it is not agreed anyway. */
type Said = { readonly has: (line: string) => boolean; readonly own: ReadonlySet<string>; readonly doubled: number; readonly balance: number; readonly lines: number };

function saidBy({ view, hunks, agreed }: OptionContext, { text, filling }: Draft): Said {
  if (filling === null) {
    const side = sideOf(text, linesOf(text).map(bare));
    return { has: (line) => side.set.has(line), own: side.set, doubled: side.doubled, balance: side.balance, lines: side.set.size };
  }
  const picks = hunks.flatMap((hunk, at) => hunk.ranked[filling.picks[at] ?? 0]?.candidate ?? []);
  const lines = picks.flatMap(({ key }) => key === '' ? [] : key.split('\n'));
  const own = new Set(lines);
  const doubled = agreed.doubled + doubledIn(lines) + [...own].filter((line) => isLong(line) && view.stableLines.has(line)).length;
  return { has: (line) => own.has(line) || view.stableLines.has(line), own, doubled, balance: agreed.balance + picks.reduce((all, pick) => all + balanceOf(pick.lines), 0), lines: view.stableLines.size + own.size };
}

/** Of what a draft puts into the hunks, or of a merge of the whole file. */
function keysOf({ hunks }: OptionContext, { key, filling }: Draft): readonly string[] {
  return filling === null ? [key] : hunks.flatMap((hunk, at) => hunk.ranked[filling.picks[at] ?? 0]?.candidate.key ?? []);
}

function textFeatures(context: OptionContext, [ours, theirs, base]: readonly [SideLines, SideLines, SideLines], changes: Changes, draft: Draft): readonly number[] {
  const said = saidBy(context, draft);
  const missing = (lines: readonly string[]): number => lines.filter((line) => !said.has(line)).length;
  const [droppedOurs, droppedTheirs] = [missing(changes.addedOurs), missing(changes.addedTheirs)];
  let nowhere = 0;
  for (const line of said.own) if (!ours.set.has(line) && !theirs.set.has(line) && !base.set.has(line)) nowhere += 1;
  const rules = draft.filling === null ? [] : context.hunks.map((hunk, at) => hunk.ranked[draft.filling?.picks[at] ?? 0]?.candidate.rules);
  return [
    Math.log1p(droppedOurs), Math.log1p(droppedTheirs), 1 - droppedOurs / Math.max(1, changes.addedOurs.length), 1 - droppedTheirs / Math.max(1, changes.addedTheirs.length),
    Math.log1p(changes.deletedOurs.length - missing(changes.deletedOurs)), Math.log1p(changes.deletedTheirs.length - missing(changes.deletedTheirs)),
    Math.log1p(nowhere), said.doubled - Math.max(ours.doubled, theirs.doubled), ours.balance === theirs.balance ? Math.abs(said.balance - ours.balance) : Math.min(Math.abs(said.balance - ours.balance), Math.abs(said.balance - theirs.balance)),
    Number(rules.length > 0 && rules.every((some) => some?.has('ours') === true)), Number(rules.length > 0 && rules.every((some) => some?.has('theirs') === true)), said.lines - Math.max(ours.set.size, theirs.set.size),
  ];
}

function structureFeatures({ structuralDrafts, sideErrors }: OptionContext, draft: Draft): readonly number[] {
  return [
    ...STRUCTURAL_KINDS.map((kind) => Number(draft.structural.some((rule) => rule.startsWith(kind)))),
    ...STANCES.map((stance) => Number(draft.structural.some((rule) => stance === '' ? !rule.includes('-') : rule.includes(`-${stance}`)))), draft.structural.length, structuralDrafts,
    draft.syntaxErrors === null || sideErrors === null ? -1 : Math.max(-1, draft.syntaxErrors - sideErrors), sideErrors ?? -1,
  ];
}

/** A filling keeps all that git settled; a merge of the whole file, or one side of it, need not. */
function settledFeatures({ view, replayed }: OptionContext, { key, filling, text }: Draft): readonly number[] {
  if (filling !== null) return [Number(key === replayed), 0, 0];
  const own = new Set(linesOf(text).map(bare));
  let lost = 0;
  for (const line of view.stableLines.keys()) if (speaks(line) && !own.has(line)) lost += 1;
  let back = 0;
  for (const line of own) if (speaks(line) && !view.stableLines.has(line)) back += 1;
  return [Number(key === replayed), Math.log1p(lost), Math.log1p(back)];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

function mean(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : sum(numbers) / numbers.length;
}
