// Building candidates: what is a candidate, what is contained, what is refused, and what a candidate may change.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkContainment } from '../../src/adapter/git/contain.ts';
import type { Oid } from '../../src/merge/branch.ts';
import type { Files } from '../harness/repository.ts';
import { candidateOf, requestFor, workbench } from '../harness/workbench.ts';
import type { Workbench } from '../harness/workbench.ts';

let bench: Workbench;
let base: Oid;
beforeAll(async () => {
  bench = await workbench();
  base = await bench.repo.commit({ a: 'a\n', b: 'b\n', 'log.md': 'one\n' }, 'base');
});
afterAll(() => bench.close());

test('a candidate is a merge commit of Maestro\'s, the same for the same plan', async () => {
  const tip = await bench.repo.commit({ a: 'changed\n' }, 'work\n\nREADY_TO_MERGE', { parents: [base] });
  const request = requestFor(tip, 'feature/apollo', { title: 'READY_TO_MERGE', arrivedAtMs: 1_770_000_000_000 });
  const [first] = await bench.build(base, [request]);
  const [second] = await bench.build(base, [request]);
  expect(second).toEqual(first);
  const candidate = candidateOf(first);
  expect(candidate).toMatchObject({ onto: base, how: 'clean', paths: ['a'], pathCount: 1, restores: [] });
  expect(await bench.reader.commit(candidate.commit)).toMatchObject({
    parents: [base, tip], author: 'Maestro <maestro@localhost>',
    message: `Merge feature/apollo into main\n\n"READY_TO_MERGE"\n\nMaestro-Merge-Id: ${request.id}\nMaestro-Branch: feature/apollo\n`,
  });
  expect(await bench.repo.git(['log', '-1', '--format=%ct', candidate.commit])).toBe('1770000000');
});

test('a clock that is behind dates no candidate before its parents', async () => {
  const tip = await bench.repo.commit({ a: 'changed\n' }, 'work', { parents: [base] });
  const [built] = await bench.build(base, [requestFor(tip, 'feature/apollo', { arrivedAtMs: 0 })]);
  const dates = await bench.repo.git(['log', '--no-walk=unsorted', '--format=%ct', candidateOf(built).commit, tip]);
  expect(new Set(dates.split('\n')).size).toBe(1);
});

test('a merge that was taken off is not made once more to the byte, though its parents claim to be later', async () => {
  const tip = await bench.repo.commit({ a: 'changed\n' }, 'work', { parents: [base] });
  const outcomes = await Promise.all([0, 1, 2].map((takenOff) => bench.build(base, [requestFor(tip, 'feature/apollo', { arrivedAtMs: 0, takenOff })])));
  expect(new Set(outcomes.map(([built]) => candidateOf(built).commit)).size).toBe(3);
});

test('a chain goes on where a conflict left it', async () => {
  const tips = await Promise.all(['one', 'two'].map((text) => bench.repo.commit({ a: `${text}\n` }, text, { parents: [base] })));
  const free = await bench.repo.commit({ c: 'c\n' }, 'free', { parents: [base] });
  const outcomes = await bench.build(base, [...tips, free]);
  expect(outcomes.map((outcome) => outcome.kind)).toEqual(['candidate', 'conflict', 'candidate']);
  expect(candidateOf(outcomes[2]).onto).toBe(candidateOf(outcomes[0]).commit);
});

test('what the target has is contained; a commit that changes nothing still lands', async () => {
  const tip = await bench.repo.commit({ a: 'more\n' }, 'tip', { parents: [base] });
  expect(await bench.build(tip, [base, tip])).toEqual([{ kind: 'contained' }, { kind: 'contained' }]);
  const empty = await bench.repo.commit({}, 'empty', { parents: [base] });
  expect(candidateOf((await bench.build(base, [empty]))[0]).pathCount).toBe(0);
});

test('the same commit on two branches lands once: the second waits for what is ahead, and is contained then', async () => {
  const tip = await bench.repo.commit({ c: 'c\n' }, 'twice', { parents: [base] });
  const [first, second] = await bench.build(base, [tip, tip]);
  expect(second).toEqual({ kind: 'ahead', why: expect.stringContaining('comes in with them') });
  expect(await bench.build(candidateOf(first).commit, [tip])).toEqual([{ kind: 'contained' }]);
});

test('a target whose .gitattributes cannot be read is merged into by nobody', async () => {
  const large = await bench.repo.commit({ '.gitattributes': '*.md merge=union # long\n'.repeat(12_000) }, 'large', { parents: [base] });
  const tip = await bench.repo.commit({ c: 'c\n' }, 'tip', { parents: [base] });
  expect(await bench.build(large, [tip])).toEqual([{ kind: 'refused', reason: { code: 'target-unusable', detail: '.gitattributes is larger than 256 KiB' } }]);
  expect((await bench.build(base, [large, tip])).map(({ kind }) => kind)).toEqual(['candidate', 'ahead']);
});

test('unrelated histories are refused, and the next one is built', async () => {
  const stranger = await bench.repo.commit({ z: 'z\n' }, 'stranger', { keep: false, parents: [] });
  const tip = await bench.repo.commit({ c: 'c\n' }, 'tip', { parents: [base] });
  const outcomes = await bench.build(base, [stranger, tip]);
  expect(outcomes[0]).toEqual({ kind: 'refused', reason: { code: 'unrelated-histories' } });
  expect(outcomes[1]?.kind).toBe('candidate');
});

test('merge attributes come from the target, never from the branch', async () => {
  const edits = async (from: Oid): Promise<readonly Oid[]> => [await bench.repo.commit({ 'log.md': 'one\nours\n' }, 'ours', { parents: [from] }), await bench.repo.commit({ 'log.md': 'one\ntheirs\n' }, 'theirs', { parents: [from] })];
  const union = await bench.repo.commit({ '.gitattributes': '*.md merge=union -diff\n*.x filter=evil merge=evil\n' }, 'union', { parents: [base] });
  const [ours, theirs] = await edits(union);
  const merged = candidateOf((await bench.build(ours!, [theirs!]))[0]);
  expect((await bench.files(merged.tree))['log.md']).toBe('one\nours\ntheirs\n');
  const [plainOurs, plainTheirs] = await edits(base);
  const sly = await bench.repo.commit({ '.gitattributes': '* merge=union\n' }, 'sly', { parents: [plainTheirs!] });
  expect((await bench.build(plainOurs!, [sly]))[0]?.kind).toBe('conflict');
});

test('attributes that land with one branch count for the next in the chain', async () => {
  const union = await bench.repo.commit({ '.gitattributes': '*.md merge=union\n' }, 'union', { parents: [base] });
  const edits = await Promise.all(['ours', 'theirs'].map((text) => bench.repo.commit({ 'log.md': `one\n${text}\n` }, text, { parents: [base] })));
  const outcomes = await bench.build(base, [union, ...edits]);
  expect((await bench.files(candidateOf(outcomes[2]).tree))['log.md']).toBe('one\nours\ntheirs\n');
  expect((await bench.build(base, edits))[1]?.kind).toBe('conflict');
});

test('a merge may change only what its branch changed: a planted change is found', async () => {
  const tip = await bench.repo.commit({ a: 'mine\n' }, 'tip', { parents: [base] });
  const planted = await bench.repo.commit({ a: 'mine\n', b: 'planted\n' }, 'planted', { parents: [base] });
  const [from, to, wrong] = await Promise.all([base, tip, planted].map(async (oid) => (await bench.reader.commit(oid))!.tree));
  const own = bench.reader.changes(from!, to!);
  const look = { onto: from!, bases: [from!], tip: to!, own, allowed: [] };
  expect((await checkContainment(bench.git, bench.reader, { ...look, merged: to! })).stray).toBeNull();
  expect((await checkContainment(bench.git, bench.reader, { ...look, merged: wrong! })).stray).toBe('b');
  const lies = { ...bench.merger, merge: () => Promise.resolve({ kind: 'clean' as const, tree: wrong! }) };
  expect((await bench.buildWith({ merger: lies }, base, [tip]))[0]).toEqual({ kind: 'refused', reason: { code: 'verification-failed', detail: 'the merge changes b, which the branch did not' } });
});

test('a change follows more renames than diff-tree looks at by itself', async () => {
  // Other names too: equal ones git pairs before it counts.
  const many = (folder: string, more = ''): Files => Object.fromEntries(Array.from({ length: 1050 }, (_, at) => [`${folder}${at}`, `${`file ${at} has lines\n`.repeat(9)}${more}`]));
  const gone = Object.fromEntries(Object.keys(many('old/')).map((path) => [path, null]));
  const root = await bench.repo.commit(many('old/'), 'root', { parents: [base] });
  const target = await bench.repo.commit({ ...gone, ...many('new/x', 'and one more\n') }, 'renames', { parents: [root] });
  const tip = await bench.repo.commit({ 'old/7': `first\n${'file 7 has lines\n'.repeat(9)}` }, 'edit', { parents: [root] });
  expect(candidateOf((await bench.build(target, [tip]))[0])).toMatchObject({ how: 'clean', paths: ['new/x7'] });
});

test('a change follows a rename of the target', async () => {
  const long = Array.from({ length: 20 }, (_, at) => `line ${at}\n`).join('');
  const root = await bench.repo.commit({ old: long }, 'root', { parents: [base] });
  const target = await bench.repo.commit({ old: null, new: long }, 'rename', { parents: [root] });
  const tip = await bench.repo.commit({ old: `${long}more\n` }, 'edit', { parents: [root] });
  expect(candidateOf((await bench.build(target, [tip]))[0])).toMatchObject({ how: 'clean', paths: ['new'] });
});

test('bytes are kept: CRLF, BOM, UTF-16, no last newline, a path that is no UTF-8', async () => {
  const odd = { 'crlf.txt': 'a\r\nb\r\n', 'bom.txt': '\uFEFFx\n', 'utf16.txt': Buffer.from('hé\n', 'utf16le'), 'open.txt': 'no end' };
  const blob = bench.repo.object('blob', Buffer.from('x'));
  const tree = bench.repo.tree([{ mode: '100644', name: 'a', oid: bench.repo.object('blob', Buffer.from('a\n')) }, { mode: '100644', name: 'b', oid: bench.repo.object('blob', Buffer.from('b\n')) }, { mode: '100644', name: Buffer.from([0x66, 0xff, 0x0a]), oid: blob }, { mode: '100644', name: 'log.md', oid: bench.repo.object('blob', Buffer.from('one\n')) }]);
  const bytes = bench.repo.commitTree(tree, 'odd path', [base]);
  const text = await bench.repo.commit(odd, 'odd text', { parents: [base] });
  const outcomes = await bench.build(base, [bytes, text]);
  expect(candidateOf(outcomes[0]).paths).toEqual(['f\ufffd\n']);
  const merged = candidateOf(outcomes[1]);
  expect(await bench.reader.info(`${merged.tree}:f\xff`)).toBeNull();
  expect(await bench.repo.git(['ls-tree', '--name-only', merged.tree])).toContain('"f\\377\\n"');
  for (const [path, content] of Object.entries(odd)) {
    const oid = (await bench.reader.info(`${merged.tree}:${path}`))!.oid;
    expect(await bench.reader.blob(oid, 1000)).toEqual(Buffer.from(content));
  }
});

test('a SHA-256 repository builds the same way', async () => {
  const other = await workbench('sha256');
  const root = await other.repo.commit({ a: 'a\n' }, 'root');
  const tip = await other.repo.commit({ b: 'b\n' }, 'tip', { parents: [root] });
  expect(candidateOf((await other.build(root, [tip]))[0]).commit).toMatch(/^[0-9a-f]{64}$/);
  await other.close();
});
