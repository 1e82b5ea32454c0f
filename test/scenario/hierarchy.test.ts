// Promotions, hotfixes, rollbacks and landing again, told on the symbolic world.
import { describe, expect, test } from 'vitest';
import type { Promotion, Route } from '../../src/merge/policy.ts';
import { tell, type Tale } from '../harness/tale.ts';

const HOUR_MS = 3_600_000;

describe('promotion', () => {
  test('on-ready: what landed in a target goes on to the next', async () => {
    const tale = house({ when: 'on-ready' });
    tale.push('feature/core-a', { app: 'a' });
    await tale.settles();
    expect(tale.files('main')['app']).toBe('a');
    expect(tale.landings('main')).toEqual(['Merge team/core into main']);
  });

  test('on-ready: what a person pushed to the target past Maestro is not promoted by itself', async () => {
    const tale = house({ when: 'on-ready' });
    await tale.settles();
    tale.pushByHand('team/core', { app: 'by hand' });
    await tale.settles();
    expect(tale.landings('main')).toEqual([]);
  });

  test('when-idle: only once nothing is open', async () => {
    const tale = house({ when: 'when-idle' });
    tale.push('feature/core-a', { app: 'a' });
    tale.push('feature/core-b', { lib: 'b' }, { says: 'Depends-On: feature/core-c' });
    await tale.settles();
    expect(tale.landings('main')).toEqual([]);
    tale.push('feature/core-c', { more: 'c' });
    await tale.settles();
    expect(tale.landings('main')).toEqual(['Merge team/core into main']);
  });

  test('every hour: an hour after the first landing, and not twice within one', async () => {
    const tale = house({ when: 'every', periodMs: HOUR_MS });
    tale.push('feature/core-a', { app: 'a' });
    await tale.settles();
    expect(tale.landings('main')).toHaveLength(0);
    await tale.later(HOUR_MS);
    tale.push('feature/core-b', { lib: 'b' });
    await tale.settles();
    expect(tale.landings('main')).toHaveLength(1);
    await tale.later(HOUR_MS);
    expect(tale.landings('main')).toHaveLength(2);
  });

  test('every hour: also where hundreds land in that hour', async () => {
    const tale = house({ when: 'every', periodMs: HOUR_MS }, { chainMax: 100 });
    tale.push('feature/core-a', { app: 'a' });
    await tale.settles();
    await tale.later(HOUR_MS / 2);
    for (let at = 0; at < 620; at += 1) tale.push(`feature/core-${at}`, { [`f${at}`]: 'w' });
    await tale.settles();
    await tale.later(HOUR_MS / 2);
    expect(tale.landings('main')).toHaveLength(1);
  }, 60_000);

  test('daily: once that minute has come, and again when it has passed', async () => {
    const tale = house({ when: 'daily', minuteOfDay: 60 });
    tale.push('feature/core-a', { app: 'a' });
    await tale.settles();
    expect(tale.landings('main')).toHaveLength(0);
    await tale.later(24 * HOUR_MS);
    tale.push('feature/core-b', { lib: 'b' });
    await tale.settles();
    expect(tale.landings('main')).toHaveLength(1);
    await tale.later(24 * HOUR_MS);
    expect(tale.landings('main')).toHaveLength(2);
  });

  test.each([{ when: 'every', periodMs: HOUR_MS }, { when: 'daily', minuteOfDay: 60 }] as const)('$when: goes on after a clock that was a year ahead is set right', async (promote) => {
    const tale = house(promote);
    await tale.later(365 * 24 * HOUR_MS);
    tale.push('feature/core-a', { app: 'a' });
    await tale.settles();
    await tale.later(24 * HOUR_MS);
    await tale.later(-366 * 24 * HOUR_MS);
    tale.push('feature/core-b', { lib: 'b' });
    await tale.settles();
    await tale.later(24 * HOUR_MS);
    expect(tale.landings('main')).toHaveLength(2);
  });

  test('manual: never by itself, but by a person', async () => {
    const tale = house({ when: 'manual' });
    tale.push('feature/core-a', { app: 'a' });
    await tale.settles();
    expect(tale.landings('main')).toEqual([]);
    await tale.promote('team/core', 'main');
    expect(tale.landings('main')).toEqual(['Merge team/core into main']);
  });

  test('a red promotion is rejected, the next one takes the target as it is then', async () => {
    const tale = house({ when: 'on-ready' }, { gate: { run: 'check', scope: 'each' } });
    tale.pushByHand('main', { other: 'left:1' });
    tale.push('feature/core-a', { app: 'right:1' }, { on: 'team/core' });
    await tale.settles();
    expect(tale.phase('team/core', 'rejected').reason.code).toBe('gate-failed');
    tale.push('feature/core-b', { app: 'mended' }, { on: 'team/core' });
    await tale.settles();
    expect(tale.files('main')['app']).toBe('mended');
  });
});

describe('a dependency that landed in another target', () => {
  test('is not met there: the request waits, says for what, and lands once a promotion has brought it', async () => {
    const tale = house({ when: 'manual' });
    tale.push('feature/core-a', { app: 'a' });
    await tale.settles();
    tale.push('work/b', { lib: 'b' }, { says: 'Depends-On: feature/core-a' });
    await tale.settles();
    expect(tale.landings('main')).toEqual([]);
    expect(tale.waitsFor('work/b')).toBe('its dependency feature/core-a, which landed in team/core, not yet in main');
    await tale.promote('team/core', 'main');
    expect(tale.landings('main')).toEqual(['Merge team/core into main', 'Merge work/b into main']);
  });

  test('is met when somebody brings it into the target by hand', async () => {
    const tale = house({ when: 'manual' });
    tale.push('feature/core-a', { app: 'a' });
    await tale.settles();
    tale.push('work/b', { lib: 'b' }, { says: 'Depends-On: feature/core-a' });
    await tale.settles();
    tale.fastForward('main', 'team/core');
    await tale.settles();
    expect(tale.state('work/b')).toBe('landed');
  });

  test('is met when it is a hotfix that came back down', async () => {
    const tale = house({ when: 'manual' });
    tale.push('hotfix/leak', { more: 'tight' });
    tale.push('feature/core-c', { lib: 'c' }, { says: 'Depends-On: hotfix/leak' });
    await tale.settles();
    expect(tale.landings('team/core')).toEqual(['Merge hotfix/leak into team/core', 'Merge feature/core-c into team/core']);
  });

  test('waits for a promotion however long ago it landed', async () => {
    const tale = house({ when: 'manual' }, { chainMax: 100 });
    tale.push('feature/core-a', { app: 'a' });
    await tale.settles();
    for (let at = 0; at < 620; at += 1) tale.push(`feature/core-${at}`, { [`f${at}`]: 'w' });
    await tale.settles();
    tale.push('work/b', { lib: 'b' }, { says: 'Depends-On: feature/core-a' });
    await tale.settles();
    expect(tale.state('work/b')).toBe('queued');
    await tale.promote('team/core', 'main');
    expect(tale.state('work/b')).toBe('landed');
  }, 60_000);
});

describe('hotfix', () => {
  test('it lands in main and comes back down', async () => {
    const tale = house({ when: 'manual' });
    tale.push('hotfix/leak', { app: 'tight' });
    await tale.settles();
    expect([tale.files('main')['app'], tale.files('team/core')['app']]).toEqual(['tight', 'tight']);
  });

  test('one that was rolled back meanwhile does not come back down', async () => {
    const tale = house({ when: 'manual' });
    await tale.settles();
    await tale.pause('team/core');
    tale.push('hotfix/leak', { app: 'tight' });
    await tale.settles();
    await tale.rollback('hotfix/leak');
    expect(tale.files('main')['app']).toBe('start');
  });
});

describe('rollback', () => {
  test('it adds the inverse on top and says so of the request', async () => {
    const tale = await landed();
    await tale.rollback('feature/a');
    expect(tale.state('feature/a')).toBe('rolled-back');
    expect(tale.files('main')).toEqual({ app: 'start', lib: 'b' });
    expect(tale.landings('main')).toHaveLength(3);
  });

  test('the same branch lands again, with everything it had', async () => {
    const tale = await landed();
    await tale.rollback('feature/a');
    await tale.retry('feature/a');
    expect(tale.files('main')).toEqual({ app: 'a', lib: 'b' });
  });

  test('a corrected branch brings back what was rolled back with it', async () => {
    const tale = await landed();
    await tale.rollback('feature/a');
    tale.push('feature/a', { more: 'corrected' });
    await tale.settles();
    expect(tale.files('main')).toEqual({ app: 'a', lib: 'b', more: 'corrected' });
  });

  test('a corrected branch that arrives while the rollback still lands brings it back too', async () => {
    const tale = await landed();
    await tale.pause('main');
    await tale.rollback('feature/a');
    tale.push('feature/a', { more: 'corrected' });
    await tale.settles();
    await tale.resume('main');
    expect(tale.files('main')).toEqual({ app: 'a', lib: 'b', more: 'corrected' });
  });

  test('an unrelated branch cut while it was in does not bring it back', async () => {
    const tale = await landed();
    tale.push('feature/c', { more: 'c' });
    await tale.pause('main');
    await tale.rollback('feature/a');
    await tale.resume('main');
    expect(tale.files('main')).toEqual({ app: 'start', lib: 'b', more: 'c' });
  });

  test('a landing again that conflicts is asked with the rolled back work in it', async () => {
    const tale = await landed();
    await tale.rollback('feature/a');
    tale.pushByHand('main', { note: 'main' });
    tale.push('feature/a', { note: 'branch' });
    await tale.settles();
    expect(tale.phase('feature/a', 'escalated').question.options.map((option) => option.letter)).toEqual(['A', 'B']);
    await tale.decide('feature/a', 'B');
    expect(tale.files('main')).toEqual({ app: 'a', lib: 'b', note: 'branch' });
  });

  test('what later work stands on is not rolled back', async () => {
    const tale = await landed();
    tale.push('feature/c', { app: 'on top' });
    await tale.settles();
    await tale.rollback('feature/a');
    expect(tale.files('main')['app']).toBe('on top');
    expect(tale.state('feature/a')).toBe('landed');
  });

  async function landed(): Promise<Tale> {
    const tale = tell();
    tale.push('feature/a', { app: 'a' });
    await tale.settles();
    tale.push('feature/b', { lib: 'b' });
    await tale.settles();
    return tale;
  }
});

/** `feature/core-*` into `team/core` into `main`; `work/*` and hotfixes into main and back down. */
function house(promote: Promotion, config: Parameters<typeof tell>[0] = {}): Tale {
  const route = (branch: string, into: string, more: Partial<Route>): Route => ({ branch, into, promote: { when: 'manual' }, priority: 'normal', backInto: [], ...more });
  const routes = [route('hotfix/*', 'main', { priority: 'hotfix', backInto: ['team/*'] }), route('feature/{team}-*', 'team/{team}', {}), route('team/*', 'main', { promote }), route('work/*', 'main', {})];
  return tell({ ...config, routes }, ['team/core']);
}
