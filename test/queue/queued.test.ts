// What the answer of a forge's merge queue means for a lane: its commits are not ours, and it may let in some and not others.
import { expect, test } from 'vitest';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import type { LedgerEvent } from '../../src/merge/event.ts';
import { emptyLane, fold } from '../../src/merge/lane.ts';
import type { LandOutcome } from '../../src/merge/observation.ts';
import { DEFAULT_POLICY } from '../../src/merge/policy.ts';
import type { RequestId } from '../../src/merge/request.ts';
import { targetRuleOf } from '../../src/merge/route.ts';
import { plan } from '../../src/queue/plan.ts';

const MAIN = 'refs/heads/main' as RefName;
const [OLD, NEW, TREE] = ['0'.repeat(40) as Oid, 'e'.repeat(40) as Oid, '7'.repeat(40) as Oid];
const [A, B] = ['a' as RequestId, 'b' as RequestId];
const ID = 'i';

/** Two gated candidates, one on the other, on their way. */
function landing() {
  const events: LedgerEvent[] = [{ kind: 'tip', atMs: 1, oid: OLD }];
  for (const [id, onto] of [[A, OLD], [B, commitOf(A)]] as const) {
    events.push({ kind: 'requested', atMs: 1, id, what: { kind: 'branch' }, branch: `refs/heads/feature/${id}` as RefName, tip: id.repeat(40) as Oid, title: id, author: id, dependsOn: [], dependsMet: [], priority: 'normal' });
    events.push({ kind: 'built', atMs: 1, id, candidate: { commit: commitOf(id), tree: TREE, onto, how: 'clean', paths: [], pathCount: 0, restores: [] }, resolution: null });
  }
  events.push({ kind: 'gated', atMs: 1, ids: [A, B], verdict: { kind: 'not-configured', tree: TREE } });
  events.push({ kind: 'intended', atMs: 1, intent: { id: ID, target: MAIN, old: OLD, new: commitOf(B), tree: TREE, requests: [A, B], atMs: 1 } });
  return fold(emptyLane(MAIN), events);
}

function commitOf(id: RequestId): Oid {
  return `c${id.repeat(39)}` as Oid;
}

function after(outcome: Partial<Extract<LandOutcome, { kind: 'queued' }>>) {
  const view = { nowMs: 2, lookedAtMs: 2, rule: targetRuleOf(DEFAULT_POLICY, MAIN), ruleTip: OLD, limits: DEFAULT_POLICY.limits, consensus: DEFAULT_POLICY.consensus, routing: DEFAULT_POLICY, defaultBranch: MAIN, lanes: new Map() };
  const news = [{ kind: 'pushed', intent: ID, outcome: { kind: 'queued', merges: [], removed: [], tip: NEW, ...outcome } }] as const;
  const { lane, events } = plan(landing(), news, view);
  const state = (id: RequestId) => lane.requests.get(id)?.phase;
  return { lane, events, a: state(A), b: state(B) };
}

test('one that it let in has landed as the queue made it, the other one is merged anew onto that', () => {
  const { lane, a, b } = after({ merges: [{ id: A, commit: NEW, tree: TREE, onto: OLD, how: 'merge' }] });
  expect(a).toMatchObject({ state: 'landed', candidate: { commit: NEW, queued: 'merge' } });
  expect([b?.state, lane.tip, lane.landing, lane.chain]).toEqual(['queued', NEW, null, []]);
});

test('one that it threw out is rejected with the reason, and the other one has landed', () => {
  const { a, b } = after({ merges: [{ id: B, commit: NEW, tree: TREE, onto: OLD, how: 'squash' }], removed: [{ id: A, why: 'CI_FAILURE' }] });
  expect(a).toMatchObject({ state: 'rejected', reason: { code: 'queue-refused', detail: 'CI_FAILURE' } });
  expect(b?.state).toBe('landed');
});

test('where it made something else of it, that has landed and the lane stands still', () => {
  const { a, lane } = after({ merges: [{ id: A, commit: NEW, tree: TREE, onto: OLD, how: 'merge' }], alarm: { kind: 'read-back', detail: 'not the merge' } });
  expect([a?.state, lane.alarm]).toEqual(['landed', { kind: 'read-back', detail: 'not the merge' }]);
});

test('where it let nothing in nothing is called landed', () => {
  const { events, a, lane } = after({ removed: [{ id: A, why: 'MANUAL' }], tip: OLD });
  expect(events.map(({ kind }) => kind)).not.toContain('landed');
  expect([a?.state, lane.tip]).toEqual(['rejected', OLD]);
});
