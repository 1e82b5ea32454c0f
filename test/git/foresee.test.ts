// A chain of merges made once more in memory, all of them from one look: each tree is the one that git's own chain has.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEngine, type Made } from '../../src/adapter/git/engine-opinion.ts';
import { LIBRARY_LIMITS, openLibrary } from '../../src/adapter/git/library.ts';
import type { Reader } from '../../src/adapter/git/read.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { candidateOf, workbench } from '../harness/workbench.ts';
import type { Workbench } from '../harness/workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

const TWENTY = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`src/d${at % 4}/f${at}.txt`, `${at}\n`]));

function base(): Promise<Oid> {
  return bench.repo.commit(TWENTY, 'base', { keep: false });
}

/** As the builder's git makes them. */
async function chain(target: Oid, tips: readonly Oid[]): Promise<readonly Made[]> {
  const outcomes = await bench.build(target, tips);
  return outcomes.map((outcome, at) => ({ ...candidateOf(outcome), tip: tips[at]! }));
}

async function told(merges: readonly Made[], limits = LIBRARY_LIMITS): Promise<{ readonly said: readonly string[]; readonly read: ReadonlySet<string> }> {
  const read = new Set<string>();
  const object: Reader['object'] = (id, max) => (read.add(id), bench.reader.object(id, max));
  const engine = openEngine({ attributes: bench.attributes, reader: bench.reader, library: openLibrary({ object }, limits) });
  const opinions = await engine.merge(merges);
  return { said: opinions.map((opinion) => opinion.kind === 'clean' ? opinion.tree : opinion.kind), read };
}

/** `count` branches that change and add a file each, and a target that moved on. */
async function apart(count: number): Promise<readonly Made[]> {
  const from = await base();
  const tips = await Promise.all(Array.from({ length: count }, (_, at) => bench.repo.commit({ [`src/d${at % 4}/f${at % 20}.txt`]: 'changed\n', [`new/${at}.txt`]: 'new\n' }, 'work', { parents: [from] })));
  return chain(await bench.repo.commit({ 'src/d0/f19.txt': 'moved on\n' }, 'target', { parents: [from] }), tips);
}

it('every merge of a chain is told, and nothing is read of what stands between the first and the last', async () => {
  const merges = await apart(12);
  const { said, read } = await told(merges);
  expect(said).toEqual(merges.map(({ tree }) => tree));
  expect(merges.filter(({ tree }) => read.has(tree))).toEqual([]);
});

it('a chain longer than what is looked at together', async () => {
  const merges = await apart(40);
  expect((await told(merges)).said).toEqual(merges.map(({ tree }) => tree));
});

it('merges that are too much to read together are made one by one', async () => {
  const merges = await apart(8);
  expect((await told(merges, { ...LIBRARY_LIMITS, objectsMax: 30 })).said).toEqual(merges.map(({ tree }) => tree));
});

it('a branch that stands on one before it, and two that share a commit the target has not', async () => {
  const from = await base();
  const first = await bench.repo.commit({ 'src/d0/f0.txt': 'first\n' }, 'first', { parents: [from] });
  const second = await bench.repo.commit({ 'src/d0/f0.txt': 'second\n' }, 'second', { parents: [first] });
  const third = await bench.repo.commit({ 'src/d2/f2.txt': 'third\n' }, 'third', { parents: [first] });
  const merges = await chain(await bench.repo.commit({ 'src/d1/f1.txt': 'target\n' }, 'target', { parents: [from] }), [first, second, third]);
  expect((await told(merges)).said).toEqual(merges.map(({ tree }) => tree));
});

it('a merge that is not what it claims is found, and those on it are judged by what they stand on', async () => {
  const from = await base();
  const [one, two] = await Promise.all(['one', 'two'].map((name) => bench.repo.commit({ [name]: 'x\n' }, name, { parents: [from] })));
  const wrong = await bench.repo.commit({ one: 'x\n', more: 'y\n' }, 'wrong', { parents: [from, one!] });
  const onWrong = await bench.repo.commit({ one: 'x\n', more: 'y\n', two: 'x\n' }, 'on it', { parents: [wrong, two!] });
  const treeOf = async (commit: Oid): Promise<Oid> => (await bench.reader.commit(commit))!.tree;
  const merges = [{ onto: from, tip: one!, commit: wrong, tree: await treeOf(wrong) }, { onto: wrong, tip: two!, commit: onWrong, tree: await treeOf(onWrong) }];
  expect((await told(merges)).said).toEqual([await treeOf(one!), await treeOf(onWrong)]);
});
