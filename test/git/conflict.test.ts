// Every kind of conflict, made with real git: named right, both sides' trees right, partners and lines right.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unitsOf } from '../../src/adapter/git/unit.ts';
import type { Files } from '../harness/repository.ts';
import { BODY, candidateOf, conflictOf, OTHER, requestFor, workbench } from '../harness/workbench.ts';
import type { Workbench } from '../harness/workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

const commitOid = (digit: string): { mode: string; oid: string } => ({ mode: '160000', oid: digit.repeat(40) });

/** `a` and `b` are what options A and B must leave of the paths that matter; null: no such path. */
type Case = { readonly kind: string; readonly path: string; readonly base: Files; readonly ours: Files; readonly theirs: Files; readonly a: Record<string, string | null>; readonly b: Record<string, string | null> };

const CASES: readonly Case[] = [
  { kind: 'content', path: 'f', base: { f: BODY }, ours: { f: BODY.replace('second', 'OURS') }, theirs: { f: BODY.replace('second', 'THEIRS') }, a: { f: BODY.replace('second', 'OURS') }, b: { f: BODY.replace('second', 'THEIRS') } },
  { kind: 'add/add', path: 'n', base: {}, ours: { n: 'same\nours\n' }, theirs: { n: 'same\ntheirs\n' }, a: { n: 'same\nours\n' }, b: { n: 'same\ntheirs\n' } },
  { kind: 'modify/delete', path: 'f', base: { f: BODY }, ours: { f: null }, theirs: { f: `${BODY}more\n` }, a: { f: null }, b: { f: `${BODY}more\n` } },
  { kind: 'modify/delete', path: 'f', base: { f: BODY }, ours: { f: `${BODY}more\n` }, theirs: { f: null }, a: { f: `${BODY}more\n` }, b: { f: null } },
  { kind: 'rename/rename', path: 'f', base: { f: BODY }, ours: { f: null, mine: BODY }, theirs: { f: null, yours: BODY }, a: { f: null, mine: BODY, yours: null }, b: { f: null, mine: null, yours: BODY } },
  { kind: 'rename/delete', path: 'mine', base: { f: BODY }, ours: { f: null, mine: BODY }, theirs: { f: null }, a: { f: null, mine: BODY }, b: { f: null, mine: null } },
  { kind: 'add/add', path: 'n', base: { f: BODY }, ours: { f: null, n: `${BODY}x\n` }, theirs: { f: `zero\n${BODY}`, n: OTHER }, a: { n: `zero\n${BODY}x\n` }, b: { n: OTHER } },
  { kind: 'rename/add', path: 'n', base: { f: BODY }, ours: { f: null, n: `${BODY}ours\n` }, theirs: { f: `${BODY}theirs\n`, n: OTHER }, a: { f: null, n: `${BODY}ours\n` }, b: { n: OTHER } },
  { kind: 'rename/rename', path: 'f', base: { f: BODY }, ours: { f: null, mine: `${BODY}ours\n` }, theirs: { f: null, yours: `${BODY}theirs\n` }, a: { mine: `${BODY}ours\n`, yours: null }, b: { mine: null, yours: `${BODY}theirs\n` } },
  { kind: 'directory-rename', path: 'to/new', base: { 'from/a': BODY, 'from/b': OTHER }, ours: { 'from/a': null, 'from/b': null, 'to/a': BODY, 'to/b': OTHER }, theirs: { 'from/new': 'new\n' }, a: { 'to/new': 'new\n', 'from/new': null }, b: { 'from/new': 'new\n', 'to/new': null } },
  { kind: 'file/directory', path: 'd', base: {}, ours: { 'd/x': 'in a folder\n' }, theirs: { d: 'a file\n' }, a: { 'd/x': 'in a folder\n', d: null }, b: { d: 'a file\n', 'd/x': null } },
  { kind: 'file/directory', path: 'd', base: {}, ours: { d: 'a file\n' }, theirs: { 'd/x': 'in a folder\n' }, a: { d: 'a file\n', 'd/x': null }, b: { 'd/x': 'in a folder\n', d: null } },
  { kind: 'binary', path: 'i', base: { i: Buffer.from('a\0a') }, ours: { i: Buffer.from('a\0b') }, theirs: { i: Buffer.from('a\0c') }, a: { i: 'a\0b' }, b: { i: 'a\0c' } },
  { kind: 'mode', path: 's', base: {}, ours: { s: { mode: '100755', content: BODY } }, theirs: { s: BODY }, a: { s: BODY }, b: { s: BODY } },
  { kind: 'symlink', path: 'l', base: { l: { mode: '120000', content: 'x' } }, ours: { l: { mode: '120000', content: 'y' } }, theirs: { l: { mode: '120000', content: 'z' } }, a: { l: 'y' }, b: { l: 'z' } },
  { kind: 'symlink', path: 'f', base: { f: BODY }, ours: { f: { mode: '120000', content: 'y' } }, theirs: { f: `${BODY}more\n` }, a: { f: 'y' }, b: { f: `${BODY}more\n` } },
  { kind: 'submodule', path: 'm', base: { m: commitOid('1') }, ours: { m: commitOid('2') }, theirs: { m: commitOid('3') }, a: {}, b: {} },
];

describe('kinds', () => {
  for (const [at, one] of CASES.entries()) {
    test(`${one.kind} #${at}`, async () => {
      const { base, ours, theirs } = await threeSides(one.base, one.ours, one.theirs);
      const [outcome] = await bench.build(ours, [theirs]);
      const conflict = conflictOf(outcome);
      expect(conflict.paths.map((path) => [path.path, path.kind])).toEqual([[one.path, one.kind]]);
      expect(conflict.paths[0]?.message).not.toMatch(new RegExp(`${base}|${ours}|${theirs}`));
      const options = await bench.options(ours, requestFor(theirs), conflict);
      const [a, b] = [await bench.files(options.get('A')?.tree ?? ''), await bench.files(options.get('B')?.tree ?? '')];
      for (const [path, content] of Object.entries(one.a)) expect([path, a[path] ?? null]).toEqual([path, content]);
      for (const [path, content] of Object.entries(one.b)) expect([path, b[path] ?? null]).toEqual([path, content]);
      expect(Object.keys(a).filter((path) => path.includes('~'))).toEqual([]);
      expect([a['clean-ours'], a['clean-theirs'], b['clean-ours'], b['clean-theirs']]).toEqual(['o\n', 't\n', 'o\n', 't\n']);
    });
  }

  test('a submodule takes that side\'s commit, and the process that printed advice goes on', async () => {
    const { ours, theirs } = await threeSides({ m: commitOid('1') }, { m: commitOid('2') }, { m: commitOid('3') });
    const conflict = conflictOf((await bench.build(ours, [theirs]))[0]);
    const options = await bench.options(ours, requestFor(theirs), conflict);
    const oids = await Promise.all(['A', 'B'].map((letter) => bench.repo.git(['rev-parse', `${options.get(letter)?.tree}:m`])));
    expect(oids).toEqual(['2'.repeat(40), '3'.repeat(40)]);
  });
});

test('only the bytes of the conflict follow the choice: the rest of the file is git\'s merge', async () => {
  const lines = Array.from({ length: 30 }, (_, at) => `line ${at}\r\n`);
  const edit = (changes: Record<number, string>): string => lines.map((line, at) => changes[at] ?? line).join('');
  const { ours, theirs } = await threeSides({ f: edit({}) }, { f: edit({ 2: 'ours top\r\n', 15: 'OURS\r\n' }) }, { f: edit({ 15: 'THEIRS\r\n', 29: 'last line without an end' }) });
  const conflict = conflictOf((await bench.build(ours, [theirs]))[0]);
  expect(conflict.paths[0]?.hunks).toEqual([{ baseLine: 16, base: ['line 15'], oursLine: 16, ours: ['OURS'], theirsLine: 16, theirs: ['THEIRS'] }]);
  const options = await bench.options(ours, requestFor(theirs), conflict);
  const both = { 2: 'ours top\r\n', 29: 'last line without an end' };
  expect((await bench.files(options.get('A')?.tree ?? ''))['f']).toBe(edit({ ...both, 15: 'OURS\r\n' }));
  expect((await bench.files(options.get('B')?.tree ?? ''))['f']).toBe(edit({ ...both, 15: 'THEIRS\r\n' }));
  expect(options.get('A')?.ledger).toEqual({ keptOurs: 1, keptTheirs: 0, droppedOurs: 0, droppedTheirs: 1 });
});

test('however many files without lines come first, the lines of a text are shown', async () => {
  const side = (word: string): Record<string, string> => ({ ...Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`b${10 + at}`, `\0${word}`])), text: `${word}\n` });
  const { ours, theirs } = await threeSides(side('base'), side('ours'), side('theirs'));
  const conflict = conflictOf((await bench.build(ours, [theirs]))[0]);
  expect(conflict.paths.at(-1)).toMatchObject({ path: 'text', hunks: [{ ours: ['ours'], theirs: ['theirs'] }] });
});

test('a side without a newline at its end keeps it so', async () => {
  const { ours, theirs } = await threeSides({ f: 'a\nb' }, { f: 'a\nours' }, { f: 'a\ntheirs\n' });
  const options = await bench.options(ours, requestFor(theirs), conflictOf((await bench.build(ours, [theirs]))[0]));
  expect((await bench.files(options.get('A')?.tree ?? ''))['f']).toBe('a\nours');
  expect((await bench.files(options.get('B')?.tree ?? ''))['f']).toBe('a\ntheirs\n');
});

test('text that looks like markers is text', async () => {
  const fence = `Title\n=======\n<<<<<<< HEAD\nbody\n>>>>>>> x\n`;
  const { ours, theirs } = await threeSides({ f: fence }, { f: fence.replace('body', 'ours\n=======') }, { f: fence.replace('body', 'theirs') });
  const options = await bench.options(ours, requestFor(theirs), conflictOf((await bench.build(ours, [theirs]))[0]));
  expect((await bench.files(options.get('A')?.tree ?? ''))['f']).toBe(fence.replace('body', 'ours\n======='));
  expect((await bench.files(options.get('B')?.tree ?? ''))['f']).toBe(fence.replace('body', 'theirs'));
});

test('a decision is taken for exactly its conflict, a letter a path', async () => {
  const { ours, theirs } = await threeSides({ f: BODY, g: BODY }, { f: BODY.replace('third', 'OURS'), g: BODY.replace('third', 'OURS') }, { f: BODY.replace('third', 'THEIRS'), g: BODY.replace('third', 'THEIRS') });
  const { fingerprint } = conflictOf((await bench.build(ours, [theirs]))[0]);
  const decided = requestFor(theirs, 'feature/x', { resolution: { fingerprint, choices: ['A', 'B'], by: 'ada', how: 'person' } });
  const [outcome] = await bench.build(ours, [decided]);
  const candidate = candidateOf(outcome);
  expect(candidate).toMatchObject({ how: 'resolved', onto: ours });
  expect(await bench.files(candidate.tree)).toMatchObject({ f: BODY.replace('third', 'OURS'), g: BODY.replace('third', 'THEIRS') });
  const other = requestFor(theirs, 'feature/x', { resolution: { fingerprint: 'of another', choices: ['A'], by: 'ada', how: 'person' } });
  expect((await bench.build(ours, [other]))[0]?.kind).toBe('conflict');
});

test('[A] is the commit that lands when A is decided', async () => {
  const { ours, theirs } = await threeSides({ f: BODY }, { f: BODY.replace('third', 'OURS') }, { f: BODY.replace('third', 'THEIRS') });
  const conflict = conflictOf((await bench.build(ours, [theirs]))[0]);
  const options = await bench.options(ours, requestFor(theirs), conflict);
  const [decided] = await bench.build(ours, [requestFor(theirs, 'feature/x', { resolution: { fingerprint: conflict.fingerprint, choices: ['A'], by: 'ada', how: 'person' } })]);
  expect(candidateOf(decided).commit).toBe(options.get('A')?.commit);
});

test('edits of different words in one line: [C] is offered, and lands by itself where the target lets it', async () => {
  const { ours, theirs } = await threeSides({ f: 'call(alpha, beta, gamma)\n' }, { f: 'call(ALPHA, beta, gamma)\n' }, { f: 'call(alpha, beta, GAMMA)\n' });
  const [outcome] = await bench.build(ours, [theirs], { diff3: 'offer' });
  const offered = await bench.options(ours, requestFor(theirs), conflictOf(outcome));
  expect((await bench.files(offered.get('C')?.tree ?? ''))['f']).toBe('call(ALPHA, beta, GAMMA)\n');
  const [landed] = await bench.build(ours, [theirs], { diff3: 'auto' });
  expect(landed).toMatchObject({ kind: 'candidate', candidate: { how: 'resolved' }, resolution: { how: 'diff3', choices: ['C'] } });
});

test('[C] is missing when one path of several cannot be settled', async () => {
  const { ours, theirs } = await threeSides({ f: 'call(a, b, c)\n', g: 'x\n' }, { f: 'call(A, b, c)\n', g: 'y\n' }, { f: 'call(a, b, C)\n', g: 'z\n' });
  const [outcome] = await bench.build(ours, [theirs], { diff3: 'auto' });
  const options = await bench.options(ours, requestFor(theirs), conflictOf(outcome));
  expect([...options.keys()]).toEqual(['A', 'B']);
});

test('the partner is the landed merge that brought the lines', async () => {
  const base = await bench.repo.commit({ f: BODY, g: BODY }, 'base', { keep: false });
  const edit = (text: string): Promise<typeof base> => bench.repo.commit({ f: BODY.replace('second', text) }, text, { parents: [base] });
  const [apollo, athena] = [await edit('APOLLO'), await edit('ATHENA')];
  const numa = await bench.repo.commit({ g: `${BODY}numa\n` }, 'numa', { parents: [base] });
  const landed = await bench.build(base, [requestFor(apollo, 'feature/apollo', { title: 'Give it to Apollo' }), requestFor(numa, 'feature/numa')]);
  const tip = candidateOf(landed[1]).commit;
  const conflict = conflictOf((await bench.build(tip, [requestFor(athena, 'feature/athena')]))[0]);
  expect(conflict.partners).toEqual([{ branch: 'feature/apollo', request: expect.stringMatching(/^[0-9a-f]{12}$/), commit: candidateOf(landed[0]).commit, title: 'Give it to Apollo' }]);
  const options = await bench.options(tip, requestFor(athena, 'feature/athena'), conflict);
  expect([...options.values()].map((option) => option.title)).toEqual(['Keep main\'s side (feature/apollo)', 'Take feature/athena\'s side']);
});

test('a file that one side renamed is known by its old name too, and so is who changed it there', async () => {
  const edit = (text: string): string => BODY.replace('second', text);
  const landed = await threeSides({ f: BODY }, { f: edit('OURS') }, { f: null, n: edit('THEIRS') });
  const later = await bench.repo.commit({ f: `${edit('OURS')}later\n` }, 'later', { parents: [landed.ours] });
  const conflict = conflictOf((await bench.build(later, [landed.theirs]))[0]);
  expect(conflict).toMatchObject({ paths: [{ path: 'n', also: ['f'] }], partners: [{ title: 'ours' }] });
  const kept = await threeSides({ f: BODY }, { f: edit('OURS') }, { f: edit('THEIRS') });
  expect(conflictOf((await bench.build(kept.ours, [kept.theirs]))[0]).paths[0]).not.toHaveProperty('also');
});

test('a file added to a folder that was renamed is known by both its places', async () => {
  const { ours, theirs } = await threeSides({ 'from/a': BODY, 'from/b': OTHER }, { 'from/a': null, 'from/b': null, 'to/a': BODY, 'to/b': OTHER }, { 'from/new': 'new\n' });
  for (const [onto, tip] of [[ours, theirs], [theirs, ours]] as const) expect(conflictOf((await bench.build(onto, [tip]))[0]).paths).toMatchObject([{ path: 'to/new', also: ['from/new'] }]);
});

test('lines older than the merge base name no partner, however often they come', async () => {
  const base = await bench.repo.commit({ f: 'a\nb\nc\nd\ne\n' }, 'base', { keep: false });
  const ours = await bench.repo.commit({ f: 'a\nB\nc\nD\ne\n' }, 'ours', { parents: [base] });
  const theirs = await bench.repo.commit({ f: '1\n2\n3\n4\n5\n' }, 'theirs', { parents: [base] });
  const conflict = conflictOf((await bench.build(ours, [theirs]))[0]);
  expect(conflict.partners.map((partner) => partner.title)).toEqual(['ours']);
});

test('a branch that conflicts in tens of thousands of files is taken apart file by file', async () => {
  const oid = await bench.repo.commit({ f: BODY }, 'some commit', { keep: false });
  const paths = Array.from({ length: 30_000 }, (_, at) => `f${at}`);
  const stages = paths.flatMap((path) => ([1, 2, 3] as const).map((stage) => ({ path, stage, mode: '100644', oid })));
  const messages = paths.map((path) => ({ paths: [path], kind: 'CONFLICT (contents)', text: `CONFLICT (content): Merge conflict in ${path}` }));
  // Every file looked for among all of them needs minutes: longer than a test may take.
  expect(unitsOf({ kind: 'conflict', tree: oid, stages, messages }, { ours: oid, theirs: oid, oursName: 'main', theirsName: 'topic' })).toHaveLength(paths.length);
});

test('a conflict with what is ahead only is told from one with the target', async () => {
  const base = await bench.repo.commit({ f: BODY }, 'base', { keep: false });
  const edit = (text: string): Promise<typeof base> => bench.repo.commit({ f: BODY.replace('second', text) }, text, { parents: [base] });
  const [first, second, target] = [await edit('FIRST'), await edit('SECOND'), await edit('TARGET')];
  const ahead = await bench.build(base, [first, second]);
  expect(ahead[1]).toMatchObject({ kind: 'conflict', onTip: false, onto: candidateOf(ahead[0]).commit });
  const free = await bench.repo.commit({ h: 'free\n' }, 'free', { parents: [base] });
  const onTarget = await bench.build(target, [free, second]);
  expect(onTarget[1]).toMatchObject({ kind: 'conflict', onTip: true, onto: target });
});

async function threeSides(base: Files, ours: Files, theirs: Files): Promise<{ base: Awaited<ReturnType<Workbench['repo']['commit']>>; ours: Awaited<ReturnType<Workbench['repo']['commit']>>; theirs: Awaited<ReturnType<Workbench['repo']['commit']>> }> {
  const root = await bench.repo.commit({ keep: 'kept\n', ...base }, 'base', { keep: false });
  return {
    base: root,
    ours: await bench.repo.commit({ 'clean-ours': 'o\n', ...ours }, 'ours', { parents: [root] }),
    theirs: await bench.repo.commit({ 'clean-theirs': 't\n', ...theirs }, 'theirs', { parents: [root] }),
  };
}
