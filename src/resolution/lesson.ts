// What earlier conflicts of one repository came to: which kind of answer people took, where, and what they took for equal hunks.
import { mergeLines } from '../engine/line/merge-lines.ts';
import type { Region } from '../engine/line/region.ts';
import { align } from './align.ts';
import type { ConflictFile, Intent } from './conflict-file.ts';
import type { Candidate, HunkLines } from './candidate.ts';
import { candidatesOf } from './candidate.ts';
import { bareKey, linesOf } from './line.ts';
import { pathKind } from './kind.ts';
import { OUTCOMES_MAX, SHIPPED_TRUST, trustFrom } from './trust.ts';
import type { Outcome, Trust } from './trust.ts';

/** Rough kinds of answers; what none of the others is counts as `other`, what no candidate was as `none`. */
export const ANSWERS = ['ours', 'theirs', 'joined', 'joined-reversed', 'token', 'empty', 'other', 'none'] as const;
export type Answer = (typeof ANSWERS)[number];

/** How often each kind of answer was right; one conflict can be answered alike by several. */
type Tally = { seen: number; readonly right: Map<Answer, number> };

/** What people did with a whole file: filled its hunks by a known way, wrote something else there, changed what git had settled, or took one side whole in spite of it. */
export const FILE_ANSWERS = ['filled', 'written', 'edited', 'whole-ours', 'whole-theirs'] as const;
export type FileAnswer = (typeof FILE_ANSWERS)[number];
type FileTally = { seen: number; readonly by: Map<FileAnswer, number> };

/** One repository's lessons. Grows by `learn` alone, bounded. */
export type Lessons = {
  readonly tallies: Map<string, Tally>; readonly files: Map<string, FileTally>; readonly hunks: Map<string, readonly string[]>; readonly outcomes: Outcome[]; trust: Trust;
  /** The merge that the last lesson was of: what its sides said, and its number. */
  merge: { readonly said: string; readonly number: number };
};

const HUNKS_MAX = 5000;
const HUNK_CHARS_MAX = 20_000;
const TALLIES_MAX = 5000;
const LATELY = 'lately';
const IN_MERGE = 'merge';
/** After nine more files a file counts for half. */
const FADING = 0.926;

export function noLessons(): Lessons {
  return { tallies: new Map(), files: new Map(), hunks: new Map(), outcomes: [], trust: SHIPPED_TRUST, merge: { said: '', number: 0 } };
}

export function answerOf({ rules }: Pick<Candidate, 'rules'>): Answer {
  if (rules.has('ours')) return 'ours';
  if (rules.has('theirs')) return 'theirs';
  if (rules.has('weave') || rules.has('ours+theirs') || rules.has('weave-once')) return 'joined';
  if (rules.has('weave-reversed') || rules.has('theirs+ours') || rules.has('weave-once-reversed')) return 'joined-reversed';
  if (rules.has('token') || rules.has('token-ours') || rules.has('token-theirs')) return 'token';
  return rules.has('empty') ? 'empty' : 'other';
}

/** All, then ever closer to this file; then of late; then in the very same merge, null where that is none or has no lesson yet. */
function keysOf(path: string, ofMerge: number | null): readonly (string | null)[] {
  return ['all', `kind ${pathKind(path)}`, `name ${path.slice(path.lastIndexOf('/') + 1)}`, `path ${path}`, LATELY, ofMerge === null ? null : IN_MERGE];
}

/** What both sides say tells one merge from another; where neither says anything, nothing does. */
function saidIn({ oursMessage, theirsMessage, oursLog, theirsLog }: Intent): string {
  return [oursMessage, theirsMessage, ...oursLog, ...theirsLog].join('\0').replace(/^\0+$/, '');
}

/** The number of the merge this is of, where the last lesson was of it, too. */
export function mergeOf({ merge }: Lessons, intent: Intent): number | null {
  return merge.said !== '' && merge.said === saidIn(intent) ? merge.number : null;
}

/** What was seen counts ever less among what was seen of late; of another merge it counts for nothing. */
function turnTo(lessons: Lessons, intent: Intent): void {
  const said = saidIn(intent);
  if (said === '' || said !== lessons.merge.said) {
    lessons.merge = { said, number: lessons.merge.number + 1 };
    lessons.tallies.delete(IN_MERGE);
    lessons.files.delete(IN_MERGE);
  }
  fade(lessons.tallies.get(LATELY)?.right, lessons.tallies.get(LATELY));
  fade(lessons.files.get(LATELY)?.by, lessons.files.get(LATELY));
}

function fade(counts: Map<unknown, number> | undefined, tally: { seen: number } | undefined): void {
  if (counts === undefined || tally === undefined) return;
  tally.seen *= FADING;
  for (const [key, count] of counts) counts.set(key, count * FADING);
}

/** `resolved` is what people committed for the file. Changes `lessons`. */
export function learn(lessons: Lessons, { path, base, ours, theirs, intent }: ConflictFile, resolved: string): void {
  turnTo(lessons, intent);
  const keys = keysOf(path, mergeOf(lessons, intent));
  const regions = mergeLines(base ?? '', ours, theirs, 'eager');
  const taken = align(regions, linesOf(resolved));
  let at = -1;
  let isKnown = true;
  const hunks = regions.filter((region) => region.kind === 'hunk');
  const weight = 1 / Math.sqrt(Math.max(1, hunks.length));
  for (const hunk of hunks) {
    at += 1;
    const lines = taken[at];
    if (lines === null || lines === undefined) continue;
    const key = bareKey(lines);
    const answers = new Set(candidatesOf(hunk, { before: [], after: [] }).filter((candidate) => candidate.key === key).map((candidate) => answerOf(candidate)));
    tally(lessons, keys, answers.size === 0 ? new Set<Answer>(['none']) : answers, weight);
    if (answers.size === 0) isKnown = false;
    remember(lessons, hunk, lines);
  }
  if (hunks.length > 0) tallyFile(lessons, keys, fileAnswerOf({ regions, taken, ours, theirs, resolved, isKnown }));
}

type Taken = { readonly regions: readonly Region[]; readonly taken: readonly (readonly string[] | null)[]; readonly ours: string; readonly theirs: string; readonly resolved: string; readonly isKnown: boolean };

function fileAnswerOf({ regions, taken, ours, theirs, resolved, isKnown }: Taken): FileAnswer {
  const key = bareKey(linesOf(resolved));
  let at = -1;
  const kept = regions.flatMap((region) => {
    if (region.kind === 'stable') return region.lines;
    at += 1;
    return taken[at] ?? [];
  });
  if (!taken.includes(null) && bareKey(kept) === key) return isKnown ? 'filled' : 'written';
  if (bareKey(linesOf(ours)) === key) return 'whole-ours';
  return bareKey(linesOf(theirs)) === key ? 'whole-theirs' : 'edited';
}

function tallyFile({ files }: Lessons, keys: readonly (string | null)[], answer: FileAnswer): void {
  for (const key of keys) {
    if (key === null) continue;
    const known = files.get(key) ?? { seen: 0, by: new Map<FileAnswer, number>() };
    if (!files.has(key) && files.size >= TALLIES_MAX && key !== IN_MERGE) continue;
    known.seen += 1;
    known.by.set(answer, (known.by.get(answer) ?? 0) + 1);
    files.set(key, known);
  }
}

/** What the best proposal was believed to be worth, and whether it was right. Changes `lessons`. */
export function witness(lessons: Lessons, { path, intent }: Pick<ConflictFile, 'path' | 'intent'>, { chance, right }: Pick<Outcome, 'chance' | 'right'>): void {
  lessons.outcomes.push({ path, merge: mergeOf(lessons, intent), chance, right });
  if (lessons.outcomes.length > OUTCOMES_MAX) lessons.outcomes.shift();
  lessons.trust = trustFrom(lessons.outcomes);
}

function tally({ tallies }: Lessons, keys: readonly (string | null)[], answers: ReadonlySet<Answer>, weight: number): void {
  for (const key of keys) {
    if (key === null) continue;
    const known = tallies.get(key) ?? { seen: 0, right: new Map<Answer, number>() };
    if (!tallies.has(key) && tallies.size >= TALLIES_MAX && key !== IN_MERGE) continue;
    known.seen += weight;
    for (const answer of answers) known.right.set(answer, (known.right.get(answer) ?? 0) + weight);
    tallies.set(key, known);
  }
}

function remember({ hunks }: Lessons, hunk: HunkLines, lines: readonly string[]): void {
  if (hunk.ours.length + hunk.theirs.length + hunk.base.length > HUNK_CHARS_MAX) return;
  const print = fingerprint(hunk);
  hunks.delete(print);
  hunks.set(print, lines);
  const [oldest] = hunks.keys();
  if (hunks.size > HUNKS_MAX && oldest !== undefined) hunks.delete(oldest);
}

/** How many conflicts they come from; hunks of one file count as its square root. */
export function seenIn({ tallies }: Lessons): number {
  return tallies.get('all')?.seen ?? 0;
}

/** Equal for hunks that differ in white space, blank lines, or in which side is whose. */
export function fingerprint({ ours, base, theirs }: HunkLines): string {
  const [left, right] = [bareKey(ours), bareKey(theirs)];
  return `${bareKey(base)}\0${left < right ? `${left}\0${right}` : `${right}\0${left}`}`;
}

const CIRCLES = ['all', 'kind', 'name', 'path', 'lately', 'merge'] as const;
/** In which circles it counts how often no candidate was right. */
const NONE_CIRCLES = CIRCLES.filter((circle) => circle !== 'path');
export const LESSON_FEATURES: readonly string[] = [...CIRCLES.flatMap((circle) => [`seen ${circle}`, `rate ${circle}`]), ...NONE_CIRCLES.map((circle) => `none rate ${circle}`), 'replay', 'lesson for hunk'];
export const NO_LESSON_FEATURES: readonly number[] = LESSON_FEATURES.map(() => -1);

/** What was seen in each circle around a file; a hole where nothing was. */
export type Recalled = readonly (Tally | undefined)[];

export function recall(lessons: Lessons | null, { path, intent }: ConflictFile): Recalled {
  return lessons === null ? [] : keysOf(path, mergeOf(lessons, intent)).map((key) => lessons.tallies.get(key ?? ''));
}

/** `candidate` null: that none of the candidates is right. */
export function lessonFeatures(lessons: Lessons | null, tallies: Recalled, hunk: HunkLines, candidate: Candidate | null): readonly number[] {
  if (lessons === null || tallies[0] === undefined) return NO_LESSON_FEATURES;
  const answer = candidate === null ? 'none' : answerOf(candidate);
  const rates = tallies.map((one) => one === undefined ? -1 : ((one.right.get(answer) ?? 0) + 0.3) / (one.seen + 1));
  const nones = tallies.filter((_, at) => CIRCLES[at] !== 'path').map((one) => one === undefined ? -1 : ((one.right.get('none') ?? 0) + 0.2) / (one.seen + 1));
  const replayed = lessons.hunks.get(fingerprint(hunk));
  const key = replayed === undefined ? null : bareKey(replayed);
  return [
    ...tallies.flatMap((one, at) => [one === undefined ? 0 : Math.log1p(one.seen), rates[at] ?? -1]), ...nones,
    key === null ? 0 : candidate?.key === key ? 1 : -1, Number(key !== null),
  ];
}

const FILE_PRIOR = 0.2;
export const FILE_LESSON_FEATURES: readonly string[] = CIRCLES.flatMap((circle) => [`files ${circle}`, ...FILE_ANSWERS.map((answer) => `${answer} ${circle}`)]);
const NO_FILE_LESSONS: readonly number[] = FILE_LESSON_FEATURES.map(() => -1);

/** How often files like this one were answered how. */
export function fileLessonFeatures(lessons: Lessons | null, { path, intent }: Pick<ConflictFile, 'path' | 'intent'>): readonly number[] {
  if (lessons === null || lessons.files.size === 0) return NO_FILE_LESSONS;
  return keysOf(path, mergeOf(lessons, intent)).flatMap((key) => {
    const known = lessons.files.get(key ?? '');
    return known === undefined ? [0, ...FILE_ANSWERS.map(() => -1)] : [Math.log1p(known.seen), ...FILE_ANSWERS.map((answer) => ((known.by.get(answer) ?? 0) + FILE_PRIOR) / (known.seen + 1))];
  });
}

/** What people took for an equal hunk before, or null. */
export function replayOf(lessons: Lessons | null, hunk: HunkLines): readonly string[] | null {
  return lessons?.hunks.get(fingerprint(hunk)) ?? null;
}
