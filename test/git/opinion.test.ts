// Who says a second time what a merge comes to: the engine where it comes to the very tree, else a git of its own.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEngine } from '../../src/adapter/git/engine-opinion.ts';
import type { EngineOpinion } from '../../src/adapter/git/engine-opinion.ts';
import { openLibrary } from '../../src/adapter/git/library.ts';
import { openMerger } from '../../src/adapter/git/merge.ts';
import { secondOpinion } from '../../src/adapter/git/opinion.ts';
import type { Opinion } from '../../src/adapter/git/verify.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { workbench } from '../harness/workbench.ts';
import type { Workbench } from '../harness/workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

type Merge = { readonly onto: Oid; readonly tip: Oid; readonly tree: Oid };
type Heard = { readonly opinion: Opinion | undefined; readonly processes: number; readonly told: readonly string[] };

/** `claims`: an engine that says this whatever it is asked. */
async function ask(merge: Merge, claims: EngineOpinion | null = null): Promise<Heard> {
  let processes = 0;
  const told: string[] = [];
  const merger = openMerger(bench.git, bench.writer);
  const counted = { ...merger, mergeBatch: (...given: Parameters<typeof merger.mergeBatch>) => {
    processes += 1;
    return merger.mergeBatch(...given);
  } };
  const engine = claims === null ? openEngine({ attributes: bench.attributes, reader: bench.reader, library: openLibrary(bench.reader) }) : { merge: () => Promise.resolve([claims]) };
  const second = secondOpinion({ ...bench, engine, merger: () => counted, onDisagreement: (text) => told.push(text) });
  const [opinion] = await second.recompute([{ ...merge, commit: merge.onto }]);
  await merger.close();
  return { opinion, processes, told };
}

/** A branch off the target's tip, and the tree that git makes of it. */
async function plain(files: Readonly<Record<string, string>> = {}): Promise<Merge> {
  const onto = await bench.repo.commit({ a: 'a\n', ...files }, 'onto', { keep: false });
  const tip = await bench.repo.commit({ b: 'b\n' }, 'tip', { parents: [onto] });
  return { onto, tip, tree: (await bench.reader.commit(tip))!.tree };
}

async function forged(): Promise<{ readonly merge: Merge; readonly right: Oid }> {
  const merge = await plain();
  return { merge: { ...merge, tree: (await bench.reader.commit(merge.onto))!.tree }, right: merge.tree };
}

it('the engine confirms, and no process is started', async () => {
  const merge = await plain();
  expect(await ask(merge)).toEqual({ opinion: { tree: merge.tree, by: { by: 'engine' } }, processes: 0, told: [] });
});

it.each([
  ['everywhere', { '.gitattributes': '*.md merge=union\n' }, 'git'],
  ['in its folder', { 'docs/.gitattributes': '* -merge\n' }, 'git'],
  ['in its folder, by the root', { '.gitattributes': '/docs/*.md merge=union\n' }, 'git'],
  ['in another folder', { 'lib/.gitattributes': '*.md merge=union\n', '.gitattributes': 'lib/x/*.md -merge\n' }, 'engine'],
] as const)('a text that both changed, and attributes %s', async (_where, files, by) => {
  const text = (...changed: readonly number[]): string => Array.from({ length: 9 }, (_, at) => changed.includes(at) ? 'changed\n' : `${at}\n`).join('');
  const base = await bench.repo.commit({ ...files, 'docs/a.md': text() }, 'base', { keep: false });
  const [onto, tip] = [await bench.repo.commit({ 'docs/a.md': text(1) }, 'onto', { parents: [base] }), await bench.repo.commit({ 'docs/a.md': text(7) }, 'tip', { parents: [base] })];
  const both = await bench.repo.commit({ 'docs/a.md': text(1, 7) }, 'both', { parents: [base] });
  const { tree } = (await bench.reader.commit(both))!;
  const heard = await ask({ onto, tip, tree });
  expect(heard).toMatchObject({ opinion: { by: { by } }, told: [] });
  expect(heard.opinion?.tree).toBe(Object.keys(files).some((path) => path === 'docs/.gitattributes') ? 'conflict' : tree);
});

it('attributes of texts that not both changed are nothing to ask about', async () => {
  expect(await ask(await plain({ '.gitattributes': '*.md merge=union\n' }))).toMatchObject({ opinion: { by: { by: 'engine' } }, processes: 0 });
});

it('attributes that say only what is text change no merge', async () => {
  const merge = await plain({ '.gitattributes': '* text=auto\n*.png -text\n' });
  expect(await ask(merge)).toMatchObject({ opinion: { by: { by: 'engine' } }, processes: 0 });
});

it('two merge bases are merged first, and the engine confirms', async () => {
  const base = await bench.repo.commit({ a: 'a\n' }, 'base', { keep: false });
  const [x, y] = [await bench.repo.commit({ x: 'x\n' }, 'x', { parents: [base] }), await bench.repo.commit({ y: 'y\n' }, 'y', { parents: [base] })];
  const onto = await bench.repo.commit({ y: 'y\n' }, 'onto', { parents: [x, y] });
  const tip = await bench.repo.commit({ x: 'x\n' }, 'tip', { parents: [y, x] });
  const { tree } = (await bench.reader.commit(onto))!;
  expect(await ask({ onto, tip, tree })).toMatchObject({ opinion: { tree, by: { by: 'engine' } }, processes: 0 });
});

it('two merge bases that conflict are left to git', async () => {
  const base = await bench.repo.commit({ a: 'a\n' }, 'base', { keep: false });
  const [x, y] = [await bench.repo.commit({ a: 'x\n' }, 'x', { parents: [base] }), await bench.repo.commit({ a: 'y\n' }, 'y', { parents: [base] })];
  const onto = await bench.repo.commit({ a: 'z\n' }, 'onto', { parents: [x, y] });
  const tip = await bench.repo.commit({ a: 'z\n', b: 'b\n' }, 'tip', { parents: [y, x] });
  const { tree } = (await bench.reader.commit(tip))!;
  expect(await ask({ onto, tip, tree })).toMatchObject({ opinion: { tree, by: { by: 'git', engine: '2 merge bases' } }, processes: 1 });
});

it('a wrong tree of the builder is found by the engine, and by git where the engine has no word', async () => {
  for (const claims of [null, { kind: 'none', why: 'rename' } as const]) {
    const { merge, right } = await forged();
    expect(await ask(merge, claims)).toMatchObject({ opinion: { tree: right, by: { by: 'git' } }, processes: 1, told: [] });
  }
});

it.each([
  ['another tree', { kind: 'clean', tree: 'f'.repeat(40) } as const],
  ['a conflict', { kind: 'conflict' } as const],
])('an engine that makes %s of it is overruled by git, and told of', async (_what, claims) => {
  const merge = await plain();
  const { opinion, processes, told } = await ask(merge, claims);
  expect({ opinion, processes }).toEqual({ opinion: { tree: merge.tree, by: { by: 'git', engine: 'tree' in claims ? claims.tree : 'conflict' } }, processes: 1 });
  expect(told).toEqual([expect.stringContaining('git\'s word counts')]);
});

it('a repository of another hash is left to git', async () => {
  const other = await workbench('sha256');
  const onto = await other.repo.commit({ a: 'a\n' }, 'onto', { keep: false });
  const engine = openEngine({ attributes: other.attributes, reader: other.reader, library: openLibrary(other.reader) });
  expect(await engine.merge([{ onto, tip: onto, tree: onto, commit: onto }])).toEqual([{ kind: 'none', why: 'the repository is not SHA-1' }]);
  await other.close();
});

it('an engine that fails is an engine without a word', async () => {
  const merge = await plain();
  const lost = { ...merge, tip: 'e'.repeat(40) as Oid };
  const broken = openEngine({ attributes: bench.attributes, reader: bench.reader, library: { ...openLibrary(bench.reader), answer: () => Promise.reject(new RangeError('stack')) } });
  expect(await broken.merge([{ ...merge, commit: merge.onto }])).toEqual([{ kind: 'none', why: 'stack' }]);
  expect(await broken.merge([{ ...lost, commit: lost.onto }])).toMatchObject([{ kind: 'none' }]);
});
