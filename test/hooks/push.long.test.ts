// What pre-push says: pushes straight to a target, and marked pushes about to conflict.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Policy } from '../../src/merge/policy.ts';
import { says, world } from './clone.ts';

let clone: ReturnType<typeof world>;
beforeEach(() => { clone = world(); });
afterEach(() => clone.dispose());

const MARKED = 'work\n\nREADY_TO_MERGE';
const OFF = { MAESTRO_HOOKS: '0' };

async function installWith(policy: Partial<Policy> = {}): Promise<void> {
  clone.commit('config', { '.github/maestro.yml': '# read by the test\n' });
  clone.push('main', OFF);
  await clone.install({}, says(policy));
}

/** Somebody else's branch, fetched. */
function othersPush(name: string, message: string, files: Readonly<Record<string, string>>): void {
  const other = clone.another(name.replaceAll('/', '-'));
  other.branch(name, message, files);
  other.push(name);
  clone.git(['fetch', '-q']);
}

test('a push straight to a target is refused, and the way past it is named', async () => {
  await installWith();
  clone.commit('work');
  const { code, err } = clone.push('main');
  expect(code).not.toBe(0);
  expect(err).toMatch(/maestro \(pre-push\): refused\n {2}main is a target: Maestro lands on it, from its own mirror/);
  expect(err).toContain('MAESTRO_DIRECT=1 git push');
  expect(clone.push('main', { MAESTRO_DIRECT: '1' })).toMatchObject({ code: 0, err: '' });
});

test('deleting a target is refused, making a new one is not', async () => {
  const route = { branch: 'feature/{team}-*', into: 'team/{team}', promote: { when: 'manual' }, priority: 'normal', backInto: [] } as const;
  await installWith({ routes: [route] });
  expect(clone.git(['push', '-q', 'origin', 'main:team/red']).code).toBe(0);
  expect(clone.git(['push', '-q', 'origin', ':team/red']).err).toContain('team/red is a target');
  expect(clone.git(['push', '-q', 'origin', 'main:team/red/deeper']).err).not.toContain('target');
});

test('without a maestro.yml the default branch is a target', async () => {
  await clone.install();
  clone.commit('work');
  expect(clone.push('main').err).toContain('main is a target');
});

test('only the remote that Maestro lands on is guarded, by its name or its URL', async () => {
  await installWith();
  clone.git(['init', '-q', '--bare', '../fork.git']);
  clone.git(['remote', 'add', 'fork', '../fork.git']);
  clone.git(['push', '-q', 'fork', 'HEAD~1:refs/heads/main']);
  clone.commit('work');
  expect(clone.git(['push', '-q', 'fork', 'main'])).toMatchObject({ code: 0, err: '' });
  expect(clone.git(['push', '-q', clone.remote, 'main']).err).toContain('main is a target');
});

test.each([['warn', 0, /please note/], ['allow', 0, /^$/]] as const)('directPush: %s', async (directPush, code, err) => {
  await installWith({ hooks: { conflict: 'warn', directPush, radar: 'off' } });
  clone.commit('work');
  const pushed = clone.push('main');
  expect(pushed.code).toBe(code);
  expect(pushed.err).toMatch(err);
});

test('a marked push that conflicts with the target is told the file, and goes through', async () => {
  await clone.install();
  clone.branch('feature/a', MARKED, { 'a.txt': 'ONE\ntwo\nthree\n' });
  clone.git(['checkout', '-q', 'main']);
  clone.commit('elsewhere', { 'a.txt': 'one!\ntwo\nthree\n' });
  clone.push('main', OFF);
  const { code, err } = clone.push('feature/a');
  expect(code).toBe(0);
  expect(err).toMatch(/please note\n {2}feature\/a would conflict with\n {4}main \(the target\): a\.txt\n/);
  expect(clone.signals()).toHaveLength(1);
});

test('a marked push that conflicts with another ready branch is told which, an unmarked one is not compared', async () => {
  await clone.install();
  othersPush('feature/b', MARKED, { 'a.txt': 'one\ntwo\nTHREE\n' });
  othersPush('feature/c', 'not yet', { 'a.txt': 'one\ntwo\n3\n' });
  othersPush('feature/d', MARKED, { 'd.txt': 'd\n' });
  clone.branch('feature/a', MARKED, { 'a.txt': 'one\ntwo\ndrei\n' });
  const { err } = clone.push('feature/a');
  expect(err).toContain('feature/b (ready too): a.txt');
  expect(err).not.toMatch(/feature\/[cd]/);
});

test('one branch that git cannot merge at all hides none of the others', async () => {
  await clone.install();
  othersPush('feature/b', MARKED, { 'a.txt': 'one\ntwo\nTHREE\n' });
  clone.git(['push', '-q', 'origin', `${clone.git(['commit-tree', '-m', MARKED, 'HEAD^{tree}']).out.trim()}:refs/heads/feature/rootless`], OFF);
  othersPush('feature/c', MARKED, { 'a.txt': 'one\ntwo\nTHREE!\n' });
  clone.branch('feature/a', MARKED, { 'a.txt': 'one\ntwo\ndrei\n' });
  const { err } = clone.push('feature/a');
  expect(err).toContain('feature/b (ready too): a.txt');
  expect(err).toContain('feature/c (ready too): a.txt');
});

test('several branches in one push get one forecast', async () => {
  await clone.install();
  othersPush('feature/b', MARKED, { 'a.txt': 'one\ntwo\nTHREE\n' });
  for (const name of ['feature/x', 'feature/y', 'feature/z']) clone.branch(name, MARKED, { 'a.txt': `one\ntwo\n${name}\n` });
  const { err } = clone.git(['push', '-q', 'origin', 'feature/x', 'feature/y', 'feature/z']);
  expect(err.match(/please note/g)).toHaveLength(1);
  expect(clone.signals()).toHaveLength(3);
});

test('a rival is not charged with what it, or the branch itself, has to settle with the target', async () => {
  await clone.install();
  othersPush('feature/b', MARKED, { 'a.txt': 'ONE\ntwo\nthree\n' });
  clone.branch('feature/a', MARKED, { 'a.txt': '1\ntwo\nthree\n' });
  clone.git(['checkout', '-q', 'main']);
  clone.commit('elsewhere', { 'a.txt': 'one!\ntwo\nthree\n' });
  clone.push('main', OFF);
  const { err } = clone.push('feature/a');
  expect(err).toContain('main (the target): a.txt');
  expect(err).not.toContain('feature/b');
});

test('hooks.conflict: refuse waits for no rival that is in conflict with the target itself', async () => {
  await installWith({ hooks: { conflict: 'refuse', directPush: 'refuse', radar: 'off' } });
  othersPush('feature/b', MARKED, { 'a.txt': 'ONE\ntwo\nthree\n', 'b.txt': 'theirs\n' });
  clone.branch('feature/a', MARKED, { 'b.txt': 'ours\n' });
  clone.git(['checkout', '-q', 'main']);
  clone.commit('elsewhere', { 'a.txt': 'one!\ntwo\nthree\n' });
  clone.push('main', OFF);
  const { code, err } = clone.push('feature/a');
  expect([code, err]).toEqual([0, expect.stringContaining('feature/b (ready too, but in conflict with the target itself): b.txt') as string]);
});

test('hooks.conflict: refuse', async () => {
  await installWith({ hooks: { conflict: 'refuse', directPush: 'refuse', radar: 'off' } });
  othersPush('feature/b', MARKED, { 'a.txt': 'one\ntwo\nTHREE\n' });
  clone.branch('feature/a', MARKED, { 'a.txt': 'one\ntwo\ndrei\n' });
  expect(clone.push('feature/a').code).not.toBe(0);
  expect(clone.signals()).toEqual([]);
  expect(clone.push('feature/a', OFF).code).toBe(0);
});

test('a target that the branch may not have is told before the push', async () => {
  const route = { branch: 'feature/*', into: 'team/red', promote: { when: 'manual' }, priority: 'normal', backInto: [] } as const;
  await installWith({ routes: [route] });
  clone.branch('feature/a', 'work\n\nREADY_TO_MERGE\nTarget: main');
  expect(clone.push('feature/a')).toMatchObject({ code: 0, err: expect.stringContaining('Target: main is not where feature/a may go; allowed: team/red.') as string });
});

test('a marked branch whose name is refused is told so by its push; an unmarked one is nobody\'s business', async () => {
  await clone.install();
  clone.branch('fixes@2', MARKED);
  expect(clone.push('fixes@2')).toMatchObject({ code: 0, err: expect.stringMatching(/fixes@2 does not land: only letters, digits .*\n {2}push the work under another branch name/) as string });
  clone.branch('later@2', 'not yet');
  expect(clone.push('later@2').err).toBe('');
});

test('a forecast without time is left out', async () => {
  await clone.install();
  othersPush('feature/b', MARKED, { 'a.txt': 'one\ntwo\nTHREE\n' });
  clone.branch('feature/a', MARKED, { 'a.txt': 'one\ntwo\ndrei\n' });
  expect(clone.push('feature/a', { MAESTRO_FORECAST_MS: '0' })).toMatchObject({ code: 0, err: '' });
});

test('the forecast leaves no object in the repository', async () => {
  await clone.install();
  othersPush('feature/b', MARKED, { 'a.txt': 'one\ntwo\nTHREE\n' });
  clone.branch('feature/a', MARKED, { 'a.txt': 'one\ntwo\ndrei\n' });
  const objects = (): readonly string[] => readdirSync(join(clone.folder, '.git/objects'), { recursive: true, encoding: 'utf8' }).toSorted();
  const before = objects();
  expect(clone.push('feature/a').err).toContain('feature/b');
  expect(objects()).toEqual(before);
});
