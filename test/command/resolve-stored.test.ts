// Conflicts asked by their commits: what is read out of a repository, and what is told where it cannot be.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openView } from '../../src/adapter/git/view.ts';
import type { LadderAnswer, Outcome } from '../../src/adapter/ladder/ladder.ts';
import { answersTo } from '../../src/command/resolve/filter.ts';
import { parseRequest } from '../../src/command/resolve/request.ts';
import { Store, type StoredFile } from '../../src/command/resolve/stored.ts';
import type { Oid } from '../../src/merge/branch.ts';
import type { ConflictFile } from '../../src/resolution/conflict-file.ts';
import { repository, type Repository } from '../harness/repository.ts';

const PATH = 'ä/a.js';
let repo: Repository;
let store: Store;
beforeAll(async () => {
  repo = await repository();
  store = new Store();
});
afterAll(async () => {
  await store.close();
  repo.dispose();
});

test('the texts git leaves in conflict, what both sides said, and what the file was before', async () => {
  const { ours, theirs } = await meeting();
  const found = await store.file({ gitDir: repo.bare, ours, theirs, path: PATH });
  expect(found).toMatchObject({ kind: 'file', file: { path: PATH, base: 'f(1);\n', ours: 'f(3, more);\n', theirs: 'f(2);\n', intent: { oursMessage: 'third', oursLog: ['third', 'second'], theirsMessage: 'squashed' }, earlier: { ours: ['f(3, more);\n', 'f(2);\n'], theirs: ['f(2);\n'] } } });
  expect(await store.file({ gitDir: repo.bare, ours: theirs, theirs: ours, path: PATH })).toMatchObject({ file: { ours: 'f(2);\n', theirs: 'f(3, more);\n' } });
  expect(await store.file({ gitDir: relative('.', repo.bare), ours, theirs, path: PATH })).toEqual(found);
});

test('what is opened and closed again and again waits for the end of the process once', async () => {
  const before = process.listenerCount('exit');
  for (let times = 0; times < 3; times += 1) {
    const view = openView(repo.bare);
    expect([process.listenerCount('exit') - before <= 1, existsSync(view.git.directory)]).toEqual([true, true]);
    await view.close();
    expect(existsSync(view.git.directory)).toBe(false);
  }
  expect(process.listenerCount('exit')).toBe(before);
});

test('nothing is written into the repository', async () => {
  const { ours, theirs } = await meeting();
  const before = filesIn(repo.bare);
  await store.file({ gitDir: repo.bare, ours, theirs, path: 'both.bin' });
  expect(filesIn(repo.bare)).toEqual(before);
});

test('of a whole merge the tree, or the paths in conflict', async () => {
  const { ours, theirs } = await meeting();
  expect(await store.merge({ gitDir: repo.bare, ours, theirs })).toEqual({ kind: 'merged', tree: null, conflicts: ['both.bin', 'gone', PATH] });
  const beside = await repo.commit({ 'new.js': 'x\n' }, 'beside', { parents: [theirs] });
  expect(await store.merge({ gitDir: repo.bare, ours: theirs, theirs: beside })).toEqual({ kind: 'merged', tree: (await repo.git(['rev-parse', `${beside}^{tree}`])).trim(), conflicts: [] });
});

test('what cannot be told as three texts says why', async () => {
  const { ours, theirs } = await meeting();
  const at = (more: Partial<StoredFile>): Promise<unknown> => store.file({ gitDir: repo.bare, ours, theirs, path: PATH, ...more });
  expect(await at({ path: 'both.bin' })).toEqual({ kind: 'unread', why: 'binary' });
  expect(await at({ path: 'gone' })).toEqual({ kind: 'unread', why: 'modify/delete' });
  expect(await at({ path: 'other.js' })).toMatchObject({ kind: 'trouble', code: 'not-in-conflict' });
  expect(await at({ theirs: ours })).toMatchObject({ kind: 'trouble', code: 'not-in-conflict' });
  expect(await at({ theirs: 'd'.repeat(40) as Oid })).toMatchObject({ kind: 'trouble', code: 'not-readable' });
  expect(await at({ gitDir: `${repo.bare}/objects` })).toMatchObject({ kind: 'trouble', code: 'not-a-repository' });
  expect(await at({})).toMatchObject({ kind: 'file' });
});

test('a repository whose objects are damaged costs only its own questions', async () => {
  const broken = await repository();
  const base = await broken.commit({ a: '1\n' }, 'base');
  const [ours, theirs] = [await broken.commit({ a: '2\n' }, 'ours', { parents: [base] }), await broken.commit({ a: '3\n' }, 'theirs', { parents: [base] })];
  for (const file of filesIn(`${broken.bare}/objects`).filter((name) => /^[0-9a-f]{2}.[0-9a-f]{38}$/.test(name))) writeFileSync(join(broken.bare, 'objects', file), 'no object');
  expect(await store.file({ gitDir: broken.bare, ours, theirs, path: 'a' })).toMatchObject({ kind: 'trouble', code: 'not-readable' });
  broken.dispose();
  const sound = await meeting();
  expect(await store.file({ gitDir: repo.bare, ...sound, path: PATH })).toMatchObject({ kind: 'file' });
});

test('is answered in the filter like any other file, and its outcome teaches', async () => {
  const { ours, theirs } = await meeting();
  const asked: ConflictFile[] = [];
  const taught: Outcome[] = [];
  const ladder = { resolve: (_scope: string, file: ConflictFile) => Promise.resolve<LadderAnswer>((asked.push(file), { kind: 'unanswered', why: 'deadline', plain: [] })), learn: (outcome: Outcome) => Promise.resolve(void taught.push(outcome)) };
  const question = { repoGitDir: repo.bare, ours, theirs };
  const lines = [{ id: 1, scope: 's', path: PATH, ...question }, { kind: 'outcome', id: 1, resolved: 'f(3, more);\n' }, { id: 2, path: 'both.bin', ...question }, { id: 3, path: 'other.js', ...question }, { id: 4, kind: 'tree', ...question }];
  const input = async function* (): AsyncGenerator<Buffer> {
    for (const line of lines) yield Buffer.from(JSON.stringify(line));
  };
  const answers: unknown[] = [];
  for await (const told of answersTo(input(), ladder, { threshold: 0.85, onlySure: false, optionsMax: 24 })) answers.push(JSON.parse(told));
  expect(answers).toMatchObject([{ id: 1, why: 'deadline' }, { id: 2, resolved: null, confidence: 0, why: 'binary' }, { id: 3, resolved: null, error: { code: 'not-in-conflict' } }, { id: 4, tree: null, conflicts: ['both.bin', 'gone', PATH] }]);
  expect(taught).toEqual([{ scope: 's', file: asked[0], resolved: 'f(3, more);\n' }]);
});

test.each([
  [{ path: '', ours: 'a'.repeat(40), theirs: 'b'.repeat(40) }, 'bad-request'],
  [{ path: 'a', ours: 'a'.repeat(40), theirs: '--upload-pack=x' }, 'bad-request'],
  [{ path: 'a', ours: 'main', theirs: 'b'.repeat(40) }, 'bad-request'],
  [{ path: 'a', ours: 'a'.repeat(40), theirs: 'b'.repeat(40), repoGitDir: 3 }, 'bad-request'],
  [{ kind: 'octopus', ours: 'a'.repeat(40), theirs: 'b'.repeat(40) }, 'unsupported'],
  [{ kind: 'tree', ours: 'a'.repeat(40), theirs: 'b' }, 'bad-request'],
])('the question %j is refused at the door', (fields, code) => {
  expect(parseRequest(Buffer.from(JSON.stringify({ id: 1, repoGitDir: '/x', ...fields })))).toMatchObject({ kind: 'trouble', id: 1, code });
});

/** A branch squashed into theirs, on which ours went on. */
async function meeting(): Promise<{ readonly ours: Oid; readonly theirs: Oid }> {
  const base = await repo.commit({ [PATH]: 'f(1);\n', 'both.bin': 'a\0b', gone: 'x\n', 'other.js': 'x\n' }, 'base');
  const second = await repo.commit({ [PATH]: 'f(2);\n' }, 'second', { parents: [base] });
  const ours = await repo.commit({ [PATH]: 'f(3, more);\n', 'both.bin': 'a\0c', gone: null, 'other.js': 'y\n' }, 'third', { parents: [second] });
  const theirs = await repo.commit({ [PATH]: 'f(2);\n', 'both.bin': 'a\0d', gone: 'y\n' }, 'squashed', { parents: [base] });
  return { ours, theirs };
}

function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).toSorted();
}
