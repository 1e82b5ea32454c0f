// A real repository and the one in memory that stands for it: loaded, worked on by agents, flushed, and loaded again.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadRepository } from '../../src/adapter/git/live-repository.ts';
import type { LiveRepository } from '../../src/adapter/git/live-repository.ts';
import { repository } from '../harness/repository.ts';
import type { Repository } from '../harness/repository.ts';

const AGENT = { name: 'Core', email: 'core@example.org' };

let repo: Repository;
let opened: LiveRepository[];
beforeEach(async () => {
  repo = await repository();
  opened = [];
  await repo.commit({ 'src/a.txt': 'a\n', 'src/deep/b.txt': 'b\n', 'README.md': 'read me\n' }, 'first', { branch: 'main' });
});
afterEach(async () => {
  await Promise.all(opened.map((live) => live.close()));
  repo.dispose();
});

async function load(): Promise<LiveRepository> {
  const live = await loadRepository(repo.bare);
  opened.push(live);
  return live;
}

function write(live: LiveRepository, branch: string, path: string, content: string): Promise<unknown> {
  return live.whole(() => live.repository.commit({ branch, author: AGENT, message: `${path}\n`, changes: [{ path, content }] }));
}

/** Of empty commits. */
function longHistory(branch: string, commits: number): string {
  return Array.from({ length: commits }, (_, at) => `commit refs/heads/${branch}\ncommitter A <a@example.org> ${1_700_000_000 + at} +0000\ndata 0\n`).join('');
}

async function soundGit(): Promise<void> {
  expect(await repo.git(['fsck', '--strict', '--full', '--no-dangling'])).toBe('');
}

it('files are read when somebody asks for them', async () => {
  const live = await load();
  expect(live.repository.read('main', 'src/deep/b.txt')).toMatchObject({ kind: 'missing' });
  const found = await live.whole(() => live.repository.read('main', 'src/deep/b.txt'));
  expect(found.kind === 'found' ? Buffer.from(found.bytes).toString() : found.kind).toBe('b\n');
});

it('once a branch is warm a commit waits for nothing', async () => {
  const live = await load();
  await live.warm('main');
  expect(live.repository.commit({ branch: 'main', author: AGENT, message: 'x\n', changes: [{ path: 'src/deep/b.txt', content: 'new\n' }] })).toMatchObject({ kind: 'committed' });
});

it('two agents\' branches, their merge, and all of it in git', async () => {
  const live = await load();
  const main = live.repository.tip('main')!;
  for (const name of ['one', 'two']) expect(live.repository.branch(name, main)).toMatchObject({ kind: 'moved' });
  await write(live, 'one', 'src/a.txt', 'one\n');
  await write(live, 'two', 'src/deep/b.txt', 'two\n');
  for (const from of ['one', 'two']) await live.whole(() => live.repository.merge({ into: 'main', from, author: AGENT, message: `Merge ${from}\n` }));
  expect(await live.flush()).toEqual({ kind: 'flushed' });
  expect(await repo.git(['show', 'main:src/a.txt', 'main:src/deep/b.txt'])).toBe('one\ntwo');
  expect(await repo.git(['rev-parse', 'main', 'one', 'two'])).toBe(['main', 'one', 'two'].map((name) => live.repository.tip(name)!.id).join('\n'));
  await soundGit();
});

it('a second flush writes only what is new', async () => {
  const live = await load();
  await write(live, 'main', 'src/a.txt', 'one\n');
  await live.flush();
  const before = Number(await repo.git(['rev-list', '--count', '--objects', '--all']));
  await write(live, 'main', 'README.md', 'two\n');
  expect(await live.flush()).toEqual({ kind: 'flushed' });
  // A commit, its root and the file.
  expect(Number(await repo.git(['rev-list', '--count', '--objects', '--all']))).toBe(before + 3);
  const packed = (await repo.git(['count-objects', '-v'])).match(/in-pack: (\d+)/)?.[1];
  expect(packed).toBe('7');
});

it('flushes at once take turns', async () => {
  const live = await load();
  await write(live, 'main', 'src/a.txt', 'one\n');
  const first = live.flush();
  await write(live, 'main', 'src/a.txt', 'two\n');
  expect(await Promise.all([first, live.flush(), live.flush()])).toEqual([{ kind: 'flushed' }, { kind: 'flushed' }, { kind: 'flushed' }]);
  expect(await repo.git(['show', 'main:src/a.txt'])).toBe('two');
});

it('a refresh that reads a long history takes back nothing that was flushed beside it', async () => {
  const live = await load();
  await repo.git(['fast-import', '--quiet'], longHistory('side', 10_000));
  await write(live, 'main', 'src/a.txt', 'ours\n');
  const ours = live.repository.tip('main')?.id;
  expect(await Promise.all([live.refresh(), live.flush()])).toEqual([[], { kind: 'flushed' }]);
  expect([live.repository.tip('main')?.id, await repo.git(['rev-parse', 'main'])]).toEqual([ours, ours]);
});

it('a branch that somebody moved in the repository meanwhile: lost, and nothing of it is there', async () => {
  const live = await load();
  await write(live, 'main', 'src/a.txt', 'ours\n');
  const theirs = await repo.commit({ 'src/a.txt': 'theirs\n' }, 'theirs', { branch: 'main' });
  expect(await live.flush()).toMatchObject({ kind: 'lost', ref: 'refs/heads/main' });
  expect(await repo.git(['rev-parse', 'main'])).toBe(theirs);
  expect(await live.refresh()).toEqual(['main']);
  await soundGit();
});

it('what others push is there after a refresh, with their new branches', async () => {
  const live = await load();
  const theirs = await repo.commit({ 'src/a.txt': 'theirs\n' }, 'theirs', { branch: 'main' });
  const side = await repo.commit({ 'src/c.txt': 'c\n' }, 'side', { branch: 'side', parents: [theirs] });
  expect(await live.refresh()).toEqual([]);
  expect([live.repository.tip('main')?.id, live.repository.tip('side')?.id]).toEqual([theirs, side]);
  await write(live, 'side', 'src/c.txt', 'more\n');
  expect(await live.flush()).toEqual({ kind: 'flushed' });
});

it('commits that were thrown away there do not keep anybody from seeing what came since', async () => {
  await repo.commit({ 'src/b.txt': 'b\n' }, 'old', { branch: 'old' });
  const live = await load();
  await repo.git(['update-ref', '-d', 'refs/heads/old']);
  await repo.git(['gc', '--quiet', '--prune=now']);
  const side = await repo.commit({ 'src/c.txt': 'c\n' }, 'side', { branch: 'side' });
  expect(await live.refresh()).toEqual([]);
  expect([live.repository.tip('old'), live.repository.tip('side')?.id]).toEqual([null, side]);
});

it('a branch that goes there goes here, and its name may be part of another', async () => {
  await repo.commit({ 'src/b.txt': 'b\n' }, 'old', { branch: 'old' });
  const live = await load();
  await repo.git(['update-ref', '-d', 'refs/heads/old']);
  const side = await repo.commit({ 'src/c.txt': 'c\n' }, 'side', { branch: 'old/side' });
  expect(await live.refresh()).toEqual([]);
  expect([live.repository.tip('old'), live.repository.tip('old/side')?.id]).toEqual([null, side]);
  expect(await live.flush()).toEqual({ kind: 'flushed' });
});

it('a branch with work in it that went there stays here, and is named', async () => {
  await repo.commit({ 'src/b.txt': 'b\n' }, 'old', { branch: 'old' });
  const live = await load();
  await write(live, 'old', 'src/a.txt', 'ours\n');
  await repo.git(['update-ref', '-d', 'refs/heads/old']);
  expect(await live.refresh()).toEqual(['old']);
  expect(live.repository.tip('old')).not.toBeNull();
});

it('what only we moved is no news to a refresh: not work in a branch, and not its removal', async () => {
  await repo.commit({ 'src/b.txt': 'b\n' }, 'old', { branch: 'old' });
  const live = await load();
  await write(live, 'main', 'src/a.txt', 'ours\n');
  live.repository.transact([{ branch: 'old', from: live.repository.tip('old'), to: null }]);
  expect(await live.refresh()).toEqual([]);
  expect(live.repository.tip('old')).toBeNull();
});

it('a branch that goes here goes there', async () => {
  const live = await load();
  const main = live.repository.tip('main')!;
  live.repository.branch('gone', main);
  await live.flush();
  live.repository.transact([{ branch: 'gone', from: main, to: null }]);
  expect(await live.flush()).toEqual({ kind: 'flushed' });
  expect(await repo.git(['for-each-ref', '--format=%(refname)'])).toBe('refs/heads/main');
});

it('what was flushed is what is loaded next', async () => {
  const live = await load();
  await write(live, 'main', 'ünïcode/ä.txt', 'x\n');
  await live.flush();
  const again = await load();
  expect(again.repository.tip('main')?.id).toBe(live.repository.tip('main')?.id);
  expect(await again.whole(() => again.repository.read('main', 'ünïcode/ä.txt'))).toMatchObject({ kind: 'found' });
});

it('objects that the repository lost are named, not taken for nothing', async () => {
  const tree = repo.tree([{ mode: '100644', name: 'gone', oid: 'e'.repeat(40) }]);
  repo.branch('broken', repo.commitTree(tree, 'broken'));
  const live = await load();
  await expect(live.whole(() => live.repository.read('broken', 'gone'))).rejects.toMatchObject({ code: 'object-missing', message: expect.stringContaining('is not there') });
});
