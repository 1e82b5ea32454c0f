// What a look at the remote says of a target while that target moves.
import { expect, test } from 'vitest';
import type { Coordinator } from '../../src/coordinator/coordinator.ts';
import { Lookout } from '../../src/coordinator/lookout.ts';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import { emptyLane, type Lane } from '../../src/merge/lane.ts';
import type { Observation } from '../../src/merge/observation.ts';
import { DEFAULT_POLICY } from '../../src/merge/policy.ts';
import type { MergeRequest, RequestId } from '../../src/merge/request.ts';

const MAIN = 'refs/heads/main' as RefName;
const OLD = 'a'.repeat(40) as Oid;
const NEW = 'b'.repeat(40) as Oid;

test('a landing that ends while the remote answers makes its answer an old one, not a target that went back', async () => {
  const lanes = new Map<RefName, Lane>([[MAIN, { ...emptyLane(MAIN), tip: OLD }]]);
  const told: Observation[] = [];
  const git = {
    remoteHeads: async () => new Map([[MAIN, OLD]]),
    fetch: async () => {
      lanes.set(MAIN, { ...emptyLane(MAIN), tip: NEW });
      return new Map([[MAIN, OLD]]);
    },
    relation: async () => 'rewound',
    refused: new Map(),
  };
  const coordinator = { lanes, defaultBranch: MAIN, routing: DEFAULT_POLICY, readRouting: async () => undefined, deliver: (_: RefName, seen: Observation) => told.push(seen) };
  await new Lookout(git as never, coordinator as unknown as Coordinator).look();
  expect(told).toEqual([{ kind: 'target', from: OLD, tip: OLD, relation: 'same' }]);
});

test('however many branches there are, the requests of a lane are walked over a few times a look', async () => {
  const requests = new CountedRequests();
  const heads = new Map<RefName, Oid>([[MAIN, OLD], ...Array.from({ length: 100 }, (_, at) => [`refs/heads/work/${at}` as RefName, NEW] as const)]);
  const git = { remoteHeads: async () => heads, fetch: async () => heads, commit: async () => ({ oid: NEW, message: 'work' }), relation: async () => 'same', refused: new Map() };
  const coordinator = { lanes: new Map<RefName, Lane>([[MAIN, { ...emptyLane(MAIN), tip: OLD, requests }]]), defaultBranch: MAIN, routing: DEFAULT_POLICY, readRouting: async () => undefined, deliver: () => undefined };
  await new Lookout(git as never, coordinator as unknown as Coordinator).look();
  expect(requests.walks).toBeLessThan(5);
});

test('of any number of branches only so many commits are asked for at once', async () => {
  const heads = new Map<RefName, Oid>([[MAIN, OLD], ...Array.from({ length: 20_001 }, (_, at) => [`refs/heads/work/${at}` as RefName, NEW] as const)]);
  let [open, most] = [0, 0];
  const commit = async () => {
    most = Math.max(most, open += 1);
    await Promise.resolve();
    open -= 1;
    return { oid: NEW, message: 'work' };
  };
  const git = { remoteHeads: async () => heads, fetch: async () => heads, commit, relation: async () => 'same', refused: new Map() };
  const coordinator = { lanes: new Map<RefName, Lane>(), defaultBranch: MAIN, routing: DEFAULT_POLICY, readRouting: async () => undefined, deliver: () => undefined };
  await new Lookout(git as never, coordinator as unknown as Coordinator).look();
  expect(most).toBeLessThanOrEqual(5_000);
});

class CountedRequests extends Map<RequestId, MergeRequest> {
  walks = 0;

  override values(): MapIterator<MergeRequest> {
    this.walks += 1;
    return super.values();
  }
}
