// What files in conflict were on either side since the two parted, as git lists it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { backgroundOf } from '../../src/adapter/git/background.ts';
import { earlierTexts } from '../../src/adapter/git/earlier.ts';
import { conflictFiles } from '../../src/adapter/git/option.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { conflictOf, requestFor, workbench, type Workbench } from '../harness/workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

const PATH = ':(glob)ä*.txt';
const LATIN1 = Buffer.from(PATH, 'utf8').toString('latin1');

test('newest first, of each side what it alone has, nothing of a commit both have', async () => {
  const base = await commit('0', []);
  const [ours, theirs] = [await chain(base, ['1', '2', '3']), await chain(base, ['1', '9'])];
  expect((await backgroundOf(bench, ours, theirs, [LATIN1]))(LATIN1).earlier).toEqual({ ours: ['3', '2', '1'], theirs: ['9', '1'] });
  expect((await backgroundOf(bench, theirs, ours, [LATIN1]))(LATIN1).earlier).toEqual({ ours: ['9', '1'], theirs: ['3', '2', '1'] });
});

test('a text is told once, and not at all where it was deleted, binary, a link or no UTF-8', async () => {
  const base = await commit('0', []);
  const ours = await chain(base, ['1', null, 'a\0b', '1', Buffer.from([0xe4]), { mode: '120000', content: 'to' }, '2']);
  expect((await backgroundOf(bench, ours, await chain(base, ['9']), [LATIN1]))(LATIN1).earlier).toEqual({ ours: ['2', '1'], theirs: ['9'] });
});

test('of many texts the newest, of large ones as many as are no burden', async () => {
  const base = await commit('0', []);
  const ours = await chain(base, Array.from({ length: 20 }, (_, at) => `${at + 1}`));
  const theirs = await chain(base, ['a', 'b', 'c'].map((one) => one.repeat(140_000)));
  const { earlier } = (await backgroundOf(bench, ours, theirs, [LATIN1]))(LATIN1);
  expect(earlier?.ours).toEqual(['20', '19', '18', '17', '16', '15', '14', '13', '12', '11', '10', '9']);
  expect(earlier?.theirs.map((text) => text[0])).toEqual(['c', 'b']);
});

test('what a merge made of a side\'s file, and what came with it', async () => {
  const base = await commit('0', []);
  const [work, main] = [await chain(base, ['1']), await chain(base, ['2'])];
  const merged = await commit('1 2', [main, work]);
  const squashed = await chain(base, ['1 2', '9']);
  expect((await backgroundOf(bench, await chain(merged, ['3']), squashed, [LATIN1]))(LATIN1).earlier).toEqual({ ours: expect.arrayContaining(['3', '1 2', '2', '1']) as string[], theirs: ['9', '1 2'] });
});

test('nothing is told of a path that a side has elsewhere, that git cannot be asked about, or with something missing', async () => {
  const base = await commit('0', []);
  const [ours, theirs] = [await chain(base, ['1', '2']), await chain(base, ['3'])];
  const moved = await bench.repo.commit({ [PATH]: null, moved: '3' }, 'm', { parents: [theirs], keep: false });
  expect(await told(ours, theirs, ['elsewhere', '\u00ff', 'a\nb'])).toEqual([]);
  expect(await told(ours, moved, [LATIN1])).toEqual([]);
  expect(await told(ours, 'd'.repeat(40) as Oid, [LATIN1])).toEqual([]);
  expect(await told(ours, theirs, [LATIN1])).toEqual([LATIN1]);
  const gone = await bench.reader.info(`${ours}~1:${LATIN1}`);
  const reader = { blob: (oid: string, max: number) => oid === gone?.oid ? Promise.resolve(null) : bench.reader.blob(oid, max), info: (name: string) => name === gone?.oid ? Promise.resolve(null) : bench.reader.info(name) };
  expect([...(await earlierTexts(bench.git, reader, ours, theirs, [LATIN1])).keys()]).toEqual([]);
});

test('nothing is told where there is more than is good to read, or git takes too long', async () => {
  const base = await commit('0', []);
  const [ours, theirs] = [await chain(base, ['1']), await chain(base, Array.from({ length: 3 }, (_, at) => `${at}!`))];
  const late = { ...bench.git, run: () => Promise.reject(new Error('took too long')) };
  expect((await earlierTexts(late, bench.reader, ours, theirs, [LATIN1])).size).toBe(0);
  const many = { ...bench.git, run: async (...call: Parameters<typeof bench.git.run>) => { const result = await bench.git.run(...call); return { ...result, stdout: Buffer.concat(Array.from({ length: 100 }, () => result.stdout)) }; } };
  expect((await earlierTexts(many, bench.reader, ours, theirs, [LATIN1])).size).toBe(0);
});

test('names that git could take for more than a name', async () => {
  const names = [':(exclude)x', ':!a', '<', '>', '*', '-x'];
  const of = (text: string, parents: readonly Oid[]): Promise<Oid> => bench.repo.commit(Object.fromEntries(names.map((name) => [name, `${text} ${name}`])), 'm', { parents: [...parents], keep: false });
  const base = await of('0', []);
  const background = await backgroundOf(bench, await of('1', [base]), await of('2', [base]), names);
  for (const name of names) expect(background(name).earlier).toEqual({ ours: [`1 ${name}`], theirs: [`2 ${name}`] });
});

test('the coordinator is told with the conflict', async () => {
  const base = await commit('0', []);
  const [onto, tip] = [await chain(base, ['1', '2']), await chain(base, ['1'])];
  const request = requestFor(tip);
  const [outcome] = await bench.build(onto, [request]);
  expect(await conflictFiles({ request, onto, conflict: conflictOf(outcome), inverses: [] }, bench)).toMatchObject([{ kind: 'text', file: { path: PATH, ours: '2', theirs: '1', earlier: { ours: ['2', '1'], theirs: ['1'] } } }]);
});

async function told(ours: Oid, theirs: Oid, paths: readonly string[]): Promise<readonly string[]> {
  return [...(await earlierTexts(bench.git, bench.reader, ours, theirs, paths)).keys()];
}

type Content = string | Buffer | null | { readonly mode: '120000'; readonly content: string };

function commit(content: Content, parents: readonly Oid[]): Promise<Oid> {
  return bench.repo.commit({ [PATH]: content }, 'm', { parents: [...parents], keep: false });
}

async function chain(from: Oid, contents: readonly Content[]): Promise<Oid> {
  let at = from;
  for (const content of contents) at = await commit(content, [at]);
  return at;
}
