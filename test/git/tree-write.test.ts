// A tree with other contents in some files: the very tree git's index gives, without a process.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { editTree, type TreeEdit, type TreeTools } from '../../src/adapter/git/tree-write.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { workbench, type Workbench } from '../harness/workbench.ts';

let bench: Workbench;
let from: Oid;
let blob: Oid;
beforeAll(async () => {
  bench = await workbench();
  const tip = await bench.repo.commit({ 'a.txt': 'a', 'a/b.txt': 'b', 'a/c/d.txt': 'd', 'a-b': 'x', 'n\xfcr': 'n', link: { mode: '120000', content: 'a.txt' } }, 'base');
  from = (await bench.reader.commit(tip))?.tree ?? tip;
  blob = bench.repo.object('blob', Buffer.from('new\n'));
});
afterAll(() => bench.close());

const NAME = Buffer.from('n\xfcr').toString('latin1');
const to = (mode = '100644'): TreeEdit['to'] => ({ mode, oid: blob });

/** What git makes of it where nothing is to be had in memory. */
function throughIndex(edits: readonly TreeEdit[]): Promise<Oid> {
  return editTree({ ...bench, reader: { tree: () => Promise.resolve(null) } }, from, edits);
}

test.each([
  ['one file', () => [{ path: 'a.txt', to: to() }]],
  ['several, in one folder and below', () => [{ path: 'a/c/d.txt', to: to() }, { path: 'a/b.txt', to: to('100755') }, { path: 'a-b', to: to() }]],
  ['a name of bytes, and a link', () => [{ path: NAME, to: to() }, { path: 'link', to: to() }]],
] satisfies [string, () => readonly TreeEdit[]][])('%s: no process', async (_, edits) => {
  const git: TreeTools['git'] = { ...bench.git, must: () => Promise.reject(new Error('a process')) };
  expect(await editTree({ ...bench, git }, from, edits())).toBe(await throughIndex(edits()));
});

test.each([
  ['added', () => [{ path: 'new', to: to() }]],
  ['removed', () => [{ path: 'a/b.txt', to: null }]],
  ['in the place of a folder', () => [{ path: 'a/b.txt', to: null }, { path: 'a/c', to: to() }]],
  ['below a file', () => [{ path: 'a.txt/x', to: to() }]],
] satisfies [string, () => readonly TreeEdit[]][])('%s: as git does it', async (_, edits) => {
  expect(await editTree(bench, from, edits())).toBe(await throughIndex(edits()));
});
