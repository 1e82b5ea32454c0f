// What an installed hook says of an unmarked push where the radar warns: as a running coordinator sees it, and nothing without one.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneIn, commit, folder, git, running, type Running } from '../command/stage.ts';

const BIN = resolve(import.meta.dirname, '../../bin/maestro-hooks.mjs');
const root = folder();
let clone = '';
let coordinator: Running;

/** What git and its hooks said. */
function push(branch: string, files: Readonly<Record<string, string>>, message = `Work on ${branch}`): string {
  git(clone, 'switch', '-q', '-c', branch, 'origin/main');
  commit(clone, files, message);
  const pushed = spawnSync('git', ['push', '-q', 'origin', branch], { cwd: clone, encoding: 'utf8', env: { ...process.env, MAESTRO_FORECAST_MS: '30000' } });
  expect(pushed.status).toBe(0);
  return pushed.stderr;
}

beforeAll(async () => {
  clone = cloneIn(root.path, { 'a.txt': 'one\ntwo\nthree\n', '.github/maestro.yml': 'version: 1\nhooks: { radar: warn }\n' });
  expect(spawnSync(process.execPath, [BIN, 'install'], { cwd: clone, encoding: 'utf8' }).status).toBe(0);
  coordinator = running(clone, ['start']);
  await coordinator.said('Watching');
});
afterAll(() => root.dispose());

test('an unmarked push that collides with a branch at work is told which, whose, and where', () => {
  expect(push('one', { 'a.txt': 'ONE\ntwo\nthree\n' })).toBe('');
  expect(push('two', { 'a.txt': 'TWO\ntwo\nthree\n' })).toBe('maestro (pushed): please note\n  two collides, as of now, with\n    one (Casey): a.txt\n');
});

test('one that collides with nobody is told nothing', () => {
  expect(push('three', { 'b.txt': 'three\n' })).toBe('');
});

test('without a coordinator nothing is said, and the push is as good', async () => {
  coordinator.child.kill('SIGTERM');
  await coordinator.ended;
  expect(push('four', { 'a.txt': 'FOUR\ntwo\nthree\n' })).toBe('');
  expect(readdirSync(join(clone, '.git/maestro/spool'))).toHaveLength(1);
});
