// Installing beside what is there, and taking it away without a trace.
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { install, status } from '../../src/hook/door.ts';
import { choices, cloneAt, says, world } from './clone.ts';

let clone: ReturnType<typeof world>;
beforeEach(() => { clone = world(); });
afterEach(() => clone.dispose());

const ALL = (state: string): Record<string, string> => ({ 'reference-transaction': state, 'commit-msg': state, 'pre-push': state });
const MARKED = 'work\n\nREADY_TO_MERGE';

/** Path, mode and bytes of everything below, but for objects, refs and logs. */
function snapshot(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted().flatMap((name) => {
    const path = join(folder, name);
    const seen = lstatSync(path);
    const what = seen.isSymbolicLink() ? readlinkSync(path) : seen.isFile() ? readFileSync(path, 'latin1') : 'folder';
    return [`${name} ${seen.mode.toString(8)} ${what}`];
  });
}

test('install adds three hooks, a second time there is nothing to do', async () => {
  expect(clone.states()).toEqual(ALL('missing'));
  await clone.install();
  expect(clone.states()).toEqual(ALL('installed'));
  expect(await clone.install()).toMatch(/nothing to do/);
});

test('uninstall leaves the repository byte for byte as it was', async () => {
  const before = snapshot(clone.folder);
  await clone.install();
  clone.uninstall();
  expect(snapshot(clone.folder)).toEqual(before);
});

test('uninstall brings older hooks back with their bytes, modes and links', async () => {
  clone.write('.git/hooks/commit-msg', '#!/bin/sh\r\n# no newline at the end, \xff', 0o751);
  clone.write('.git/hooks/shared', '#!/bin/sh\nexit 0\n', 0o755);
  symlinkSync('shared', join(clone.folder, '.git/hooks/pre-push'));
  const before = snapshot(clone.folder);
  await clone.install();
  await clone.install();
  clone.uninstall();
  expect(snapshot(clone.folder)).toEqual(before);
});

test('uninstall keeps signals nobody has read', async () => {
  await clone.install();
  clone.branch('feature/a', MARKED);
  clone.push('feature/a');
  clone.uninstall();
  expect(clone.signals()).toHaveLength(1);
});

test('--dry-run lists and writes nothing', async () => {
  clone.write('.git/hooks/pre-push', '#!/bin/sh\n', 0o755);
  const before = snapshot(clone.folder);
  expect(await clone.install({ dryRun: true })).toMatch(/move .*pre-push -> .*pre-push\.pre-maestro[^]*nothing was changed/);
  expect(snapshot(clone.folder)).toEqual(before);
});

test('an older hook runs first, with the same arguments and stdin', async () => {
  for (const name of ['reference-transaction', 'pre-push']) clone.write(`.git/hooks/${name}`, '#!/bin/sh\n{ echo "$0 $*"; cat; } >>seen\n', 0o755);
  await clone.install();
  const tip = clone.branch('feature/a', MARKED);
  clone.push('feature/a');
  const seen = clone.read('seen');
  expect(seen).toContain(`origin ${clone.remote}\nrefs/heads/feature/a ${tip} refs/heads/feature/a ${'0'.repeat(40)}\n`);
  expect(seen).toMatch(new RegExp(`reference-transaction.pre-maestro committed\n0{40} ${tip} refs/remotes/origin/feature/a\n`));
  expect(clone.signals()).toHaveLength(1);
});

test('the exit code of an older hook counts', async () => {
  clone.write('.git/hooks/commit-msg', '#!/bin/sh\ngrep -q TICKET "$1" || { echo no ticket >&2; exit 7; }\n', 0o755);
  clone.write('.git/hooks/pre-push', '#!/bin/sh\nexit 3\n', 0o755);
  await clone.install();
  expect(clone.commit('work')).toMatchObject({ code: 1, err: expect.stringContaining('no ticket') as string });
  expect(clone.commit('work TICKET').code).toBe(0);
  expect(clone.push('main').code).not.toBe(0);
});

test('an older hook runs with MAESTRO_HOOKS=0 too: that switches off only ours', async () => {
  clone.write('.git/hooks/pre-push', '#!/bin/sh\nexit 3\n', 0o755);
  await clone.install();
  clone.commit('work');
  expect(clone.push('main', { MAESTRO_HOOKS: '0' }).code).not.toBe(0);
});

test('a hook of an older Maestro is replaced, one of somebody else put over ours is foreign and kept apart', async () => {
  await clone.install();
  clone.write('.git/hooks/commit-msg', '#!/bin/sh\n# maestro-hooks commit-msg v0: old\n', 0o755);
  clone.write('.git/hooks/pre-push', '#!/bin/sh\n# lefthook\n', 0o755);
  expect(clone.states()).toEqual({ ...ALL('installed'), 'commit-msg': 'outdated', 'pre-push': 'foreign' });
  await clone.install();
  expect(clone.states()).toEqual(ALL('installed'));
  expect(clone.read('.git/hooks/pre-push.pre-maestro')).toBe('#!/bin/sh\n# lefthook\n');
});

test('two older hooks of one name are a question for a person', async () => {
  clone.write('.git/hooks/pre-push', '#!/bin/sh\n# one\n', 0o755);
  await clone.install();
  clone.write('.git/hooks/pre-push', '#!/bin/sh\n# another\n', 0o755);
  await expect(clone.install()).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('two hooks to keep') as string });
});

test('a tool that writes its own hook anew over ours changes nothing for good', async () => {
  clone.write('.git/hooks/pre-push', '#!/bin/sh\n# lefthook\n', 0o755);
  const before = snapshot(join(clone.folder, '.git/hooks'));
  await clone.install();
  clone.write('.git/hooks/pre-push', '#!/bin/sh\n# lefthook\n', 0o755);
  expect(status(choices(clone.folder)).text).toMatch(/^foreign +pre-push +\S[^(]*$[^]*pre-push\.pre-maestro is not run/m);
  await clone.install();
  expect(clone.states()).toEqual(ALL('installed'));
  clone.write('.git/hooks/pre-push', '#!/bin/sh\n# lefthook\n', 0o755);
  clone.uninstall();
  expect(snapshot(join(clone.folder, '.git/hooks'))).toEqual(before);
});

test.each([['', 'is empty'], ['/dev/null', 'is /dev/null, which is no folder']])('core.hooksPath=%j switches hooks off, and is said to', async (path, said) => {
  clone.git(['config', 'core.hooksPath', path]);
  await expect(clone.install({ intoHooksPath: true })).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(`core.hooksPath ${said}: git runs no hook here`) as string });
});

test('a changed runtime is outdated', async () => {
  await clone.install();
  clone.write('.git/maestro/hook/hook/run.js', '// old');
  expect(clone.states()).toEqual(ALL('outdated'));
});

test('a worktree shares the install of its clone', async () => {
  const tree = clone.worktree('tree');
  await tree.install();
  expect(clone.states()).toEqual(ALL('installed'));
  expect(await clone.install()).toMatch(/nothing to do/);
});

test('husky: a block in its files, all three hooks work, uninstall gives the bytes back', async () => {
  clone.git(['config', 'core.hooksPath', '.husky/_']);
  clone.write('.husky/_/h', '#!/usr/bin/env sh\nn=$(basename "$0")\ns=$(dirname "$(dirname "$0")")/$n\n[ ! -f "$s" ] && exit 0\nsh -e "$s" "$@"\n', 0o644);
  for (const name of ['commit-msg', 'pre-push']) clone.write(`.husky/_/${name}`, '#!/usr/bin/env sh\n. "$(dirname "$0")/h"', 0o755);
  clone.write('.husky/pre-push', 'cat >pushed', 0o644);
  clone.commit('husky');
  const before = snapshot(clone.folder);
  await clone.install();
  expect(clone.states()).toEqual(ALL('installed'));
  clone.git(['checkout', '-q', '-b', 'feature/a']);
  expect(clone.git(['commit', '-q', '--allow-empty', '-m', 'x\n\nready_to_merge']).err).toContain('maestro (commit-msg): refused');
  clone.git(['commit', '-q', '--allow-empty', '-m', MARKED]);
  clone.push('feature/a');
  expect(clone.signals()).toHaveLength(1);
  expect(clone.read('pushed')).toMatch(/^refs\/heads\/feature\/a /);
  for (const path of ['.git/maestro/spool', 'pushed']) rmSync(join(clone.folder, path), { recursive: true });
  clone.uninstall();
  const files = (lines: readonly string[]): readonly string[] => lines.filter((line) => line.startsWith('.husky') || line.includes('maestro'));
  expect(files(snapshot(clone.folder))).toEqual(files(before));
});

test('a folder of this repository as core.hooksPath gets the hooks; core.hooksPath stays', async () => {
  clone.git(['config', 'core.hooksPath', '.githooks']);
  await clone.install();
  clone.branch('feature/a', MARKED);
  clone.push('feature/a');
  expect(clone.signals()).toHaveLength(1);
  expect(clone.git(['config', 'core.hooksPath']).out).toBe('.githooks\n');
});

test('a worktree without the folder of a relative core.hooksPath is told', async () => {
  clone.git(['config', 'core.hooksPath', '.githooks']);
  await clone.install();
  const tree = clone.worktree('tree');
  expect(status(choices(tree.folder)).text).toMatch(/relative to each worktree, and this worktree has no such folder/);
});

test('a hooks folder outside the repository is left alone unless asked, and then bothers no other repository', async () => {
  const shared = join(dirname(clone.folder), 'shared hooks');
  clone.git(['config', 'core.hooksPath', shared]);
  await expect(clone.install()).rejects.toMatchObject({ code: 'usage' });
  expect(existsSync(shared)).toBe(false);
  await clone.install({ intoHooksPath: true });
  clone.branch('feature/a', MARKED);
  clone.push('feature/a');
  expect(clone.signals()).toHaveLength(1);
  const other = clone.another();
  other.git(['config', 'core.hooksPath', shared]);
  other.branch('feature/b', MARKED);
  expect(other.push('feature/b')).toMatchObject({ code: 0, err: '' });
  expect(existsSync(join(other.folder, '.git/maestro'))).toBe(false);
});

test('a submodule has its own hooks', async () => {
  clone.git(['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', clone.remote, 'sub']);
  const sub = cloneAt(join(clone.folder, 'sub'), clone.remote);
  await sub.install();
  sub.branch('feature/sub', MARKED);
  sub.push('feature/sub');
  expect(sub.signals()).toHaveLength(1);
  expect(clone.states()).toEqual(ALL('missing'));
});

test('a bare repository with worktrees and a remote is a place, one without a remote is not', async () => {
  await expect(install(choices(clone.remote), null)).rejects.toMatchObject({ code: 'usage' });
  const bare = join(dirname(clone.folder), 'bare.git');
  execFileSync('git', ['clone', '-q', '--bare', clone.remote, bare]);
  expect(await install(choices(bare), null)).toMatch(/installed +pre-push[^]*no fetch refspec/);
});

test('no repository, no folder, and a file where the hooks folder should be are said plainly', async () => {
  const nowhere = dirname(dirname(clone.folder));
  await expect(install(choices(nowhere), null)).rejects.toMatchObject({ code: 'not-a-repository' });
  rmSync(join(clone.folder, '.git/hooks'), { recursive: true, force: true });
  writeFileSync(join(clone.folder, '.git/hooks'), 'a file');
  await expect(clone.install()).rejects.toMatchObject({ code: 'disk', message: expect.stringMatching(/cannot write .*hooks.*: E/) as string });
});

test('a hook around us that set GIT_DIR does not lead the install astray', async () => {
  const other = clone.another();
  process.env['GIT_DIR'] = join(other.folder, '.git');
  await clone.install().finally(() => delete process.env['GIT_DIR']);
  expect([clone.states()['pre-push'], other.states()['pre-push']]).toEqual(['installed', 'missing']);
});

test('a git without reference-transaction is said to leave the finding to the sweep', () => {
  const bin = join(dirname(clone.folder), 'bin');
  mkdirSync(bin);
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  writeFileSync(join(bin, 'git'), `#!/bin/sh\n[ "$1" = version ] && echo git version 2.27.1 || exec ${real} "$@"\n`, { mode: 0o755 });
  const path = process.env['PATH'] ?? '';
  process.env['PATH'] = `${bin}:${path}`;
  const { text } = status(choices(clone.folder));
  process.env['PATH'] = path;
  expect(text).toContain("git 2.27.1 has no reference-transaction hook (2.28 has): Maestro's sweep will find pushes");
});

test('the marker and the targets of maestro.yml reach the filters, a broken one is said and the last good one stays', async () => {
  clone.commit('config', { '.github/maestro.yml': 'marker: SHIP_IT\n' });
  await clone.install({}, says({ marker: 'SHIP_IT' }));
  expect([clone.read('.git/maestro/hook/marker'), clone.read('.git/maestro/targets')]).toEqual(['SHIP_IT warn\n', 'main\n']);
  expect(await clone.install({}, () => Promise.resolve({ trouble: 'line 3: no' }))).toContain('is not used: line 3: no');
  expect(clone.read('.git/maestro/hook/marker')).toBe('SHIP_IT warn\n');
  expect(statSync(join(clone.folder, '.git/maestro/hooks.json')).isFile()).toBe(true);
});
