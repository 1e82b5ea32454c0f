// The laws on 20,000 simulated lives, and every planted bug caught.
import { describe, expect, test } from 'vitest';
import { plant, simulate } from './run.ts';

describe('simulation at length', () => {
  test('no law breaks in 20,000 lives full of faults', () => {
    const { seeds, failed } = simulate('--seeds', '20000');
    expect(failed).toEqual([]);
    expect(seeds).toBe(20_000);
  });

  test('no law breaks in 2,000 lives whose lanes forget what is closed', () => {
    expect(simulate('--seeds', '2000', '--forgetful').failed).toEqual([]);
  });

  test('every planted bug is caught within 2,000 lives', () => {
    const caught = plant();
    expect(caught.length).toBeGreaterThanOrEqual(12);
    expect(caught.filter(({ caughtAtSeed }) => caughtAtSeed === null)).toEqual([]);
  });
});
