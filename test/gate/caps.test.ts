// What ends a gate's command, and what is said of it: time, output, disk, the end of whoever waits. Real processes, short ones.
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LOGS_MAX } from '../../src/adapter/gate/log.ts';
import { ended, gateBench, MAIN, outputIn, processesWith, ruleOf, written } from './bench-of-gates.ts';

test('a command that takes too long is stopped, politely where it listens', async () => {
  const bench = await gateBench();
  const verdict = await bench.run(await bench.commit({ a: '1' }), 'trap "echo bye; exit 0" TERM; echo on; sleep 30 & wait', { timeoutMs: 300 });
  expect(verdict).toMatchObject({ kind: 'failed', cause: 'timeout', tail: 'on\nbye' });
  expect(verdict).toHaveProperty('ms', expect.closeTo(300, -3));
});

test('one that does not listen is killed', async () => {
  const bench = await gateBench();
  const verdict = await bench.run(await bench.commit({ a: '1' }), 'trap "" TERM; while :; do sleep 0.1; done', { timeoutMs: 100 });
  expect(verdict).toMatchObject({ kind: 'failed', cause: 'timeout' });
});

test('a flood of output ends the command, and only what is allowed is kept', async () => {
  const bench = await gateBench();
  const verdict = await bench.run(await bench.commit({ a: '1' }), 'yes', { outputBytesMax: 10_000 });
  expect(verdict).toMatchObject({ kind: 'failed', cause: 'output' });
  expect(verdict).toSatisfy((it: { log: string }) => statSync(it.log).size < 11_000);
});

test('a full slot ends the command', async () => {
  const bench = await gateBench();
  const verdict = await bench.run(await bench.commit({ a: '1' }), 'head -c 9000000 /dev/zero > "$TMPDIR/big"; sleep 30', { diskBytesMax: 8_000_000 });
  expect(verdict).toMatchObject({ kind: 'failed', cause: 'disk' });
});

test('what a command leaves running in its group is killed with its end', async () => {
  const bench = await gateBench();
  const verdict = await bench.run(await bench.commit({ a: '1' }), 'sleep 300.0625 & sleep 300.0625 & echo started');
  expect(verdict).toMatchObject({ kind: 'passed' });
  for (const pid of processesWith('300.0625')) await ended(pid);
});

test('what left the group is killed too where the machine allows, and else its slot is given up', async () => {
  const bench = await gateBench();
  const commit = await bench.commit({ a: '1' });
  await bench.run(commit, 'setsid -f sh -c "echo > ../out; sleep 300.125; echo late > late"; until [ -e ../out ]; do sleep 0.01; done');
  expect(await bench.output(commit, 'ls')).toBe('a');
  expect(processesWith('300.125')).toEqual([]);
});

test('who stops waiting ends the whole group', async () => {
  const bench = await gateBench();
  const stop = new AbortController();
  const run = bench.run(await bench.commit({ a: '1' }), 'sleep 300.25 & echo up > ../up; wait', {}, stop.signal).catch((error: unknown) => error);
  await written(join(bench.directory, 'slot-0/up'));
  const pids = processesWith('300.25');
  stop.abort();
  expect(await run).toMatchObject({ name: 'MaestroError', retryable: true });
  expect(pids.length).toBeGreaterThan(0);
  for (const pid of pids) await ended(pid);
});

test('the log is there while the command runs, in order, and stays', async () => {
  const bench = await gateBench();
  const run = bench.run(await bench.commit({ a: '1' }), 'echo one; echo two >&2; echo three > /dev/stderr; until [ -e ../go ]; do sleep 0.01; done; echo four');
  const log = join(bench.directory, 'log', await firstIn(join(bench.directory, 'log')));
  while (!readFileSync(log, 'utf8').includes('three')) await new Promise((resolve) => setTimeout(resolve, 5));
  writeFileSync(join(bench.directory, 'slot-0/go'), '');
  expect(await run).toMatchObject({ kind: 'passed', log });
  expect(outputIn(log)).toBe('one\ntwo\nthree\nfour');
});

async function firstIn(folder: string): Promise<string> {
  for (;;) {
    const [name] = readdirSync(folder);
    if (name !== undefined) return name;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('the last words are safe to show: forty lines, no control characters', async () => {
  const bench = await gateBench();
  const verdict = await bench.run(await bench.commit({ a: '1' }), `seq 100; printf '\\033[31mred\\033[0m\\007 a\\rb \\033]0;title\\007 \\342\\200\\256x\\n'; false`);
  expect(verdict).toSatisfy((it: { tail: string }) => it.tail.split('\n').length === 40 && it.tail.endsWith('100\nred a\nb  x'));
});

test('a long last line is cut from its front', async () => {
  const bench = await gateBench();
  const verdict = await bench.run(await bench.commit({ a: '1' }), 'head -c 20000 /dev/zero | tr "\\0" x; echo end; false');
  expect(verdict).toSatisfy((it: { tail: string }) => it.tail.length === 4096 && it.tail.endsWith('xend'));
});

test('a command that is not there is red, and says where to look', async () => {
  const bench = await gateBench();
  const verdict = await bench.run(await bench.commit({ a: '1' }), 'no-such-command');
  expect(verdict).toMatchObject({ kind: 'failed', cause: 'exit', exitCode: 127, tail: expect.stringContaining('maestro.yml') });
});

test('a command ended by a signal is red', async () => {
  const bench = await gateBench();
  expect(await bench.run(await bench.commit({ a: '1' }), 'kill -9 $$')).toMatchObject({ kind: 'failed', cause: 'exit', exitCode: 137 });
});

test('stdin is empty', async () => {
  const bench = await gateBench();
  expect(await bench.output(await bench.commit({ a: '1' }), 'cat; echo done')).toBe('done');
});

test('the oldest logs go', async () => {
  const bench = await gateBench();
  for (let at = 0; at < LOGS_MAX + 5; at += 1) {
    const file = join(bench.directory, 'log', `old-${at}.log`);
    writeFileSync(file, '');
    utimesSync(file, at, at);
  }
  const gate = await bench.reopen();
  const commit = await bench.commit({ a: '1' });
  await gate.run(commit, await bench.treeOf(commit), ruleOf('true'), new AbortController().signal, MAIN);
  const names = readdirSync(join(bench.directory, 'log'));
  expect([names.length, names.includes('old-5.log'), names.includes('old-6.log')]).toEqual([LOGS_MAX, false, true]);
});
