// What a turn came to is saved once, though the disk refuses it, or wrote it and its answer was lost.
import { expect, test } from 'vitest';
import { openMemoryStore } from '../../src/adapter/embedded/memory-store.ts';
import { Scribe, type Decision } from '../../src/coordinator/scribe.ts';
import { MaestroError } from '../../src/error.ts';
import { emptyLane, fold } from '../../src/merge/lane.ts';
import type { Store } from '../../src/port/store.ts';
import { lane, tipSeen } from '../contract/store-event.ts';

const MAIN = lane('main');

test.each(['before', 'after'] as const)('what the disk refused %s it was written is written once', async (when) => {
  const ledger = openMemoryStore();
  const { scribe, rings, token } = await scribeOn({ ...ledger, append: failingOnce(ledger, when) });
  expect(await scribe.save(token, decision())).toBe(false);
  expect([scribe.of(MAIN)?.next.events, scribe.trouble]).toEqual([[tipSeen(1)], 'the disk is full']);
  rings();
  expect(await scribe.save(token, decision())).toBe(true);
  expect([scribe.of(MAIN), scribe.trouble]).toEqual([null, null]);
  expect(await ledger.load()).toEqual([{ target: MAIN, version: 1, events: [tipSeen(1)] }]);
});

test('a ledger that another one writes ends it, and nothing waits', async () => {
  const ledger = openMemoryStore();
  const { scribe, token, fatal } = await scribeOn(ledger);
  await ledger.claim('another');
  expect(await scribe.save(token, decision())).toBe(false);
  expect([scribe.unsaved, fatal.map(({ code }) => code)]).toEqual([[], ['fenced']]);
});

function failingOnce(ledger: Store, when: 'before' | 'after'): Store['append'] {
  let calls = 0;
  return async (...args) => {
    calls += 1;
    if (calls > 1 || when === 'after') await ledger.append(...args);
    if (calls === 1) throw new MaestroError('disk', 'the disk is full');
  };
}

async function scribeOn(store: Store) {
  const later: (() => void)[] = [];
  const fatal: MaestroError[] = [];
  const rung: string[] = [];
  const clock = { nowMs: () => 0, after: (_: number, work: () => void) => (later.push(work), () => undefined) };
  const scribe = new Scribe(store, clock, (target) => rung.push(target), (error) => fatal.push(error));
  return { scribe, fatal, token: await store.claim('first'), rings: () => (later.forEach((work) => work()), expect(rung).toEqual([MAIN])) };
}

function decision(): Decision {
  const before = emptyLane(MAIN);
  const events = [tipSeen(1)];
  // The view is only handed on.
  return { before, view: {} as Decision['view'], next: { events, lane: fold(before, events), effects: [], againAtMs: null } };
}
