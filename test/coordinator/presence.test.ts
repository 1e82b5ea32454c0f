// Which question is on which pull request, right after a start: before anything was shown again.
import { expect, test } from 'vitest';
import type { Coordinator } from '../../src/coordinator/coordinator.ts';
import type { PresencePorts } from '../../src/coordinator/desk.ts';
import { NOTHING_SHOWN } from '../../src/coordinator/memo.ts';
import { Presence } from '../../src/coordinator/presence.ts';
import { APOLLO, ATHENA, laneAfter, STORY, TARGET } from '../command/sample.ts';

function presence(recall: (key: string) => Promise<string | null>): Presence {
  const coordinator = { lanes: new Map([[TARGET, laneAfter(STORY)]]), notes: { recall } } as unknown as Coordinator;
  return new Presence(coordinator, {} as unknown as PresencePorts, () => undefined);
}

const shown = async (key: string): Promise<string | null> => (key === `shown:${ATHENA}` ? JSON.stringify({ ...NOTHING_SHOWN, pull: 7 }) : null);

test('an answer is never too early: what was shown before this start is recalled first', async () => {
  expect(await presence(shown).requestOn(7)).toBe(ATHENA);
});

test('notes that cannot be read now are read for the next who asks', async () => {
  let tries = 0;
  const on = presence((key) => ((tries += 1) === 1 ? Promise.reject(new Error('away')) : shown(key)));
  await expect(on.requestOn(7)).rejects.toThrow('away');
  expect(await on.requestOn(7)).toBe(ATHENA);
});

test('of two that were shown on one pull request the one that is asked about is meant, whichever was shown first', async () => {
  const both = async (key: string): Promise<string | null> => {
    if (key === `shown:${ATHENA}`) await new Promise(setImmediate);
    return key === `shown:${ATHENA}` || key === `shown:${APOLLO}` ? JSON.stringify({ ...NOTHING_SHOWN, pull: 7 }) : null;
  };
  expect(await presence(both).requestOn(7)).toBe(ATHENA);
});
