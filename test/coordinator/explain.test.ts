// A request's story, word for word where it could say more than there was.
import { expect, test } from 'vitest';
import { tell, waitsFor } from '../../src/coordinator/explain.ts';
import { emptyLane, fold } from '../../src/merge/lane.ts';
import type { RequestId, StoredVote, Verdict } from '../../src/merge/request.ts';
import { rollOf } from '../../src/queue/dependency.ts';
import { built, NUMA, oid, requested, TARGET } from '../command/sample.ts';

const ADA = { voter: 'ada', family: 'f' };
const BALLOT = { ...ADA, probabilities: { o1: 1, none: 0 }, veto: null, reasons: [], model: null, comment: '' };

test.each<[string, StoredVote['vote']]>([
  ['wrote a proposal for', { ...ADA, texts: ['x\n'] }],
  ['wrote no proposal for', { ...ADA, texts: null }],
  ['voted on', BALLOT],
  ['gave no vote on', { ...ADA, why: 'deadline' }],
])('a voter %s a file', (words, vote) => {
  expect(tell({ kind: 'voted', atMs: 0, id: 'r1' as RequestId, vote: { path: 'f.txt', round: 3, question: 'q', vote } }, NUMA)).toBe(`ada ${words} f.txt in round 3`);
});

test('while a red gate is held against the target itself, that is what its request waits for', () => {
  const verdict: Verdict = { kind: 'failed', tree: oid('7'), gate: 'npm test', ms: 71_000, log: null, cause: 'exit', exitCode: 1, tail: '' };
  const gated = { kind: 'gated', atMs: 0, ids: [NUMA], verdict } as const;
  const lane = fold(emptyLane(TARGET), [{ kind: 'tip', atMs: 0, oid: oid('0') }, requested(NUMA, 'sprint/api', 'Streaming answers', 'Numa <numa@example.org>'), built(NUMA, '6', 'clean'), gated]);
  const request = lane.requests.get(NUMA);
  expect(request === undefined ? null : waitsFor(request, lane, rollOf([lane]))).toBe('the gate on main itself, to tell whose fault the red one is');
  expect(tell(gated, NUMA)).toBe('gate failed in 1 min 11 s');
});
