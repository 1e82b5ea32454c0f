// Lessons of one repository folded into how loud each voter is and which rungs are right there. Time is an argument; the past fades.
import { NONE, type Speaker } from './ballot.ts';
import { fitCalibrator, IDENTITY, OUTCOMES_MIN, type Calibrator, type Outcome } from './calibration.ts';
import { teachersOf, truthOf, type Lesson, type Truth } from './lesson.ts';
import type { Case, Precedent } from './option.ts';
import type { RungPrior } from './prior.ts';
import type { Knowledge } from './verdict.ts';
import { shippedRecord, type VoterRecord } from './weight.ts';

export type LearningRule = {
  readonly halfLifeMs: number;
  /** Faded lessons from which a record or a rung counts at all. */
  readonly lessonsMin: number;
  /** Faded lessons of one teacher that count in a class; fewer than `lessonsMin`, so that nobody moves a weight alone. */
  readonly perTeacherMax: number;
  /** How far a rung's chance may be moved, as a factor either way. */
  readonly rungFactorMax: number;
};

export const DEFAULT_LEARNING_RULE: LearningRule = { halfLifeMs: 90 * 24 * 3_600_000, lessonsMin: 20, perTeacherMax: 10, rungFactorMax: 2 };

/** What is known in one class of conflict at one moment. Without lessons it is what the product ships with. */
export function knowledgeOf(lessons: readonly Lesson[], conflictClass: string, nowMs: number, rule: LearningRule = DEFAULT_LEARNING_RULE): Knowledge {
  const weighed = weighedLessons(lessons.filter((lesson) => lesson.conflictClass === conflictClass), nowMs, rule);
  return {
    recordOf: (speaker) => learnedRecord(weighed, speaker, rule),
    rungPrior: rungPriorOf(weighed, rule),
    calibrator: calibratorOf(weighed),
  };
}

/** A lesson and how much of it counts. */
type Weighed = { readonly lesson: Lesson; readonly truth: Truth; readonly weight: number };

/** Newest first, faded by age; of one teacher only so much counts, of the newest first. */
function weighedLessons(lessons: readonly Lesson[], nowMs: number, rule: LearningRule): readonly Weighed[] {
  const taught = new Map<string, number>();
  const newestFirst = [...lessons].sort((a, b) => b.atMs - a.atMs || (a.id < b.id ? -1 : 1));
  return newestFirst.flatMap((lesson) => {
    const truth = truthOf(lesson);
    if (truth.kind === 'unknown') return [];
    const teachers = teachersOf(lesson);
    // A clock that was set back makes no lesson count for more than one.
    const faded = 0.5 ** (Math.max(0, nowMs - lesson.atMs) / rule.halfLifeMs);
    const room = teachers.map((teacher) => rule.perTeacherMax - (taught.get(teacher) ?? 0));
    const weight = teachers.length === 0 ? 0 : Math.min(faded, ...room);
    for (const teacher of teachers) taught.set(teacher, (taught.get(teacher) ?? 0) + weight);
    return weight > 0 ? [{ lesson, truth, weight }] : [];
  });
}

/** The shipped record and what was learned on top of it, once that is enough. */
function learnedRecord(weighed: readonly Weighed[], speaker: Speaker, rule: LearningRule): VoterRecord {
  const shipped = shippedRecord(speaker);
  let [right, wrong] = [0, 0];
  for (const { lesson, truth, weight } of weighed) {
    const share = shareRight(lesson, truth, speaker.voter);
    if (share === null) continue;
    right += weight * share;
    wrong += weight * (1 - share);
  }
  return right + wrong < rule.lessonsMin ? shipped : { right: shipped.right + right, wrong: shipped.wrong + wrong };
}

/** 1 where the voter put the right option first alone, a share where it was undecided, null where it teaches nothing. */
function shareRight(lesson: Lesson, truth: Truth, voter: string): number | null {
  const vote = lesson.votes.find((one) => one.voter === voter);
  if (vote === undefined || vote.favourites.length === 0 || truth.kind === 'unknown') return null;
  const share = vote.favourites.includes(truth.option) ? 1 / vote.favourites.length : 0;
  if (truth.kind === 'right') return share;
  // That one option was wrong says nothing about who wanted another.
  return share > 0 ? 0 : null;
}

/** Lessons that a rung's factor starts with on its own side. */
const RUNG_SMOOTHING = 5;

/** How much more often a rung was right here than its chances said. */
function rungPriorOf(weighed: readonly Weighed[], rule: LearningRule): RungPrior {
  const tally = new Map<string, { lessons: number; right: number; expected: number }>();
  for (const { lesson, truth, weight } of weighed) {
    if (truth.kind !== 'right') continue;
    for (const approach of lesson.approaches) {
      const before = tally.get(approach.rung) ?? { lessons: 0, right: 0, expected: 0 };
      tally.set(approach.rung, { lessons: before.lessons + weight, right: before.right + (approach.option === truth.option ? weight : 0), expected: before.expected + weight * approach.chance });
    }
  }
  return (rung) => {
    const found = tally.get(rung);
    if (found === undefined || found.lessons < rule.lessonsMin) return 1;
    const factor = (found.right + RUNG_SMOOTHING) / (found.expected + RUNG_SMOOTHING);
    return Math.min(rule.rungFactorMax, Math.max(1 / rule.rungFactorMax, factor));
  };
}

const OUTCOME_WEIGHT_MIN = 0.5;

/** Below `OUTCOMES_MIN` the ladder's own calibration, fitted on open history, is the better one. */
function calibratorOf(weighed: readonly Weighed[]): Calibrator {
  // Faded lessons, and those beyond one teacher's share, must not add up to a curve.
  const outcomes = outcomesOf(weighed.filter((one) => one.weight >= OUTCOME_WEIGHT_MIN).map((one) => one.lesson));
  return outcomes.length < OUTCOMES_MIN ? IDENTITY : fitCalibrator(outcomes);
}

/** How sure the room was of its best option, and whether that was it. */
export function outcomesOf(lessons: readonly Lesson[]): readonly Outcome[] {
  return lessons.flatMap((lesson) => {
    const truth = truthOf(lesson);
    const { option, confidence } = lesson.consensus;
    if (truth.kind === 'unknown' || option === NONE) return [];
    if (truth.kind === 'right') return [{ confidence, right: option === truth.option }];
    return option === truth.option ? [{ confidence, right: false }] : [];
  });
}

/** The option that puts into these hunks what was put into equal ones before, wherever they stood; null where none does. */
export function precedentOf(lessons: readonly Lesson[], { hunks, options }: Pick<Case, 'hunks' | 'options'>): Precedent | null {
  const before = hunks === '' ? null : replay(lessons, hunks);
  const option = options.find((one) => one.filling === before?.fingerprint);
  return before === null || option === undefined ? null : { ...before, fingerprint: option.fingerprint };
}

/** What was chosen for the same lines before and never undone since; a person's word before a merge's. */
export function replay(lessons: readonly Lesson[], fingerprint: string): Precedent | null {
  const same = lessons.filter((lesson) => lesson.fingerprint === fingerprint).sort((a, b) => b.atMs - a.atMs);
  const undone = new Set(same.filter((lesson) => lesson.outcome === 'reverted').map((lesson) => approachOf(lesson)?.fingerprint));
  const standing = same.filter((lesson) => truthOf(lesson).kind === 'right' && !undone.has(approachOf(lesson)?.fingerprint));
  const chosen = standing.find((lesson) => lesson.decision?.by === 'person') ?? standing[0];
  const approach = chosen === undefined ? undefined : approachOf(chosen);
  return approach === undefined ? null : { fingerprint: approach.fingerprint, rung: approach.rung, by: chosen?.decision?.by === 'person' ? 'person' : 'survived', lesson: chosen?.id ?? '' };
}

function approachOf(lesson: Lesson): Lesson['approaches'][number] | undefined {
  return lesson.approaches.find((approach) => approach.option === lesson.decision?.option);
}
