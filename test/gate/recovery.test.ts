// Several gates at once, and what a killed coordinator leaves: its groups end with it, its slots are used again or thrown away.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { MirrorGit } from '../../src/adapter/gate/checkout.ts';
import { MaestroError } from '../../src/error.ts';
import { ended, gateBench, isRunning, MAIN, ruleOf, written } from './bench-of-gates.ts';

const NEVER = new AbortController().signal;

test('two slots run side by side, a third gate waits its turn', async () => {
  const bench = await gateBench(2);
  const commits = await Promise.all(['1', '2', '3'].map((a) => bench.commit({ a })));
  const meet = 'touch "../../met-$(cat a)"; until [ -e ../../met-1 ] && [ -e ../../met-2 ]; do sleep 0.01; done';
  const verdicts = await Promise.all(commits.map((commit) => bench.run(commit, meet)));
  expect(verdicts.map((verdict) => verdict.kind)).toEqual(['passed', 'passed', 'passed']);
  expect(readdirSync(bench.directory).filter((name) => name.startsWith('slot-'))).toEqual(['slot-0', 'slot-1']);
});

test('gates that wait run in the order they came, and those nobody waits for leave the line', async () => {
  const bench = await gateBench();
  const commit = await bench.commit({ a: '1' });
  const order: string[] = [];
  const stop = new AbortController();
  const first = bench.run(commit, 'until [ -e ../go ]; do sleep 0.01; done').then(() => order.push('first'));
  await started(bench.directory);
  const left = bench.run(commit, 'true', {}, stop.signal).catch(() => order.push('left'));
  const others = ['second', 'third'].map((name) => bench.run(commit, 'true').then(() => order.push(name)));
  stop.abort();
  await left;
  writeFileSync(join(bench.directory, 'slot-0/go'), '');
  await Promise.all([first, ...others]);
  expect(order).toEqual(['left', 'first', 'second', 'third']);
});

async function started(directory: string): Promise<void> {
  while (!existsSync(join(directory, 'running/slot-0'))) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('a gate ends with its coordinator, also with a killed one, and the next one gives its slot up', async () => {
  const bench = await gateBench();
  const commit = await bench.commit({ a: '1' });
  const script = `import { openCommandGate } from './src/adapter/gate/gate.ts';
    import { bindGit } from './src/adapter/git/run.ts';
    import { openReader } from './src/adapter/git/read.ts';
    const git = bindGit(process.argv[1]);
    const { blob, changes, commit } = openReader(git);
    const gate = await openCommandGate({ mirror: process.argv[1], directory: process.argv[2], slotsMax: 1, git: (args, more) => git.must(args, more), objects: { blob, changes, treeOf: async (oid) => (await commit(oid))?.tree ?? null } });
    await gate.run(process.argv[3], process.argv[4], JSON.parse(process.argv[5]), new AbortController().signal);`;
  const rule = ruleOf('echo up > ../up; while :; do echo late > late; sleep 0.01; done');
  const coordinator = spawn(process.execPath, ['--input-type=module-typescript', '-e', script, bench.repository.bare, bench.directory, commit, await bench.treeOf(commit), JSON.stringify(rule)], { cwd: join(import.meta.dirname, '../..'), stdio: 'inherit' });
  await written(join(bench.directory, 'slot-0/up'));
  coordinator.kill('SIGKILL');
  await new Promise((resolve) => coordinator.once('exit', resolve));
  const leader = Number.parseInt(readFileSync(join(bench.directory, 'running/slot-0'), 'latin1'), 10);
  await ended(leader);
  const gate = await bench.reopen();
  const verdict = await gate.run(commit, await bench.treeOf(commit), ruleOf('test "$(ls)" = a'), NEVER, MAIN);
  expect([verdict.kind, readdirSync(join(bench.directory, 'running'))]).toEqual(['passed', []]);
});

test('a stranger that has the pid of a killed gate is left alone', async () => {
  const bench = await gateBench();
  const stranger = spawn('sleep', ['30'], { detached: true, stdio: 'ignore' });
  try {
    writeFileSync(join(bench.directory, 'running/slot-0'), `${stranger.pid} another-boot/12345\n`);
    await bench.reopen();
    expect([isRunning(stranger.pid ?? 0), readdirSync(join(bench.directory, 'running'))]).toEqual([true, []]);
  } finally {
    stranger.kill('SIGKILL');
  }
});

test('a slot that was left in order is warm after a restart; one with a lock is made anew', async () => {
  const bench = await gateBench();
  const commit = await bench.commit({ a: '1' });
  await bench.run(commit, 'echo > rest');
  await bench.gate.close();
  const inode = statSync(bench.slot(0, 'a')).ino;
  const next = await bench.reopen();
  await next.run(commit, await bench.treeOf(commit), ruleOf('test "$(ls)" = a'), NEVER, MAIN);
  expect(statSync(bench.slot(0, 'a')).ino).toBe(inode);
  // What it clears away behind itself is in the slot of the one after it.
  await next.close();
  // Not by inode: the next folder may get the number of the last one.
  const born = (): bigint => statSync(bench.slot(0), { bigint: true }).birthtimeNs;
  const before = born();
  writeFileSync(join(bench.directory, 'slot-0/index.lock'), '');
  const verdict = await (await bench.reopen()).run(commit, await bench.treeOf(commit), ruleOf('test "$(ls)" = a'), NEVER, MAIN);
  expect([verdict.kind, born() === before]).toEqual(['passed', false]);
});

test('what earlier runs left lying is removed', async () => {
  const bench = await gateBench();
  for (const name of ['trash-1-1-slot-0/tree', 'slot-7/tree']) mkdirSync(join(bench.directory, name), { recursive: true });
  await (await bench.reopen()).close();
  expect(readdirSync(bench.directory).filter((name) => /^(trash|slot)-/.test(name))).toEqual([]);
});

test('trouble of the machine is thrown as such, and the next gate runs', async () => {
  let trouble: MaestroError | null = null;
  const failing = (git: MirrorGit): MirrorGit => (args, more) => trouble === null || !args.includes('read-tree') ? git(args, more) : Promise.reject(trouble);
  const bench = await gateBench(1, failing);
  const two = await bench.commit({ a: '2' });
  trouble = new MaestroError('git-failed', 'git read-tree failed: error: unable to write file a: No space left on device');
  await expect(bench.run(two, 'true')).rejects.toMatchObject({ code: 'disk', retryable: true });
  trouble = new MaestroError('timeout', 'git read-tree did not end in time', { retryable: true });
  await expect(bench.run(two, 'true')).rejects.toMatchObject({ code: 'timeout', retryable: true });
  trouble = null;
  expect(await bench.run(two, 'grep 2 a')).toMatchObject({ kind: 'passed' });
});
