// A walk through GitHub's merge queue on a clock of its own: a forge that says what the test wants, a git that holds what it is told.
import { expect, test } from 'vitest';
import { MergeQueue } from '../../src/adapter/github/merge-queue.ts';
import { MaestroError } from '../../src/error.ts';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import type { Landing } from '../../src/merge/effect.ts';
import type { Intent } from '../../src/merge/event.ts';
import type { RequestId } from '../../src/merge/request.ts';
import type { QueuedPull } from '../../src/port/forge.ts';
import type { Git } from '../../src/port/git.ts';

const MAIN = 'refs/heads/main' as RefName;
const [OLD, MERGE, TREE] = ['0'.repeat(40) as Oid, 'e'.repeat(40) as Oid, 't'.repeat(40) as Oid];
const OPEN: QueuedPull = { id: 'PR_1', head: tipOf('a'), isMerged: false, isQueued: false, merge: null, removed: null };
const QUEUED: QueuedPull = { ...OPEN, isQueued: true };
const MERGED: QueuedPull = { ...OPEN, isMerged: true, merge: MERGE };

function tipOf(name: string): Oid {
  return name.charCodeAt(0).toString(16).repeat(20) as Oid;
}

function landing(name: string, more: Partial<Landing> = {}): Landing {
  return { id: name as RequestId, commit: `c${tipOf(name).slice(1)}` as Oid, tree: TREE, onto: OLD, certificate: '', atMs: 0, how: 'clean', tip: tipOf(name), restores: [], undoes: null, branch: `refs/heads/feature/${name}` as RefName, title: name, dependsOn: [], ...more };
}

type Answers = { readonly pulls: readonly (QueuedPull | null)[]; readonly enqueue?: () => string | null; readonly hasQueue?: boolean; readonly targetHolds?: (look: number) => readonly Oid[]; readonly dequeue?: () => boolean; readonly isMerge?: boolean };

/** `pulls`: what the forge says at one look after the other, the last for ever. */
function bench({ pulls, enqueue = () => null, hasQueue = true, targetHolds = () => [MERGE, tipOf('a')], dequeue = () => true, isMerge = true }: Answers) {
  let [nowMs, looks, fetches] = [1_000_000, 0, 0];
  const did: string[] = [];
  const holds = (oid: Oid): boolean => oid === MERGE || targetHolds(fetches).includes(oid);
  const git: Partial<Git> = {
    land: async () => ({ kind: 'landed' }),
    fetch: async () => {
      fetches += 1;
      return new Map([[MAIN, holds(MERGE) && targetHolds(fetches).includes(MERGE) ? MERGE : OLD]]);
    },
    commit: async (oid) => ({ oid, tree: TREE, parents: [OLD], message: '', author: '' }),
    relation: async (a, b) => a === b ? 'same' : b === MERGE && targetHolds(fetches).includes(a) ? 'forward' : 'diverged',
    isMergeOf: async () => isMerge,
    publish: async (ref) => void did.push(`show ${ref}`),
    withdraw: async (ref) => void did.push(`hide ${ref}`),
  };
  const queue = new MergeQueue({
    git: git as Git,
    forge: {
      rules: async () => ({ requiredChecks: [], mergeQueue: hasQueue }),
      queuedPull: async () => pulls[Math.min(looks++, pulls.length - 1)] ?? null,
      openPull: async ({ branch }) => {
        did.push(`open ${branch}`);
        throw new MaestroError('forge-refused', 'no pull request here', { next: 'see to it' });
      },
      enqueue: async (pull) => {
        did.push(`enqueue ${pull}`);
        return enqueue();
      },
      dequeue: async (pull) => {
        did.push(`dequeue ${pull}`);
        return dequeue();
      },
    },
    clock: { nowMs: () => nowMs, after: (delayMs, work) => {
      nowMs += delayMs;
      queueMicrotask(work);
      return () => undefined;
    } },
  });
  const walk = (landings = [landing('a')], resumed = false) => {
    const intent: Intent = { id: 'i', target: MAIN, old: OLD, new: landings.at(-1)?.commit ?? OLD, tree: TREE, requests: landings.map(({ id }) => id), atMs: 1_000_000 };
    return queue.land(intent, landings, resumed);
  };
  return { queue, did, walk, looks: () => looks };
}

test('a target without a queue is pushed to', async () => {
  expect(await bench({ pulls: [null], hasQueue: false }).walk()).toEqual({ kind: 'landed' });
});

test('what the queue made and merging does not make stops the lane, and is landed all the same', async () => {
  const on = bench({ pulls: [OPEN, QUEUED, MERGED], isMerge: false });
  expect(await on.walk()).toMatchObject({ kind: 'queued', merges: [{ id: 'a', commit: MERGE }], alarm: { kind: 'read-back', detail: expect.stringContaining('not what merging') } });
});

test('landed is what the target is seen to hold, whatever the forge calls merged', async () => {
  const on = bench({ pulls: [OPEN, QUEUED, MERGED], targetHolds: (look) => look < 4 ? [] : [MERGE, tipOf('a')] });
  expect(await on.walk()).toMatchObject({ kind: 'queued', merges: [{ id: 'a', commit: MERGE, how: 'merge' }], tip: MERGE });
  expect(on.looks()).toBeGreaterThan(3);
});

test('a squash is called one: the target does not hold the branch', async () => {
  expect(await bench({ pulls: [MERGED], targetHolds: () => [MERGE] }).walk()).toMatchObject({ merges: [{ how: 'squash' }] });
});

test('taken out of the queue it is over, with the reason', async () => {
  const on = bench({ pulls: [OPEN, QUEUED, { ...OPEN, removed: { why: 'CI_FAILURE', atMs: 5 } }] });
  expect(await on.walk()).toMatchObject({ merges: [], removed: [{ id: 'a', why: 'CI_FAILURE' }] });
});

test('one that was taken out long ago enters again, once', async () => {
  const before = { removed: { why: 'CI_FAILURE', atMs: 5 } };
  const on = bench({ pulls: [{ ...OPEN, ...before }, { ...OPEN, ...before }, { ...QUEUED, ...before }, MERGED] });
  expect(await on.walk()).toMatchObject({ merges: [{ id: 'a' }] });
  expect(on.did).toEqual(['enqueue PR_1']);
});

test('what an earlier life put in and did not see taken out is not put in again', async () => {
  const on = bench({ pulls: [{ ...OPEN, removed: { why: 'MANUAL', atMs: 1_000_001 } }] });
  expect(await on.walk([landing('a')], true)).toMatchObject({ removed: [{ why: 'MANUAL' }] });
  expect(on.did).toEqual([]);
});

test('one that may not enter yet is tried again, and given up at last in the forge\'s words', async () => {
  const on = bench({ pulls: [OPEN], enqueue: () => 'At least 1 approving review is required' });
  expect(await on.walk()).toMatchObject({ removed: [{ why: 'At least 1 approving review is required' }] });
  expect(on.did.length).toBeGreaterThan(100);
});

test('a pull request that cannot be opened ends it with what to do', async () => {
  expect(await bench({ pulls: [null] }).walk()).toMatchObject({ removed: [{ why: 'no pull request here: see to it' }] });
});

test('whoever depends on another waits for it: the queue might let in the one behind alone', async () => {
  const on = bench({ pulls: [MERGED] });
  expect(await on.walk([landing('a'), landing('b', { dependsOn: ['feature/a'] }), landing('c')])).toMatchObject({ merges: [{ id: 'a' }], removed: [] });
});

test('an answer or a rollback is shown as a branch of ours, which goes when it is in', async () => {
  const mine = landing('a', { how: 'resolved' });
  const on = bench({ pulls: [{ ...MERGED, head: mine.commit }], targetHolds: (look) => look === 1 ? [] : [MERGE, mine.commit] });
  expect(await on.walk([mine])).toMatchObject({ merges: [{ how: 'merge' }] });
  expect(on.did).toEqual(['show refs/heads/maestro/queue/a', 'hide refs/heads/maestro/queue/a']);
});

/** Somebody wants it out as soon as it is in. */
function calledBack(answers: Partial<Answers>) {
  const asked: Promise<boolean>[] = [];
  const on = bench({ pulls: [OPEN, QUEUED], ...answers, enqueue: () => {
    asked.push(on.queue.callBack('a' as RequestId, 'ada'));
    return null;
  } });
  return { ...on, isOut: async () => (await Promise.all(asked))[0] };
}

test('called back it is taken out, and said to be out by whoever wanted it', async () => {
  const on = calledBack({});
  expect(await on.walk()).toMatchObject({ merges: [], removed: [{ id: 'a', calledBackBy: 'ada' }] });
  expect(await on.isOut()).toBe(true);
  expect(on.did).toEqual(['enqueue PR_1', 'dequeue PR_1']);
});

test('called back too late it is in, and nobody is told otherwise', async () => {
  const on = calledBack({ pulls: [OPEN, QUEUED, MERGED], dequeue: () => false });
  expect(await on.walk()).toMatchObject({ merges: [{ id: 'a' }], removed: [] });
  expect(await on.isOut()).toBe(false);
});

test('what is on no way through a queue cannot be called back', async () => {
  expect(await bench({ pulls: [OPEN] }).queue.callBack('a' as RequestId, 'ada')).toBe(false);
});

test('a stop ends the wait, and nothing is said of what is still in the queue', async () => {
  const on = bench({ pulls: [OPEN, QUEUED] });
  const walked = on.walk();
  on.queue.close();
  await expect(walked).rejects.toMatchObject({ code: 'unreachable', retryable: true });
});
