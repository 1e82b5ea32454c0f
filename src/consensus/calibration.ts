// From how sure the room feels to how often it is right: curves fitted on recorded outcomes, and the figures that show their error.

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
    case 'platt': return sigmoid(Math.max(0, calibrator.slope) * logit(raw) + calibrator.offset);
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

const STEPS_MAX = 100;
const STEP_SMALL = 1e-9;

/** Two numbers by Newton's method on the log-loss, with Platt's own smoothed targets. */
export function fitPlatt(outcomes: readonly Outcome[]): Calibrator {
  const right = rightCount(outcomes);
  const [yes, no] = [(right + 1) / (right + 2), 1 / (outcomes.length - right + 2)];
  const points = outcomes.map((outcome) => ({ x: logit(clamp(outcome.confidence)), target: outcome.right ? yes : no }));
  let [slope, offset] = [1, 0];
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const [bySlope, byOffset] = newtonStep(points, slope, offset);
    slope -= bySlope;
    offset -= byOffset;
    if (Math.abs(bySlope) + Math.abs(byOffset) < STEP_SMALL) break;
  }
  return Number.isFinite(slope) && Number.isFinite(offset) && slope > 0 ? { kind: 'platt', slope, offset } : { kind: 'platt', slope: 0, offset: logit(yes * right / Math.max(1, outcomes.length)) };
}

function newtonStep(points: readonly { x: number; target: number }[], slope: number, offset: number): readonly [number, number] {
  const RIDGE = 1e-3;   // keeps the matrix regular where all confidences are equal, and steps small
  let [gradientSlope, gradientOffset, xx, x1, one] = [0, 0, RIDGE, 0, RIDGE];
  for (const { x, target } of points) {
    const p = sigmoid(slope * x + offset);
    const spread = p * (1 - p);
    gradientSlope += (p - target) * x;
    gradientOffset += p - target;
    xx += spread * x * x;
    x1 += spread * x;
    one += spread;
  }
  const determinant = xx * one - x1 * x1;
  return [(one * gradientSlope - x1 * gradientOffset) / determinant, (xx * gradientOffset - x1 * gradientSlope) / determinant];
}

function interpolated(points: readonly Point[], at: number): number {
  const above = points.findIndex((point) => point.confidence >= at);
  const [low, high] = above === -1 ? [points.at(-1), points.at(-1)] : [points[Math.max(0, above - 1)], points[above]];
  if (low === undefined || high === undefined) return at;
  if (high.confidence === low.confidence) return high.rate;
  const share = Math.min(1, Math.max(0, (at - low.confidence) / (high.confidence - low.confidence)));
  return low.rate + share * (high.rate - low.rate);
}

function rightCount(outcomes: readonly Outcome[]): number {
  return outcomes.filter((outcome) => outcome.right).length;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

const EDGE = 1e-4;

function logit(p: number): number {
  const inside = Math.min(1 - EDGE, Math.max(EDGE, p));
  return Math.log(inside / (1 - inside));
}

/** What is no number is no confidence. */
function clamp(p: number): number {
  return p >= 0 ? Math.min(1, p) : 0;
}
