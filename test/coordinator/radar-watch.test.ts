// The radar's watch: whatever moves while it looks, or right after, is looked at as well.
import { expect, test } from 'vitest';
import { RadarWatch } from '../../src/coordinator/radar-watch.ts';
import type { Service } from '../../src/coordinator/service.ts';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import { DEFAULT_POLICY } from '../../src/merge/policy.ts';
import type { RadarAsk, RadarLane } from '../../src/merge/radar.ts';
import { oid, TARGET } from '../command/sample.ts';

const TOPIC = 'refs/heads/topic' as RefName;

test.each(Array.from({ length: 16 }, (_, steps) => steps))('what moves %d steps after a look is over is looked at', async (steps) => {
  const on = watched();
  on.moves(TARGET, oid('a'));
  for (let step = 0; step < steps; step += 1) await Promise.resolve();
  on.moves(TOPIC, oid('b'));
  await on.watch.settled();
  expect([...on.asked.at(-1)?.branches.keys() ?? []]).toEqual([TOPIC]);
});

test('one that is closed looks at nothing more, and ends', async () => {
  const on = watched();
  await on.watch.close();
  on.moves(TARGET, oid('a'));
  await on.watch.settled();
  expect(on.asked).toEqual([]);
});

function watched() {
  const heads = new Map<RefName, Oid>();
  const asked: RadarAsk[] = [];
  let looker = (): void => undefined;
  const coordinator = { lanes: new Map(), routing: DEFAULT_POLICY, defaultBranch: TARGET, isQuiet: true, listen: () => () => undefined };
  const service = { coordinator, heads, onLooked: (one: () => void) => (looker = one, () => undefined) } as unknown as Service;
  const survey = { survey: async (ask: RadarAsk): Promise<RadarLane> => (asked.push(ask), { target: ask.target } as unknown as RadarLane), close: async () => undefined };
  const watch = new RadarWatch(service, survey, { nowMs: () => 0, after: () => () => undefined });
  watch.start();
  return {
    watch, asked,
    moves: (ref: RefName, tip: Oid) => {
      heads.set(ref, tip);
      looker();
    },
  };
}
