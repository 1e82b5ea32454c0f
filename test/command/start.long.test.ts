// `maestro start` as its own process, on real git: drains, says the story, stops when told, waits for a remote that is away.
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cloneIn, commit, folder, git, maestro, ready, running, type Running } from './stage.ts';

let root: ReturnType<typeof folder>;
let clone = '';
let started: Running | null = null;
beforeEach(() => {
  root = folder();
  clone = cloneIn(root.path);
});
afterEach(async () => {
  started?.child.kill('SIGKILL');
  await started?.ended;
  started = null;
  root.dispose();
});

test('drains what is ready, tells the story and sums it up', async () => {
  ready(clone, 'feature/x', { 'a.txt': 'one\nX\nthree\n' });
  ready(clone, 'feature/y', { 'a.txt': 'one\nY\nthree\n' });
  ready(clone, 'feature/z', { 'b.txt': 'z\n' });
  const { code, out } = await maestro(clone, ['start', '--drain']);
  expect(code).toBe(0);
  for (const part of ['Detected 3 branches ready for merge into main:', '✓ Clean merge to main: feature/x', '✓ Clean merge to main: feature/z', '✗ CONFLICT in a.txt (with feature/x)', 'HUMAN MERGE DECISION NEEDED', '- 3 branches processed\n- 2 clean merges\n- 0 resolved conflicts\n- 1 human escalation\n- 1 still waiting']) expect(out).toContain(part);
  expect(git(clone, 'ls-remote', '--refs', 'origin', 'refs/maestro/merge/*').split('\n')).toHaveLength(2);
});

test('a voter that takes no part is named, and that is no trouble that would be over', async () => {
  commit(clone, { '.github/maestro.yml': 'version: 1\nconsensus: { voters: [{ name: agent, kind: command, command: [think] }] }\n' }, 'Rules');
  git(clone, 'push', '-q', 'origin', 'main');
  ready(clone, 'feature/x', { 'a.txt': 'one\nX\nthree\n' });
  ready(clone, 'feature/y', { 'a.txt': 'one\nY\nthree\n' });
  const { out, err } = await maestro(clone, ['start', '--drain']);
  expect(err).toContain('voter agent takes no part: the command `think` is named by the repository');
  expect(out).toContain('HUMAN MERGE DECISION NEEDED');
  expect(out).not.toContain('The trouble is over');
});

test('what a drain left open can be read without a coordinator, and decided with one', async () => {
  ready(clone, 'feature/x', { 'a.txt': 'one\nX\nthree\n' });
  ready(clone, 'feature/y', { 'a.txt': 'one\nY\nthree\n' });
  await maestro(clone, ['start', '--drain']);
  const [status, explained, inbox] = await Promise.all([maestro(clone, ['status']), maestro(clone, ['explain', 'feature/y']), maestro(clone, ['inbox', '--json'])]);
  expect(status.out).toContain('no coordinator is running: this is the ledger');
  expect(explained.out).toContain('conflict in a.txt with feature/x');
  expect(JSON.parse(inbox.out)).toMatchObject({ questions: [{ branch: 'refs/heads/feature/y' }], tasks: [] });
  expect((await maestro(clone, ['decide', 'feature/y'])).out).toMatch(/ 2  X[^]*HUMAN MERGE DECISION NEEDED/);
  started = running(clone, ['start']);
  await started.said('Watching');
  expect((await maestro(clone, ['decide', 'feature/y', 'B'])).out).toContain('✓ Decided B for feature/y');
  const said = await started.said('Creating refactor task for feature/x');
  expect(said).toMatch(/Applying human decision for feature\/y: B[^]*✓ Merge complete, landed on main: feature\/y/);
});

test('with --json every line is a document: started, batches, summary', async () => {
  ready(clone, 'feature/x', { 'b.txt': 'x\n' });
  const { out } = await maestro(clone, ['start', '--drain', '--json']);
  const lines: readonly Record<string, unknown>[] = out.trimEnd().split('\n').map((text) => JSON.parse(text) as Record<string, unknown>);
  expect(lines[0]).toMatchObject({ started: { remote: join(root.path, 'remote.git'), spool: join(clone, '.git/maestro/spool') } });
  expect(lines.slice(1, -1).every((one) => one['target'] === 'refs/heads/main' && Array.isArray(one['events']))).toBe(true);
  expect(lines.at(-1)).toMatchObject({ summary: { processed: 1, clean: 1, rejected: 0, waiting: 0 } });
});

test('a drain of a remote that git cannot fetch from says so and ends with 7', async () => {
  ready(clone, 'feature/x', { 'b.txt': 'x\n' });
  git(clone, 'push', '--quiet', 'origin', 'feature/x:main');
  git(clone, 'clone', '--quiet', '--bare', '--depth', '1', `file://${join(root.path, 'remote.git')}`, join(root.path, 'shallow.git'));
  const { code, out } = await maestro(clone, ['start', '--drain', '--repo', join(root.path, 'shallow.git')]);
  expect(out).toContain('shallow clone');
  expect(code).toBe(7);
});

test('a drain that could do nothing says why, also when it was known before', async () => {
  ready(clone, 'feature/x', { '.github/maestro.yml': 'version: 1\ntargets: none\n' });
  git(clone, 'push', '--quiet', 'origin', 'feature/x:main');
  ready(clone, 'feature/y', { 'b.txt': 'y\n' });
  for (let run = 0; run < 2; run += 1) {
    const { code, out, err } = await maestro(clone, ['start', '--drain']);
    expect(code).toBe(0);
    expect(err).toContain('the config on main is not valid');
    expect(out).toMatch(/still waiting[^]*✗ main stands still \(config-broken\): \.github\/maestro\.yml:2[^]*next: maestro resume main/);
  }
});

test('a branch with a refused name is named by a drain, by status after it, by a running start and by doctor', async () => {
  ready(clone, 'feature/x', { 'b.txt': 'x\n' });
  git(clone, 'push', '--quiet', 'origin', 'feature/x:refs/heads/+sly', 'feature/x:refs/heads/refs/heads/main');
  const { code, out } = await maestro(clone, ['start', '--drain']);
  const words = /2 branches left alone, for their names:\n {2}\+sly: only letters, digits[^]*refs\/heads\/main: the name repeats refs\/\n {2}next: push the work under another branch name/;
  expect(out).toMatch(words);
  expect(code).toBe(0);
  expect((await maestro(clone, ['status'])).out).toMatch(words);
  expect((await maestro(clone, ['doctor'])).out).toMatch(/! branch +\+sly is left alone: only letters[^]*next: push the work under another branch name/);
  started = running(clone, ['start']);
  expect(await started.said('under another branch name')).toMatch(words);
});

test('an old git is refused at the door', async () => {
  const path = process.env['PATH'] ?? '';
  writeFileSync(join(root.path, 'git'), `#!/bin/sh\n[ "$1" = --version ] && { echo git version 2.37.9; exit; }\nPATH='${path}' exec git "$@"\n`, { mode: 0o755 });
  vi.stubEnv('PATH', `${root.path}:${path}`);
  const { code, err } = await maestro(clone, ['start']);
  vi.unstubAllEnvs();
  expect([code, err]).toEqual([1, 'maestro: git 2.37.9 is too old: 2.38 or newer is needed to merge without a checkout.\n  next: install git 2.38 or newer\n']);
});

test('status finds its coordinator without a git process', async () => {
  const path = process.env['PATH'] ?? '';
  started = running(clone, ['start']);
  await started.said('Watching');
  writeFileSync(join(root.path, 'git'), `#!/bin/sh\necho "$*" >>'${root.path}/asked'\nPATH='${path}' exec git "$@"\n`, { mode: 0o755 });
  vi.stubEnv('PATH', `${root.path}:${path}`);
  const { code } = await maestro(clone, ['status']);
  vi.unstubAllEnvs();
  expect([code, existsSync(join(root.path, 'asked'))]).toEqual([0, false]);
});

test('stops on SIGTERM with exit code 0', async () => {
  started = running(clone, ['start']);
  await started.said('Watching');
  started.child.kill('SIGTERM');
  expect(await started.ended).toBe(0);
});

test('ends with the process that started it over a channel, however that one ended', async () => {
  started = running(clone, ['start']);
  await started.said('Watching');
  started.child.disconnect();
  expect(await started.ended).toBe(0);
});

test('the greeting names the marker that the config says', async () => {
  commit(clone, { '.github/maestro.yml': 'version: 1\nmarker: SHIP_IT\n' }, 'Rules');
  git(clone, 'push', '-q', 'origin', 'HEAD:main');
  started = running(clone, ['start']);
  expect(await started.said('Watching')).toMatch(/Watching .* for SHIP_IT/);
  expect((await maestro(clone, ['status'])).out).toContain('A push whose last commit says SHIP_IT starts a merge.');
});

test('an empty branch is told that it changes nothing', async () => {
  git(clone, 'checkout', '-q', '-b', 'feature/empty');
  git(clone, 'commit', '-q', '--allow-empty', '-m', 'Nothing\n\nREADY_TO_MERGE');
  git(clone, 'push', '-q', 'origin', 'feature/empty');
  expect((await maestro(clone, ['start', '--drain'])).out).toMatch(/Clean merge to main: feature\/empty .*; it changes nothing in the target/);
});

test('a second coordinator on one state is refused with exit code 3', async () => {
  started = running(clone, ['start']);
  await started.said('Watching');
  expect(await maestro(clone, ['start', '--drain'])).toMatchObject({ code: 3, err: expect.stringContaining('a coordinator already runs on') });
});

test('a drain ends with 7 when the remote does not answer', async () => {
  renameSync(join(root.path, 'remote.git'), join(root.path, 'away.git'));
  expect(await maestro(clone, ['start', '--drain'])).toMatchObject({ code: 7, err: expect.stringContaining('next: maestro doctor') });
});

test('without --drain it says once that the remote is away, waits, and goes on by itself', async () => {
  ready(clone, 'feature/x', { 'b.txt': 'x\n' });
  renameSync(join(root.path, 'remote.git'), join(root.path, 'away.git'));
  started = running(clone, ['start']);
  await started.said('trying again');
  const status = await maestro(clone, ['status']);
  expect([status.code, status.out]).toEqual([0, expect.stringMatching(/running for .*\n.*trouble: The remote .* does not answer/)]);
  expect(await maestro(clone, ['pause'])).toMatchObject({ code: 7, err: expect.stringContaining('next: maestro doctor') });
  renameSync(join(root.path, 'away.git'), join(root.path, 'remote.git'));
  const said = await started.said('✓ Clean merge to main: feature/x');
  expect(said.split('trying again')).toHaveLength(2);
});
