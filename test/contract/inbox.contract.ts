// What every inbox keeps to: one run at a time for each key, no ring lost, none of another key delayed by a failure.
import { afterEach, describe, expect, test } from 'vitest';
import type { Inbox } from '../../src/port/inbox.ts';

export type OpenInbox = { readonly inbox: Inbox; readonly dispose: () => Promise<void> };

/** More keys than any inbox runs at once, and rings enough to meet each other; fewer where each takes long. */
export type Amounts = { readonly keys: number; readonly rings: number };

export function inboxContract(name: string, open: (onError: (key: string, error: unknown) => void) => Promise<OpenInbox>, amounts: Amounts = { keys: 300, rings: 500 }): void {
  describe(`the ${name} inbox`, () => {
    const opened: OpenInbox[] = [];
    async function fresh() {
      const errors: [string, unknown][] = [];
      const it = await open((key, error) => errors.push([key, error]));
      opened.push(it);
      return { inbox: it.inbox, errors };
    }
    afterEach(async () => {
      for (const it of opened.splice(0)) await it.dispose();
    });

    test('runs the handler once for many rings before the run', async () => {
      const { inbox } = await fresh();
      const runs = log(inbox);
      for (let i = 0; i < 100; i++) inbox.ring('a');
      await inbox.idle();
      expect(runs).toEqual(['a']);
    });

    test('keeps rings from before it is served, in their order', async () => {
      const { inbox } = await fresh();
      for (const key of ['b', 'a', 'b', '__proto__', 'constructor']) inbox.ring(key);
      const runs = log(inbox);
      await inbox.idle();
      expect(runs).toEqual(['b', 'a', '__proto__', 'constructor']);
    });

    test('runs once more, and only once, for rings during a run', async () => {
      const { inbox } = await fresh();
      const desk = gated(inbox);
      inbox.ring('a');
      await desk.started(1);
      for (let i = 0; i < 10; i++) inbox.ring('a');
      desk.release();
      await inbox.idle();
      expect(desk.runs).toEqual(['a', 'a']);
      expect(desk.most('a')).toBe(1);
    });

    test('serves other keys while one is busy', async () => {
      const { inbox } = await fresh();
      const desk = gated(inbox, 'slow');
      inbox.ring('slow');
      inbox.ring('quick');
      await desk.started(2);
      expect(desk.runs).toEqual(['slow', 'quick']);
      desk.release();
    });

    test('never runs twice at once for one key, whatever rings', async () => {
      const { inbox } = await fresh();
      let rings = amounts.rings;
      const desk = gated(inbox, null, () => {
        for (const key of ['a', 'b', 'c']) if (rings-- > 0) inbox.ring(key);
      });
      inbox.ring('a');
      await inbox.idle();
      expect([desk.most('a'), desk.most('b'), desk.most('c')]).toEqual([1, 1, 1]);
    });

    test('reports a handler that fails, serves the others, and runs the key again at its next ring', async () => {
      const { inbox, errors } = await fresh();
      const runs: string[] = [];
      inbox.serve(async (key) => {
        runs.push(key);
        if (key === 'bad' && runs.length === 1) throw new Error('broken');
      });
      for (const key of ['bad', 'good']) inbox.ring(key);
      await inbox.idle();
      inbox.ring('bad');
      await inbox.idle();
      expect(runs).toEqual(['bad', 'good', 'bad']);
      expect(errors).toEqual([['bad', new Error('broken')]]);
    });

    test('does not lose a ring of a run that fails', async () => {
      const { inbox, errors } = await fresh();
      let runs = 0;
      inbox.serve(async (key) => {
        if (runs++ > 0) return;
        inbox.ring(key);
        throw new Error('broken');
      });
      inbox.ring('a');
      await inbox.idle();
      expect([runs, errors.length]).toEqual([2, 1]);
    });

    test('serves more keys than run at once', async () => {
      const { inbox } = await fresh();
      const runs = log(inbox);
      const keys = Array.from({ length: amounts.keys }, (_, i) => `lane ${i}`);
      for (const key of keys) inbox.ring(key);
      await inbox.idle();
      expect(new Set(runs)).toEqual(new Set(keys));
    });

    test('ends after the runs under way and starts no more', async () => {
      const { inbox } = await fresh();
      const desk = gated(inbox);
      inbox.ring('a');
      await desk.started(1);
      inbox.ring('a');
      const closed = inbox.close();
      inbox.ring('b');
      desk.release();
      await closed;
      await inbox.idle();
      expect(desk.runs).toEqual(['a']);
    });

    test('closes when it was never served', async () => {
      const { inbox } = await fresh();
      inbox.ring('a');
      const idle = inbox.idle();
      await inbox.close();
      await idle;
    });
  });
}

/** The keys served, in order. */
function log(inbox: Inbox): readonly string[] {
  const runs: string[] = [];
  inbox.serve(async (key) => void runs.push(key));
  return runs;
}

/** A handler that holds every run (or only those of `held`) until released. */
function gated(inbox: Inbox, held: string | null = 'a', during: () => void = () => {}) {
  const runs: string[] = [];
  const now = new Map<string, number>();
  const most = new Map<string, number>();
  const release = Promise.withResolvers<void>();
  const waiting: { readonly count: number; readonly tell: () => void }[] = [];
  inbox.serve(async (key) => {
    runs.push(key);
    now.set(key, (now.get(key) ?? 0) + 1);
    most.set(key, Math.max(most.get(key) ?? 0, now.get(key) ?? 0));
    for (const one of waiting) if (runs.length >= one.count) one.tell();
    during();
    await (key === held ? release.promise : Promise.resolve());
    now.set(key, (now.get(key) ?? 0) - 1);
  });
  return {
    runs,
    release: () => release.resolve(),
    most: (key: string) => most.get(key) ?? 0,
    started: async (count: number) => {
      if (runs.length < count) await new Promise<void>((tell) => waiting.push({ count, tell }));
    },
  };
}
