// One conflict of each kind git itself cannot settle, and what each answer must give: named, asked, and exactly the tree it promised.
import { expect } from 'vitest';
import type { ConflictKind } from '../../src/resolution/conflict.ts';
import type { Content, Files } from '../harness/repository.ts';
import { entry, scene, type Scene } from './scene.ts';

export type Case = { readonly kind: ConflictKind; readonly base: Files; readonly first: Files; readonly second: Files; readonly A: Tree; readonly B: Tree };
/** Path to mode and content (a submodule's commit); null: not there. */
type Tree = Readonly<Record<string, string | null>>;

const LONG = Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n');
const module = (digit: string): Content => ({ mode: '160000', oid: digit.repeat(40) });

export const CASES: readonly Case[] = [
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

/** The first branch lands, the second conflicts, one elsewhere lands meanwhile; the answer gives its tree. */
export async function endsAs({ kind, base, first, second, ...trees }: Case, letter: 'A' | 'B'): Promise<void> {
  const tree = trees[letter];
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
}

export async function withFirstLanded(on: Scene, files: Files) {
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
