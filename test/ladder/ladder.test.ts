// The thread of the ladder: a file that takes too long or kills its thread costs itself, and what was taught is not lost with it.
import { afterEach, expect, test } from 'vitest';
import { FILE_MS_MAX, Ladder } from '../../src/adapter/ladder/ladder.ts';
import type { Clock } from '../../src/port/clock.ts';
import { NO_INTENT, type ConflictFile } from '../../src/resolution/conflict-file.ts';

/** Answers with how many lessons its scope has had; spins on `spin`, ends on `die`, sketches first where the path says so. */
const THREAD = new URL(`data:text/javascript,${encodeURIComponent(`
  import { parentPort } from 'node:worker_threads';
  const taught = {};
  parentPort.on('message', ({ kind, id, scope, file }) => {
    if (file?.path.startsWith('sketch')) parentPort.postMessage({ kind: 'sketched', id, plain: ['as ours', 'as theirs'] });
    if (file?.path.endsWith('die')) process.exit(1);
    while (file?.path.endsWith('spin')) {}
    if (kind === 'forget') delete taught[scope];
    if (kind === 'learn') taught[scope] = (taught[scope] ?? 0) + 1;
    parentPort.postMessage(kind === 'forget' ? { kind: 'forgotten', id } : kind === 'learn' ? { kind: 'learned', id } : { kind: 'resolved', id, resolution: { kind: 'clean', text: file.path + (taught[scope] ?? 0) }, ledger: null });
  });
  parentPort.postMessage({ kind: 'ready' });
`)}`);

let ladder = openWith(0);
afterEach(() => ladder.close());

test('files are answered in order, each to whom it asked', async () => {
  ladder = openWith(0);
  expect(await Promise.all(['a', 'b', 'c'].map((path) => textOf(path)))).toEqual(['a0', 'b0', 'c0']);
});

test('a file that is late is given up, and the next one is answered', async () => {
  ladder = openWith(1);
  expect(await Promise.all([ask('spin'), textOf('a')])).toEqual([{ kind: 'unanswered', why: 'deadline', plain: [] }, 'a0']);
});

test('a file that kills its thread is given up, and the next one is answered', async () => {
  ladder = openWith(0);
  expect(await Promise.all([ask('die'), textOf('a')])).toEqual([{ kind: 'unanswered', why: 'crashed', plain: [] }, 'a0']);
});

test('of a file that is not answered there is what was sketched before, and of one that is its answer', async () => {
  ladder = openWith(0);
  expect(await Promise.all([ask('sketch and die'), textOf('sketch')])).toEqual([{ kind: 'unanswered', why: 'crashed', plain: ['as ours', 'as theirs'] }, 'sketch0']);
});

test.each(['spin', 'die'])('%s: a conflict that cannot be read says so', async (path) => {
  ladder = openWith(path === 'spin' ? 1 : 0);
  expect(await ladder.study('', file(path))).toMatchObject({ kind: 'alarm', alarm: { code: 'unread' } });
});

test('a new thread has been taught what the old one was', async () => {
  ladder = openWith(0);
  for (const path of ['x', 'y']) await ladder.learn({ scope: 's', file: file(path), resolved: '' });
  await ladder.learn({ scope: 's', file: file('die'), resolved: '' });
  expect([await textOf('a', 's'), await textOf('a', 'other')]).toEqual(['a2', 'a0']);
});

test('what one scope had forgotten is gone, in this thread and in the next', async () => {
  ladder = openWith(0);
  for (const scope of ['s', 'other']) await ladder.learn({ scope, file: file('x'), resolved: '' });
  await ladder.forget('s');
  expect([await textOf('a', 's'), await textOf('a', 'other')]).toEqual(['a0', 'a1']);
  await ask('die');
  expect([await textOf('a', 's'), await textOf('a', 'other')]).toEqual(['a0', 'a1']);
});

test('what was waiting when it closed is given up, and no other thread is started for it', async () => {
  ladder = openWith(0);
  const waiting = Promise.all([ask('spin'), ask('a')]);
  await ladder.close();
  expect(await waiting).toEqual([{ kind: 'unanswered', why: 'crashed', plain: [] }, { kind: 'unanswered', why: 'crashed', plain: [] }]);
});

test('a thread that cannot start is said, not waited for', async () => {
  ladder = new Ladder(new URL('data:text/javascript,process.exit(1)'), { nowMs: () => 0, after: () => () => undefined });
  expect(await ask('a')).toEqual({ kind: 'unanswered', why: 'crashed', plain: [] });
});

/** Time is up at once for the first `late` files, and never for others. */
function openWith(late: number): Ladder {
  let left = late;
  const clock: Clock = {
    nowMs: () => 0,
    after: (delayMs, work) => {
      if (delayMs !== FILE_MS_MAX || left-- <= 0) return () => undefined;
      const timer = setImmediate(work);
      return () => clearImmediate(timer);
    },
  };
  return new Ladder(THREAD, clock);
}

function ask(path: string, scope = ''): ReturnType<Ladder['resolve']> {
  return ladder.resolve(scope, file(path));
}

async function textOf(path: string, scope = ''): Promise<string> {
  const answer = await ask(path, scope);
  return answer.kind === 'answered' && answer.resolution.kind === 'clean' ? answer.resolution.text : answer.kind;
}

function file(path: string): ConflictFile {
  return { path, base: null, ours: '', theirs: '', intent: NO_INTENT };
}
