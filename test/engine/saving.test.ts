// From memory into a real repository and on: git finds nothing wrong, and reads there what agents wrote here.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { flushInto } from '../../src/adapter/git/flush.ts';
import { bindGit } from '../../src/adapter/git/run.ts';
import { newObjects, type SharedRepository } from '../../src/engine.ts';
import { cleanEnvironment } from '../harness/stage.ts';
import { afloat, commit, DEV } from './crew.ts';

test('twice, with merges, late ids and a branch that went', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'engine-saving-'));
  try {
    const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: folder, env: cleanEnvironment(), encoding: 'utf8' });
    git('init', '-q', '--bare', '-b', 'main');
    const { repo } = afloat({ 'a/b': '1\n', 'ä ö': '2\n' }, { ids: 'late' });
    repo.branch('dev', 'main');
    commit(repo, 'dev', { 'c/d/e': '3\n' });
    await save(repo, folder);
    commit(repo, 'main', { 'a/b': '4\n', 'ä ö': null });
    repo.merge({ into: 'main', from: 'dev', author: DEV, message: 'both\n' });
    repo.transact([{ branch: 'dev', from: repo.tip('dev'), to: null }]);
    await save(repo, folder);
    expect(git('fsck', '--full', '--strict', '--no-progress')).toBe('');
    expect(git('for-each-ref', '--format=%(objectname) %(refname)').trim()).toBe(`${repo.tip('main')?.id} refs/heads/main`);
    expect([git('show', 'main:a/b'), git('ls-tree', '-r', '--name-only', 'main')]).toEqual(['4\n', 'a/b\nc/d/e\n']);
    expect(repo.unsaved()).toMatchObject({ commits: [], refs: [] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function save(repo: SharedRepository, folder: string): Promise<void> {
  const unsaved = repo.unsaved();
  const moves = unsaved.refs.map(({ branch, from, to }) => ({ ref: `refs/heads/${branch}`, old: from, new: to }));
  expect(await flushInto(bindGit(folder), newObjects(unsaved.commits), moves)).toEqual({ kind: 'flushed' });
  repo.saved(unsaved);
}
