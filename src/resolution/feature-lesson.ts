// What the rankings are told of earlier conflicts of the repository: in each circle around a file how much was seen, and how it was answered.
import type { Candidate } from './candidate.ts';
import type { HunkLines } from './hunk.ts';
import type { ConflictFile } from './conflict-file.ts';
import { answerOf, CIRCLES, FILE_ANSWERS, keysOf, mergeOf, replayOf, seenIn, type Answer, type Lessons, type Tally } from './lesson.ts';
import { bareKey } from './line.ts';

/** In which circles it counts how often no candidate was right. */
const NONE_CIRCLES = CIRCLES.filter((circle) => circle !== 'path');
export const LESSON_FEATURES: readonly string[] = [...CIRCLES.flatMap((circle) => [`seen ${circle}`, `rate ${circle}`]), ...NONE_CIRCLES.map((circle) => `none rate ${circle}`), 'replay', 'lesson for hunk'];
export const NO_LESSON_FEATURES: readonly number[] = LESSON_FEATURES.map(() => -1);

/** What all candidates of a hunk are told: the tallies of its circles, a hole where nothing was seen, and the key of what people took for an equal hunk. */
export type Recalled = { readonly tallies: readonly (Tally<Answer> | undefined)[]; readonly nones: readonly number[]; readonly replayed: string | null };

/** Null where nothing was learned. */
export function recall(lessons: Lessons | null, { path, intent }: ConflictFile, hunk: HunkLines): Recalled | null {
  if (lessons === null || seenIn(lessons) === 0) return null;
  const tallies = keysOf(path, mergeOf(lessons, intent)).map((key) => lessons.tallies.get(key ?? ''));
  const replayed = replayOf(lessons, hunk);
  return {
    tallies, replayed: replayed === null ? null : bareKey(replayed),
    nones: tallies.filter((_, at) => CIRCLES[at] !== 'path').map((one) => one === undefined ? -1 : ((one.by.get('none') ?? 0) + 0.2) / (one.seen + 1)),
  };
}

/** `candidate` null: that none of the candidates is right. */
export function lessonFeatures(recalled: Recalled | null, candidate: Candidate | null): readonly number[] {
  if (recalled === null) return NO_LESSON_FEATURES;
  const { tallies, nones, replayed } = recalled;
  const answer = candidate === null ? 'none' : answerOf(candidate);
  return [
    ...tallies.flatMap((one) => one === undefined ? [0, -1] : [Math.log1p(one.seen), ((one.by.get(answer) ?? 0) + 0.3) / (one.seen + 1)]), ...nones,
    replayed === null ? 0 : candidate?.key === replayed ? 1 : -1, Number(replayed !== null),
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
