// What every store keeps to, whatever it is made of. Run on each adapter by the *.test.ts files beside it.
import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { LedgerEvent } from '../../src/merge/event.ts';
import type { Store } from '../../src/port/store.ts';
import { anyEvents, bodyOf, intended, landed, lane, requested, rolledBack, tipSeen, ID_A, ID_B } from './store-event.ts';

export type OpenStore = {
  readonly store: Store;
  /** Closes what is open and opens the same state again. */
  readonly reopen: () => Promise<Store>;
  readonly dispose: () => Promise<void>;
};

const MAIN = lane('main');
const TEAM = lane('team/a');

/** `sequences`: appends of the random one; fewer where each takes long. */
export function storeContract(name: string, open: () => Promise<OpenStore>, sequences = 60): void {
  describe(`the ${name} store`, () => {
    const opened: OpenStore[] = [];
    async function fresh(): Promise<OpenStore & { readonly token: number }> {
      const it = await open();
      opened.push(it);
      return { ...it, token: await it.store.claim('first') };
    }
    afterEach(async () => {
      for (const it of opened.splice(0)) await it.dispose();
    });

    test('is empty at first', async () => {
      const { store } = await fresh();
      expect(await store.load()).toEqual([]);
      expect(await store.history(ID_A)).toBeNull();
      expect(await store.recall('config')).toBeNull();
    });

    test('gives every lane back whole and in order', async () => {
      const { store, token, reopen } = await fresh();
      await store.append(token, MAIN, 0, [requested(ID_A), tipSeen(1)]);
      await store.append(token, TEAM, 0, [tipSeen(2)]);
      await store.append(token, MAIN, 2, [requested(ID_B)]);
      const expected = [
        { target: MAIN, version: 3, events: [requested(ID_A), tipSeen(1), requested(ID_B)] },
        { target: TEAM, version: 1, events: [tipSeen(2)] },
      ];
      expect(await store.load()).toEqual(expected);
      expect(await (await reopen()).load()).toEqual(expected);
    });

    test('leaves what was loaded alone when more is appended', async () => {
      const { store, token } = await fresh();
      await store.append(token, MAIN, 0, [tipSeen(1)]);
      const before = await store.load();
      await store.append(token, MAIN, 1, [tipSeen(2)]);
      expect(before).toEqual([{ target: MAIN, version: 1, events: [tipSeen(1)] }]);
    });

    test.each([0, 2, -1])('refuses an append at version %i of a lane with one event and writes nothing', async (version) => {
      const { store, token, reopen } = await fresh();
      await store.append(token, MAIN, 0, [tipSeen(1)]);
      await refused(store.append(token, MAIN, version, [tipSeen(2)]));
      expect(await (await reopen()).load()).toEqual([{ target: MAIN, version: 1, events: [tipSeen(1)] }]);
    });

    test.each([0, 1])('takes the last append once more at version %i and writes nothing: its answer was lost', async (version) => {
      const { store, token, reopen } = await fresh();
      if (version === 1) await store.append(token, MAIN, 0, [tipSeen(1)]);
      await store.append(token, MAIN, version, [tipSeen(2), tipSeen(3)]);
      await store.append(token, MAIN, version, [tipSeen(2), tipSeen(3)]);
      await refused(store.append(token, MAIN, version, [tipSeen(2), tipSeen(4)]));
      expect((await (await reopen()).load())[0]?.events.slice(version)).toEqual([tipSeen(2), tipSeen(3)]);
    });

    test('fences an earlier holder off and writes nothing of it', async () => {
      const { store, token } = await fresh();
      const second = await store.claim('second');
      expect(second).toBeGreaterThan(token);
      await refused(store.append(token, MAIN, 0, [tipSeen(1)]));
      await refused(store.append(token, MAIN, 0, []));
      await refused(store.remember(token, 'config', 'old'));
      expect(await store.load()).toEqual([]);
      expect(await store.recall('config')).toBeNull();
      await store.append(second, MAIN, 0, [tipSeen(2)]);
    });

    test('refuses a token nobody was given', async () => {
      const { store, token } = await fresh();
      await refused(store.append(token + 1, MAIN, 0, [tipSeen(1)]));
    });

    test('keeps fencing after it was opened again', async () => {
      const { token, reopen } = await fresh();
      const again = await reopen();
      const second = await again.claim('second');
      expect(second).toBeGreaterThan(token);
      await refused(again.append(token, MAIN, 0, [tipSeen(1)]));
    });

    test('an append of nothing makes no lane', async () => {
      const { store, token } = await fresh();
      await store.append(token, MAIN, 0, []);
      expect(await store.load()).toEqual([]);
    });

    test('tells the story of one request, with the landing of its intent', async () => {
      const { store, token, reopen } = await fresh();
      const story = [requested(ID_A), intended('i1', [ID_A, ID_B]), landed('i1')];
      await store.append(token, MAIN, 0, [requested(ID_B), tipSeen(1), ...story]);
      await store.append(token, TEAM, 0, [tipSeen(2)]);
      expect(await store.history(ID_A)).toEqual({ target: MAIN, events: story });
      expect(await (await reopen()).history(ID_A)).toEqual({ target: MAIN, events: story });
    });

    test('tells a rollback in the story of both requests, in the lane of each', async () => {
      const { store, token } = await fresh();
      await store.append(token, MAIN, 0, [requested(ID_A), rolledBack(ID_A, ID_B)]);
      await store.append(token, TEAM, 0, [requested(ID_B, ID_A)]);
      expect(await store.history(ID_A)).toEqual({ target: MAIN, events: [requested(ID_A), rolledBack(ID_A, ID_B)] });
    });

    test('keeps the last note under each key', async () => {
      const { store, token, reopen } = await fresh();
      await store.remember(token, 'config', 'one');
      await store.remember(token, 'config', 'two\nlines \0 and \u{1f389}');
      expect(await (await reopen()).recall('config')).toBe('two\nlines \0 and \u{1f389}');
    });

    test.each(['__proto__', 'constructor', 'toString', "'; DROP TABLE event; --", '', 'a\0b'])('takes %j as any other key', async (key) => {
      const { store, token } = await fresh();
      expect([await store.recall(key), await store.history(key)]).toEqual([null, null]);
      await store.remember(token, key, 'value');
      await store.append(token, lane(key), 0, [requested(key)]);
      expect(await store.recall(key)).toBe('value');
      expect(await store.history(key)).toEqual({ target: lane(key), events: [requested(key)] });
      expect(await store.load()).toEqual([{ target: lane(key), version: 1, events: [requested(key)] }]);
    });

    test('takes an event of a megabyte', async () => {
      const { store, token, reopen } = await fresh();
      const large = bodyOf('\u{e9}"\\\n'.repeat(200_000));
      await store.append(token, MAIN, 0, [large]);
      expect(await (await reopen()).load()).toEqual([{ target: MAIN, version: 1, events: [large] }]);
    });

    test('gives any sequence of appends back as it was', async () => {
      const { store, token, reopen } = await fresh();
      const written = new Map<string, LedgerEvent[]>();
      await fc.assert(fc.asyncProperty(fc.constantFrom('main', 'team/a', '__proto__'), anyEvents(), async (name, events) => {
        const before = written.get(name) ?? [];
        await store.append(token, lane(name), before.length, events);
        if (before.length + events.length > 0) written.set(name, [...before, ...events]);
      }), { numRuns: sequences });
      const loaded = await (await reopen()).load();
      expect(new Map(loaded.map(({ target, events }) => [target, events]))).toEqual(new Map([...written].map(([name, events]) => [lane(name), events])));
    });

    test('may be closed twice', async () => {
      const { store } = await fresh();
      await store.close();
      await store.close();
    });
  });
}

async function refused(writing: Promise<void>): Promise<void> {
  await expect(writing).rejects.toMatchObject({ name: 'MaestroError', code: 'fenced' });
}
