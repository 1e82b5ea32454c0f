// What earlier conflicts of one repository came to: which kind of answer people took, where, and what they took for equal hunks.
import { mergeLines } from '../engine/line/merge-lines.ts';
import type { Region } from '../engine/line/region.ts';
import { align } from './align.ts';
import { HUNKS_MAX, type ConflictFile, type Intent } from './conflict-file.ts';
import type { Candidate } from './candidate.ts';
import type { HunkLines } from './hunk.ts';
import { candidatesOf } from './candidate.ts';
import { circlesAround, FILE_CIRCLES } from './circle.ts';
import { ownCopy } from './kept.ts';
import { bareKey, linesOf } from './line.ts';
import { hasConflict } from './marker.ts';
import { OUTCOMES_MAX, SHIPPED_TRUST, trustFrom } from './trust.ts';
import type { Outcome, Trust } from './trust.ts';

/** Rough kinds of answers; what none of the others is counts as `other`, what no candidate was as `none`. */
export const ANSWERS = ['ours', 'theirs', 'joined', 'joined-reversed', 'token', 'empty', 'other', 'none'] as const;
export type Answer = (typeof ANSWERS)[number];

/** How much was seen, and of that by answer; one conflict can be answered alike by several. */
export type Tally<Kind> = { seen: number; readonly by: Map<Kind, number> };

/** What people did with a whole file: filled its hunks by a known way, wrote something else there, changed what git had settled, or took one side whole in spite of it. */
export const FILE_ANSWERS = ['filled', 'written', 'edited', 'whole-ours', 'whole-theirs'] as const;
export type FileAnswer = (typeof FILE_ANSWERS)[number];

/** One repository's lessons. Grows by `learn` alone, bounded. */
export type Lessons = {
  readonly tallies: Map<string, Tally<Answer>>; readonly files: Map<string, Tally<FileAnswer>>; readonly hunks: Map<string, readonly string[]>; readonly outcomes: Outcome[]; trust: Trust;
  /** The merge that the last lesson was of. */
  merge: { readonly name: string; readonly number: number };
};

const REMEMBERED_MAX = 5000;
const HUNK_LINES_MAX = 20_000;
const TALLIES_MAX = 5000;
const LATELY = 'lately';
const IN_MERGE = 'merge';
/** After nine more files a file counts for half. */
const FADING = 0.926;

export function noLessons(): Lessons {
  return { tallies: new Map(), files: new Map(), hunks: new Map(), outcomes: [], trust: SHIPPED_TRUST, merge: { name: '', number: 0 } };
}

export function answerOf({ rules }: Pick<Candidate, 'rules'>): Answer {
  if (rules.has('ours')) return 'ours';
  if (rules.has('theirs')) return 'theirs';
  if (rules.has('weave') || rules.has('ours+theirs') || rules.has('weave-once')) return 'joined';
  if (rules.has('weave-reversed') || rules.has('theirs+ours') || rules.has('weave-once-reversed')) return 'joined-reversed';
  if (rules.has('token') || rules.has('token-ours') || rules.has('token-theirs')) return 'token';
  return rules.has('empty') ? 'empty' : 'other';
}

export const CIRCLES = [...FILE_CIRCLES, 'lately', 'merge'] as const;

/** By circle: those around the file; then what was of late; then the very same merge, null where that is none or has no lesson yet. */
export function keysOf(path: string, ofMerge: number | null): readonly (string | null)[] {
  const around = circlesAround(path);
  return [...FILE_CIRCLES.map((circle) => around[circle]), LATELY, ofMerge === null ? null : IN_MERGE];
}

const names = new WeakMap<Intent, string>();

/** What tells one merge from another: its name, or else all that both sides say; empty where nothing does. */
function nameOf(intent: Intent): string {
  const known = names.get(intent);
  if (known !== undefined) return known;
  const { merge, oursMessage, theirsMessage, oursLog, theirsLog } = intent;
  const name = merge !== undefined ? `name ${merge}` : oursMessage === '' || theirsMessage === '' ? '' : JSON.stringify([oursMessage, theirsMessage, oursLog, theirsLog]);
  names.set(intent, name);
  return name;
}

/** The number of the merge this is of, where the last lesson was of it, too. */
export function mergeOf({ merge }: Lessons, intent: Intent): number | null {
  return merge.name !== '' && merge.name === nameOf(intent) ? merge.number : null;
}

/** What was seen counts ever less among what was seen of late; of another merge it counts for nothing. */
function turnTo(lessons: Lessons, intent: Intent): void {
  const name = nameOf(intent);
  if (name === '' || name !== lessons.merge.name) {
    lessons.merge = { name, number: lessons.merge.number + 1 };
    lessons.tallies.delete(IN_MERGE);
    lessons.files.delete(IN_MERGE);
  }
  for (const lately of [lessons.tallies.get(LATELY), lessons.files.get(LATELY)]) if (lately !== undefined) fade(lately);
}

function fade(tally: Tally<Answer> | Tally<FileAnswer>): void {
  tally.seen *= FADING;
  const by: Map<Answer | FileAnswer, number> = tally.by;
  for (const [answer, count] of by) by.set(answer, count * FADING);
}

/** `resolved` is what people committed for the file. Changes `lessons`; false where there is nothing to learn. */
export function learn(lessons: Lessons, { path, base, ours, theirs, intent }: ConflictFile, resolved: string): boolean {
  const regions = mergeLines(base ?? '', ours, theirs, 'eager');
  const hunks = regions.filter((region) => region.kind === 'hunk');
  if (hunks.length > HUNKS_MAX || hunks.every(isSpaceOnly) || hasConflict(resolved)) return false;
  turnTo(lessons, intent);
  const keys = keysOf(path, mergeOf(lessons, intent));
  const taken = align(regions, linesOf(resolved));
  let at = -1;
  let isKnown = true;
  const weight = 1 / Math.sqrt(hunks.length);
  for (const hunk of hunks) {
    at += 1;
    const lines = taken[at];
    if (lines === null || lines === undefined || isSpaceOnly(hunk)) continue;
    const key = bareKey(lines);
    const answers = new Set(candidatesOf(hunk, { before: [], after: [] }).filter((candidate) => candidate.key === key).map((candidate) => answerOf(candidate)));
    tally(lessons.tallies, keys, answers.size === 0 ? ['none' as const] : answers, weight);
    if (answers.size === 0) isKnown = false;
    remember(lessons, hunk, lines);
  }
  tally(lessons.files, keys, [fileAnswerOf({ regions, taken, ours, theirs, resolved, isKnown })], 1);
  return true;
}

/** Which side people took of such a hunk does not show: white space does not count. */
function isSpaceOnly({ ours, theirs }: HunkLines): boolean {
  return bareKey(ours) === bareKey(theirs);
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

/** What the best proposal was believed to be worth, and whether it was right. Changes `lessons`. */
export function witness(lessons: Lessons, { path, intent }: Pick<ConflictFile, 'path' | 'intent'>, { chance, right }: Pick<Outcome, 'chance' | 'right'>): void {
  lessons.outcomes.push({ path, merge: mergeOf(lessons, intent), chance, right });
  if (lessons.outcomes.length > OUTCOMES_MAX) lessons.outcomes.shift();
  lessons.trust = trustFrom(lessons.outcomes);
}

function tally<Kind>(tallies: Map<string, Tally<Kind>>, keys: readonly (string | null)[], answers: Iterable<Kind>, weight: number): void {
  for (const key of keys) {
    if (key === null) continue;
    const known = tallies.get(key) ?? { seen: 0, by: new Map<Kind, number>() };
    if (!tallies.has(key) && tallies.size >= TALLIES_MAX && key !== IN_MERGE) continue;
    known.seen += weight;
    for (const answer of answers) known.by.set(answer, (known.by.get(answer) ?? 0) + weight);
    tallies.set(key, known);
  }
}

function remember({ hunks }: Lessons, hunk: HunkLines, lines: readonly string[]): void {
  if (hunk.ours.length + hunk.theirs.length + hunk.base.length > HUNK_LINES_MAX) return;
  const print = fingerprint(hunk);
  hunks.delete(print);
  hunks.set(print, lines.map(ownCopy));
  const [oldest] = hunks.keys();
  if (hunks.size > REMEMBERED_MAX && oldest !== undefined) hunks.delete(oldest);
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

/** What people took for an equal hunk before, or null. */
export function replayOf(lessons: Lessons | null, hunk: HunkLines): readonly string[] | null {
  return lessons?.hunks.get(fingerprint(hunk)) ?? null;
}
