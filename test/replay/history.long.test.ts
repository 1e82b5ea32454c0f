// A replay on real histories whose resolutions are known: what is found, what cannot be judged, what is left as it was.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { SCOPE } from '../../src/command/replay/past.ts';
import { replayHistory, type Replay, type ReplayChoices } from '../../src/command/replay/replay.ts';
import { openLadder } from '../../src/compose-ladder.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { repository, type Files, type Repository } from '../harness/repository.ts';

const BASE = { 'a.txt': '1\nf(a, b, c)\n3\n' };
const OURS = { 'a.txt': '1\nf(A, b, c)\n3\n' };
const THEIRS = { 'a.txt': '1\nf(a, b, C)\n3\n' };
const MERGED = { 'a.txt': '1\nf(A, b, C)\n3\n' };

const ladder = openLadder();
let merges = 0;
let repo: Repository;
afterEach(() => repo.dispose());
afterAll(() => ladder.close());

test('a past conflict is resolved again and held against what was committed', async () => {
  repo = await repository();
  const merge = await past(BASE, OURS, THEIRS, MERGED);
  const { history, figures, files } = await replayed();
  expect(history).toEqual({ merges: 1, lookedAt: 1, unreadable: 0, conflicted: 1, passedOver: 0 });
  expect(files).toMatchObject([{ merge, path: 'a.txt', among: true, hunks: { all: 1, placed: 1 } }]);
  expect(figures).toMatchObject({ files: 1, merges: { whole: 1 }, recall: { files: 1, hunks: 1 } });
});

test('a clean merge is looked at and passed by; so is one that only repeats a conflict', async () => {
  repo = await repository();
  await past(BASE, { 'b.txt': 'b\n' }, THEIRS, { ...THEIRS, 'b.txt': 'b\n' });
  await past(BASE, OURS, THEIRS, MERGED);
  await past(BASE, THEIRS, OURS, MERGED);
  expect((await replayed()).history).toEqual({ merges: 3, lookedAt: 3, unreadable: 0, conflicted: 2, passedOver: 1 });
});

test('merges a forge made to test a pull request, a stash and our own are no history', async () => {
  repo = await repository();
  for (const ref of ['refs/pull/7/merge', 'refs/stash', 'refs/maestro/pin/x']) await past(BASE, OURS, THEIRS, MERGED, ref);
  expect((await replayed()).history.merges).toBe(0);
});

test('the newest come first, a seed draws the same ones again', async () => {
  repo = await repository();
  for (const at of [1, 2, 3, 4]) await past({ 'a.txt': `${at}\n` }, { 'a.txt': `${at} o\n` }, { 'a.txt': `${at} t\n` }, { 'a.txt': `${at} m\n` });
  const [newest, again, drawn, same] = [await replayed({ mergesMax: 2 }), await replayed({ mergesMax: 9 }), await replayed({ mergesMax: 2, seed: 3 }), await replayed({ mergesMax: 2, seed: 3 })];
  expect(newest.files.map(({ merge }) => merge)).toEqual(again.files.map(({ merge }) => merge).slice(2));
  expect(drawn.files.map(({ merge }) => merge)).toEqual(same.files.map(({ merge }) => merge));
});

const TEXTS: Sides = {
  'crlf.txt': ['1\r\nf(a, b, c)\r\n', '1\r\nf(A, b, c)\r\n', '1\r\nf(a, b, C)\r\n', '1\r\nf(A, b, C)\r\n'],
  'no-last-newline.txt': ['f(a, b, c)', 'f(A, b, c)', 'f(a, b, C)', 'f(A, b, C)'],
  'byte-order-mark.txt': ['\ufefff(a, b, c)\n', '\ufefff(A, b, c)\n', '\ufefff(a, b, C)\n', '\ufefff(A, b, C)\n'],
  'größe.txt': ['f(a, b, c)\n', 'f(A, b, c)\n', 'f(a, b, C)\n', 'f(A, b, C)\n'],
  'both-added.txt': [null, 'left\n', 'right\n', 'left\nright\n'],
};
const LINES = (word: string): string => Array.from({ length: 20_000 }, (_, at) => `${word}${at}\n`).join('');
const LONG: Sides = { 'long.txt': [LINES('b'), LINES('o'), LINES('t'), LINES('m')] };
const LINK = (content: string): Files[string] => ({ mode: '120000', content });
const UNJUDGED: Sides = {
  'not-utf8': ['1\n', Buffer.from([0xff, 10]), '2\n', '2\n'],
  'binary': ['1\n', '\u0000\n', '2\n', '2\n'],
  'too-large': ['1\n', 'x\n'.repeat(600_000), '2\n', '2\n'],
  'modify/delete': ['1\n', '2\n', null, '2\n'],
  'moved-or-deleted': ['1\n', '2\n', '3\n', null],
  'not-a-file': ['1\n', LINK('2'), LINK('3'), '1\n'],
  'markers-committed': ['1\n', '2\n', '3\n', '<<<<<<< HEAD\n=======\n>>>>>>> x\n'],
};

test('texts of every kind are judged, a very long one is at least declined', async () => {
  repo = await repository();
  await pastOf({ ...TEXTS, ...LONG });
  const { files, unjudged } = await replayed();
  expect(files.map(({ path }) => path).toSorted()).toEqual([...Object.keys(TEXTS), 'long.txt'].toSorted());
  expect(files.filter(({ among }) => !among).map(({ path }) => path)).toEqual(['long.txt']);
  expect(unjudged).toEqual([]);
});

test('what is no text is named with the reason, and the merge is not whole', async () => {
  repo = await repository();
  await pastOf({ ...UNJUDGED, 'a.txt': TEXTS['größe.txt'] ?? [] });
  const { files, unjudged, figures } = await replayed();
  expect(files.map(({ path }) => path)).toEqual(['a.txt']);
  expect(new Map(unjudged.map(({ path, why }) => [path, why]))).toEqual(new Map(Object.keys(UNJUDGED).map((why) => [why, why])));
  expect(figures.merges.whole).toBe(0);
});

test('the repository is not written to, and its config is not alive', async () => {
  repo = await repository();
  await past(BASE, OURS, THEIRS, MERGED);
  writeFileSync(join(repo.bare, 'config'), 'git would not even start with this\n');
  const before = everythingIn(repo.bare);
  expect((await replayed()).files).toHaveLength(1);
  expect(everythingIn(repo.bare)).toEqual(before);
});

test('a SHA-256 repository is read like any other', async () => {
  repo = await repository('sha256');
  await past(BASE, OURS, THEIRS, MERGED);
  expect((await replayed()).files).toHaveLength(1);
});

test('a history without merges, and one without commits, have nothing to judge', async () => {
  repo = await repository();
  expect((await replayed()).history.merges).toBe(0);
  await repo.commit(BASE, 'First', { branch: 'main' });
  expect((await replayed()).figures).toMatchObject({ files: 0, recall: { files: null, hunks: null }, ms: { p50: null } });
});

test('file by file, what people did with one file of a merge tells of the next', async () => {
  repo = await repository();
  const paths = ['a.py', 'b.go', 'c.md', 'd.rs', 'e.js', 'f.java'];
  const side = (word: string): Files => Object.fromEntries(paths.map((path, at) => [path, `top ${at}\nsaid = "${word} ${at}"\nend ${at}\n`]));
  await past(side('nothing'), side('left'), side('right'), side('left'));
  const surestOfLeft = async (learn: ReplayChoices['learn']): Promise<number> => {
    await ladder.forget(SCOPE);
    const last = (await replayed({ learn })).files.at(-1);
    return last?.match === 'byte' ? last.confidence : 0;
  };
  const before = await surestOfLeft('merge by merge');
  expect(await surestOfLeft('file by file')).toBeGreaterThan(before + 0.1);
});

test('when it is stopped it says what it has', async () => {
  repo = await repository();
  await past(BASE, OURS, THEIRS, MERGED);
  const { stopped, files } = await replayHistory(choices(), ladder, { stopped: () => true, progress: () => undefined });
  expect([stopped, files]).toEqual([true, []]);
});

type Sides = Readonly<Record<string, readonly Files[string][]>>;

/** Each path with its base, both sides and what was committed. */
function pastOf(sides: Sides): Promise<Oid> {
  const at = (which: number): Files => Object.fromEntries(Object.entries(sides).map(([path, texts]) => [path, texts[which] ?? null]));
  return past(at(0), at(1), at(2), at(3));
}

/** A merge of two branches off one commit, under a ref of its own. */
async function past(base: Files, ours: Files, theirs: Files, committed: Files, ref = `refs/heads/past-${merges += 1}`): Promise<Oid> {
  const root = await repo.commit(base, 'Base', { parents: [], keep: false });
  const [left, right] = [await repo.commit(ours, 'Left', { parents: [root] }), await repo.commit(theirs, 'Right', { parents: [root] })];
  const merge = await repo.commit(committed, 'Merge', { parents: [left, right] });
  await repo.git(['update-ref', ref, merge]);
  return merge;
}

function replayed(more: Partial<ReplayChoices> = {}): Promise<Replay> {
  return replayHistory({ ...choices(), ...more }, ladder, { stopped: () => false, progress: () => undefined });
}

function choices(): ReplayChoices {
  return { repository: 'here', gitDir: repo.bare, since: null, seed: null, mergesMax: 10, threshold: 0.85, learn: 'merge by merge', gate: null };
}

function everythingIn(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).toSorted().map((path) => [path, readFileSync(path, 'latin1')] as const);
}
