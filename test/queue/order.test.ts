// Who goes next, for any queue: priority, ageing with its bound, arrival, dependencies.
import { array, assert, constantFrom, integer, nat, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import { PRIORITIES, type Priority } from '../../src/merge/policy.ts';
import type { MergeRequest, RequestId } from '../../src/merge/request.ts';
import { byUrgency, inDependencyOrder, levelOf, waitingSince, type Blocker } from '../../src/queue/order.ts';

const AGE_STEP_MS = 600_000;
const BOUND_MS = (PRIORITIES.length - 1) * AGE_STEP_MS;

/** In the order they came: how urgent, and how long after the one before. */
const arrivals = array(record({ priority: constantFrom(...PRIORITIES), afterMs: integer({ min: 0, max: BOUND_MS }) }), { minLength: 2, maxLength: 12 });

describe('who goes next', () => {
  test('nobody is overtaken by one that came later than the bound', () => {
    assert(property(arrivals, nat(BOUND_MS), (came, laterMs) => {
      const order = sorted(queueOf(came), laterMs);
      for (const [at, one] of order.entries()) for (const ahead of order.slice(0, at)) expect(ahead.arrivedAtMs - one.arrivedAtMs).toBeLessThanOrEqual(BOUND_MS);
    }));
  });

  test('of those that came together the more urgent goes first, then the earlier', () => {
    assert(property(arrivals, (came) => {
      const order = sorted(queueOf(came.map(({ priority }) => ({ priority, afterMs: 0 }))), 0);
      const rank = (one: MergeRequest): number => PRIORITIES.indexOf(one.priority) * came.length + one.arrival;
      expect(order.map(rank)).toEqual(order.map(rank).toSorted((a, b) => a - b));
    }));
  });

  test('among equals the earlier goes first, however long they wait', () => {
    assert(property(arrivals, constantFrom(...PRIORITIES), nat(BOUND_MS), (came, priority, laterMs) => {
      expect(sorted(queueOf(came.map(({ afterMs }) => ({ priority, afterMs }))), laterMs).map((one) => one.arrival)).toEqual(came.map((_, at) => at));
    }));
  });

  test('one that came before the clock was set back is as old as those after it', () => {
    const [low, hot] = [requestOf(0, 'low', 100 * BOUND_MS), requestOf(1, 'hotfix', 0)];
    expect(byUrgency([hot, low], levelsAt([low, hot], BOUND_MS))).toEqual([low, hot]);
  });
});

describe('dependencies', () => {
  test('a request goes right behind what it depends on, and everything else keeps its place', () => {
    expect(inDependencyOrder(five(), needs({ 0: 2, 4: 0 })).map((one) => one.arrival)).toEqual([1, 2, 0, 3, 4]);
  });

  test('one whose dependency is nowhere is left out, and so are those behind it', () => {
    expect(inDependencyOrder(five(), needs({ 1: 9, 2: 1 })).map((one) => one.arrival)).toEqual([0, 3, 4]);
  });

  test('a stack pushed in reverse asks for each request twice, not once a round', () => {
    const stack = Array.from({ length: 500 }, (_, at) => requestOf(at, 'normal', 0));
    let asked = 0;
    const order = inDependencyOrder(stack, (one, placed) => {
      asked += 1;
      return needs(Object.fromEntries(stack.slice(0, -1).map(({ arrival }) => [arrival, arrival + 1])))(one, placed);
    });
    expect([order.length, order[0]?.arrival]).toEqual([500, 499]);
    expect(asked).toBeLessThanOrEqual(1000);
  });
});

function five(): readonly MergeRequest[] {
  return [0, 1, 2, 3, 4].map((at) => requestOf(at, 'normal', 0));
}

/** `of[a] = b`: the one that came as `a` depends on the one that came as `b`. */
function needs(of: Readonly<Record<number, number>>): (one: MergeRequest, placed: ReadonlySet<string>) => Blocker {
  return (one, placed) => {
    const id = `r${of[one.arrival] ?? ''}` as RequestId;
    return of[one.arrival] === undefined || placed.has(id) ? { kind: 'none' } : { kind: 'request', id };
  };
}

function sorted(queue: readonly MergeRequest[], laterMs: number): readonly MergeRequest[] {
  return byUrgency(queue, levelsAt(queue, (queue.at(-1)?.arrivedAtMs ?? 0) + laterMs));
}

function levelsAt(queue: readonly MergeRequest[], nowMs: number): ReadonlyMap<RequestId, number> {
  const since = waitingSince(queue);
  return new Map(queue.map((one) => [one.id, levelOf(one, since.get(one.id) ?? 0, nowMs, AGE_STEP_MS)]));
}

function queueOf(came: readonly { readonly priority: Priority; readonly afterMs: number }[]): readonly MergeRequest[] {
  let atMs = 0;
  return came.map(({ priority, afterMs }, at) => requestOf(at, priority, (atMs += afterMs)));
}

function requestOf(arrival: number, priority: Priority, arrivedAtMs: number): MergeRequest {
  return { id: `r${arrival}` as RequestId, kind: { kind: 'branch' }, branch: `refs/heads/${arrival}` as RefName, tip: 'a' as Oid, target: 'refs/heads/main' as RefName, title: '', author: '', dependsOn: [], dependsMet: [], priority, arrival, arrivedAtMs, waitsSinceMs: arrivedAtMs, heldTimes: 0, resolution: null, phase: { state: 'queued', hold: null } };
}
