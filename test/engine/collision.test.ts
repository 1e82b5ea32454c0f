// Branches in work that begin to collide: told at the very commit, once, and again when it is over.
import { describe, expect, test } from 'vitest';
import type { RepositoryEvent, SharedRepository } from '../../src/engine.ts';
import { afloat, commit, CORE, DEV, type Files } from './crew.ts';

const LINES = Array.from({ length: 12 }, (_, at) => `line ${at}\n`);
const BASE: Files = { 'src/a': LINES.join(''), 'src/b': 'b\n', 'old/x': LINES.join('') };

function crew(): { readonly repo: SharedRepository; readonly told: () => readonly string[] } {
  const { repo, heard } = afloat(BASE);
  for (const agent of [CORE, DEV]) repo.workspace(agent, { from: 'main' });
  return { repo, told: () => heard.flatMap(worded) };
}

function worded(event: RepositoryEvent): readonly string[] {
  if (event.kind === 'collision') return [`${event.branches.join(' x ')}: ${event.paths.join(' ')}${event.sure ? '' : '?'}`];
  return event.kind === 'collision-over' ? [`${event.branches.join(' x ')} over`] : [];
}

describe('the crew is told', () => {
  test.each<[string, Files, Files, readonly string[]]>([
    ['of one line changed by two', { 'src/a': edited(3, 'core') }, { 'src/a': edited(3, 'dev') }, ['agent/dev-1 x agent/core: src/a']],
    ['of a file changed that is gone', { 'src/b': null }, { 'src/b': 'B\n' }, ['agent/dev-1 x agent/core: src/b']],
    ['nothing of lines far apart', { 'src/a': edited(1, 'core') }, { 'src/a': edited(10, 'dev') }, []],
    ['nothing of other files', { 'src/a': edited(1, 'core') }, { 'src/b': 'B\n' }, []],
    ['nothing of the same change', { 'src/a': edited(1, 'same') }, { 'src/a': edited(1, 'same') }, []],
  ])('%s', (_, core, dev, expected) => {
    const { repo, told } = crew();
    commit(repo, 'agent/core', core);
    expect(told()).toEqual([]);
    commit(repo, 'agent/dev-1', dev);
    expect(told()).toEqual(expected);
  });

  test('of a folder where the other has a file', () => {
    const { repo, told } = crew();
    commit(repo, 'agent/core', { 'new/deep/file': 'x' });
    commit(repo, 'agent/dev-1', { new: 'y' });
    expect(told()[0]).toMatch(/^agent\/dev-1 x agent\/core: /);
  });

  test('once, and when it is over', () => {
    const { repo, told } = crew();
    commit(repo, 'agent/core', { 'src/a': edited(3, 'core') });
    commit(repo, 'agent/dev-1', { 'src/a': edited(3, 'dev') });
    commit(repo, 'agent/dev-1', { 'src/a': edited(3, 'other') });
    expect(told()).toHaveLength(1);
    commit(repo, 'agent/dev-1', { 'src/a': LINES.join('') });
    expect(told()).toEqual(['agent/dev-1 x agent/core: src/a', 'agent/dev-1 x agent/core over']);
  });

  test('nothing more of a workspace that was closed', () => {
    const { repo, heard } = afloat(BASE);
    const core = repo.workspace(CORE, { from: 'main' });
    repo.workspace(DEV, { from: 'main' });
    commit(repo, core.branch, { 'src/a': edited(3, 'core') });
    core.close();
    commit(repo, 'agent/dev-1', { 'src/a': edited(3, 'dev') });
    expect(heard.flatMap(worded)).toEqual([]);
  });

  test('what was done before the workspace was opened counts', () => {
    const { repo, heard } = afloat(BASE);
    repo.branch('agent/core', 'main');
    commit(repo, 'agent/core', { 'src/a': edited(3, 'core') });
    repo.workspace(DEV, { from: 'main' });
    commit(repo, 'agent/dev-1', { 'src/a': edited(3, 'dev') });
    repo.workspace(CORE, { from: 'main' });
    expect(heard.flatMap(worded)).toEqual(['agent/core x agent/dev-1: src/a']);
  });
});

test('branches of an hour go together in one merge commit', () => {
  const { repo } = afloat(BASE);
  repo.branch('dev', 'main');
  commit(repo, 'dev', { 'src/a': edited(2, 'dev') });
  commit(repo, 'main', { 'src/a': edited(9, 'main') });
  const merged = repo.merge({ into: 'main', from: 'dev', author: CORE, message: 'together\n' });
  expect(merged).toMatchObject({ kind: 'merged', commit: { body: { parents: [{ kind: 'commit' }, repo.tip('dev')] } } });
});

function edited(line: number, by: string): string {
  return LINES.map((text, at) => at === line ? `${by}\n` : text).join('');
}
