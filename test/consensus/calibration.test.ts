// A "91%" that is right half the time is a bug: curves that put it right, and the figures that show it.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calibrated, fitCalibrator, fitIsotonic, fitPlatt, IDENTITY, ISOTONIC_OUTCOMES_MIN, OUTCOMES_MIN, type Outcome } from '../../src/consensus/calibration.ts';
import { brier, calibrationError, reliability } from '../../src/consensus/reliability.ts';

/** Says 90% and is right in `right` of `of`. */
function boastful(right: number, of: number): readonly Outcome[] {
  return Array.from({ length: of }, (_, at) => ({ confidence: 0.9, right: at < right }));
}

const MIXED: readonly Outcome[] = Array.from({ length: 400 }, (_, at) => ({ confidence: (at % 20) / 20, right: (at * 7919) % 400 < 20 * (at % 20) }));

describe('with few outcomes', () => {
  test('a class is drawn towards its base rate, the less the more there are', () => {
    const drawn = [0, 10, 20].map((size) => calibrated(fitCalibrator(boastful(size, size), 0.4), 0.9));
    expect(drawn[0]).toBeCloseTo(0.65, 9);
    expect(drawn.toSorted((a, b) => a - b)).toEqual(drawn);
  });
  test('nothing is done where the ladder is calibrated already', () => expect(calibrated(IDENTITY, 0.91)).toBe(0.91));
});

describe('with enough', () => {
  test('a boast is put right by a curve of two numbers', () => {
    expect(fitCalibrator(boastful(20, OUTCOMES_MIN)).kind).toBe('platt');
    expect(calibrated(fitPlatt(boastful(50, 100)), 0.9)).toBeCloseTo(0.5, 1);
  });

  test('and by steps where there are many', () => {
    expect(fitCalibrator(boastful(100, ISOTONIC_OUTCOMES_MIN)).kind).toBe('isotonic');
    expect(calibrated(fitIsotonic(boastful(100, 200)), 0.9)).toBeCloseTo(0.5, 2);
  });

  test.each([['platt', fitPlatt], ['isotonic', fitIsotonic]] as const)('%s lowers the error of an overconfident room', (_, fit) => {
    const sharp = MIXED.map((outcome) => ({ ...outcome, confidence: outcome.confidence ** 0.3 }));
    const curve = fit(sharp);
    const after = sharp.map((outcome) => ({ ...outcome, confidence: calibrated(curve, outcome.confidence) }));
    expect(calibrationError(after)).toBeLessThan(calibrationError(sharp) / 2);
    expect(brier(after)).toBeLessThan(brier(sharp));
  });

  test('nine of nine is not certainty', () => expect(calibrated(fitIsotonic(boastful(9, 9)), 1)).toBeCloseTo(10 / 11, 9));
});

describe('every curve', () => {
  const outcomes = fc.array(fc.record({ confidence: fc.double({ min: 0, max: 1, noNaN: true }), right: fc.boolean() }), { maxLength: 60 });
  const fits = fc.constantFrom(fitCalibrator, fitPlatt, fitIsotonic);

  test('never falls, stays between 0 and 1, and takes nonsense for no confidence', () => {
    fc.assert(fc.property(outcomes, fits, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (all, fit, one, other) => {
      const curve = fit(all);
      const [low, high] = [calibrated(curve, Math.min(one, other)), calibrated(curve, Math.max(one, other))];
      expect(low).toBeLessThanOrEqual(high + 1e-12);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(calibrated(curve, Number.NaN)).toBe(calibrated(curve, 0));
    }));
  });
});

describe('the figures', () => {
  test.each<[string, readonly Outcome[], number, number]>([
    ['nothing', [], 0, 0],
    ['a boast', boastful(5, 10), 0.41, 0.4],
    ['a coin', [{ confidence: 0.5, right: true }, { confidence: 0.5, right: false }], 0.25, 0],
    ['certainty', [{ confidence: 1, right: true }], 0, 0],
  ])('of %s', (_, outcomes, score, error) => {
    expect(brier(outcomes)).toBeCloseTo(score, 9);
    expect(calibrationError(outcomes)).toBeCloseTo(error, 9);
  });

  test('a curve shows only tenths with something in them', () => {
    expect(reliability([...boastful(1, 2), { confidence: 1, right: true }])).toEqual([{ from: 0.9, to: 1, confidence: expect.closeTo(2.8 / 3, 9), rate: expect.closeTo(2 / 3, 9), outcomes: 3 }]);
  });
});
