// How good the room's confidence is, in figures anybody may check: Brier score, calibration error, reliability curve.
import type { Outcome } from './calibration.ts';

export const BINS = 10;

/** One tenth of the scale: how sure the room was there on average, how often it was right, over how many outcomes. */
export type Bin = { readonly from: number; readonly to: number; readonly confidence: number; readonly rate: number; readonly outcomes: number };

/** Mean squared error of confidence as a forecast: 0 is perfect, 0.25 is a coin. 0 without outcomes. */
export function brier(outcomes: readonly Outcome[]): number {
  return mean(outcomes.map(({ confidence, right }) => (confidence - Number(right)) ** 2));
}

/** Expected calibration error: how far confidence is from what came true, on average over all outcomes. */
export function calibrationError(outcomes: readonly Outcome[]): number {
  const off = reliability(outcomes).reduce((sum, bin) => sum + bin.outcomes * Math.abs(bin.confidence - bin.rate), 0);
  return outcomes.length === 0 ? 0 : off / outcomes.length;
}

/** Only the tenths in which there is anything. */
export function reliability(outcomes: readonly Outcome[]): readonly Bin[] {
  const bins = Array.from({ length: BINS }, (): Outcome[] => []);
  for (const outcome of outcomes) bins[Math.max(0, Math.min(BINS - 1, Math.floor(outcome.confidence * BINS)))]?.push(outcome);
  return bins.flatMap((inside, at) => inside.length === 0 ? [] : [{
    from: at / BINS, to: (at + 1) / BINS, outcomes: inside.length,
    confidence: mean(inside.map((one) => one.confidence)), rate: mean(inside.map((one) => Number(one.right))),
  }]);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
