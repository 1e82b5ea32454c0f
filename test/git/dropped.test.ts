// What an answer dropped, with real git: each patch applies to what landed and gives the losing side's hunks, and nothing else is called lost.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { droppedBy } from '../../src/adapter/git/dropped.ts';
import { partsIn, type Segment } from '../../src/adapter/git/marker.ts';
import type { Oid } from '../../src/merge/branch.ts';
import type { Dropped } from '../../src/merge/observation.ts';
import type { AppliedChoice, MergeRequest, OptionLetter } from '../../src/merge/request.ts';
import type { Content, Files } from '../harness/repository.ts';
import { Random } from '../harness/random.ts';
import { BODY, candidateOf, conflictOf, OTHER, requestFor, workbench } from '../harness/workbench.ts';
import type { Workbench } from '../harness/workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

type Sides = { readonly base: Files; readonly ours: Files; readonly theirs: Files };
type Told = { readonly landed: Oid; readonly dropped: readonly Dropped[]; readonly applied: readonly AppliedChoice[]; /** The trees of A and B. */ readonly sides: { readonly ours: string; readonly theirs: string } };

/** The answer landed. `text`: what C stands for, of the path `f`. */
async function landedWith(sides: Sides, choices: readonly OptionLetter[], text?: Content): Promise<Told> {
  const root = await bench.repo.commit({ keep: 'kept\n', ...sides.base }, 'base', { keep: false });
  const ours = await bench.repo.commit({ 'clean-ours': 'o\n', ...sides.ours }, 'ours', { parents: [root] });
  const theirs = await bench.repo.commit({ 'clean-theirs': 't\n', ...sides.theirs }, 'theirs', { parents: [root] });
  const conflict = conflictOf((await bench.build(ours, [theirs]))[0]);
  const options = await bench.options(ours, requestFor(theirs), conflict);
  const sources = text === undefined ? {} : { sources: [{ letter: 'C' as const, commit: await bench.repo.commit({ f: text }, 'proposed', { parents: [ours] }) }] };
  const request = requestFor(theirs, 'feature/x', { resolution: { fingerprint: conflict.fingerprint, choices, by: 'ada', how: 'person', ...sources } });
  const [outcome] = await bench.build(ours, [request]);
  const candidate = candidateOf(outcome);
  const resolution = outcome?.kind === 'candidate' ? outcome.resolution : null;
  const after: MergeRequest = { ...request, resolution, phase: { state: 'landed', candidate, verdict: { kind: 'not-configured', tree: candidate.tree }, atMs: 0 } };
  return { landed: candidate.tree, dropped: await droppedBy(bench, after, conflict, choices), applied: resolution?.applied ?? [], sides: { ours: options.get('A')?.tree ?? '', theirs: options.get('B')?.tree ?? '' } };
}

/** The tree with the patches applied to it. */
async function applied(tree: string, patches: readonly string[]): Promise<string> {
  const index = { GIT_INDEX_FILE: join(bench.repo.bare, 'index-of-test') };
  await bench.git.must(['read-tree', tree], { env: index });
  await bench.git.must(['apply', '--cached'], { env: index, input: patches.join('') });
  return (await bench.git.must(['write-tree'], { env: index })).trim();
}

function fileOf(tree: string): Promise<string | undefined> {
  return bench.files(tree).then((files) => files['f']);
}

test('what an answer drops is a patch that applies on top of it', async () => {
  const both: Sides = { base: { f: BODY, gone: BODY }, ours: { f: BODY.replace('second', 'OURS'), gone: null }, theirs: { f: BODY.replace('second', 'THEIRS'), gone: `${BODY}more\n` } };
  const { landed, dropped, sides } = await landedWith(both, ['A']);
  expect(dropped.map((one) => [one.path, one.side])).toEqual([['f', 'theirs'], ['gone', 'theirs']]);
  expect(dropped[0]?.patch).toContain('--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n first line here\n-OURS line here\n+THEIRS line here\n');
  expect(await applied(landed, dropped.map((one) => one.patch))).toBe(sides.theirs);
  expect((await landedWith(both, ['A', 'B'])).dropped.map((one) => one.side)).toEqual(['theirs', 'ours']);
  expect((await landedWith({ base: { f: 'call(a, b, c)\n' }, ours: { f: 'call(A, b, c)\n' }, theirs: { f: 'call(a, b, C)\n' } }, ['C'])).dropped).toEqual([]);
});

const KINDS: readonly (readonly [string, Sides])[] = [
  ['a file that one side removed', { base: { f: BODY }, ours: { f: null }, theirs: { f: `${BODY}more\n` } }],
  ['a file renamed in two ways', { base: { f: BODY }, ours: { f: null, mine: `${BODY}ours\n` }, theirs: { f: null, yours: `${BODY}theirs\n` } }],
  ['a file that went along with a folder', { base: { 'from/a': BODY, 'from/b': OTHER }, ours: { 'from/a': null, 'from/b': null, 'to/a': BODY, 'to/b': OTHER }, theirs: { 'from/new': 'new\n' } }],
  ['a folder against a file', { base: {}, ours: { 'd/x': 'in a folder\n', 'd/y/z': 'deeper\n' }, theirs: { d: 'a file\n' } }],
  ['a mode', { base: {}, ours: { s: { mode: '100755', content: BODY } }, theirs: { s: BODY } }],
  ['a link', { base: { l: { mode: '120000', content: 'x' } }, ours: { l: { mode: '120000', content: 'y' } }, theirs: { l: { mode: '120000', content: 'z' } } }],
  ['a submodule', { base: { m: { mode: '160000', oid: '1'.repeat(40) } }, ours: { m: { mode: '160000', oid: '2'.repeat(40) } }, theirs: { m: { mode: '160000', oid: '3'.repeat(40) } } }],
  ['a last line without an end', { base: { f: 'a\nb' }, ours: { f: 'a\nours' }, theirs: { f: 'a\ntheirs\n' } }],
  ['a name that git quotes', { base: { 'a "b"\tc\\ ü': BODY }, ours: { 'a "b"\tc\\ ü': BODY.replace('second', 'OURS') }, theirs: { 'a "b"\tc\\ ü': BODY.replace('second', 'THEIRS') } }],
  ['lines that look like a patch', { base: { f: '@@ -1 +1 @@\rx\n@@ b\n' }, ours: { f: '@@ -1 +1 @@\rours\n@@ o\n' }, theirs: { f: '@@ -1 +1 @@\rtheirs\n@@ t\n' } }],
];

describe.each(KINDS)('of %s', (_, sides) => {
  test.each([['A', 'theirs'], ['B', 'ours']] as const)('%s leaves a patch to the other side', async (letter, loser) => {
    const told = await landedWith(sides, [letter]);
    expect(told.dropped.map(({ side, hunksLeft }) => [side, hunksLeft])).toEqual([[loser, 0]]);
    expect(await applied(told.landed, told.dropped.map((one) => one.patch))).toBe(told.sides[loser]);
  });
});

test.each([
  ['bytes that are not UTF-8', Buffer.from('caf\xe9 base\n', 'latin1'), Buffer.from('caf\xe9 ours\n', 'latin1'), Buffer.from('caf\xe9 theirs\n', 'latin1')],
  ['no text', Buffer.from('a\0a'), Buffer.from('a\0b'), Buffer.from('a\0c')],
])('%s: no patch, but the file by its id', async (_, base, ours, theirs) => {
  const { dropped } = await landedWith({ base: { f: base }, ours: { f: ours }, theirs: { f: theirs } }, ['A']);
  expect(dropped).toEqual([{ path: 'f', side: 'theirs', patch: '', hunksLeft: 0, blob: bench.repo.object('blob', theirs) }]);
});

test('a heading that git cut within a character is left out', async () => {
  const text = (word: string): string => `function ${'ü'.repeat(60)}\n${'  body\n'.repeat(6)}  ${word}\n`;
  const told = await landedWith({ base: { f: text('base') }, ours: { f: text('ours') }, theirs: { f: text('theirs') } }, ['A']);
  expect(await applied(told.landed, told.dropped.map((one) => one.patch))).toBe(told.sides.theirs);
});

test('a patch that is too long ends with a whole hunk, and says how many are missing', async () => {
  const text = (word: string): string => Array.from({ length: 60 }, (_, at) => `${`settled ${at}\n`.repeat(8)}${word} ${at} ${'x'.repeat(800)}\n`).join('');
  const told = await landedWith({ base: { f: text('base') }, ours: { f: text('ours') }, theirs: { f: text('theirs') } }, ['A']);
  const [only] = told.dropped;
  const hunks = only?.patch.match(/^@@ /gm)?.length ?? 0;
  expect([hunks + (only?.hunksLeft ?? 0), hunks > 10, (only?.patch.length ?? 0) <= 32_000]).toEqual([60, true, true]);
  const tree = await applied(told.landed, [only?.patch ?? '']);
  expect((await fileOf(tree))?.match(/^theirs \d+/gm)).toHaveLength(hunks);
  const whole = await landedWith({ base: { f: null, g: 'g\n' }, ours: { f: 'x\n'.repeat(20_000) }, theirs: { f: 'y\n'.repeat(20_000) } }, ['A']);
  expect(whole.dropped).toMatchObject([{ patch: '', hunksLeft: 1, blob: bench.repo.object('blob', Buffer.from('y\n'.repeat(20_000))) }]);
});

describe('a proposal', () => {
  const file = { base: { f: BODY }, ours: { f: BODY.replace('second line here', 'ours one\nours two') }, theirs: { f: BODY.replace('second line here', 'theirs one') } };

  test('leaves a patch to the side of which it left something out', async () => {
    const told = await landedWith(file, ['C'], BODY.replace('second line here', 'ours one\ntheirs one'));
    expect(told.dropped.map((one) => one.side)).toEqual(['ours']);
    expect(told.dropped[0]?.patch).toContain(' ours one\n-theirs one\n+ours two\n');
    expect(await applied(told.landed, told.dropped.map((one) => one.patch))).toBe(told.sides.ours);
    expect((await landedWith(file, ['C'], BODY.replace('second line here', 'ours one\nours two\ntheirs one'))).dropped).toEqual([]);
  });

  test('gives nobody homework for what stands merged in one line, and the certificate counts it as kept', async () => {
    const row = (shards: number, batch: number): string => `{\n  "shards": ${shards}, "batch": ${batch}\n}\n`;
    const told = await landedWith({ base: { f: row(4, 32) }, ours: { f: row(8, 32) }, theirs: { f: row(4, 64) } }, ['C'], row(8, 64));
    expect(told.dropped).toEqual([]);
    expect(told.applied).toMatchObject([{ droppedOurs: 0, droppedTheirs: 0 }]);
  });

  test('with several hunks only those count in which the side lost something', async () => {
    const text = (row: string, tail: string): string => `${row}\n${BODY}${tail}\n`;
    const told = await landedWith({ base: { f: text('a: 1, b: 1', 'tail') }, ours: { f: text('a: 2, b: 1', 'ours') }, theirs: { f: text('a: 1, b: 2', 'theirs') } }, ['C'], text('a: 2, b: 2', 'theirs'));
    expect(told.dropped.map((one) => one.side)).toEqual(['ours']);
    expect(await fileOf(await applied(told.landed, told.dropped.map((one) => one.patch)))).toBe(text('a: 2, b: 2', 'ours'));
    expect(told.applied).toMatchObject([{ droppedOurs: 1, droppedTheirs: 0 }]);
  });

  test('loses a line whose words another line only resembles', async () => {
    const told = await landedWith({ base: { f: 'the row a has 1\nthe row b has 1\n' }, ours: { f: 'the row a has 2\nthe row b has 1\n' }, theirs: { f: 'the row c has 1\nthe row b has 2\n' } }, ['C'], 'the row c has 1\nthe row b has 2\n\n');
    expect(told.dropped.map((one) => one.side)).toEqual(['ours']);
    expect(told.applied).toMatchObject([{ droppedOurs: 1 }]);
  });
});

test('a side whose lines the other has, and more, lost nothing', async () => {
  const told = await landedWith({ base: {}, ours: { f: 'a\n' }, theirs: { f: 'a\nb\n' } }, ['B']);
  expect([told.dropped, told.applied.map((one) => one.droppedOurs)]).toEqual([[], [0]]);
});

test('a side whose lines were to go lost that', async () => {
  const told = await landedWith({ base: { f: BODY }, ours: { f: BODY.replace('second line', 'second OURS line') }, theirs: { f: BODY.replace('second line here\n', '') } }, ['A']);
  expect(told.dropped.map((one) => one.side)).toEqual(['theirs']);
  expect(await applied(told.landed, told.dropped.map((one) => one.patch))).toBe(told.sides.theirs);
});

test('of a merge that cannot be met again the losing file is named', async () => {
  const root = await bench.repo.commit({ f: BODY }, 'base', { keep: false });
  const edited = (word: string): Promise<Oid> => bench.repo.commit({ f: BODY.replace('second', word) }, word, { parents: [root] });
  const [ours, theirs] = [await edited('OURS'), await edited('THEIRS')];
  const [outcome] = await bench.build(ours, [theirs]);
  const conflict = conflictOf(outcome);
  const request = requestFor(theirs, 'feature/x', { resolution: { fingerprint: conflict.fingerprint, choices: ['A'], by: 'ada', how: 'person' } });
  const candidate = candidateOf((await bench.build(ours, [request]))[0]);
  const after: MergeRequest = { ...request, phase: { state: 'landed', candidate: { ...candidate, onto: root }, verdict: { kind: 'not-configured', tree: candidate.tree }, atMs: 0 } };
  expect(await droppedBy(bench, after, conflict, ['A'])).toEqual([{ path: 'f', side: 'theirs', patch: '', hunksLeft: 0, blob: conflict.paths[0]?.theirs?.oid }]);
});

describe('conflicts at random', () => {
  const ROUNDS = 40;

  test.each(Array.from({ length: ROUNDS }, (_, seed) => seed))('seed %i: the patch gives exactly the losing side', async (seed) => {
    const random = new Random(seed);
    const base = Array.from({ length: 6 + random.below(30) }, () => random.pick(WORDS));
    const edited = (): string => {
      const lines = base.flatMap((line) => random.chance(0.25) ? Array.from({ length: random.below(3) }, () => random.pick(WORDS)) : [line]);
      return lines.map((line) => `${line}\n`).join('').replace(random.chance(0.2) ? /\n$/ : /$^/, '');
    };
    const sides: Sides = { base: { f: base.map((line) => `${line}\n`).join('') }, ours: { f: edited() }, theirs: { f: edited() } };
    if (await isClean(sides)) return;
    for (const [letter, loser] of [['A', 'theirs'], ['B', 'ours']] as const) {
      const told = await landedWith(sides, [letter]);
      const lost = told.applied[0]?.[loser === 'ours' ? 'droppedOurs' : 'droppedTheirs'] ?? 0;
      if (told.dropped.length === 0) expect(lost).toBe(0);
      else expect(await applied(told.landed, told.dropped.map((one) => one.patch))).toBe(told.sides[loser]);
    }
  });
});

test('what a text puts into each hunk is found, or nothing is said', () => {
  const random = new Random(7);
  const textOf = (lines: number): string => Array.from({ length: lines }, () => `${random.pick(WORDS)}\n`).join('');
  let found = 0;
  for (let round = 0; round < 2000; round += 1) {
    const segments = Array.from({ length: 1 + random.below(5) }, (_, at): Segment => at % 2 === round % 2 ? { kind: 'merged', text: textOf(1 + random.below(4)) } : { kind: 'conflict', ours: 'o\n', theirs: 't\n' });
    const parts = segments.map((segment) => segment.kind === 'merged' ? segment.text : textOf(random.below(4)));
    const told = partsIn(segments, parts.join(''));
    if (told !== null) expect(told).toEqual(parts);
    found += told === null ? 0 : 1;
  }
  expect(found).toBeGreaterThan(1000);
  expect(partsIn([{ kind: 'merged', text: 'a\n' }, { kind: 'conflict', ours: '', theirs: '' }], 'b\n')).toBeNull();
});

test('long runs of one line are told apart in one go', () => {
  const run = 'a\n'.repeat(200_000);
  const segments: readonly Segment[] = [
    { kind: 'merged', text: 'head\n' }, { kind: 'conflict', ours: run, theirs: '' }, { kind: 'merged', text: `${run}b\n` },
    { kind: 'conflict', ours: 'x\n', theirs: 'y\n' }, { kind: 'merged', text: 'tail\n' },
  ];
  // Tried line by line from every line it takes minutes: longer than a test may take.
  expect(partsIn(segments, `head\n${run}${run}b\nx\ny\ntail\n`)).toEqual(['head\n', run, `${run}b\n`, 'x\ny\n', 'tail\n']);
});

const WORDS = ['{', '}', '', 'one', 'two', 'three', 'four five', 'six seven eight', 'const nine = 10;', 'return eleven;'];

async function isClean({ base, ours, theirs }: Sides): Promise<boolean> {
  const root = await bench.repo.commit({ ...base }, 'base', { keep: false });
  const sides = await Promise.all([ours, theirs].map((files) => bench.repo.commit(files, 'side', { parents: [root] })));
  return (await bench.build(sides[0] ?? root, [sides[1] ?? root]))[0]?.kind !== 'conflict';
}
