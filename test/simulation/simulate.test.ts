// The laws on a few hundred simulated lives, and proof that the simulation sees what it should.
import { describe, expect, test } from 'vitest';
import { plant, simulate } from './run.ts';

describe('simulation', () => {
  test('no law breaks in 300 lives full of faults', { timeout: 60_000 }, () => {
    const { failed, faults, checked } = simulate('--seeds', '300', '--workers', '1');
    expect(failed).toEqual([]);
    expect(Object.keys(faults)).toEqual(expect.arrayContaining(['crash', 'push answer lost', 'push arrives late', 'second coordinator', 'signal dropped', 'target rewound']));
    expect(Object.keys(checked)).toEqual(expect.arrayContaining(['I1 landed is gated', 'I4 no force, no create', 'I6 one fenced writer', 'I7 pause', 'I8 rollback', 'I13 dependency order', 'L1 liveness']));
  });

  test('the same seed is the same life', () => {
    expect(simulate('--seed', '7', '--seeds', '1')).toMatchObject({ ...simulate('--seed', '7', '--seeds', '1'), seedsPerSecond: expect.any(Number) as number });
  });

  test.each(['push without a lease', 'the remote is not asked again', 'pause does not hold landings back'])('catches: %s', { timeout: 60_000 }, (bug) => {
    expect(plant('--only', bug)).toEqual([expect.objectContaining({ caughtAtSeed: expect.any(Number) as number })]);
  });
});
