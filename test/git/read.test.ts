// The persistent processes: they answer in order, survive their own death, and take no name for a command.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Session, type Take } from '../../src/adapter/git/session.ts';
import { gitEnvironment } from '../../src/adapter/git/run.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { workbench } from '../harness/workbench.ts';
import type { Workbench } from '../harness/workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

test('commits and files, and what else a path may be', async () => {
  const tip = await bench.repo.commit({ 'a/b.txt': 'héllo\n' }, 'subject\n\nbody', { author: 'Ada <ada@example.org>' });
  expect(await bench.reader.commit(tip)).toMatchObject({ message: 'subject\n\nbody\n', author: 'Ada <ada@example.org>', parents: [] });
  expect(await bench.reader.file(tip, 'a/b.txt', 100)).toEqual({ kind: 'text', text: 'héllo\n' });
  expect(await bench.reader.file(tip, 'a/b.txt', 3)).toEqual({ kind: 'unusable', why: 'larger than 0 KiB' });
  expect(await bench.reader.file(tip, 'a', 100)).toEqual({ kind: 'unusable', why: 'not a file' });
  for (const path of ['nothing', 'a/b.txt/c', 'x\ninfo y', '../a', './a/b.txt']) expect(await bench.reader.file(tip, path, 100)).toEqual({ kind: 'absent' });
});

test('a file that the mirror lost, or a commit, is no file that is not there', async () => {
  const lost = 'e'.repeat(40);
  const tree = bench.repo.tree([{ mode: '100644', name: 'gone', oid: lost }, { mode: '160000', name: 'module', oid: lost }]);
  const tip = bench.repo.commitTree(tree, 'lost');
  expect(await bench.reader.file(tip, 'module', 100)).toEqual({ kind: 'unusable', why: 'not a file' });
  await expect(bench.reader.file(tip, 'gone', 100)).rejects.toMatchObject({ code: 'git-failed', retryable: true });
  await expect(bench.reader.file(lost as Oid, 'gone', 100)).rejects.toMatchObject({ retryable: true });
});

test('changes of two trees, with paths that look like the end of an answer', async () => {
  const from = await bench.repo.commit({ a: 'a', b: 'b', x: 'x' }, 'from', { keep: false });
  const to = await bench.repo.commit({ a: 'A', b: null, '!end\n': 'e', '!end\nx/:y': 'z', x: { mode: '100755', content: 'x' } }, 'to', { parents: [from] });
  const [old, now] = await Promise.all([from, to].map(async (oid) => (await bench.reader.commit(oid))!.tree));
  const changes = await bench.reader.changes(old!, now!);
  expect(changes.map((change) => [change.status, change.path])).toEqual([['A', '!end\n'], ['A', '!end\nx/:y'], ['M', 'a'], ['D', 'b'], ['M', 'x']]);
  expect(await bench.reader.changes(now!, now!)).toEqual([]);
});

test('a tree that is not there fails that question only', async () => {
  const tip = await bench.repo.commit({ a: 'a' }, 'tip', { keep: false });
  const { tree } = (await bench.reader.commit(tip))!;
  const missing = 'd'.repeat(40) as typeof tip;
  await expect(bench.reader.changes(tree, missing)).rejects.toMatchObject({ code: 'git-failed' });
  expect(await bench.reader.commit(missing)).toBeNull();
  const empty = bench.repo.tree([]);
  expect(await bench.reader.changes(empty, tree)).toHaveLength(1);
});

test('a session whose process dies under a request starts again and answers', async () => {
  // The first life ends on `die`; the marker file makes the second one answer.
  const script = `while read line; do if [ "$line" = die ] && [ ! -e "$0" ]; then : > "$0"; exit 1; fi; echo "$line"; done`;
  const session = new Session({ program: 'sh', args: ['-c', script, `${bench.repo.bare}/died-once`], env: gitEnvironment(), trailer: '', timeoutMs: 5000, replaysMax: 1 });
  const line = (view: Buffer): { value: string; used: number } | null => view.includes(10) ? { value: view.toString('utf8', 0, view.indexOf(10)), used: view.indexOf(10) + 1 } : null;
  const answers = await Promise.all(['one', 'die', 'two'].map((text) => session.ask(`${text}\n`, () => line)));
  expect(answers).toEqual(['one', 'die', 'two']);
  await session.close();
  await expect(session.ask('x\n', () => line)).rejects.toMatchObject({ code: 'git-failed' });
});

test('only what git takes too long over is given up, not what waits behind it', async () => {
  const session = new Session({ program: 'sh', args: ['-c', 'while read line; do [ "$line" = slow ] && exec sleep 60; echo "$line"; done'], env: gitEnvironment(), trailer: '', timeoutMs: 1000, replaysMax: 0 });
  const line = (view: Buffer): { value: string; used: number } | null => view.includes(10) ? { value: view.toString('utf8', 0, view.indexOf(10)), used: view.indexOf(10) + 1 } : null;
  const answers = await Promise.allSettled(['one', 'slow', 'two', 'slow', 'three'].map((text) => session.ask(`${text}\n`, () => line)));
  expect(answers.map((answer) => answer.status === 'fulfilled' ? answer.value : 'given up')).toEqual(['one', 'given up', 'two', 'given up', 'three']);
  await session.close();
});

test('what was said while this process stood still is no silence', async () => {
  const session = new Session({ program: 'cat', args: [], env: gitEnvironment(), trailer: '', timeoutMs: 1000, replaysMax: 0 });
  const whole = (): Take<string> => (view) => view.length < 2 ? null : { value: view.toString('latin1', 0, 2), used: 2 };
  expect(await session.ask('a\n', whole)).toBe('a\n');
  const answer = session.ask('b\n', whole);
  await Promise.resolve();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1300);
  expect(await answer).toBe('b\n');
  await session.close();
});

test('a process that stays silent is given up', async () => {
  const session = new Session({ program: 'sleep', args: ['60'], env: gitEnvironment(), trailer: '', timeoutMs: 30, replaysMax: 1 });
  await expect(session.ask('x\n', () => () => null)).rejects.toMatchObject({ code: 'timeout', retryable: true });
  await session.close();
});

test('an unknown id does not spoil the merges behind it', async () => {
  const base = await bench.repo.commit({ a: 'a' }, 'base', { keep: false });
  const [ours, theirs] = [await bench.repo.commit({ b: 'b' }, 'b', { parents: [base] }), await bench.repo.commit({ c: 'c' }, 'c', { parents: [base] })];
  const bad = bench.merger.merge(ours, 'f'.repeat(40) as typeof ours);
  const good = bench.merger.merge(ours, theirs);
  await expect(bad).rejects.toMatchObject({ code: 'git-failed' });
  expect((await good).kind).toBe('clean');
});

test('the second opinion agrees, pair by pair', async () => {
  const base = await bench.repo.commit({ a: 'a\n' }, 'base', { keep: false });
  const tips = await Promise.all(['1', '2'].map((text) => bench.repo.commit({ a: `${text}\n` }, text, { parents: [base] })));
  const free = await bench.repo.commit({ c: 'c' }, 'c', { parents: [base] });
  const clean = await bench.merger.merge(tips[0]!, free);
  const opinions = await bench.merger.mergeBatch([[tips[0]!, free], [tips[0]!, tips[1]!], [tips[0]!, free]]);
  expect(opinions).toEqual([clean.tree, 'conflict', clean.tree]);
});
