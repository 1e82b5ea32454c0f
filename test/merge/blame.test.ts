// What came under a branch while it waited: told by the order of the ledger, whatever the clock said.
import { expect, test } from 'vitest';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import { amidOf } from '../../src/merge/blame.ts';
import type { LedgerEvent } from '../../src/merge/event.ts';
import { emptyLane, fold } from '../../src/merge/lane.ts';
import type { RequestId } from '../../src/merge/request.ts';

const MAIN = 'refs/heads/main' as RefName;

test.each([['runs', 1], ['is set back at each step', -1]])('while the clock %s, only what landed since it was pushed', (_how, step) => {
  let atMs = 1000;
  const lane = fold(emptyLane(MAIN), [...pushed('early'), ...landed('early'), ...pushed('guilty'), ...pushed('late'), ...landed('late')].map((event) => ({ ...event, atMs: atMs += step })));
  const guilty = lane.requests.get('guilty' as RequestId)!;
  expect(amidOf(guilty, lane)).toEqual(['late']);
});

function pushed(name: string): readonly LedgerEvent[] {
  return [{ kind: 'requested', atMs: 0, id: name as RequestId, what: { kind: 'branch' }, branch: `refs/heads/${name}` as RefName, tip: oid(name), title: name, author: 'a', dependsOn: [], dependsMet: [], priority: 'normal' }];
}

function landed(name: string): readonly LedgerEvent[] {
  const id = name as RequestId;
  return [
    { kind: 'built', atMs: 0, id, candidate: { commit: oid(name), tree: oid(name), onto: oid('onto'), how: 'clean', paths: [], pathCount: 0, restores: [] }, resolution: null },
    { kind: 'gated', atMs: 0, ids: [id], verdict: { kind: 'not-configured', tree: oid(name) } },
    { kind: 'intended', atMs: 0, intent: { id: name, target: MAIN, old: oid('onto'), new: oid(name), tree: oid(name), requests: [id], atMs: 0 } },
    { kind: 'landed', atMs: 0, intent: name },
  ];
}

function oid(name: string): Oid {
  return Buffer.from(name).toString('hex').padEnd(40, '0') as Oid;
}
