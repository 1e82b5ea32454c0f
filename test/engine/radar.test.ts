// The radar in memory: which branches meet, what they come to, what is looked at again, and the order advice.
import { expect, test } from 'vitest';
import { landingOrder } from '../../src/engine/radar/order.ts';
import { LineBook } from '../../src/engine/merge/line-book.ts';
import { Radar, type PairBase } from '../../src/engine/radar/radar.ts';
import type { Shelf } from '../../src/engine/merge/outcome.ts';
import { mergeLines, mergedText } from '../../src/engine/line/merge-lines.ts';
import { settledText } from '../../src/engine/line/region.ts';
import { Blob, MODE, Tree, type Entry } from '../../src/engine/object/node.ts';
import { compareEntries } from '../../src/engine/object/node.ts';

type Files = Readonly<Record<string, string>>;

const SHELF: Shelf = { entries: (tree) => tree.entries, bytes: (blob) => blob.bytes };
const BASE: Files = { 'a': lines(), 'src/b': lines(), 'src/c': lines(), 'old/d': lines() };
const baseOf: PairBase = () => tree(BASE);

function lines(...changed: readonly (readonly [number, string])[]): string {
  return Array.from({ length: 12 }, (_, at) => `${changed.find(([line]) => line === at + 1)?.[1] ?? `line ${at + 1}`}\n`).join('');
}

function tree(files: Files): Tree {
  const names = [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''))];
  return Tree.of(names.map((name): Entry => {
    const text = files[name];
    if (text !== undefined) return { name, mode: MODE.file, node: Blob.of(Buffer.from(text)) };
    return { name, mode: MODE.tree, node: tree(Object.fromEntries(Object.entries(files).filter(([path]) => path.startsWith(`${name}/`)).map(([path, content]) => [path.slice(name.length + 1), content]))) };
  }).toSorted(compareEntries));
}

function put(radar: Radar, name: string, files: Files): void {
  const own = tree(files);
  radar.put({ name, tip: own.id, tree: own, base: tree(BASE) });
}

function radarOf(branches: Readonly<Record<string, Files>>, target: Files = BASE): Radar {
  const radar = new Radar();
  radar.aim(tree(target), []);
  for (const [name, files] of Object.entries(branches)) put(radar, name, files);
  expect(radar.settle(SHELF, baseOf)).toEqual({ objects: [], bases: [] });
  return radar;
}

function pairs(radar: Radar): readonly string[] {
  return radar.collisions().map(({ one, other, finding }) => `${[one, other].toSorted().join(' x ')} ${finding.kind}`).toSorted();
}

test('two edits of one line collide there, edits far apart in one file do not', () => {
  const radar = radarOf({ one: { ...BASE, a: lines([3, 'ONE']) }, two: { ...BASE, a: lines([3, 'TWO']) }, far: { ...BASE, a: lines([9, 'FAR']) } });
  expect(pairs(radar)).toEqual(['one x two clash']);
  const [collision] = radar.collisions();
  expect(collision?.finding).toMatchObject({ clashes: [{ path: 'a', hunks: [{ ours: { start: 3, end: 3 }, theirs: { start: 3, end: 3 } }] }] });
});

test('the same change on both sides is no collision', () => {
  expect(pairs(radarOf({ one: { ...BASE, a: lines([3, 'X']) }, two: { ...BASE, 'a': lines([3, 'X']), 'src/b': lines([1, 'Y']) } }))).toEqual([]);
});

test('a file that began where another branch emptied the folder is not taken for clean', () => {
  const { 'old/d': moved, ...rest } = BASE;
  const radar = radarOf({ mover: { ...rest, 'new/d': moved ?? '' }, adder: { ...BASE, 'old/e': 'e\n' } });
  expect(pairs(radar)).toHaveLength(1);
});

test('a file beside a folder of its name is not taken for clean', () => {
  expect(pairs(radarOf({ file: { ...BASE, lib: 'x\n' }, folder: { ...BASE, 'lib/x': 'x\n' } }))).toHaveLength(1);
});

test('only what moved is looked at again, and what is gone collides no more', () => {
  const radar = radarOf({ one: { ...BASE, a: lines([3, 'ONE']) }, two: { ...BASE, a: lines([3, 'TWO']) } });
  put(radar, 'two', { ...BASE, a: lines([9, 'TWO']) });
  radar.settle(SHELF, baseOf);
  expect(pairs(radar)).toEqual([]);
  put(radar, 'two', { ...BASE, a: lines([4, 'TWO']) });
  radar.settle(SHELF, baseOf);
  expect(pairs(radar)).toEqual(['one x two clash']);
  radar.remove('one');
  expect(pairs(radar)).toEqual([]);
});

test('a target that moved is compared again, and git is asked about texts that its attributes speak of', () => {
  const radar = radarOf({ one: { ...BASE, a: lines([3, 'ONE']) } });
  expect(radar.against('one')).toBeNull();
  radar.aim(tree({ ...BASE, a: lines([3, 'MAIN']) }), []);
  radar.settle(SHELF, baseOf);
  expect(radar.against('one')).toMatchObject({ kind: 'clash' });
  radar.aim(tree({ ...BASE, a: lines([9, 'MAIN']) }), ['src/']);
  radar.settle(SHELF, baseOf);
  expect(radar.against('one')).toBeNull();
  radar.aim(tree({ ...BASE, a: lines([9, 'MAIN']) }), ['']);
  radar.settle(SHELF, baseOf);
  expect(radar.against('one')).toMatchObject({ kind: 'open', why: { kind: 'attribute' } });
});

test('what is not in memory is named, and given up without a word about it', () => {
  const radar = new Radar();
  const [one, base] = [tree({ ...BASE, a: 'x\n' }), tree(BASE)];
  radar.aim(base, []);
  radar.put({ name: 'one', tip: one.id, tree: Tree.known(one.id), base });
  expect(radar.settle(SHELF, baseOf).objects).toEqual([one.id]);
  radar.giveUp();
  expect(radar.against('one')).toMatchObject({ kind: 'open' });
});

test('changes told apart by the book are merged by the line merge', () => {
  const book = new LineBook();
  const blob = (text: string): Blob => Blob.of(Buffer.from(text));
  for (let seed = 1; seed < 400; seed += 1) {
    const [base, one, other] = [text(seed), edit(text(seed), seed * 3), edit(text(seed), seed * 5)];
    if (book.areApart(blob(base), blob(one), blob(other), SHELF) !== true) continue;
    expect(mergeLines(base, one, other, 'zealous').map(({ kind }) => kind)).not.toContain('hunk');
  }
});

test('a clean text is what the regions of the line merge come to, for texts with and without a last line end', () => {
  for (let seed = 1; seed < 400; seed += 1) {
    const [base, one, other] = [text(seed), edit(text(seed), seed * 3), edit(text(seed + 1), seed * 5)];
    expect(mergedText(base, one, other)).toBe(settledText(mergeLines(base, one, other, 'zealous')));
  }
});

test('those that spoil fewest land first, those they spoil come after, stuck ones last', () => {
  const order = landingOrder([
    { name: 'hub', isStuck: false, rivals: ['a', 'b', 'c'] }, { name: 'a', isStuck: false, rivals: ['hub'] }, { name: 'b', isStuck: false, rivals: ['hub'] },
    { name: 'c', isStuck: false, rivals: ['hub'] }, { name: 'free', isStuck: false, rivals: [] }, { name: 'stuck', isStuck: true, rivals: [] },
  ]);
  expect(order.map(({ name }) => name)).toEqual(['free', 'a', 'b', 'c', 'hub', 'stuck']);
  expect(order.find(({ name }) => name === 'hub')?.after).toEqual(['a', 'b', 'c']);
});

/** Few different lines, so that they repeat and changes slide. */
function text(seed: number): string {
  return Array.from({ length: 14 }, (_, at) => `${(seed * 7 + at * at) % 4}\n`).join('') + (seed % 3 === 0 ? 'end' : '');
}

function edit(from: string, seed: number): string {
  const all = from.split('\n');
  const at = seed % all.length;
  return (seed % 2 === 0 ? all.toSpliced(at, 1) : all.toSpliced(at, seed % 3, `${seed % 4}`)).join('\n');
}
