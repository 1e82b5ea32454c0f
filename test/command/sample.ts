// The seeds' story as ledger events: Apollo lands, Athena conflicts and is decided, Numa's gate is red. Plain data for renderings.
import type { Oid, RefName } from '../../src/merge/branch.ts';
import type { LedgerEvent } from '../../src/merge/event.ts';
import { emptyLane, fold, type Lane } from '../../src/merge/lane.ts';
import type { Option, Question, RequestId, Verdict } from '../../src/merge/request.ts';
import type { Conflict } from '../../src/resolution/conflict.ts';

export const TARGET = 'refs/heads/main' as RefName;
export const APOLLO = 'aaaaaaaaaaa1' as RequestId;
export const ATHENA = 'bbbbbbbbbbb2' as RequestId;
export const NUMA = 'ccccccccccc3' as RequestId;
export const AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

export function oid(digit: string): Oid {
  return digit.repeat(40) as Oid;
}

export const PASSED: Verdict = { kind: 'passed', tree: oid('7'), gate: 'sh check.sh', ms: 420, log: null };
const FAILED: Verdict = { kind: 'failed', tree: oid('8'), gate: 'sh check.sh', ms: 90, log: '/state/gate/1.log', cause: 'exit', exitCode: 1, tail: 'compiling\nstorage.py: \u001b[31mbroken\u001b[0m\n' };

export const CONFLICT: Conflict = {
  fingerprint: 'f',
  paths: [{
    path: 'engram/vector_storage.py', kind: 'content', base: { mode: '100644', oid: oid('1') }, ours: { mode: '100644', oid: oid('2') }, theirs: { mode: '100644', oid: oid('3') }, message: 'Merge conflict in engram/vector_storage.py',
    hunks: [{ baseLine: 10, base: ['def search(self):\n'], oursLine: 10, ours: ['def search(self, shards):\n', '\treturn parallel(shards)\n'], theirsLine: 10, theirs: ['def search(self, batch):\n'] }],
  }],
  partners: [{ branch: 'sprint/search', request: APOLLO, commit: oid('5'), title: 'Parallel search with caching' }],
};

const OPTIONS: readonly Option[] = [
  { letter: 'A', title: 'Keep main\'s side (sprint/search)', commit: oid('b'), tree: oid('7'), verdict: PASSED, ledger: { keptOurs: 2, keptTheirs: 0, droppedOurs: 0, droppedTheirs: 1 } },
  { letter: 'B', title: 'Take sprint/storage\'s side', commit: oid('c'), tree: oid('8'), verdict: FAILED, ledger: { keptOurs: 0, keptTheirs: 1, droppedOurs: 2, droppedTheirs: 0 } },
];

export const QUESTION: Question = { onto: oid('5'), conflict: CONFLICT, options: OPTIONS, askedAtMs: AT_MS };

/** Batches as a coordinator publishes them. */
export const STORY: readonly (readonly LedgerEvent[])[] = [
  [{ kind: 'tip', atMs: AT_MS, oid: oid('0') }, requested(APOLLO, 'sprint/search', 'Parallel search with caching', 'Apollo <apollo@example.org>'), requested(ATHENA, 'sprint/storage', 'Batch storage with compression', 'Athena <athena@example.org>'), requested(NUMA, 'sprint/api', 'Streaming answers', 'Numa <numa@example.org>')],
  [built(APOLLO, '5', 'clean'), { kind: 'held', atMs: AT_MS, id: ATHENA, hold: { kind: 'conflict-ahead', behind: [APOLLO], paths: ['engram/vector_storage.py'] } }],
  [{ kind: 'gated', atMs: AT_MS, ids: [APOLLO], verdict: PASSED }, { kind: 'intended', atMs: AT_MS, intent: { id: 'i1', target: TARGET, old: oid('0'), new: oid('5'), tree: oid('7'), requests: [APOLLO], atMs: AT_MS } }],
  [{ kind: 'landed', atMs: AT_MS + 500, intent: 'i1' }, { kind: 'conflicted', atMs: AT_MS + 500, id: ATHENA, onto: oid('5'), conflict: CONFLICT }],
  [built(NUMA, '6', 'clean')],
  [{ kind: 'gated', atMs: AT_MS + 700, ids: [NUMA], verdict: FAILED }, { kind: 'rejected', atMs: AT_MS + 700, id: NUMA, reason: { code: 'gate-failed', tail: FAILED.tail, log: FAILED.log, exitCode: 1, suspects: [{ request: APOLLO, branch: 'sprint/search', why: 'both changed engram/vector_storage.py' }] } }],
  [{ kind: 'asked', atMs: AT_MS + 900, id: ATHENA, question: QUESTION }],
];

export const ENDING: readonly (readonly LedgerEvent[])[] = [
  [{ kind: 'decided', atMs: AT_MS + 5000, id: ATHENA, resolution: { fingerprint: 'f', choices: ['B'], by: 'Casey', how: 'person' } }],
  [{ kind: 'tasked', atMs: AT_MS + 5100, id: ATHENA, tasks: [{ id: 't1', request: ATHENA, branch: 'sprint/search', author: 'Apollo <apollo@example.org>', path: 'engram/vector_storage.py', text: 'In engram/vector_storage.py the side of sprint/storage was kept.', patch: '@@ -1 +1 @@\n-a\n+b\n', atMs: AT_MS + 5100 }] }],
  [built(ATHENA, '9', 'resolved')],
  [{ kind: 'gated', atMs: AT_MS + 5300, ids: [ATHENA], verdict: PASSED }, { kind: 'intended', atMs: AT_MS + 5300, intent: { id: 'i2', target: TARGET, old: oid('5'), new: oid('9'), tree: oid('7'), requests: [ATHENA], atMs: AT_MS + 5300 } }],
  [{ kind: 'landed', atMs: AT_MS + 5400, intent: 'i2' }],
];

export function laneAfter(batches: readonly (readonly LedgerEvent[])[]): Lane {
  return fold(emptyLane(TARGET), batches.flat());
}

export function requested(id: RequestId, branch: string, title: string, author: string): LedgerEvent {
  return { kind: 'requested', atMs: AT_MS, id, what: { kind: 'branch' }, branch: `refs/heads/${branch}` as RefName, tip: oid('d'), title, author, dependsOn: [], dependsMet: [], priority: 'normal' };
}

export function built(id: RequestId, commit: string, how: 'clean' | 'resolved'): LedgerEvent {
  const resolution = how === 'clean' ? null : { fingerprint: 'f', choices: ['B'], by: 'Casey', how: 'person' } as const;
  return { kind: 'built', atMs: AT_MS, id, candidate: { commit: oid(commit), tree: oid('7'), onto: oid('0'), how, paths: ['engram/vector_storage.py'], pathCount: 1, restores: [] }, resolution };
}
