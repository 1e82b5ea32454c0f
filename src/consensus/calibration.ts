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

const STEPS_MAX = 50;
const HALVINGS_MAX = 30;
/** Draws the curve to the identity, so weakly that it only matters where outcomes say nothing. */
const RIDGE = 0.01;

type Sample = { readonly x: number; readonly target: number };
type Line = { readonly slope: number; readonly offset: number };

/** Two numbers by Newton's method on the log-loss, with Platt's own smoothed targets. */
export function fitPlatt(outcomes: readonly Outcome[]): Calibrator {
  const right = rightCount(outcomes);
  const [yes, no] = [(right + 1) / (right + 2), 1 / (outcomes.length - right + 2)];
  const samples = outcomes.map((outcome) => ({ x: logit(clamp(outcome.confidence)), target: outcome.right ? yes : no }));
  let line: Line = { slope: 1, offset: 0 };
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const better = improved(samples, line);
    if (better === null) break;
    line = better;
  }
  // A room that is the more wrong the surer it is has no confidence worth keeping: only its base rate.
  return line.slope > 0 ? { kind: 'platt', ...line } : { kind: 'platt', slope: 0, offset: logit((right + 1) / (outcomes.length + 2)) };
}

/** One step down, halved until it is one; null at the bottom. */
function improved(samples: readonly Sample[], line: Line): Line | null {
  const [slope, offset] = newtonStep(samples, line);
  const now = lossOf(samples, line);
  for (let halving = 0, share = 1; halving < HALVINGS_MAX; halving += 1, share /= 2) {
    const next = { slope: line.slope - share * slope, offset: line.offset - share * offset };
    if (lossOf(samples, next) < now) return next;
  }
  return null;
}

function newtonStep(samples: readonly Sample[], { slope, offset }: Line): readonly [number, number] {
  let [bySlope, byOffset, xx, x1, one] = [RIDGE * (slope - 1), RIDGE * offset, RIDGE, 0, RIDGE];
  for (const { x, target } of samples) {
    const p = sigmoid(slope * x + offset);
    const spread = p * (1 - p);
    bySlope += (p - target) * x;
    byOffset += p - target;
    xx += spread * x * x;
    x1 += spread * x;
    one += spread;
  }
  const determinant = xx * one - x1 * x1;
  return [(one * bySlope - x1 * byOffset) / determinant, (xx * byOffset - x1 * bySlope) / determinant];
}

function lossOf(samples: readonly Sample[], { slope, offset }: Line): number {
  const away = RIDGE * ((slope - 1) ** 2 + offset ** 2) / 2;
  // -t log p - (1-t) log(1-p) with p = sigmoid(z), written so that no z overflows.
  return samples.reduce((sum, { x, target }) => {
    const z = slope * x + offset;
    return sum + Math.max(z, 0) - target * z + Math.log1p(Math.exp(-Math.abs(z)));
  }, away);
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
