// Conflicts git itself cannot settle, by kind, with real git: named, put to a person, and each answer gives exactly the tree it promised.
import { describe, expect, test } from 'vitest';
import type { ConflictKind } from '../../src/resolution/conflict.ts';
import type { Content, Files } from '../harness/repository.ts';
import { entry, gateConfig, scene, type Scene } from './scene.ts';

type Case = { readonly kind: ConflictKind; readonly base: Files; readonly first: Files; readonly second: Files; readonly A: Tree; readonly B: Tree };
/** Path to mode and content (a submodule's commit); null: not there. */
type Tree = Readonly<Record<string, string | null>>;

const LONG = Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n');
const module = (digit: string): Content => ({ mode: '160000', oid: digit.repeat(40) });

const CASES: readonly Case[] = [
  { kind: 'content', base: { f: 'x\n' }, first: { f: 'one\n' }, second: { f: 'two\n' }, A: { f: '100644 one' }, B: { f: '100644 two' } },
  { kind: 'add/add', base: {}, first: { f: 'one\n' }, second: { f: 'two\n' }, A: { f: '100644 one' }, B: { f: '100644 two' } },
  { kind: 'modify/delete', base: { f: 'x\n' }, first: { f: null }, second: { f: 'two\n' }, A: { f: null }, B: { f: '100644 two' } },
  { kind: 'binary', base: { f: Buffer.from('\0x') }, first: { f: Buffer.from('\0one') }, second: { f: Buffer.from('\0two') }, A: { f: '100644 \0one' }, B: { f: '100644 \0two' } },
  { kind: 'mode', base: {}, first: { f: entry('100755', 'same') }, second: { f: entry('100644', 'same') }, A: { f: '100755 same' }, B: { f: '100644 same' } },
  { kind: 'symlink', base: { f: entry('120000', 'x') }, first: { f: entry('120000', 'one') }, second: { f: entry('120000', 'two') }, A: { f: '120000 one' }, B: { f: '120000 two' } },
  { kind: 'submodule', base: { f: module('1') }, first: { f: module('2') }, second: { f: module('3') }, A: { f: `160000 ${'2'.repeat(40)}` }, B: { f: `160000 ${'3'.repeat(40)}` } },
  { kind: 'rename/rename', base: { f: LONG }, first: { f: null, g: LONG }, second: { f: null, h: LONG }, A: { f: null, g: `100644 ${LONG}`, h: null }, B: { f: null, g: null, h: `100644 ${LONG}` } },
  { kind: 'rename/delete', base: { f: LONG }, first: { f: null }, second: { f: null, h: LONG }, A: { f: null, h: null }, B: { f: null, h: `100644 ${LONG}` } },
  { kind: 'file/directory', base: {}, first: { f: 'one\n' }, second: { 'f/x': 'two\n' }, A: { f: '100644 one', 'f/x': null }, B: { 'f/x': '100644 two' } },
  { kind: 'file/directory', base: {}, first: { 'f/x': 'one\n' }, second: { f: 'two\n' }, A: { 'f/x': '100644 one' }, B: { f: '100644 two', 'f/x': null } },
];

describe.each(CASES)('a conflict of kind $kind', ({ kind, base, first, second, A, B }) => {
  test.each([['A', A], ['B', B]] as const)('is named and asked; %s gives the tree it promised', async (letter, tree) => {
    const on = await scene({ files: { 'a.txt': 'a\n', ...base } });
    const control = await withFirstLanded(on, first);
    await on.ready('feature/second', second);
    await on.ready('feature/elsewhere', { 'z.txt': 'z\n' });
    const { phase } = await on.reaches('feature/second', 'escalated');
    expect(phase.question.conflict).toMatchObject({ paths: [expect.objectContaining({ kind })], partners: expect.arrayContaining([expect.objectContaining({ branch: 'feature/first' })]) });
    await on.landed('feature/elsewhere');
    await control.decide('feature/second', letter, 'a person');
    await on.landed('feature/second');
    expect(await shown(on, Object.keys(tree))).toEqual(tree);
    expect(await on.read('z.txt')).toBe('z');
  });
});

test('several conflicts are answered at once, one letter each, and the losing sides get their homework', async () => {
  const on = await scene({ files: { f: 'x\n', g: 'x\n' } });
  const control = await withFirstLanded(on, { f: 'one\n', g: 'one\n' });
  await on.ready('feature/second', { f: 'two\n', g: 'two\n' });
  await on.reaches('feature/second', 'escalated');
  await expect(control.decide('feature/second', 'ABA', 'p')).rejects.toMatchObject({ code: 'usage' });
  await control.decide('feature/second', 'AB', 'p');
  await on.landed('feature/second');
  expect([await on.read('f'), await on.read('g')]).toEqual(['one', 'two']);
  const tasks = await on.until('two tasks', () => (on.lane()?.tasks.length ?? 0) >= 2 && on.lane()?.tasks);
  expect(tasks.map((task) => [task.branch, task.path]).toSorted(([a = ''], [b = '']) => a.localeCompare(b))).toEqual([['feature/first', 'g'], ['feature/second', 'f']]);
});

test('an answer to a conflict that changed meanwhile is not used for another one', async () => {
  const on = await scene({ files: { f: 'x\n' } });
  const control = await withFirstLanded(on, { f: 'one\n' });
  await on.ready('feature/second', { f: 'two\n' });
  const { phase } = await on.reaches('feature/second', 'escalated');
  await on.quietly('main', { f: 'three\n' });
  await control.decide('feature/second', 'B', 'p');
  const again = await on.until('the new question', () => {
    const now = on.request('feature/second')?.phase;
    return now?.state === 'escalated' && now.question.conflict.fingerprint !== phase.question.conflict.fingerprint && now.question;
  });
  expect(again.conflict.paths[0]?.hunks[0]?.ours).toEqual(['three']);
  expect(await on.read('f')).toBe('three');
});

test('every option is gated before anybody is asked, and a red one says so', async () => {
  const on = await scene({ files: { f: 'x\n' }, config: gateConfig('! grep -q two f') });
  await withFirstLanded(on, { f: 'one\n' });
  await on.ready('feature/second', { f: 'two\n' });
  const { phase } = await on.reaches('feature/second', 'escalated');
  expect(phase.question.options.map((option) => [option.letter, option.verdict.kind])).toEqual([['A', 'passed'], ['B', 'failed']]);
});

async function withFirstLanded(on: Scene, files: Files) {
  await on.ready('feature/first', files);
  const { control } = await on.start();
  await on.landed('feature/first');
  return control;
}

async function shown(on: Scene, paths: readonly string[]): Promise<Tree> {
  const found: Record<string, string | null> = {};
  for (const path of paths) {
    const [mode, type, oid] = (await on.remote.git(['ls-tree', 'refs/heads/main', path])).split(/[ \t]/);
    const there = oid !== undefined && type !== 'tree';
    found[path] = there ? `${mode} ${type === 'commit' ? oid : await on.remote.git(['cat-file', 'blob', oid])}` : null;
  }
  return found;
}
