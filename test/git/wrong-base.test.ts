// The group of April 2026: a forge merged the second branch of a group from a wrong base, and it silently took back the first. Whatever
// form that takes here, it is refused.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Merger } from '../../src/adapter/git/merge.ts';
import { openEngine } from '../../src/adapter/git/engine-opinion.ts';
import { openLibrary } from '../../src/adapter/git/library.ts';
import { secondOpinion } from '../../src/adapter/git/opinion.ts';
import { verify } from '../../src/adapter/git/verify.ts';
import type { Oid } from '../../src/merge/branch.ts';
import type { Landing } from '../../src/merge/effect.ts';
import type { Files } from '../harness/repository.ts';
import { candidateOf, conflictOf, requestFor, workbench, type Workbench } from '../harness/workbench.ts';

let bench: Workbench;
beforeAll(async () => { bench = await workbench(); });
afterAll(() => bench.close());

const LINES = ['top', 'a', 'b', 'c', 'd', 'e', 'end'];
const text = (changes: Record<number, string> = {}): string => LINES.map((line, at) => `${changes[at] ?? line}\n`).join('');

/** Both branches start at the base; the first has landed. */
async function group(first: Files, second: Files) {
  const root = await bench.repo.commit({ 'old.txt': 'old\n' }, 'root', { parents: [] });
  const base = await bench.repo.commit({ 'f.txt': text(), 'g.txt': text() }, 'base', { parents: [root] });
  const [one, two] = [await bench.repo.commit(first, 'first', { parents: [base] }), await bench.repo.commit(second, 'second', { parents: [base] })];
  const landed = candidateOf((await bench.build(base, [one]))[0]);
  return { root, base, two, onto: landed.commit };
}

/** A git that takes this commit for the base of whatever it merges. */
function from(wrong: Oid): Pick<Merger, 'merge'> {
  const treeOf = async (oid: Oid): Promise<Oid> => (await bench.reader.commit(oid))!.tree;
  return { merge: async (ours, theirs) => (await bench.merger.mergeWithBase(await treeOf(wrong), await treeOf(ours), await treeOf(theirs))).result };
}

test('work in other files that the second branch takes back is no change of that branch', async () => {
  const { onto, two } = await group({ 'f.txt': text({ 1: 'FIRST' }) }, { 'g.txt': text({ 1: 'SECOND' }) });
  const [outcome] = await bench.buildWith({ merger: { ...bench.merger, ...from(onto) } }, onto, [two]);
  expect(outcome).toMatchObject({ kind: 'refused', reason: { code: 'verification-failed', detail: expect.stringContaining('f.txt') } });
});

test('work in the same file, which no list of paths shows, is found by the second opinion before the push', async () => {
  const { onto, two } = await group({ 'f.txt': text({ 1: 'FIRST' }) }, { 'f.txt': text({ 5: 'SECOND' }) });
  const [outcome] = await bench.buildWith({ merger: { ...bench.merger, ...from(onto) } }, onto, [two]);
  const { commit, tree } = candidateOf(outcome);
  expect((await bench.files(tree))['f.txt']).toBe(text({ 5: 'SECOND' }));
  const { id } = requestFor(two);
  const landing: Landing = { id, commit, tree, onto, tip: two, how: 'clean', restores: [], undoes: null, certificate: '', atMs: 0, branch: 'refs/heads/feature/x' as Landing['branch'], title: '', dependsOn: [] };
  const engine = openEngine({ attributes: bench.attributes, reader: bench.reader, library: openLibrary(bench.reader) });
  const second = secondOpinion({ ...bench, engine, merger: () => bench.merger, onDisagreement: () => undefined });
  const intent = { id: 'main#1', target: 'refs/heads/main' as Landing['branch'], old: onto, new: commit, tree, requests: [id], atMs: 0 };
  expect(await verify({ ...second, commit: (oid) => bench.reader.commit(oid) }, intent, [landing])).toMatchObject({ kind: 'wrong' });
});

test.each(['before both sides had the file', 'beside both sides'])('a conflict from a base %s is never asked about or answered', async (where) => {
  const both = await group({ 'f.txt': text({ 1: 'FIRST' }) }, { 'f.txt': text({ 1: 'SECOND' }), 'g.txt': null });
  const right = conflictOf((await bench.build(both.onto, [both.two]))[0]);
  const answered = requestFor(both.two, 'feature/x', { resolution: { fingerprint: right.fingerprint, choices: ['B'], by: 'ada', how: 'person' } });
  const lying = where.startsWith('before') ? both.root : await bench.repo.commit({ 'f.txt': text({ 1: 'OTHER' }) }, 'other', { parents: [both.base] });
  const [outcome] = await bench.buildWith({ merger: { ...bench.merger, ...from(lying) } }, both.onto, [answered]);
  expect(outcome).toMatchObject({ kind: 'refused', reason: { code: 'verification-failed', detail: 'git merged f.txt from another base than the one both histories have' } });
});
