// Dependencies on what came to its end long ago, in a lane that has seen much.
import { expect, test } from 'vitest';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import type { LedgerEvent } from '../../src/merge/event.ts';
import { emptyLane, fold, type Ended, type Lane } from '../../src/merge/lane.ts';
import type { MergeRequest, RequestId } from '../../src/merge/request.ts';
import { dependencyState, rollOf, type DependencyState } from '../../src/queue/dependency.ts';

const MAIN = 'refs/heads/main' as RefName;
const TEAM = 'refs/heads/team/a' as RefName;
const [ONE, TWO] = ['1'.repeat(40) as Oid, '2'.repeat(40) as Oid];

test('are met by what landed here, wait for what landed elsewhere, and miss what did not end well', () => {
  const here = laneOf(MAIN, { a: ended('x', 'landed', ONE), b: ended('gone', 'cancelled', ONE) });
  const there = laneOf(TEAM, { c: ended('y', 'landed', ONE), d: ended('y', 'landed', TWO), e: ended('x', 'landed', TWO) });
  const state = (name: string): DependencyState => dependencyState(waiting(here), name, rollOf([here, there]));
  expect(['x', 'a', 'y', 'c', 'gone', 'b', 'never'].map(state)).toEqual([
    { kind: 'met' }, { kind: 'met' }, { kind: 'elsewhere', target: TEAM, tip: TWO }, { kind: 'elsewhere', target: TEAM, tip: ONE },
    { kind: 'missing' }, { kind: 'missing' }, { kind: 'missing' },
  ]);
});

test('walk over all that ended once, however many ask', () => {
  const counted = new CountedMap(Object.entries({ a: ended('x', 'landed', ONE) }).map(([id, one]) => [id as RequestId, one]));
  const lane = { ...laneOf(MAIN, {}), ended: counted };
  for (let at = 0; at < 100; at += 1) dependencyState(waiting(lane), `never/${at}`, rollOf([lane]));
  expect(counted.walks).toBe(1);
});

class CountedMap extends Map<RequestId, Ended> {
  walks = 0;

  override values(): MapIterator<Ended> {
    this.walks += 1;
    return super.values();
  }

  override [Symbol.iterator](): MapIterator<[RequestId, Ended]> {
    this.walks += 1;
    return super[Symbol.iterator]();
  }
}

function laneOf(target: RefName, ends: Readonly<Record<string, Ended>>): Lane {
  const requested: LedgerEvent = { kind: 'requested', atMs: 1, id: 'w' as RequestId, what: { kind: 'branch' }, branch: 'refs/heads/waits' as RefName, tip: ONE, title: 'w', author: 'a', dependsOn: [], dependsMet: [], priority: 'normal' };
  return { ...fold(emptyLane(target), [requested]), ended: new Map(Object.entries(ends).map(([id, one]) => [id as RequestId, one])) };
}

function waiting(lane: Lane): MergeRequest {
  return lane.requests.get('w' as RequestId)!;
}

function ended(branch: string, state: Ended['state'], tip: Oid): Ended {
  return { branch: `refs/heads/${branch}` as RefName, tip, kind: 'branch', state, code: null };
}
