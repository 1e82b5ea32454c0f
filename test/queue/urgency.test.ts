// Urgent requests against a lane that is busy: who steps back, who never waits for ever.
import { describe, expect, test } from 'vitest';
import { PRIORITIES, DEFAULT_POLICY } from '../../src/merge/policy.ts';
import { MAIN } from '../harness/world.ts';
import { tell, type Tale } from '../harness/tale.ts';

const ONE_GATE = { gate: { run: 'check', scope: 'each' }, gatesMax: 1 } as const;
const MINUTE_MS = 60_000;
const BOUND_MINUTES = ((PRIORITIES.length - 1) * DEFAULT_POLICY.limits.ageStepMs) / MINUTE_MS;
const STEPS_MAX = 2_000;

describe('a hotfix', () => {
  test('goes behind the gate that is running, not behind all that are stacked, and no gate runs twice', async () => {
    const tale = tell({ ...ONE_GATE, chainMax: 32 });
    for (let at = 0; at < 20; at += 1) tale.push(`feature/${at}`, { [`f${at}`]: 'w' });
    await stepUntil(tale, () => chain(tale) === 20);
    tale.push('hotfix/now', { hot: 'w' }, { says: 'Priority: hotfix' });
    await tale.settles();
    // A few gates end while the push is still being looked at.
    expect(placeOf(tale, 'hotfix/now')).toBeLessThan(5);
    expect(tale.gateRuns).toBe(21);
  });

  test('takes what it depends on with it', async () => {
    const tale = tell({ ...ONE_GATE, chainMax: 1 });
    await tale.settles();
    await tale.pause('main');
    tale.push('low/base', { base: 'w' }, { says: 'Priority: low' });
    for (let at = 0; at < 5; at += 1) tale.push(`feature/${at}`, { [`f${at}`]: 'w' });
    tale.push('hotfix/now', { hot: 'w' }, { says: 'Priority: hotfix\nDepends-On: low/base' });
    await tale.settles();
    await tale.resume('main');
    await tale.settles();
    expect([placeOf(tale, 'low/base'), placeOf(tale, 'hotfix/now')]).toEqual([0, 1]);
  });
});

test('a clock that jumps by a day makes nobody urgent', async () => {
  const tale = tell({ ...ONE_GATE, chainMax: 1 });
  await tale.settles();
  await tale.pause('main');
  for (let at = 0; at < 5; at += 1) tale.push(`feature/${at}`, { [`f${at}`]: 'w' });
  await tale.settles();
  await tale.later(24 * 60 * MINUTE_MS);
  tale.push('hotfix/now', { hot: 'w' }, { says: 'Priority: hotfix' });
  await tale.settles();
  await tale.resume('main');
  expect(placeOf(tale, 'hotfix/now')).toBe(0);
});

describe('nobody starves', () => {
  test('of a low one behind a hotfix every minute', async () => {
    const tale = tell({ ...ONE_GATE, chainMax: 1 });
    for (let at = 0; at < 3; at += 1) tale.push(`hotfix/before-${at}`, { [`b${at}`]: 'w' }, { says: 'Priority: hotfix' });
    tale.push('low/patient', { low: 'w' }, { says: 'Priority: low' });
    const minutes = await hotfixEachMinute(tale, () => placeOf(tale, 'low/patient') !== -1);
    // Those stacked or in the queue when the bound was reached still go first; nobody after them does.
    expect(minutes).toBeGreaterThan(BOUND_MINUTES / 2);
    expect(placeOf(tale, 'low/patient')).toBeLessThanOrEqual(BOUND_MINUTES + 3);
  });

  test('of one that conflicts with what is ahead while others keep coming', async () => {
    const tale = tell({ ...ONE_GATE, chainMax: 8 });
    tale.push('feature/x', { shared: 'mine' });
    tale.push('feature/y', { shared: 'yours' });
    await hotfixEachMinute(tale, () => tale.state('feature/y') === 'escalated' || tale.state('feature/x') === 'escalated');
    expect([tale.state('feature/x'), tale.state('feature/y')].toSorted()).toEqual(['escalated', 'landed']);
  });
});

/** A hotfix is pushed, one lands, a minute passes: over and over, until it is so or three times the bound has passed. Says how many minutes. */
async function hotfixEachMinute(tale: Tale, isSo: () => boolean): Promise<number> {
  for (let minute = 0; minute < 3 * BOUND_MINUTES; minute += 1) {
    tale.push(`hotfix/${minute}`, { [`h${minute}`]: 'w' }, { says: 'Priority: hotfix' });
    const before = tale.landings('main').length;
    await stepUntil(tale, () => tale.landings('main').length > before);
    if (isSo()) return minute;
    tale.world.moments.jump(MINUTE_MS);
  }
  throw new Error('it starves');
}

async function stepUntil(tale: Tale, isSo: () => boolean): Promise<void> {
  if (tale.world.living.length === 0) tale.world.start();
  for (let step = 0; step < STEPS_MAX && !isSo(); step += 1) if (!(await tale.world.step())) await tale.world.passTime();
  expect(isSo()).toBe(true);
}

function chain(tale: Tale): number {
  return tale.world.lane(MAIN)?.chain.length ?? 0;
}

/** How many landed before it; -1: it did not. */
function placeOf(tale: Tale, branch: string): number {
  return tale.landings('main').indexOf(`Merge ${branch} into main`);
}
