// What people said, on a remote that takes it, does not answer, or hangs.
import { expect, test } from 'vitest';
import type { Coordinator, Listener } from '../../src/coordinator/coordinator.ts';
import { Notary } from '../../src/coordinator/notary.ts';
import { MaestroError } from '../../src/error.ts';
import { shortName } from '../../src/merge/branch.ts';
import type { LedgerEvent } from '../../src/merge/event.ts';
import { emptyLane, fold, type Lane } from '../../src/merge/lane.ts';
import { oid, TARGET } from '../command/sample.ts';

const PAUSED: LedgerEvent = { kind: 'paused', atMs: 1, by: 'Ada', all: false };
const AWAY = new MaestroError('unreachable', 'the remote is away', { retryable: true });

async function office(bequeath: () => Promise<void>) {
  let lane: Lane = emptyLane(TARGET);
  let looks = 0;
  let listener: Listener = () => undefined;
  const timers: { readonly ms: number; readonly work: () => void }[] = [];
  const sent: string[] = [];
  const lanes = { has: () => true, keys: () => [TARGET], get: () => (looks += 1, lane) };
  const coordinator = { lanes, deliver: () => undefined, listen: (one: Listener) => (listener = one, () => undefined) } as unknown as Coordinator;
  const git = { testaments: async () => new Map(), bequeath: async (target: typeof TARGET) => (sent.push(shortName(target)), bequeath()) };
  const notary = new Notary(coordinator, git, { nowMs: () => 0, after: (ms, work) => (timers.push({ ms, work }), () => undefined) });
  await notary.recall();
  return {
    notary, sent, looks: () => looks,
    happens: (...events: readonly LedgerEvent[]) => {
      lane = fold(lane, events);
      listener(TARGET, events, lane);
    },
    passes: (ms: number) => timers.filter((timer) => timer.ms === ms).forEach(({ work }) => work()),
  };
}

test('what nobody said is not even looked at', async () => {
  const on = await office(async () => undefined);
  const before = on.looks();
  on.happens({ kind: 'tip', atMs: 1, oid: oid('a') }, { kind: 'resumed', atMs: 1, by: 'Ada', all: false });
  expect([on.looks(), on.sent]).toEqual([before, []]);
  on.happens(PAUSED);
  await on.notary.kept();
  expect(on.sent).toEqual(['main']);
});

test('a remote that does not answer keeps nobody waiting; it is said, and asked again', async () => {
  const on = await office(() => Promise.reject(AWAY));
  on.happens(PAUSED);
  await on.notary.kept();
  expect(on.notary.trouble).toContain('the remote is away');
  on.passes(15_000);
  await on.notary.kept();
  expect(on.sent).toEqual(['main', 'main']);
});

test('one that hangs is waited for no longer than five seconds', async () => {
  const on = await office(() => new Promise(() => undefined));
  on.happens(PAUSED);
  const kept = on.notary.kept();
  on.passes(5_000);
  await kept;
  const closed = on.notary.close();
  on.passes(2_000);
  await closed;
});

test.each(Array.from({ length: 12 }, (_, steps) => steps))('what is said %d steps after the remote has the last word is kept, too', async (steps) => {
  const taken = Promise.withResolvers<undefined>();
  const on = await office(() => taken.promise);
  on.happens(PAUSED);
  taken.resolve(undefined);
  for (let step = 0; step < steps; step += 1) await Promise.resolve();
  on.happens({ kind: 'resumed', atMs: 2, by: 'Ada', all: false });
  await on.notary.kept();
  expect(on.sent).toEqual(['main', 'main']);
});
