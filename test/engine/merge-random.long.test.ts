// Trees changed by chance on two sides: the engine's answer is git's, or it has none.
import { expect, test } from 'vitest';
import { LineBook } from '../../src/engine/merge/line-book.ts';
import { judgeTrees, mergeTrees } from '../../src/engine/merge/merge-trees.ts';
import { Random } from '../harness/random.ts';
import { askGit, treeOf, type File, type Files, type Triple } from './histories.ts';

const shelf = { entries: (tree: ReturnType<typeof treeOf>) => tree.entries, bytes: (blob: { bytes: Uint8Array | null }) => blob.bytes };
const RUNS = Number(process.env['MERGE_RUNS'] ?? 600);
const SEED = Number(process.env['MERGE_SEED'] ?? 1);

test(`${RUNS} random merges are git's merges or nobody's, in both directions`, () => {
  const triples = Array.from({ length: RUNS }, (_, at) => tripleOf(new Random(SEED * 1_000_003 + at)));
  const answers = askGit([...triples, ...triples.map(turned)]);
  expect(answers).toHaveLength(2 * RUNS);
  const kinds = new Map<string, number>();
  const wrong: string[] = [];
  for (const [at, triple] of triples.entries()) {
    const outcome = mergeTrees(treeOf(triple.base), treeOf(triple.ours), treeOf(triple.theirs), shelf);
    const back = mergeTrees(treeOf(triple.base), treeOf(triple.theirs), treeOf(triple.ours), shelf);
    const label = outcome.kind === 'declined' ? outcome.why.kind : outcome.kind;
    kinds.set(label, (kinds.get(label) ?? 0) + 1);
    if (outcome.kind !== back.kind || !agrees(outcome, answers[at]) || !agrees(back, answers[at + RUNS])) wrong.push(`${at}: ${outcome.kind}, turned ${back.kind}, git ${answers[at]?.isClean === true ? 'clean' : 'conflict'} ${answers[at + RUNS]?.isClean === true ? 'clean' : 'conflict'}\n${shown(triple)}`);
  }
  if (process.env['MERGE_SEED'] !== undefined) process.stderr.write(`${JSON.stringify([...kinds])} wrong ${wrong.length}\n`);
  expect(wrong.slice(0, 8).join('\n')).toBe('');
}, 120_000);

test('the verdict alone, and the tree with a book at hand, are the merge\'s own, whatever the book has seen before', () => {
  const book = new LineBook();
  for (let at = 0; at < RUNS; at += 1) {
    const { base, ours, theirs } = tripleOf(new Random(SEED * 2_000_003 + at));
    const outcome = mergeTrees(treeOf(base), treeOf(ours), treeOf(theirs), shelf);
    const byBook = mergeTrees(treeOf(base), treeOf(ours), treeOf(theirs), shelf, book);
    expect(byBook.kind === 'clean' ? byBook.tree.id : byBook).toEqual(outcome.kind === 'clean' ? outcome.tree.id : outcome);
    expect(judgeTrees(treeOf(base), treeOf(ours), treeOf(theirs), shelf, book)).toEqual(outcome.kind === 'clean' ? { kind: 'clean' } : outcome);
  }
});

function agrees(outcome: ReturnType<typeof mergeTrees>, git: { isClean: boolean; tree: string } | undefined): boolean {
  if (outcome.kind === 'declined') return true;
  return outcome.kind === 'clean' ? git?.isClean === true && outcome.tree.id === git.tree : git?.isClean === false;
}

/** Each path with a letter for its text, the kind of its lines and how many they are. */
function shown({ base, ours, theirs }: Triple): string {
  const texts = new Map<string, string>();
  const letter = (text: string): string => {
    if (!texts.has(text)) texts.set(text, `${String.fromCharCode(65 + texts.size)}${/of (.)/.exec(text)?.[1] ?? '?'}:${text.split('\n').length}`);
    return texts.get(text) ?? '';
  };
  const line = (files: Files): string => Object.entries(files).toSorted(([one], [other]) => one < other ? -1 : 1).map(([path, { mode, text }]) => `${path}${mode === 'file' ? '' : mode === 'link' ? '@' : '*'}=${letter(text)}`).join(' ');
  return ` base   ${line(base)}\n ours   ${line(ours)}\n theirs ${line(theirs)}`;
}

function turned({ base, ours, theirs }: Triple): Triple {
  return { base, ours: theirs, theirs: ours };
}

const PATHS = ['a', 'b', 'a.c', 'd/x', 'd/y', 'd/z', 'd/e/x', 'd/e/w', 'f/x', 'f/g/x', 'a/x', 'h/b', 'h/k', 'f/k'];

function tripleOf(random: Random): Triple {
  const base: Record<string, File> = {};
  for (const path of PATHS) if (random.chance(0.5) && !inTheWay(base, path)) base[path] = { mode: random.chance(0.1) ? 'executable' : random.chance(0.05) ? 'link' : 'file', text: textOf(random) };
  if (Object.keys(base).length === 0) base['b'] = { mode: 'file', text: textOf(random) };
  return { base, ours: changed(random, base), theirs: changed(random, base) };
}

/** Some files share their text, so that renames have rivals. */
function textOf(random: Random): string {
  if (random.chance(0.05)) return '';
  const kind = random.below(6);
  const lines = Array.from({ length: random.between(4, 14) }, (_, at) => `line ${at} of ${kind}\n`);
  return `${lines.join('')}${random.chance(0.2) ? 'no end' : ''}${random.chance(0.03) ? '\0' : ''}`;
}

function changed(random: Random, base: Files): Files {
  const files: Record<string, File> = { ...base };
  for (let step = random.between(1, 3); step > 0; step -= 1) {
    const paths = Object.keys(files);
    const path = paths.length === 0 ? '' : random.pick(paths);
    const file = files[path];
    const to = random.pick(PATHS);
    const kind = random.below(8);
    if (kind === 0 && file !== undefined) delete files[path];
    else if (kind === 1 && file !== undefined) files[path] = { ...file, mode: file.mode === 'file' ? 'executable' : 'file' };
    else if (kind === 2 && !inTheWay(files, to)) files[to] = { mode: 'file', text: textOf(random) };
    else if ((kind === 3 || kind === 4) && file !== undefined) {
      delete files[path];
      if (!inTheWay(files, to)) files[to] = random.chance(0.5) ? file : { ...file, text: edited(random, file.text) };
    } else if (kind === 5) moveFolder(random, files);
    else if (file !== undefined && file.mode !== 'link') files[path] = { ...file, text: edited(random, file.text) };
  }
  return Object.keys(files).length === 0 ? base : files;
}

function moveFolder(random: Random, files: Record<string, File>): void {
  const [from, to] = [random.pick(['d/', 'f/', 'h/']), random.pick(['d/', 'f/', 'q/'])];
  for (const [path, file] of Object.entries(files)) {
    if (!path.startsWith(from) || from === to) continue;
    delete files[path];
    if (!inTheWay(files, to + path.slice(2))) files[to + path.slice(2)] = file;
  }
}

function edited(random: Random, text: string): string {
  const lines = text.split('\n');
  for (let times = random.between(1, 3); times > 0; times -= 1) {
    const at = random.below(lines.length);
    if (random.chance(0.6)) lines[at] = `changed ${random.below(3)}`;
    else if (random.chance(0.5)) lines.splice(at, 0, `added ${random.below(3)}`);
    else lines.splice(at, 1);
  }
  return lines.join('\n');
}

function inTheWay(files: Files, path: string): boolean {
  return Object.keys(files).some((other) => other !== path && (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)));
}
