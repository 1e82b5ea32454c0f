// What was made in memory, in a real repository: git's own check is content, refs move all or none, a race is an answer.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { flushInto } from '../../src/adapter/git/flush.ts';
import type { NewObject } from '../../src/engine/repository/new-objects.ts';
import { objectId } from '../../src/engine/object/id.ts';
import type { ObjectId, ObjectKind } from '../../src/engine/object/id.ts';
import { buildPack, packBytesMax } from '../../src/engine/object/pack.ts';
import { repository } from '../harness/repository.ts';
import type { Repository } from '../harness/repository.ts';

let repo: Repository;
beforeEach(async () => {
  repo = await repository();
});
afterEach(() => repo.dispose());

type Made = { readonly id: ObjectId; readonly objects: readonly NewObject[] };

function made(kind: ObjectKind, body: Uint8Array): NewObject {
  return { kind, body, id: objectId(kind, body) };
}

/** A commit of one file, with all that it names. */
function commit(content: Uint8Array, parents: readonly ObjectId[] = []): Made {
  const blob = made('blob', content);
  const tree = made('tree', Buffer.concat([Buffer.from('100644 file\0'), Buffer.from(blob.id, 'hex')]));
  const who = 'Agent <agent@example.org> 1770000000 +0000';
  const top = made('commit', Buffer.from(`tree ${tree.id}\n${parents.map((id) => `parent ${id}\n`).join('')}author ${who}\ncommitter ${who}\n\nwork\n`));
  return { id: top.id, objects: [blob, tree, top] };
}

const MAIN = 'refs/heads/main';

it.each([0, 1, 15, 16, 2047, 2048, 65_535, 65_536, 65_537, 131_070, 300_001])('a body of %i bytes comes back as it was', async (bytes) => {
  const content = Buffer.from(Array.from({ length: bytes }, (_, at) => (at * 7) & 255));
  const { id, objects } = commit(content);
  expect(await flushInto(repo.runner, objects, [{ ref: MAIN, old: null, new: id }])).toEqual({ kind: 'flushed' });
  const read = await repo.runner.run(['cat-file', 'blob', `${id}:file`]);
  expect(read.stdout.equals(content)).toBe(true);
  expect(await repo.git(['fsck', '--strict', '--full'])).toBe('');
});

it('a pack is never larger than was said', () => {
  const objects = [0, 16, 65_535, 200_000].map((bytes) => made('blob', Buffer.alloc(bytes)));
  expect(buildPack(objects).length).toBeLessThanOrEqual(packBytesMax(objects));
});

it('what the repository has already may come again', async () => {
  const first = commit(Buffer.from('one\n'));
  const second = commit(Buffer.from('two\n'), [first.id]);
  await flushInto(repo.runner, first.objects, [{ ref: MAIN, old: null, new: first.id }]);
  expect(await flushInto(repo.runner, [...first.objects, ...second.objects], [{ ref: MAIN, old: first.id, new: second.id }])).toEqual({ kind: 'flushed' });
  expect(await repo.git(['rev-list', '--count', 'main'])).toBe('2');
});

it('a ref that somebody moved first: nothing moves, and the answer says which', async () => {
  const first = commit(Buffer.from('one\n'));
  const theirs = commit(Buffer.from('theirs\n'), [first.id]);
  const ours = commit(Buffer.from('ours\n'), [first.id]);
  await flushInto(repo.runner, [...first.objects, ...theirs.objects], [{ ref: MAIN, old: null, new: theirs.id }]);
  const moves = [{ ref: 'refs/heads/new', old: null, new: ours.id }, { ref: MAIN, old: first.id, new: ours.id }];
  expect(await flushInto(repo.runner, ours.objects, moves)).toMatchObject({ kind: 'lost', ref: MAIN });
  expect(await repo.git(['for-each-ref', '--format=%(refname) %(objectname)'])).toBe(`${MAIN} ${theirs.id}`);
});

it.each([
  ['is there already', null],
  ['is gone', 'a'.repeat(40)],
])('a ref that %s: lost', async (_what, old) => {
  const first = commit(Buffer.from('one\n'));
  await flushInto(repo.runner, first.objects, [{ ref: MAIN, old: null, new: first.id }]);
  const ref = old === null ? MAIN : 'refs/heads/gone';
  expect(await flushInto(repo.runner, [], [{ ref, old, new: first.id }])).toMatchObject({ kind: 'lost', ref });
});

it('a ref goes when it is where it should be', async () => {
  const first = commit(Buffer.from('one\n'));
  await flushInto(repo.runner, first.objects, [{ ref: 'refs/heads/a', old: null, new: first.id }]);
  expect(await flushInto(repo.runner, [], [{ ref: 'refs/heads/a', old: first.id, new: null }])).toEqual({ kind: 'flushed' });
  expect(await repo.git(['for-each-ref'])).toBe('');
});

it('a name below another name is refused', async () => {
  const first = commit(Buffer.from('one\n'));
  await flushInto(repo.runner, first.objects, [{ ref: 'refs/heads/a', old: null, new: first.id }]);
  expect(await flushInto(repo.runner, [], [{ ref: 'refs/heads/a/b', old: null, new: first.id }])).toMatchObject({ kind: 'refused' });
});

it('objects without a ref are there, and nothing points to them', async () => {
  const { id, objects } = commit(Buffer.from('one\n'));
  expect(await flushInto(repo.runner, objects, [])).toEqual({ kind: 'flushed' });
  expect(await repo.git(['fsck', '--strict', '--full', '--no-progress'])).toContain(`dangling commit ${id}`);
});

it('an object that comes twice is taken once', async () => {
  const first = commit(Buffer.from('one\n'));
  expect(await flushInto(repo.runner, [...first.objects, ...first.objects], [{ ref: MAIN, old: null, new: first.id }])).toEqual({ kind: 'flushed' });
});

it('a commit that names what is not there is not taken in', async () => {
  const [, , top] = commit(Buffer.from('one\n')).objects;
  await expect(flushInto(repo.runner, [top!], [])).rejects.toMatchObject({ code: 'git-failed' });
});

it('where objects are not taken in no ref moves', async () => {
  const first = commit(Buffer.from('one\n'));
  const [, , top] = commit(Buffer.from('two\n'), [first.id]).objects;
  await flushInto(repo.runner, first.objects, [{ ref: MAIN, old: null, new: first.id }]);
  await expect(flushInto(repo.runner, [top!], [{ ref: MAIN, old: first.id, new: null }])).rejects.toMatchObject({ code: 'git-failed' });
  expect(await repo.git(['rev-parse', MAIN])).toBe(first.id);
});

it('a tree that git would not take in is not taken in', async () => {
  const blob = made('blob', Buffer.from('x'));
  const tree = made('tree', Buffer.concat([Buffer.from('100644 .git\0'), Buffer.from(blob.id, 'hex')]));
  await expect(flushInto(repo.runner, [blob, tree], [])).rejects.toMatchObject({ code: 'git-failed' });
});

it('a branch that a worktree stands on is left where it is', async () => {
  const first = commit(Buffer.from('one\n'));
  mkdirSync(join(repo.bare, 'worktrees/other'), { recursive: true });
  writeFileSync(join(repo.bare, 'worktrees/other/HEAD'), 'ref: refs/heads/busy\n');
  expect(await flushInto(repo.runner, first.objects, [{ ref: 'refs/heads/busy', old: null, new: first.id }])).toMatchObject({ kind: 'refused', detail: expect.stringContaining('checked out') });
});

it('hooks of the repository do not run', async () => {
  const first = commit(Buffer.from('one\n'));
  mkdirSync(join(repo.bare, 'hooks'), { recursive: true });
  writeFileSync(join(repo.bare, 'hooks/reference-transaction'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  expect(await flushInto(repo.runner, first.objects, [{ ref: MAIN, old: null, new: first.id }])).toEqual({ kind: 'flushed' });
});

it.each(['HEAD', 'refs/', 'refs/heads/a\nb', 'refs/heads/a\0b'])('%j is no ref to move', async (ref) => {
  await expect(flushInto(repo.runner, [], [{ ref, old: null, new: 'a'.repeat(40) }])).rejects.toMatchObject({ code: 'usage' });
});
