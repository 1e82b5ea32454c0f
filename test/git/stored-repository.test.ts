// A repository on the disk, opened for one in memory: nothing of its own config is alive, and what is flushed is there.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStoredRepository } from '../../src/adapter/git/stored-repository.ts';
import { objectId } from '../../src/engine/object/id.ts';
import { Tree } from '../../src/engine/object/node.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { mergedBy } from '../harness/merged.ts';
import { repository } from '../harness/repository.ts';
import type { Repository } from '../harness/repository.ts';

let repo: Repository;
let folder: string;
beforeEach(async () => {
  repo = await repository();
  folder = mkdtempSync(join(tmpdir(), 'maestro-stored-'));
});
afterEach(() => {
  repo.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function git(...args: readonly string[]): void {
  execFileSync('git', [...args], { cwd: folder, stdio: 'ignore' });
}

async function merged(): Promise<{ readonly base: Oid; readonly left: Oid; readonly right: Oid; readonly top: Oid }> {
  const base = await repo.commit({ a: 'a\n' }, 'base', { branch: 'main' });
  const [left, right] = [await repo.commit({ b: 'b\n' }, 'left', { parents: [base] }), await repo.commit({ c: 'c\n' }, 'right', { parents: [base] })];
  return { base, left, right, top: await repo.commit({ c: 'c\n' }, 'top', { parents: [left, right], branch: 'main' }) };
}

it('history comes parents first, with trees', async () => {
  const { base, left, right, top } = await merged();
  const stored = openStoredRepository(repo.bare);
  const history = await stored.history([...stored.refs().values()]);
  expect(history.map(({ id }) => id)).toEqual(expect.arrayContaining([base, left, right, top]));
  expect(history[0]).toMatchObject({ id: base, parents: [] });
  expect(history[3]).toEqual({ id: top, parents: [left, right], tree: await repo.git(['rev-parse', `${top}^{tree}`]) });
  await stored.close();
});

it('a merge in memory of what is on the disk', async () => {
  const { base, left, right, top } = await merged();
  const stored = openStoredRepository(repo.bare);
  const trees = await Promise.all([base, left, right, top].map((commit) => repo.git(['rev-parse', `${commit}^{tree}`])));
  const outcome = await mergedBy(stored.library, trees[0]!, trees[1]!, trees[2]!);
  if (outcome.kind !== 'declined') expect(outcome).toMatchObject({ kind: 'clean', tree: { id: trees[3] } });
  await stored.close();
});

it('what is flushed is read at once, by git and by itself', async () => {
  const { top } = await merged();
  const stored = openStoredRepository(repo.bare);
  const tree = await repo.git(['rev-parse', `${top}^{tree}`]);
  const body = Buffer.from(`tree ${tree}\nparent ${top}\nauthor A <a@example.org> 1770000000 +0000\ncommitter A <a@example.org> 1770000000 +0000\n\nnext\n`);
  const id = objectId('commit', body);
  expect(await stored.flush([{ id, kind: 'commit', body }], [{ ref: 'refs/heads/main', old: top, new: id }])).toEqual({ kind: 'flushed' });
  expect(await repo.git(['rev-parse', 'main'])).toBe(id);
  expect(await stored.reader.commit(id as Oid)).toMatchObject({ message: 'next\n' });
  await stored.close();
});

it('a clone and a worktree of it are the same repository; the branches they stand on stay', async () => {
  await merged();
  git('clone', '-q', repo.bare, 'clone');
  git('-C', 'clone', 'worktree', 'add', '-q', '-b', 'side', join(folder, 'side'));
  for (const path of ['clone', 'side']) {
    const stored = openStoredRepository(join(folder, path));
    const tip = stored.refs().get('refs/heads/main')!;
    expect([...stored.refs().keys()]).toEqual(expect.arrayContaining(['refs/heads/main', 'refs/heads/side', 'refs/remotes/origin/main']));
    for (const ref of ['refs/heads/main', 'refs/heads/side']) expect(await stored.flush([], [{ ref, old: tip, new: tip }])).toMatchObject({ kind: 'refused' });
    expect(await stored.flush([], [{ ref: `refs/heads/agent-${path}`, old: null, new: tip }])).toEqual({ kind: 'flushed' });
    await stored.close();
  }
});

it('nothing that the repository\'s config names is ever run', async () => {
  const { top } = await merged();
  const mark = join(folder, 'ran');
  for (const [key, value] of Object.entries({
    'core.fsmonitor': `touch ${mark}`, 'core.sshCommand': `touch ${mark}`, 'core.hooksPath': folder, 'remote.origin.url': 'ssh://nowhere/x', 'remote.origin.promisor': 'true', 'extensions.partialClone': 'origin', 'core.repositoryformatversion': '1',
  })) await repo.git(['config', key, value]);
  writeFileSync(join(folder, 'reference-transaction'), `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o755 });
  const stored = openStoredRepository(repo.bare);
  expect(await stored.library.bring(['e'.repeat(40)])).toMatchObject({ kind: 'unread' });
  expect(await stored.flush([], [{ ref: 'refs/heads/new', old: null, new: top }])).toEqual({ kind: 'flushed' });
  expect(await stored.flush([], [{ ref: 'refs/heads/bad', old: null, new: 'e'.repeat(40) }])).toMatchObject({ kind: 'refused' });
  expect(existsSync(mark)).toBe(false);
  await stored.close();
});

it('what is no repository, or one of another hash, is refused in words', async () => {
  expect(() => openStoredRepository(folder)).toThrow(/is no git repository/);
  const other = await repository('sha256');
  expect(() => openStoredRepository(other.bare)).toThrow(/SHA-256/);
  other.dispose();
});

it('an empty repository has no history, and takes a first commit', async () => {
  const stored = openStoredRepository(repo.bare);
  expect([stored.refs().size, await stored.history([])]).toEqual([0, []]);
  const tree = { id: Tree.of([]).id, kind: 'tree' as const, body: new Uint8Array() };
  const body = Buffer.from(`tree ${tree.id}\nauthor A <a@example.org> 1770000000 +0000\ncommitter A <a@example.org> 1770000000 +0000\n\nfirst\n`);
  const id = objectId('commit', body);
  expect(await stored.flush([tree, { id, kind: 'commit', body }], [{ ref: 'refs/heads/main', old: null, new: id }])).toEqual({ kind: 'flushed' });
  await stored.close();
});
