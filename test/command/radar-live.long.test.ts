// `maestro radar` beside a running coordinator: its report, and a watch that prints again when somebody pushed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { RadarReport } from '../../src/merge/radar.ts';
import { cloneIn, commit, folder, git, maestro, running, type Running } from './stage.ts';

const root = folder();
const EXIT_NOT_RUNNING = 8;
let clone = '';
let coordinator: Running;
let watching: Running | null = null;

/** On the remote, and told of as a hook would. */
function push(branch: string, files: Readonly<Record<string, string>>): void {
  git(clone, 'switch', '-q', '-c', branch, 'origin/main');
  commit(clone, files, `Work on ${branch}`);
  git(clone, 'push', '-q', 'origin', branch);
  writeFileSync(join(clone, '.git/maestro/spool', branch), `v1 ${git(clone, 'rev-parse', branch)} refs/heads/${branch} origin\n`);
}

beforeAll(async () => {
  clone = cloneIn(root.path);
  coordinator = running(clone, ['start']);
  await coordinator.said('Watching');
});
afterEach(async () => {
  watching?.child.kill('SIGKILL');
  await watching?.ended;
});
afterAll(async () => {
  coordinator.child.kill('SIGTERM');
  await coordinator.ended;
  root.dispose();
});

test('a watch prints again when a push made a collision, and ends when it is told to', async () => {
  push('one', { 'a.txt': 'ONE\ntwo\nthree\n' });
  watching = running(clone, ['radar', '--watch', '--json']);
  await watching.said('"branch":"one"');
  push('two', { 'a.txt': 'TWO\ntwo\nthree\n' });
  const said = await watching.said('"branch":"two"');
  const last = JSON.parse(said.trimEnd().split('\n').at(-1) ?? '') as RadarReport;
  expect(last.lanes[0]?.collisions).toMatchObject([{ files: [{ path: 'a.txt' }] }]);
  expect(new Set(said.trimEnd().split('\n')).size).toBe(said.trimEnd().split('\n').length);
  watching.child.kill('SIGINT');
  expect(await watching.ended).toBe(0);
});

test('the coordinator knows pushes that this clone has not fetched', async () => {
  push('three', { 'b.txt': 'three\n' });
  git(clone, 'update-ref', '-d', 'refs/remotes/origin/three');
  watching = running(clone, ['radar', '--watch', '--json']);
  await watching.said('"branch":"three"');
  expect((await maestro(clone, ['radar', 'three'])).code).toBe(0);
});

test('a branch that is not there is watched until it comes', async () => {
  watching = running(clone, ['radar', 'late', '--watch', '--json']);
  await watching.said('{"lanes":[],"trouble":null}');
  push('late', { 'c.txt': 'c\n' });
  await watching.said('"branch":"late"');
  expect((await maestro(clone, ['radar', 'never'])).err).toContain('never is no live branch');
});

test('a watch whose coordinator went ends with its code', async () => {
  watching = running(clone, ['radar', '--watch']);
  await watching.said('main');
  coordinator.child.kill('SIGTERM');
  expect(await watching.ended).toBe(EXIT_NOT_RUNNING);
});
