// A request's story, word for word where it could say more than there was.
import { expect, test } from 'vitest';
import { tell } from '../../src/coordinator/explain.ts';
import type { RequestId, StoredVote } from '../../src/merge/request.ts';

const ADA = { voter: 'ada', family: 'f' };
const BALLOT = { ...ADA, probabilities: { o1: 1, none: 0 }, veto: null, reasons: [], model: null, comment: '' };

test.each<[string, StoredVote['vote']]>([
  ['wrote a proposal for', { ...ADA, texts: ['x\n'] }],
  ['wrote no proposal for', { ...ADA, texts: null }],
  ['voted on', BALLOT],
  ['gave no vote on', { ...ADA, why: 'deadline' }],
])('a voter %s a file', (words, vote) => {
  expect(tell({ kind: 'voted', atMs: 0, id: 'r1' as RequestId, vote: { path: 'f.txt', round: 3, question: 'q', vote } })).toBe(`ada ${words} f.txt in round 3`);
});
