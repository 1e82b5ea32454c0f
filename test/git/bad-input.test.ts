// Repositories that are broken or made to hurt, in memory: each gets an error by its code, or git's own bytes back; never a wrong tree.
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadRepository, type LiveRepository } from '../../src/adapter/git/live-repository.ts';
import { repository, type Repository } from '../harness/repository.ts';

const AGENT = { name: 'Core', email: 'core@example.org' };
const NOWHERE = 'e'.repeat(40);
const GIGABYTES = 2 * 1024 ** 3;

let repo: Repository;
let live: LiveRepository | null;
beforeEach(async () => {
  repo = await repository();
  live = null;
});
afterEach(async () => {
  await live?.close();
  repo.dispose();
});

function stored(id: string, content: Buffer): void {
  const file = join(repo.bare, 'objects', id.slice(0, 2), id.slice(2));
  chmodSync(file, 0o644);
  writeFileSync(file, content);
}

function blob(text: string, as: Buffer | null = null): string {
  const id = repo.object('blob', Buffer.from(text));
  if (as !== null) stored(id, as);
  return id;
}

function folder(name: string, mode = '100644', oid = blob('x')): string {
  return repo.tree([{ mode, name, oid }]);
}

function deep(levels: number, names: readonly string[]): string {
  let tree = folder('file');
  for (let level = 0; level < levels; level += 1) tree = repo.tree(names.map((name) => ({ mode: '40000', name, oid: tree })));
  return tree;
}

async function load(tree: string): Promise<LiveRepository> {
  repo.branch('bad', repo.commitTree(tree, 'bad'));
  repo.branch('empty', repo.commitTree(repo.tree([]), 'empty'));
  return live = await loadRepository(repo.bare);
}

it.each([
  ['is not there', 'object-missing', () => folder('file', '100644', NOWHERE)],
  ['is in a folder that is not there', 'object-missing', () => folder('file', '40000', NOWHERE)],
  ['has other bytes than its name says', 'object-corrupt', () => folder('file', '100644', blob('whole\n', deflateSync(Buffer.from('blob 6\0wrong\n'))))],
  ['is no object at all, as git says, too,', 'object-missing', () => folder('file', '100644', blob('garbled\n', Buffer.from('no zlib')))],
  ['is cut off, so that git gives up', 'git-failed', () => folder('file', '100644', blob('cut off\n', deflateSync(Buffer.from('blob 8\0cut off\n')).subarray(0, 10)))],
  ['is a folder by its name and none by its content', 'object-corrupt', () => folder('file', '40000')],
  ['stands beside a way out', 'object-corrupt', () => folder('..')],
  ['stands beside git\'s own folder', 'object-corrupt', () => folder('.git')],
  ['has two gigabytes, as it says', 'engine-full', () => folder('file', '100644', blob('lying\n', deflateSync(Buffer.from(`blob ${GIGABYTES}\0x`))))],
] as const)('a file that %s: %s', async (_what, code, make) => {
  const bad = await load(make());
  const read = (path: string): Promise<unknown> => bad.whole(() => bad.repository.read('bad', path));
  await expect(read('file/file').then(() => read('file'))).rejects.toMatchObject({ code });
});

it('a repository of another hash', async () => {
  const other = await repository('sha256');
  await expect(loadRepository(other.bare)).rejects.toMatchObject({ code: 'object-format' });
  other.dispose();
});

it('a history with a commit that is not there', async () => {
  repo.branch('bad', repo.commitTree(folder('file'), 'bad', [repo.commitTree(folder('a'), 'gone')]));
  const gone = await repo.git(['rev-parse', 'bad^']);
  rmSync(join(repo.bare, 'objects', gone.slice(0, 2), gone.slice(2)));
  await expect(loadRepository(repo.bare)).rejects.toMatchObject({ code: 'git-failed' });
});

it.each([
  ['of sixteen objects with ten thousand million files', 10, Array.from({ length: 10 }, (_, at) => `d${at}`), { kind: 'too-many' }],
  ['of folders 3,000 deep', 3000, ['d'], { code: 'engine-full' }],
] as const)('a tree %s is not walked to its end', async (_what, levels, names, said) => {
  const bad = await load(deep(levels, names));
  const told = await bad.whole(() => bad.repository.diff('empty', 'bad')).catch((error: unknown) => error);
  expect(told).toMatchObject(said);
  await bad.warm('bad');
});

it('names that are no UTF-8 keep their bytes through commit, merge and flush', async () => {
  const odd = { mode: '100644', name: Buffer.from([0x66, 0xff, 0xfe]), oid: blob('odd\n') };
  const base = repo.commitTree(repo.tree([{ mode: '100644', name: 'a', oid: blob('a\n') }]), 'base');
  repo.branch('main', base);
  repo.branch('odd', repo.commitTree(repo.tree([{ mode: '100644', name: 'a', oid: blob('a\n') }, odd]), 'odd', [base]));
  const odds = live = await loadRepository(repo.bare);
  const memory = odds.repository;
  await odds.whole(() => memory.commit({ branch: 'main', author: AGENT, message: 'x\n', changes: [{ path: 'b', content: 'b\n' }] }));
  expect(await odds.whole(() => memory.merge({ into: 'main', from: 'odd', author: AGENT, message: 'merge\n' }))).toMatchObject({ kind: 'merged' });
  expect(await live.flush()).toEqual({ kind: 'flushed' });
  expect(await repo.git(['ls-tree', '--name-only', 'main'])).toBe('a\nb\n"f\\377\\376"');
  expect(await repo.git(['rev-parse', 'main^{tree}'])).toBe(await repo.git(['merge-tree', '--write-tree', 'main^1', 'odd']));
});
