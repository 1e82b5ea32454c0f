// A command on a machine that allows no namespaces: the group is all there is to end, and what escapes from it is at least noticed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noWalls, type Walls } from '../../src/adapter/gate/isolation.ts';
import { LogFolder } from '../../src/adapter/gate/log.ts';
import { holdCommand, type Ending } from '../../src/adapter/gate/process.ts';
import { ended, oid, processesWith } from './bench-of-gates.ts';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'maestro-gate-'));
  execFileSync('mkfifo', [join(directory, 'pipe')]);
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

async function run(walls: Walls, timeoutMs = 10_000): Promise<Ending> {
  const logs = await LogFolder.open(join(directory, 'log'));
  const log = await logs.start(oid('1234567890123456789012345678901234567890'), []);
  try {
    return await holdCommand({
      walls, log, timeoutMs, directory, cwd: directory, env: { PATH: process.env['PATH'] ?? '' }, pipe: join(directory, 'pipe'),
      outputBytesMax: 1000, diskBytesMax: 1e9, abort: new AbortController().signal, onStart: () => undefined,
    }).go();
  } finally {
    await log.close();
  }
}

test('a command ends with its own exit code', async () => {
  expect(await run(noWalls('exit 3'))).toMatchObject({ exitCode: 3, signal: null, stopped: null, escaped: false });
});

test('its group ends with it', async () => {
  await run(noWalls('sleep 301.5 & sleep 301.5 & true'));
  for (const pid of processesWith('301.5')) await ended(pid);
});

test('its group ends when its time is over', async () => {
  expect(await run(noWalls('sleep 302.5 & sleep 302.5'), 100)).toMatchObject({ stopped: 'timeout', escaped: false });
  for (const pid of processesWith('302.5')) await ended(pid);
});

test('who left the group and holds on to the output is noticed', async () => {
  const ending = await run(noWalls('setsid -f sh -c "echo > out; exec sleep 303.5"; until [ -e out ]; do sleep 0.01; done'));
  for (const pid of processesWith('303.5')) process.kill(pid, 'SIGKILL');
  expect(ending).toMatchObject({ exitCode: 0, escaped: true });
});

test('walls that fail are no verdict on the command', async () => {
  const broken: Walls = { file: '/bin/sh', args: ['-c', 'echo no walls here; exit 1'], note: null };
  await expect(run(broken)).rejects.toMatchObject({ code: 'internal', retryable: true, message: expect.stringContaining('no walls here') });
  await expect(run({ ...broken, file: '/nowhere/sh' })).rejects.toMatchObject({ code: 'internal', retryable: true });
});
