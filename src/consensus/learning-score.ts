// The seed's learning score, 0 to 100: how much better the room's confidence foretells than always saying the base rate.
// 50: no better. 100: it is sure and always right. 0: twice as bad as the base rate, or worse.
import type { Outcome } from './calibration.ts';
import { outcomesOf } from './learning.ts';
import type { Lesson } from './lesson.ts';
import { brier, calibrationError } from './reliability.ts';

/** `score` is null without outcomes. Below `LEARNING_OUTCOMES_MIN` it is shown with how few they are. */
export type LearningScore = { readonly score: number | null; readonly outcomes: number; readonly isFew: boolean; readonly brier: number; readonly calibrationError: number };

export const LEARNING_OUTCOMES_MIN = 30;

/** Of all lessons given, whoever taught them: it is shown, and steers nothing. */
export function learningScore(lessons: readonly Lesson[]): LearningScore {
  return scoreOf(outcomesOf(lessons));
}

export function scoreOf(outcomes: readonly Outcome[]): LearningScore {
  const figures = { outcomes: outcomes.length, isFew: outcomes.length < LEARNING_OUTCOMES_MIN, brier: brier(outcomes), calibrationError: calibrationError(outcomes) };
  if (outcomes.length === 0) return { score: null, ...figures };
  // Smoothed: a class that was always right so far would leave nothing to be better than.
  const baseRate = (outcomes.filter((outcome) => outcome.right).length + 1) / (outcomes.length + 2);
  const skill = 1 - figures.brier / brier(outcomes.map(({ right }) => ({ confidence: baseRate, right })));
  return { score: Math.round(50 + 50 * Math.max(-1, Math.min(1, skill))), ...figures };
}
