// Merges in memory of a real repository: what is read for them, and what is not taken for a merge.
import { readFileSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LIBRARY_LIMITS, openLibrary } from '../../src/adapter/git/library.ts';
import type { Library, LibraryLimits } from '../../src/adapter/git/library.ts';
import { Tree } from '../../src/engine/object/node.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { history } from '../conformance/random-history.ts';
import { mergedBy } from '../harness/merged.ts';
import { workbench } from '../harness/workbench.ts';
import type { Workbench } from '../harness/workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

type Sides = { readonly base: string; readonly ours: string; readonly theirs: string };

function library(limits: Partial<LibraryLimits> = {}): Library {
  return openLibrary(bench.reader, { ...LIBRARY_LIMITS, ...limits });
}

function merge(by: Library, { base, ours, theirs }: Sides): ReturnType<typeof mergedBy> {
  return mergedBy(by, base, ours, theirs);
}

async function treeOf(commit: Oid): Promise<Oid> {
  return (await bench.reader.commit(commit))!.tree;
}

/** Two files of one folder, one changed by each side. */
async function sides(folder = 'deep/er', content = 'x\n'): Promise<Sides> {
  const base = await bench.repo.commit({ [`${folder}/a`]: content, [`${folder}/b`]: content }, 'base', { keep: false });
  const ours = await bench.repo.commit({ [`${folder}/a`]: `${content}ours\n` }, 'ours', { parents: [base] });
  const theirs = await bench.repo.commit({ [`${folder}/b`]: `${content}theirs\n` }, 'theirs', { parents: [base] });
  return { base: await treeOf(base), ours: await treeOf(ours), theirs: await treeOf(theirs) };
}

it('a merge is git\'s tree, or nothing is said', async () => {
  const by = library();
  for (let seed = 1; seed <= 60; seed += 1) {
    const { base, ours, theirs } = await history(bench.repo, seed);
    const outcome = await merge(by, { base: await treeOf(base), ours: await treeOf(ours), theirs: await treeOf(theirs) });
    const plain = await bench.repo.runner.run(['merge-tree', '--write-tree', '--name-only', ours, theirs]);
    const git = plain.code === 0 ? plain.stdout.toString('utf8').slice(0, 40) : 'conflict';
    if (outcome.kind !== 'declined') expect({ seed, said: outcome.kind === 'clean' ? outcome.tree.id : outcome.kind }).toEqual({ seed, said: git });
  }
});

it('brings in trees and blobs in one burst, and knows them by id', async () => {
  const by = library();
  const { base } = await sides();
  expect(by.shelf.entries(Tree.known(base))).toBeNull();
  expect(await by.bring([base])).toBeNull();
  expect(by.shelf.entries(Tree.known(base))?.map(({ name, mode }) => [name, mode])).toEqual([['deep', 0o40000]]);
});

it('an object that is not there is no answer', async () => {
  expect(await library().bring(['e'.repeat(40)])).toEqual({ kind: 'unread', why: `${'e'.repeat(40)} is not there`, code: 'object-missing' });
});

it('a damaged object is not taken for what its name says', async () => {
  const blob = bench.repo.object('blob', Buffer.from('whole\n'));
  const file = join(bench.repo.bare, 'objects', blob.slice(0, 2), blob.slice(2));
  expect(readFileSync(file).length).toBeGreaterThan(0);
  chmodSync(file, 0o644);
  writeFileSync(file, deflateSync(Buffer.from('blob 6\0wrong\n')));
  expect(await library().bring([blob])).toMatchObject({ kind: 'unread', why: expect.stringMatching(/damaged|mismatch/) });
});

it('a blob over the limit is not read', async () => {
  const blob = bench.repo.object('blob', Buffer.alloc(100_001, 'x'));
  expect(await library({ blobBytesMax: 100_000 }).bring([blob])).toEqual({ kind: 'unread', why: `${blob} has 100001 bytes`, code: 'engine-full' });
});

it.each([
  ['a way out', [{ mode: '40000', name: '..' }]],
  ['git\'s own folder', [{ mode: '40000', name: '.git' }]],
  ['a mode of old', [{ mode: '100664', name: 'a' }]],
  ['names out of order', [{ mode: '100644', name: 'b' }, { mode: '100644', name: 'a' }]],
  ['a name twice', [{ mode: '100644', name: 'a' }, { mode: '100644', name: 'a.b' }, { mode: '40000', name: 'a' }]],
  ['a slash in a name', [{ mode: '100644', name: 'a/b' }]],
])('a tree with %s is left to git', async (_what, entries) => {
  const tree = bench.repo.tree(entries.map((entry) => ({ ...entry, oid: 'a'.repeat(40) })));
  expect(await library().bring([tree])).toEqual({ kind: 'unread', why: `${tree} is no tree that git would write`, code: 'object-corrupt' });
});

it('what is too much for one merge is left to git', async () => {
  const wide = await sides('wide');
  const by = library({ objectsMax: 1 });
  expect(await merge(by, wide)).toMatchObject({ kind: expect.stringMatching(/unread|declined/) });
});

/** `depth` folders in one another, the innermost with this file. */
function nested(depth: number, content: string, names: readonly string[] = ['d']): Oid {
  let tree = bench.repo.tree([{ mode: '100644', name: 'file', oid: bench.repo.object('blob', Buffer.from(content)) }]);
  for (let level = 0; level < depth; level += 1) tree = bench.repo.tree(names.map((name) => ({ mode: '40000', name, oid: tree })));
  return tree;
}

it.each([
  ['folders 3,000 deep', 3000, ['d']],
  ['a tree of sixteen objects with ten thousand million files', 10, Array.from({ length: 10 }, (_, at) => `d${at}`)],
])('%s are left to git', async (_what, depth, names) => {
  const [base, ours, theirs] = ['base\n', 'base\nours\n', 'theirs\nbase\n'].map((content) => nested(depth, content, names));
  expect(await merge(library(), { base: base!, ours: ours!, theirs: theirs! })).toMatchObject({ kind: expect.stringMatching(/unread|declined/) });
});

it('what was not used of late makes room, and is read again', async () => {
  const by = library({ keptBytesMax: 1000 });
  const blobs = Array.from({ length: 20 }, (_, at) => bench.repo.object('blob', Buffer.alloc(200, `${at}`)));
  for (const blob of blobs) expect(await by.bring([blob])).toBeNull();
  expect(await by.bring([blobs[0]!])).toBeNull();
});
