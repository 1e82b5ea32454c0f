// What every mailbox keeps to, whatever it is made of. Run on each adapter by the *.test.ts files beside it.
import { afterEach, describe, expect, test } from 'vitest';
import type { Delivery, Mailbox } from '../../src/port/mailbox.ts';

export type OpenMailbox = {
  readonly mailbox: Mailbox;
  /** Closes what is open and opens the same mailbox again. */
  readonly reopen: () => Promise<Mailbox>;
  readonly dispose: () => Promise<void>;
};

/** The bounds the contract opens with: small, so that a test reaches them. */
export const SMALL = { keptMsMax: 1000, keptRowsMax: 20, waitingRowsMax: 100 };

export function mailboxContract(name: string, open: () => Promise<OpenMailbox>): void {
  describe(`the ${name} mailbox`, () => {
    const opened: OpenMailbox[] = [];
    async function fresh(): Promise<OpenMailbox> {
      const it = await open();
      opened.push(it);
      return it;
    }
    afterEach(async () => {
      for (const it of opened.splice(0)) await it.dispose();
    });

    test('hands out what was put, once it was put', async () => {
      const { mailbox } = await fresh();
      expect(await mailbox.take([], 10)).toEqual([]);
      expect(await mailbox.put(comment('a', '7'), 1)).toBe('new');
      expect(await mailbox.take([], 10)).toEqual([{ row: expect.any(Number), tries: 1, id: 'a', event: 'issue_comment', repository: '7', payload: '{"id":"a"}' }]);
    });

    test('hands out one row of each repository that is not busy, oldest first', async () => {
      const { mailbox } = await fresh();
      await putAll(mailbox, [comment('a', '7'), comment('b', '7'), comment('c', ''), comment('d', '5'), comment('e', '9')]);
      expect(ids(await mailbox.take(['9'], 10))).toEqual(['a', 'c', 'd']);
      expect(ids(await mailbox.take(['7', ''], 1))).toEqual(['d']);
    });

    test('hands a row out until it is done, then the next of its repository', async () => {
      const { mailbox } = await fresh();
      await putAll(mailbox, [comment('a', '7'), comment('b', '7')]);
      const [first] = await mailbox.take([], 10);
      expect((await mailbox.take([], 10)).map(({ id, tries }) => [id, tries])).toEqual([['a', 2]]);
      await mailbox.done(first!.row);
      expect(ids(await mailbox.take([], 10))).toEqual(['b']);
      expect(await mailbox.waiting()).toBe(1);
    });

    test('hands a row out again after a crash between take and done, and remembers its tries', async () => {
      const { mailbox, reopen } = await fresh();
      await mailbox.put(comment('a', '7'), 1);
      await mailbox.take([], 10);
      expect((await (await reopen()).take([], 10)).map(({ id, tries }) => [id, tries])).toEqual([['a', 2]]);
    });

    test.each(['waiting', 'done', 'set aside'])('knows an id again that is %s, also after a restart', async (state) => {
      const { mailbox, reopen } = await fresh();
      await mailbox.put(comment('a', '7'), 1);
      const [row] = await mailbox.take([], 10);
      if (state === 'done') await mailbox.done(row!.row);
      if (state === 'set aside') await mailbox.setAside(row!.row, 'poison');
      const again = await reopen();
      expect(await again.put(comment('a', '7'), 2)).toBe('repeated');
      expect(await again.waiting()).toBe(state === 'waiting' ? 1 : 0);
    });

    test('keeps one row of a hundred equal ids put at once', async () => {
      const { mailbox } = await fresh();
      const outcomes = await putAll(mailbox, Array.from({ length: 100 }, () => comment('a', '7')));
      expect(outcomes.filter((outcome) => outcome === 'new')).toHaveLength(1);
      expect(await mailbox.waiting()).toBe(1);
    });

    test('knows a push again under another id, but not one that came back to an older commit', async () => {
      const { mailbox } = await fresh();
      const pushes = [push('1', 'A'), push('2', 'A'), push('3', 'B'), push('4', 'A')];
      expect(await putAll(mailbox, pushes)).toEqual(['new', 'repeated', 'new', 'new']);
    });

    test('keeps pushes of other refs and other repositories apart', async () => {
      const { mailbox } = await fresh();
      const outcomes = await putAll(mailbox, [push('1', 'A'), push('2', 'A', 'refs/heads/__proto__'), push('3', 'A', 'refs/heads/x', '8')]);
      expect(outcomes).toEqual(['new', 'new', 'new']);
    });

    test('is full at its bound, and takes in again when a row is done', async () => {
      const { mailbox } = await fresh();
      await putAll(mailbox, Array.from({ length: SMALL.waitingRowsMax }, (_, n) => comment(`${n}`, '7')));
      expect(await mailbox.put(comment('one more', '7'), 1)).toBe('full');
      await mailbox.done((await mailbox.take([], 1))[0]!.row);
      expect(await mailbox.put(comment('one more', '7'), 1)).toBe('new');
    });

    test('forgets handled rows beyond its count, the oldest first', async () => {
      const { mailbox } = await fresh();
      for (let n = 0; n < 3 * SMALL.keptRowsMax; n += 1) await putAndFinish(mailbox, comment(`${n}`, '7'), 1);
      expect(await mailbox.put(comment('0', '7'), 1)).toBe('new');
      expect(await mailbox.put(comment(`${3 * SMALL.keptRowsMax - 1}`, '7'), 1)).toBe('repeated');
    });

    test('forgets handled rows beyond their age, never one that waits', async () => {
      const { mailbox } = await fresh();
      await mailbox.put(comment('waits', '9'), 1);
      await putAndFinish(mailbox, comment('old', '7'), 1);
      await putAll(mailbox, Array.from({ length: SMALL.keptRowsMax }, (_, n) => comment(`${n}`, '7')), 2 + SMALL.keptMsMax);
      expect(await mailbox.put(comment('old', '7'), 1)).toBe('new');
      expect(await mailbox.put(comment('waits', '9'), 1)).toBe('repeated');
    });

    test('refuses after it was closed, and may be closed twice', async () => {
      const { mailbox } = await fresh();
      await mailbox.close();
      await expect(mailbox.put(comment('a', '7'), 1)).rejects.toMatchObject({ name: 'MaestroError', retryable: true });
      await mailbox.close();
    });
  });
}

export function comment(id: string, repository: string): Delivery {
  return { id, event: 'issue_comment', repository, push: null, payload: JSON.stringify({ id }) };
}

function push(id: string, after: string, ref = 'refs/heads/x', repository = '7'): Delivery {
  return { id, event: 'push', repository, push: { ref, after }, payload: '{}' };
}

function putAll(mailbox: Mailbox, deliveries: readonly Delivery[], atMs = 1): Promise<readonly string[]> {
  return Promise.all(deliveries.map((delivery) => mailbox.put(delivery, atMs)));
}

async function putAndFinish(mailbox: Mailbox, delivery: Delivery, atMs: number): Promise<void> {
  await mailbox.put(delivery, atMs);
  for (const { id, row } of await mailbox.take([], 10)) if (id === delivery.id) await mailbox.done(row);
}

function ids(rows: readonly { readonly id: string }[]): readonly string[] {
  return rows.map(({ id }) => id);
}
