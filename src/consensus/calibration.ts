// From how sure the room feels to how often it is right: curves fitted on recorded outcomes, and the figures that show their error.
import { fitLine, logit, sigmoid } from '../resolution/platt.ts';

/** One settled or proposed option: how sure the room was, and whether it turned out to be what people wanted. */
export type Outcome = { readonly confidence: number; readonly right: boolean };

/** Never falls where confidence rises, so that calibration cannot change which option is ahead. */
export type Calibrator =
  | { readonly kind: 'identity' }
  | { readonly kind: 'shrunk'; readonly baseRate: number; readonly outcomes: number }
  | { readonly kind: 'platt'; readonly slope: number; readonly offset: number }
  | { readonly kind: 'isotonic'; readonly points: readonly Point[] };

export type Point = { readonly confidence: number; readonly rate: number };

export const IDENTITY: Calibrator = { kind: 'identity' };

/** Below this a class has no curve of its own; below the second a curve of two numbers is all it can carry. */
export const OUTCOMES_MIN = 30;
export const ISOTONIC_OUTCOMES_MIN = 200;

/** The best curve that so many outcomes can carry. */
export function fitCalibrator(outcomes: readonly Outcome[], shippedBaseRate = 0.5): Calibrator {
  if (outcomes.length < OUTCOMES_MIN) return { kind: 'shrunk', baseRate: smoothedRate(outcomes, shippedBaseRate), outcomes: outcomes.length };
  return outcomes.length < ISOTONIC_OUTCOMES_MIN ? fitPlatt(outcomes) : fitIsotonic(outcomes);
}

/** How far a class without outcomes is drawn towards its base rate. */
const SHRINK = 0.5;

export function calibrated(calibrator: Calibrator, confidence: number): number {
  const raw = clamp(confidence);
  switch (calibrator.kind) {
    case 'identity': return raw;
    case 'shrunk': return raw + (clamp(calibrator.baseRate) - raw) * SHRINK * (1 - Math.min(1, calibrator.outcomes / OUTCOMES_MIN));
    case 'platt': return sigmoid(Math.max(0, calibrator.slope) * logOdds(raw) + calibrator.offset);
    case 'isotonic': return interpolated(calibrator.points, raw);
  }
}

/** Shipped rates count as ten outcomes. */
const SHIPPED_OUTCOMES = 10;

function smoothedRate(outcomes: readonly Outcome[], shippedBaseRate: number): number {
  return (rightCount(outcomes) + SHIPPED_OUTCOMES * shippedBaseRate) / (outcomes.length + SHIPPED_OUTCOMES);
}

/** Pool adjacent violators: neighbours whose rates fall are one step, with the rate of all in it. */
export function fitIsotonic(outcomes: readonly Outcome[]): Calibrator {
  const steps: { sum: number; right: number; size: number }[] = [];
  for (const { confidence, right } of [...outcomes].sort((a, b) => a.confidence - b.confidence || Number(b.right) - Number(a.right))) {
    steps.push({ sum: confidence, right: Number(right), size: 1 });
    for (let last = steps.at(-1), before = steps.at(-2); last && before && before.right / before.size >= last.right / last.size; last = steps.at(-1), before = steps.at(-2)) {
      steps.splice(-2, 2, { sum: before.sum + last.sum, right: before.right + last.right, size: before.size + last.size });
    }
  }
  // Never sure without limit: a step of nine right of nine stands for ten of eleven.
  return { kind: 'isotonic', points: rising(steps.map(({ sum, right, size }) => ({ confidence: sum / size, rate: (right + 1) / (size + 2) }))) };
}

/** Smoothing small steps may turn two of them round; the higher of the two before stands. */
function rising(points: readonly Point[]): readonly Point[] {
  let top = 0;
  return points.map(({ confidence, rate }) => ({ confidence, rate: top = Math.max(top, rate) }));
}

/** Draws the curve to the identity, so weakly that it only matters where outcomes say nothing. */
const RIDGE = 0.01;
const EDGE = 1e-4;

/** Two numbers by Newton's method on the log-loss, with Platt's own smoothed targets. */
export function fitPlatt(outcomes: readonly Outcome[]): Calibrator {
  const right = rightCount(outcomes);
  const [yes, no] = [(right + 1) / (right + 2), 1 / (outcomes.length - right + 2)];
  const samples = outcomes.map((outcome) => ({ x: logOdds(clamp(outcome.confidence)), target: outcome.right ? yes : no }));
  const line = fitLine(samples, RIDGE);
  // A room that is the more wrong the surer it is has no confidence worth keeping: only its base rate.
  return line.slope > 0 ? { kind: 'platt', ...line } : { kind: 'platt', slope: 0, offset: logOdds((right + 1) / (outcomes.length + 2)) };
}

/** Below all that was seen the curve falls to nothing: nobody learns from easy cases to be sure in hard ones. */
const FLOOR: Point = { confidence: 0, rate: 0 };

function interpolated(points: readonly Point[], at: number): number {
  const top = points.at(-1);
  if (top === undefined) return at;
  const above = points.findIndex((point) => point.confidence >= at);
  const [low, high] = above === -1 ? [top, top] : [points[above - 1] ?? FLOOR, points[above] ?? top];
  if (high.confidence === low.confidence) return high.rate;
  return low.rate + (at - low.confidence) / (high.confidence - low.confidence) * (high.rate - low.rate);
}

function rightCount(outcomes: readonly Outcome[]): number {
  return outcomes.filter((outcome) => outcome.right).length;
}

function logOdds(p: number): number {
  return logit(p, EDGE);
}

/** What is no number is no confidence. */
function clamp(p: number): number {
  return p >= 0 ? Math.min(1, p) : 0;
}
