// What is asked for again of the deliveries that GitHub could not deliver.
import { expect, test } from 'vitest';
import { ASKED_MAX, ATTEMPTS_MAX, PAGES_MAX, redeliverFailed, REFUSALS_MAX, type Attempt, type AttemptPage, type RedeliveryOutcome } from '../../src/adapter/github/redelivery.ts';

const SINCE_MS = 1000;

test('W13: asks once for each delivery of which no attempt succeeded, the oldest first', async () => {
  const { ids, outcome } = await redelivered([attempt(9, 'a', 0), attempt(8, 'b', 202), attempt(7, 'c', 500), attempt(6, 'b', 502), attempt(5, 'a', 504), attempt(4, 'd', 200)]);
  expect(ids).toEqual([9, 7]);
  expect(outcome).toEqual({ asked: ['a', 'c'], refused: [], givenUp: [], complete: true });
});

test('asks for nothing older than it was told, and reads no further', async () => {
  const pages: (string | null)[] = [];
  const { ids } = await redelivered([attempt(3, 'a', 500), attempt(2, 'old', 500, SINCE_MS - 1)], async () => {}, (cursor) => pages.push(cursor), 'more');
  expect([ids, pages]).toEqual([[3], [null]]);
});

test('gives up what failed too often, and says which', async () => {
  const { ids, outcome } = await redelivered(Array.from({ length: ATTEMPTS_MAX }, (_, n) => attempt(n, 'hopeless', 500)));
  expect([ids, outcome]).toMatchObject([[], { givenUp: ['hopeless'], complete: true }]);
});

test('goes on after a refusal, and stops after several', async () => {
  const many = Array.from({ length: 20 }, (_, n) => attempt(n, `${n}`, 500));
  const one = await redelivered(many, async (id) => {
    if (id === 7) throw new Error('gone\u{1b}');
  });
  expect([one.ids.length, one.outcome.refused, one.outcome.complete]).toEqual([20, [{ guid: '7', why: 'gone\\u{1b}' }], false]);
  const all = await redelivered(many, () => Promise.reject(new Error('limit')));
  expect([all.ids.length, all.outcome.complete]).toEqual([REFUSALS_MAX, false]);
});

test('asks for a bounded number in one run, and says that there is more', async () => {
  const { ids, outcome } = await redelivered(Array.from({ length: ASKED_MAX + 1 }, (_, n) => attempt(n, `${n}`, 500)));
  expect([ids.length, outcome.complete]).toEqual([ASKED_MAX, false]);
});

test('F15: ends when the list does not', async () => {
  let pages = 0;
  const { outcome } = await redelivered([], async () => {}, () => {
    pages += 1;
  }, 'the same for ever');
  expect([pages, outcome.complete]).toEqual([PAGES_MAX, false]);
});

async function redelivered(attempts: readonly Attempt[], redeliver: (id: number) => Promise<void> = async () => {}, listing: (cursor: string | null) => void = () => {}, next: string | null = null): Promise<{ readonly ids: readonly number[]; readonly outcome: RedeliveryOutcome }> {
  const ids: number[] = [];
  const list = async (cursor: string | null): Promise<AttemptPage> => {
    listing(cursor);
    return { attempts, next };
  };
  const outcome = await redeliverFailed(SINCE_MS, list, async (id) => {
    ids.push(id);
    await redeliver(id);
  });
  return { ids, outcome };
}

function attempt(id: number, guid: string, statusCode: number, deliveredAtMs = SINCE_MS): Attempt {
  return { id, guid, statusCode, deliveredAtMs };
}
