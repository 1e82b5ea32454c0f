// The pump between a real mailbox and a handler: order, patience, poison, crashes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BACKOFF_MS, BACKOFF_MS_MAX, LOOK_AGAIN_MS, RUNS_MAX, startPump, TRIES_MAX, type Handed, type Pump, type PumpNews } from '../../src/adapter/embedded/pump.ts';
import { openSqliteMailbox } from '../../src/adapter/sqlite/mailbox.ts';
import type { Clock } from '../../src/port/clock.ts';
import type { Mailbox } from '../../src/port/mailbox.ts';
import { comment } from '../contract/mailbox.contract.ts';

let folder: string;
let mailbox: Mailbox;
let news: PumpNews[];
let timers: { readonly delayMs: number; readonly work: () => void }[];
const pumps: Pump[] = [];

const clock: Clock = {
  nowMs: () => 0,
  after: (delayMs, work) => {
    const timer = { delayMs, work };
    timers.push(timer);
    return () => {
      timers = timers.filter((other) => other !== timer);
    };
  },
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'maestro-pump-'));
  mailbox = await openSqliteMailbox(join(folder, 'mailbox.db'));
  news = [];
  timers = [];
});
afterEach(async () => {
  for (const pump of pumps.splice(0)) await pump.close();
  await mailbox.close();
  rmSync(folder, { recursive: true, force: true });
});

test('hands what waits to the handler, and what comes later when it is woken', async () => {
  const { pump, seen } = handing();
  await put('a 7', 'b 5');
  pump.wake();
  await pump.idle();
  await put('c 7');
  pump.wake();
  await pump.idle();
  expect(seen).toEqual([handed('a'), handed('b'), handed('c')]);
  expect(await mailbox.waiting()).toBe(0);
});

test('W15: handles what a former run left behind without being woken', async () => {
  await put('a 7');
  const { pump, seen } = handing();
  await pump.idle();
  expect(seen).toEqual([handed('a')]);
});

test('keeps the order of each repository and lets none wait for another', async () => {
  await put('slow 7', 'next 7', 'other 5');
  const gate = Promise.withResolvers<void>();
  const order: string[] = [];
  const { pump } = handing(async ({ id }) => {
    if (id === 'slow') await gate.promise;
    order.push(id);
    if (id === 'other') gate.resolve();
  });
  await pump.idle();
  expect(order).toEqual(['other', 'slow', 'next']);
});

test('handles a bounded number of repositories at once, and all of them in the end', async () => {
  await put(...Array.from({ length: 3 * RUNS_MAX }, (_, n) => `${n} ${n}`));
  let [now, most] = [0, 0];
  const { pump, seen } = handing(async () => {
    now += 1;
    most = Math.max(most, now);
    await mailbox.waiting();
    now -= 1;
  });
  await pump.idle();
  expect([seen.length, most]).toEqual([3 * RUNS_MAX, RUNS_MAX]);
});

test('tries a failed row again later, before the next of its repository', async () => {
  await put('a 7', 'b 7', 'c 5');
  const { pump, seen } = handing(failing(2, 'a'));
  await pump.idle();
  expect(seen.map(({ id }) => id)).toEqual(['a', 'c']);
  await passAll(pump);
  expect(seen.map(({ id }) => id)).toEqual(['a', 'c', 'a', 'a', 'b']);
  expect(news).toMatchObject([{ kind: 'failed', id: 'a', tries: 1, againInMs: BACKOFF_MS }, { kind: 'failed', id: 'a', tries: 2, againInMs: 2 * BACKOFF_MS }]);
});

test('sets a row aside after its last try, says which and why, and goes on', async () => {
  await put('poison 7', 'b 7');
  const { pump, seen } = handing(failing(Number.POSITIVE_INFINITY, 'poison'));
  await passAll(pump);
  expect(seen.map(({ id }) => id)).toEqual([...Array.from({ length: TRIES_MAX }, () => 'poison'), 'b']);
  expect(news.at(-1)).toEqual({ kind: 'set-aside', id: 'poison', event: 'issue_comment', why: 'no poison today' });
  expect(news.every((told) => told.kind !== 'failed' || told.againInMs <= BACKOFF_MS_MAX)).toBe(true);
});

test('sets aside without a further try what was taken and never ended', async () => {
  await put('kills 7');
  for (let crash = 0; crash < TRIES_MAX; crash += 1) await mailbox.take([], 1);
  const { pump, seen } = handing();
  await pump.idle();
  expect([seen, news]).toEqual([[], [expect.objectContaining({ kind: 'set-aside', id: 'kills' })]]);
});

test('says that the mailbox fails, and looks again', async () => {
  await put('a 7');
  const take = mailbox.take.bind(mailbox);
  let broken = true;
  const { pump, seen } = handing(undefined, Object.assign(Object.create(mailbox) as Mailbox, {
    take: (busy: Iterable<string>, max: number) => (broken ? Promise.reject(new Error('disk')) : take(busy, max)),
    done: (row: number) => mailbox.done(row),
  }));
  await pump.idle();
  expect([seen, news, timers.map(({ delayMs }) => delayMs)]).toEqual([[], [{ kind: 'trouble', error: new Error('disk') }], [LOOK_AGAIN_MS]]);
  broken = false;
  await passAll(pump);
  expect(seen).toEqual([handed('a')]);
});

test('ends what it handles before it is closed, and starts nothing more', async () => {
  await put('a 7', 'b 7');
  const started = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const { pump, seen } = handing(() => {
    started.resolve();
    return gate.promise;
  });
  await started.promise;
  const closed = pump.close();
  gate.resolve();
  await closed;
  expect([seen.length, await mailbox.waiting(), timers]).toEqual([1, 1, []]);
});

function handing(work: (delivery: Handed) => Promise<void> = async () => {}, from: Mailbox = mailbox): { readonly pump: Pump; readonly seen: readonly Handed[] } {
  const seen: Handed[] = [];
  const pump = startPump({
    mailbox: from, clock, tell: (told) => news.push(told),
    handle: async (delivery) => {
      seen.push(delivery);
      await work(delivery);
    },
  });
  pumps.push(pump);
  return { pump, seen };
}

/** Fails the first `times` it is given `poison`. */
function failing(times: number, poison: string): (delivery: Handed) => Promise<void> {
  let left = times;
  return async ({ id }) => {
    if (id !== poison || left <= 0) return;
    left -= 1;
    throw new Error(`no ${poison} today`);
  };
}

async function passAll(pump: Pump): Promise<void> {
  for (await pump.idle(); timers.length > 0; await pump.idle()) for (const { work } of timers.splice(0)) work();
}

/** Each as 'id repository'. */
async function put(...deliveries: readonly string[]): Promise<void> {
  for (const delivery of deliveries) await mailbox.put(comment(delivery.split(' ')[0]!, delivery.split(' ')[1]!), 1);
}

function handed(id: string): Handed {
  return { id, event: 'issue_comment', payload: { id } };
}
