// Two branches with three files each in a tree of ten thousand, merged in memory: other files, then the same one with hunks apart.
import { mergeTrees } from '../src/engine/merge/merge-trees.ts';
import { editTree, type Change } from '../src/engine/object/edit.ts';
import { Blob, MODE, Tree } from '../src/engine/object/node.ts';
import { Random } from '../test/harness/random.ts';
import { figure, median, type Figure } from './figure.ts';

const FOLDERS = 6;
const DEPTH = 4;
const FILES = 8;
const ROUNDS = 20_000;
const QUICK_ROUNDS = 2000;
const LINES = 300;

const shelf = { entries: (tree: Tree) => tree.entries, bytes: (blob: Blob) => blob.bytes };

export function run(options: { readonly quick: boolean }): Promise<readonly Figure[]> {
  const rounds = options.quick ? QUICK_ROUNDS : ROUNDS;
  const text = Array.from({ length: LINES }, (_, at) => `line ${at}\n`);
  const base = wide(DEPTH, text.join(''));
  const random = new Random(1);
  // Even files and odd ones, so that the sides never meet.
  const three = (side: number, content: string): readonly (readonly [string, string])[] => Array.from({ length: 3 }, (_, at) => [pathOf(6 * random.below(FOLDERS ** DEPTH * FILES / 8) + 2 * at + side), content] as const);
  const apart = timed(rounds, (round) => [changed(base, three(0, `ours ${round}\n`)), changed(base, three(1, `theirs ${round}\n`))], base);
  const onePath = (round: number, line: number): readonly [string, string] => [pathOf(round), text.with(line, `changed ${round}\n`).join('')];
  const together = timed(rounds >> 3, (round) => [changed(base, [onePath(round, 20)]), changed(base, [onePath(round, 250)])], base);
  const plain = (name: string, value: number, runs: number): Figure => figure({ bench: 'merge', figure: name, value, unit: 'us', baseline: null, baselineValue: null, runs, note: `${FOLDERS ** DEPTH * FILES} files, depth ${DEPTH}, no id of the result asked` });
  return Promise.resolve([
    plain('3 and 3 other files, median', median(apart), rounds), plain('3 and 3 other files, p99', percentile(apart, 0.99), rounds),
    plain(`one file of ${LINES} lines, median`, median(together), rounds >> 3), plain(`one file of ${LINES} lines, p99`, percentile(together, 0.99), rounds >> 3),
  ]);
}

function timed(rounds: number, sidesOf: (round: number) => readonly [Tree, Tree], base: Tree): readonly number[] {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [ours, theirs] = sidesOf(round);
    const startMs = performance.now();
    const outcome = mergeTrees(base, ours, theirs, shelf);
    times.push((performance.now() - startMs) * 1000);
    if (outcome.kind !== 'clean') throw new Error(`the merge is ${outcome.kind}`);
  }
  return times;
}

function percentile(times: readonly number[], share: number): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length * share)] ?? Number.NaN;
}

function wide(depth: number, text: string): Tree {
  if (depth === 0) return Tree.of(Array.from({ length: FILES }, (_, at) => ({ name: `file${at}`, mode: MODE.file, node: Blob.of(Buffer.from(text)) })));
  return Tree.of(Array.from({ length: FOLDERS }, (_, at) => ({ name: `folder${at}`, mode: MODE.tree, node: wide(depth - 1, text) })));
}

function pathOf(number: number): string {
  let rest = Math.floor(number / FILES);
  const folders = Array.from({ length: DEPTH }, () => {
    const folder = `folder${rest % FOLDERS}`;
    rest = Math.floor(rest / FOLDERS);
    return folder;
  });
  return [...folders, `file${number % FILES}`].join('/');
}

function changed(base: Tree, files: readonly (readonly [string, string])[]): Tree {
  const changes: Change[] = files.map(([path, text]) => ({ path, entry: { mode: MODE.file, node: Blob.of(Buffer.from(text)) } }));
  const edited = editTree(base, changes, shelf);
  if (edited.kind !== 'edited') throw new Error(`the tree is ${edited.kind}`);
  return edited.tree;
}
