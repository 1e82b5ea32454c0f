// What is gated next; when green candidates land at once, and when they wait for those just behind them.
import { expect, test } from 'vitest';
import type { Oid } from '../../src/merge/branch.ts';
import type { Verdict } from '../../src/merge/request.ts';
import { gatherUntilMs, nextToGate } from '../../src/queue/batch.ts';
import { tell } from '../harness/tale.ts';

const GREEN: Verdict = { kind: 'passed', tree: '0'.repeat(40) as Oid, gate: 'check', ms: 1, log: null };
const JUST_NOW = 100_000;
const QUICK = { fromMs: JUST_NOW - 10, toMs: JUST_NOW };

test('what comes alone lands at once', () => {
  expect(gatherUntilMs([GREEN], QUICK, JUST_NOW)).toBeNull();
});

test('the first landing of a lane never waits', () => {
  expect(gatherUntilMs([GREEN, null], null, JUST_NOW)).toBeNull();
});

test('right after a landing green ones wait for the gate behind them, but not for long', () => {
  const untilMs = gatherUntilMs([GREEN, null], QUICK, JUST_NOW + 1);
  expect(untilMs).toBeGreaterThan(JUST_NOW + 1);
  expect(gatherUntilMs([GREEN, null], QUICK, untilMs ?? 0)).toBeNull();
});

test('the longer a push takes, the more land with the next one, and nobody waits for ever', () => {
  const waitsMs = [10, 1000, 2000, 3_600_000].map((tookMs) => (gatherUntilMs([GREEN, null], { fromMs: JUST_NOW - tookMs, toMs: JUST_NOW }, JUST_NOW) ?? 0) - JUST_NOW);
  expect(waitsMs).toEqual([400, 2000, 4000, 5000]);
});

test('a clock that was set back keeps nobody waiting', () => {
  expect(gatherUntilMs([GREEN, null], QUICK, JUST_NOW - 5000)).toBeNull();
});

test('a chain lands whole, however its landings are gathered', async () => {
  const tale = tell({ gate: { run: 'check', scope: 'each' }, gatesMax: 1 });
  for (const name of ['a', 'b', 'c']) tale.push(`feature/${name}`, { [name]: 'w' });
  await tale.settles();
  expect(tale.landings('main')).toHaveLength(3);
});

test.each([1, 2, 3])('never more than %i gates at once, from the bottom up', (gatesMax) => {
  expect(nextToGate([GREEN, null, null, null, null], 'each', gatesMax)).toEqual([1, 2, 3].slice(0, gatesMax));
});
