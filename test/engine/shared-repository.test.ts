// One repository in memory and several agents in it: what each sees, what is refused, what is told at once.
import { describe, expect, test } from 'vitest';
import { afloat, changesOf, commit, CORE, DEV, textAt } from './crew.ts';

describe('commits', () => {
  test('are seen by everybody at once, and by those who listen', () => {
    const { repo, heard } = afloat({ 'a/b': 'one' });
    expect(commit(repo, 'main', { 'a/b': 'two', 'ä': 'ü' })).toBe('committed');
    expect([textAt(repo, 'main', 'a/b'), textAt(repo, 'main', 'ä'), textAt(repo, 'main', 'c'), textAt(repo, 'main', 'a')]).toEqual(['two', 'ü', 'absent', 'folder']);
    expect(heard).toMatchObject([{ kind: 'committed', branch: 'main', by: 'dev-1', commit: repo.tip('main') }]);
  });

  test('have the same ids at once and late', () => {
    const ids = (['at-once', 'late'] as const).map((when) => {
      const { repo } = afloat({ 'a/b': 'one' }, { ids: when });
      for (let at = 0; at < 50; at += 1) commit(repo, 'main', { [`a/${at % 7}`]: `${at}` });
      return repo.log('main', 100).map(({ id }) => id);
    });
    expect(ids[0]).toHaveLength(51);
    expect(ids[1]).toEqual(ids[0]);
  });

  test('onto a branch that moved meanwhile are refused', () => {
    const { repo } = afloat({ a: '1' });
    const expected = repo.tip('main');
    commit(repo, 'main', { a: '2' });
    expect(repo.commit({ branch: 'main', author: CORE, message: '', changes: changesOf({ a: '3' }), expected })).toEqual({ kind: 'elsewhere', branch: 'main', tip: repo.tip('main') });
  });

  test('of several agents happen together or not at all', () => {
    const { repo } = afloat({ a: '1' });
    for (const name of ['one', 'two']) repo.branch(name, 'main');
    const order = (branch: string, path: string) => ({ branch, author: DEV, message: 'm', changes: changesOf({ [path]: 'x' }) });
    expect(repo.commitAll([order('one', 'b'), order('two', 'a/b')])).toEqual({ kind: 'in-the-way', branch: 'two', path: 'a' });
    expect(repo.tip('one')).toBe(repo.tip('main'));
    expect(repo.commitAll([order('one', 'b'), order('two', 'c')])).toMatchObject({ kind: 'committed', commits: [repo.tip('one'), repo.tip('two')] });
  });

  test.each(['../x', '.git/config', 'a//b', ''])('of the path %j are refused', (path) => {
    expect(() => commit(afloat({ a: '1' }).repo, 'main', { [path]: 'x' })).toThrow(/no path/);
  });
});

describe('branches', () => {
  test('are made, moved and removed together or not at all', () => {
    const { repo } = afloat({ a: '1' });
    const main = repo.tip('main');
    expect(repo.branch('x/y', 'main').kind).toBe('moved');
    expect(repo.transact([{ branch: 'z', from: null, to: main }, { branch: 'x', from: null, to: main }])).toEqual({ kind: 'name-taken', branch: 'x', by: 'x/y' });
    expect(repo.branches()).toEqual(['main', 'x/y']);
    expect(repo.transact([{ branch: 'x/y', from: main, to: null }, { branch: 'x', from: null, to: main }])).toEqual({ kind: 'moved' });
    expect(repo.branch('x/y', 'main')).toEqual({ kind: 'name-taken', branch: 'x/y', by: 'x' });
    expect(repo.branch('main', 'x')).toEqual({ kind: 'elsewhere', branch: 'main', tip: main });
  });

  test.each(['-a', 'a..b', 'a.lock', '/a', 'a/', 'a b', '', '@', 'a@{b', '.a', 'a/.b', 'HEAD', 'a\u0001'])('%j is no name', (name) => {
    const { repo } = afloat({ a: '1' });
    expect(() => repo.branch(name, 'main')).toThrow(/no name for a branch/);
  });
});

describe('a workspace', () => {
  test('keeps its changes to itself until it commits', () => {
    const { repo } = afloat({ 'a/b': '1', c: '1' });
    const desk = repo.workspace(DEV, { from: 'main' });
    desk.put('c', '2');
    desk.remove('a');
    expect([desk.read('c').kind, desk.read('a/b').kind, textAt(repo, desk.branch, 'c'), desk.changed()]).toEqual(['found', 'absent', '1', ['c', 'a']]);
    expect(desk.commit('work').kind).toBe('committed');
    expect([textAt(repo, 'agent/dev-1', 'c'), textAt(repo, 'agent/dev-1', 'a/b'), desk.changed()]).toEqual(['2', 'absent', []]);
  });

  test('takes a folder away with what was put into it before, and not what is put into it after', () => {
    const { repo } = afloat({ 'a/b': '1' });
    const desk = repo.workspace(DEV, { from: 'main' });
    desk.put('a/new', '1');
    desk.put('ab', '1');
    desk.remove('a');
    expect([desk.read('a/new').kind, desk.read('ab').kind]).toEqual(['absent', 'found']);
    desk.put('a/late', '1');
    expect(desk.changed()).toEqual(['ab', 'a', 'a/late']);
    expect(desk.commit('work').kind).toBe('committed');
    expect(['a/b', 'a/new', 'ab', 'a/late'].map((path) => textAt(repo, desk.branch, path))).toEqual(['absent', 'absent', '1', '1']);
  });

  test('puts a file where it took a folder away', () => {
    const { repo } = afloat({ 'a/b': '1' });
    const desk = repo.workspace(DEV, { from: 'main' });
    desk.remove('a');
    desk.put('a', 'file');
    expect([desk.read('a').kind, desk.read('a/b').kind, desk.changed()]).toEqual(['found', 'absent', ['a']]);
    expect([desk.commit('work').kind, textAt(repo, desk.branch, 'a')]).toEqual(['committed', 'file']);
  });

  test('whose branch somebody else moved commits after a refresh', () => {
    const { repo } = afloat({ a: '1' });
    const desk = repo.workspace(DEV, { from: 'main' });
    desk.put('b', '1');
    commit(repo, desk.branch, { c: '1' });
    expect(desk.commit('m').kind).toBe('elsewhere');
    desk.refresh();
    expect([desk.commit('m').kind, textAt(repo, desk.branch, 'b'), textAt(repo, desk.branch, 'c')]).toEqual(['committed', '1', '1']);
  });

  test('gets messages as the very objects, in a box that may be full', () => {
    const { repo } = afloat({ a: '1' });
    const [core, dev] = [repo.workspace(CORE, { from: 'main' }), repo.workspace(DEV, { from: 'main' })];
    const metadata = { files: ['a'] };
    expect(core.send('dev-1', 'finding', 'look', metadata)).toEqual({ kind: 'delivered' });
    expect(dev.messages()[0]?.metadata).toBe(metadata);
    for (let at = 0; at < 1024; at += 1) core.send('broadcast', 'question', `${at}`);
    expect(core.send('broadcast', 'proposal', 'one too many')).toEqual({ kind: 'full', agents: ['dev-1'] });
    expect([dev.messages().length, core.messages().length, core.send('nobody', 'consensus', '').kind]).toEqual([1024, 0, 'unknown-agent']);
  });
});

describe('a listener', () => {
  test('that commits in answer is heard after everybody heard the first commit', () => {
    const { repo } = afloat({ a: '1' });
    repo.branch('echo', 'main');
    const branches: string[] = [];
    repo.subscribe((event) => void (event.kind === 'committed' && event.branch === 'main' && commit(repo, 'echo', { a: 'x' })));
    repo.subscribe((event) => void (event.kind === 'committed' && branches.push(event.branch)));
    commit(repo, 'main', { a: '2' });
    expect(branches).toEqual(['main', 'echo']);
  });

  test('that throws breaks nothing for the others', () => {
    const faults: unknown[] = [];
    const { repo, heard } = afloat({ a: '1' }, { onFault: (error) => faults.push(error) });
    repo.subscribe(() => { throw new Error('deaf'); });
    expect(commit(repo, 'main', { a: '2' })).toBe('committed');
    expect([faults.length, heard.length, textAt(repo, 'main', 'a')]).toEqual([1, 1, '2']);
  });
});

describe('memory', () => {
  test('is bounded: more is refused, and nothing of it happened', () => {
    const { repo } = afloat({ a: '1' }, { bytesMax: 10_000 });
    expect(() => commit(repo, 'main', { b: 'x'.repeat(20_000) })).toThrow(expect.objectContaining({ code: 'engine-full' }));
    expect(textAt(repo, 'main', 'b')).toBe('absent');
  });

  test('is freed of what was saved and can be read again', () => {
    const { repo } = afloat({ a: '1' }, { bytesMax: 30_000, shelf: { entries: (tree) => tree.entries, bytes: (blob) => blob.bytes } });
    commit(repo, 'main', { b: 'x'.repeat(20_000) });
    repo.saved(repo.unsaved());
    commit(repo, 'main', { c: 'y'.repeat(20_000) });
    expect([textAt(repo, 'main', 'b'), repo.read('main', 'c').kind]).toEqual(['missing', 'found']);
  });

  test('counts what merges made, and is freed of it as of all else', () => {
    const text = (...changed: readonly number[]): string => Array.from({ length: 400 }, (_, line) => `line ${line} of a file${changed.includes(line) ? ', changed' : ''}\n`).join('');
    const { repo } = afloat({ a: text() }, { bytesMax: 40_000, shelf: { entries: (tree) => tree.entries, bytes: (blob) => blob.bytes } });
    repo.branch('work', 'main');
    commit(repo, 'work', { a: text(3) });
    commit(repo, 'main', { a: text(300) });
    const before = repo.bytes;
    expect(repo.merge({ into: 'main', from: 'work', author: DEV, message: 'm' }).kind).toBe('merged');
    expect(repo.bytes - before).toBeGreaterThan(text().length);
    repo.saved(repo.unsaved());
    for (const name of ['b', 'c', 'd']) commit(repo, 'main', { [name]: 'x'.repeat(8_000) });
    expect(textAt(repo, 'main', 'a')).toBe('missing');
  });

  test('is freed of what was only kept to compare faster, and verdicts stay the same', () => {
    const text = (at: number): string => Array.from({ length: 40 }, (_, line) => `line ${line}${line === at ? ' changed' : ''}\n`).join('');
    const { repo } = afloat({ a: text(-1) }, { bytesMax: 20_000 });
    for (const [branch, at] of [['one', 3], ['two', 30], ['three', 4]] as const) {
      repo.branch(branch, 'main');
      commit(repo, branch, { a: text(at) });
    }
    const verdicts = () => [repo.judge('one', 'two'), repo.judge('one', 'three'), repo.judge('main', 'three')].map(({ kind }) => kind);
    const before = repo.bytes;
    expect(verdicts()).toEqual(['clean', 'conflict', 'clean']);
    expect(repo.bytes).toBeGreaterThan(before + 4000);
    expect(commit(repo, 'two', { b: 'x'.repeat(18_000 - before) })).toBe('committed');
    expect(verdicts()).toEqual(['clean', 'conflict', 'clean']);
  });

  test('a file over the limit is refused', () => {
    const { repo } = afloat({ a: '1' }, { fileBytesMax: 10 });
    expect(() => commit(repo, 'main', { b: 'x'.repeat(11) })).toThrow(expect.objectContaining({ code: 'engine-full' }));
  });
});

test('what is not saved yet is told with the values a real repository has', () => {
  const { repo } = afloat({ a: '1' });
  const first = repo.unsaved();
  expect(first).toMatchObject({ commits: [repo.tip('main')], refs: [{ branch: 'main', from: null, to: repo.tip('main')?.id }] });
  repo.saved(first);
  commit(repo, 'main', { a: '2' });
  expect(repo.unsaved()).toMatchObject({ commits: [repo.tip('main')], refs: [{ branch: 'main', from: first.commits[0]?.id, to: repo.tip('main')?.id }] });
});

test('a real history is told, adopted and built on; its contents are missing until somebody brings them', () => {
  const { repo } = afloat({ a: '1' });
  const [one, two, tree] = ['1', '2', '3'].map((digit) => digit.repeat(40)) as [string, string, string];
  repo.tell([{ id: one, parents: [], tree }, { id: two, parents: [one], tree }]);
  expect(repo.adopt('theirs', two)).toEqual({ kind: 'moved' });
  expect(repo.log('theirs', 9).map(({ id }) => id)).toEqual([two, one]);
  expect(repo.read('theirs', 'a')).toEqual({ kind: 'missing', objects: [tree] });
  expect(repo.commit({ branch: 'theirs', author: DEV, message: '', changes: changesOf({ a: '1' }) })).toEqual({ kind: 'missing', objects: [tree] });
  expect(repo.merge({ into: 'main', from: 'theirs', author: DEV, message: '' })).toEqual({ kind: 'unrelated' });
});

test('a merge moves a branch forward, or has nothing to do', () => {
  const { repo } = afloat({ a: '1' });
  repo.branch('dev', 'main');
  commit(repo, 'dev', { a: '2' });
  const merge = { into: 'main', from: 'dev', author: CORE, message: 'm' };
  expect(repo.merge(merge)).toEqual({ kind: 'forwarded', commit: repo.tip('dev') });
  expect(repo.merge(merge)).toEqual({ kind: 'up-to-date', commit: repo.tip('dev') });
  expect(repo.merge({ ...merge, from: 'none' })).toEqual({ kind: 'no-branch', branch: 'none' });
});

test('the changed paths of two branches', () => {
  const { repo } = afloat({ 'a/b': '1', c: '1', d: '1' });
  repo.branch('dev', 'main');
  commit(repo, 'dev', { 'a/b': '2', c: null, 'e/f': '1' });
  expect(repo.diff('main', 'dev')).toEqual({ kind: 'found', changes: [{ path: 'a/b', kind: 'changed' }, { path: 'c', kind: 'removed' }, { path: 'e/f', kind: 'added' }] });
});
