// What the installed hooks spool: exactly the marked pushes that the remote took.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { world } from './clone.ts';
import type { Clone } from './clone.ts';

let clone: ReturnType<typeof world>;
beforeEach(async () => {
  clone = world();
  await clone.install();
});
afterEach(() => clone.dispose());

const MARKED = 'work\n\nREADY_TO_MERGE';

function refuseEverything(): void {
  mkdirSync(join(clone.remote, 'hooks'), { recursive: true });
  const hook = join(clone.remote, 'hooks', 'update');
  writeFileSync(hook, '#!/bin/sh\nexit 1\n');
  chmodSync(hook, 0o755);
}

test('a marked push that the remote took becomes one signal', () => {
  const tip = clone.branch('feature/a', MARKED);
  expect(clone.push('feature/a').code).toBe(0);
  expect(clone.signals()).toEqual([`v1 ${tip} refs/heads/feature/a origin\n`]);
});

test('an unmarked push leaves nothing', () => {
  clone.branch('feature/a', 'work');
  clone.push('feature/a');
  expect(clone.signals()).toEqual([]);
});

test('only the pushed tip counts, not a marked commit below it', () => {
  clone.branch('feature/a', MARKED);
  clone.commit('more');
  clone.push('feature/a');
  expect(clone.signals()).toEqual([]);
});

test('a push the remote refused leaves nothing', () => {
  refuseEverything();
  clone.branch('feature/a', MARKED);
  expect(clone.push('feature/a').code).not.toBe(0);
  expect(clone.signals()).toEqual([]);
});

test('two marked branches in one push are two signals', () => {
  clone.branch('feature/a', MARKED);
  clone.branch('feature/b', MARKED);
  clone.git(['push', '-q', 'origin', 'feature/a', 'feature/b']);
  expect(new Set(clone.signals().map((line) => line.split(' ')[2]))).toEqual(new Set(['refs/heads/feature/a', 'refs/heads/feature/b']));
});

test('deleting a branch is no signal, pushing it once more is one again', () => {
  clone.branch('feature/a', MARKED);
  clone.push('feature/a');
  clone.git(['push', '-q', 'origin', ':feature/a']);
  expect(clone.signals()).toHaveLength(1);
  clone.push('feature/a');
  expect(clone.signals()).toHaveLength(2);
});

test('a linked worktree signals through the one install', () => {
  const tree = clone.worktree('tree');
  const tip = tree.branch('feature/tree', MARKED);
  tree.push('feature/tree');
  expect(clone.signals()).toEqual([`v1 ${tip} refs/heads/feature/tree origin\n`]);
});

test('a push from a subfolder finds the spool', () => {
  clone.branch('feature/a', MARKED);
  mkdirSync(join(clone.folder, 'deep/er'), { recursive: true });
  clone.git(['-C', 'deep/er', 'push', '-q', 'origin', 'feature/a']);
  expect(clone.signals()).toHaveLength(1);
});

test('fetching what others marked is no signal', async () => {
  const other = clone.another();
  await other.install();
  clone.branch('feature/a', MARKED);
  clone.push('feature/a');
  expect(other.git(['fetch', '-q']).code).toBe(0);
  expect(other.signals()).toEqual([]);
});

test('without reflogs fetching is no signal either', async () => {
  const other = clone.another();
  other.git(['config', 'core.logAllRefUpdates', 'false']);
  rmSync(join(other.folder, '.git/logs'), { recursive: true });
  await other.install();
  clone.branch('feature/a', MARKED);
  clone.push('feature/a');
  expect(other.git(['fetch', '-q']).code).toBe(0);
  expect(other.signals()).toEqual([]);
});

test('without reflogs a push is still a signal', () => {
  clone.git(['config', 'core.logAllRefUpdates', 'false']);
  clone.branch('feature/a', MARKED);
  clone.push('feature/a');
  expect(clone.signals()).toHaveLength(1);
});

test('an unmarked push starts nothing but git to read its commit: pre-push said that it is a push', () => {
  const bin = join(dirname(clone.folder), 'bin');
  mkdirSync(bin);
  for (const name of ['tail', 'ps']) writeFileSync(join(bin, name), `#!/bin/sh\necho ${name} >>'${bin}/started'\n`, { mode: 0o755 });
  clone.branch('feature/a', 'work');
  expect(clone.push('feature/a', { PATH: `${bin}:${process.env['PATH'] ?? ''}` }).code).toBe(0);
  expect(existsSync(join(bin, 'started'))).toBe(false);
});

test('--spool sends the signals of a separate clone to the coordinator, and to several', async () => {
  const spools = ['one', 'two'].map((name) => join(dirname(dirname(clone.folder)), 'of coordinator', name));
  await clone.install({ spools });
  clone.branch('feature/a', MARKED);
  clone.push('feature/a');
  expect(spools.map((spool) => clone.signals(spool).length)).toEqual([1, 1]);
  expect(clone.signals()).toEqual([]);
});

test('a spool that cannot be written never fails the push, and leaves no half file', async () => {
  const spool = join(dirname(dirname(clone.folder)), 'spool');
  await clone.install({ spools: [spool] });
  rmSync(spool, { recursive: true });
  writeFileSync(spool, 'a file is in the way');
  clone.branch('feature/a', MARKED);
  expect(clone.push('feature/a')).toMatchObject({ code: 0, err: '' });
  expect(readFileSync(spool, 'utf8')).toBe('a file is in the way');
});

test('a spool folder that is gone is made again', () => {
  rmSync(join(clone.folder, '.git/maestro/spool'), { recursive: true });
  clone.branch('feature/a', MARKED);
  clone.push('feature/a');
  expect(clone.signals()).toHaveLength(1);
});

test('MAESTRO_HOOKS=0 skips everything of ours', () => {
  clone.branch('feature/a', MARKED);
  clone.push('feature/a', { MAESTRO_HOOKS: '0' });
  expect(clone.signals()).toEqual([]);
});

test('with everything of Maestro gone but the hooks, commit and push go through in silence', () => {
  rmSync(join(clone.folder, '.git/maestro'), { recursive: true });
  clone.git(['checkout', '-q', '-b', 'feature/a']);
  expect(clone.commit(MARKED)).toMatchObject({ code: 0, err: '' });
  expect(clone.push('feature/a')).toMatchObject({ code: 0, err: '' });
});

test('a runtime that crashes refuses nothing', () => {
  clone.write('.git/maestro/hook/hooks.js', 'this is no JavaScript');
  clone.git(['checkout', '-q', '-b', 'feature/a']);
  expect(clone.commit('work\n\nready_to_merge').code).toBe(0);
  expect(clone.push('feature/a').code).toBe(0);
});

test('a node that is gone is looked for on PATH, and missed in silence', () => {
  clone.write('.git/maestro/hook/node', '/nowhere/node\n');
  expect(clone.commit('work\n\nready_to_merge').code).toBe(1);
  const noNode = { PATH: pathWithoutNode(clone) };
  expect(clone.commit('work\n\nready_to_merge', {}, noNode)).toMatchObject({ code: 0, err: '' });
});

/** A PATH of links to what git and the sh filters need. */
function pathWithoutNode(clone: Clone): string {
  const folder = join(dirname(clone.folder), 'path');
  mkdirSync(folder);
  for (const name of ['git', 'sh', 'grep', 'cat', 'tail', 'mv', 'rm', 'mkdir']) clone.git(['-c', `alias.link=!ln -s "$(command -v ${name})" '${folder}/${name}'`, 'link']);
  return folder;
}
