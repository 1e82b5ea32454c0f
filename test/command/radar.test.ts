// `maestro radar` in a clone nobody coordinates: who collides with whom among the branches it fetched, and where.
import { mkdirSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { RadarReport } from '../../src/merge/radar.ts';
import { cloneIn, commit, folder, git, maestro, running } from './stage.ts';

const root = folder();
let clone: string;

function lines(...changed: readonly (readonly [number, string])[]): string {
  return Array.from({ length: 12 }, (_, at) => `${changed.find(([line]) => line === at + 1)?.[1] ?? `line ${at + 1}`}\n`).join('');
}

function branch(name: string, files: Readonly<Record<string, string>>): void {
  git(clone, 'switch', '-q', '-c', name, 'origin/main');
  commit(clone, files, `Work on ${name}`);
  git(clone, 'push', '-q', 'origin', name);
}

async function radar(...args: readonly string[]): Promise<RadarReport> {
  return JSON.parse((await maestro(clone, ['radar', '--json', ...args])).out) as RadarReport;
}

beforeAll(() => {
  clone = cloneIn(root.path, { 'a.txt': lines(), 'b/c.txt': lines(), 'b/d.txt': lines() });
  branch('one', { 'a.txt': lines([3, 'ONE'], [4, 'ONE']) });
  branch('two', { 'a.txt': lines([4, 'TWO']) });
  branch('far', { 'a.txt': lines([11, 'FAR']) });
  branch('docs', { 'README': 'read me\n' });
  git(clone, 'switch', '-q', '-c', 'moved', 'origin/main');
  git(clone, 'mv', 'b', 'e');
  git(clone, 'commit', '-q', '-m', 'Move b');
  git(clone, 'push', '-q', 'origin', 'moved');
  branch('below', { 'b/new.txt': 'new\n' });
});
afterAll(() => root.dispose());

test('branches that change the same lines collide, those that only share a file do not', async () => {
  const [lane] = (await radar()).lanes;
  const pairs = lane?.collisions.map(({ one, other }) => [one, other].toSorted().join(' x ')).toSorted();
  expect(pairs).toEqual(['below x moved', 'one x two']);
  expect(lane?.branches).toHaveLength(6);
});

test('one branch is told what concerns it, with its owner and the order', async () => {
  const { code, out } = await maestro(clone, ['radar', 'two']);
  expect(code).toBe(0);
  expect(out).toContain('(Casey)');
  expect(out).toContain('a.txt');
  expect(out).toContain('two: to be merged by hand after one');
  expect(out).not.toContain('docs');
});

test('a branch that the target has already is not live', async () => {
  const { code, err } = await maestro(clone, ['radar', 'gone']);
  expect(code).toBe(4);
  expect(err).toContain('gone is no live branch');
});

test('the clone is not written to', async () => {
  const before = git(clone, 'count-objects', '-v');
  await radar();
  expect(git(clone, 'count-objects', '-v')).toBe(before);
});

test('a watch that loses its terminal leaves nothing behind', async () => {
  const temp = `${root.path}/temp`;
  mkdirSync(temp);
  vi.stubEnv('TMPDIR', temp);
  const watching = running(clone, ['radar', '--watch', '--json']);
  vi.unstubAllEnvs();
  await watching.said('"lanes"');
  watching.child.kill('SIGHUP');
  expect(await watching.ended).toBe(129);
  expect(readdirSync(temp).filter((name) => name.startsWith('maestro-'))).toEqual([]);
});

test('a remote whose HEAD names a branch that nobody pushed has its usual one', async () => {
  const bare = `${root.path}/remote.git`;
  git(bare, 'symbolic-ref', 'HEAD', 'refs/heads/master');
  const { code, out } = await maestro(bare, ['radar']);
  git(bare, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  expect([code, out]).toEqual([0, expect.stringContaining('6 live branches')]);
});
