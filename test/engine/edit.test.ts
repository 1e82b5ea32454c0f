// Trees and commits made in memory against git's own: the same ids, whatever was changed and in which order ids were asked for.
import { describe, expect, test } from 'vitest';
import { Commit } from '../../src/engine/object/commit.ts';
import { editTree, pathProblem } from '../../src/engine/object/edit.ts';
import { MODE, Tree } from '../../src/engine/object/node.ts';
import { blob, IN_MEMORY, gitIds, randomEdits, type Edits } from './edits.ts';

function grown(edits: Edits, isLazy: boolean): readonly string[] {
  let tip: Commit | null = null;
  const made = edits.map(({ message, changes }) => {
    const edited = editTree(tip?.tree ?? Tree.of([]), changes, IN_MEMORY);
    if (edited.kind !== 'edited') throw new Error(JSON.stringify(edited));
    const commit = Commit.of({ tree: edited.tree, parents: tip === null ? [] : [tip], author: WHO, committer: WHO, message });
    if (!isLazy) expect(commit.id).toHaveLength(40);
    return tip = commit;
  });
  return made.toReversed().map(({ id, tree }) => `${id} ${tree.id}`).toReversed();
}

const WHO = { name: 'Äda', email: 'a@b', seconds: 1_700_000_000, zone: '+0130' };

describe('ids are those of git', () => {
  test.each([1, 2, 3])('seed %i, at once and late', (seed) => {
    const edits = randomEdits(seed, { commits: 60, names: 6, depth: 4 });
    const expected = gitIds(edits, WHO);
    expect(grown(edits, false)).toEqual(expected);
    expect(grown(edits, true)).toEqual(expected);
  });

  test('in a folder of four thousand files, which is hashed from stored states', () => {
    const edits = randomEdits(4, { commits: 25, names: 4000, depth: 1, first: 4000 });
    expect(grown(edits, false)).toEqual(gitIds(edits, WHO));
  });
});

test('versions of one directory may be asked for their ids in any order, also inside each other', () => {
  const put = (tree: Tree, text: string): Tree => edited(tree, 'a/x', text);
  const one = put(Tree.of([]), '1');
  const [two, three] = [put(one, '2'), put(one, '3')];
  const nested = one.with([{ name: 'a', mode: MODE.tree, node: two.with([...(two.entries ?? []), { name: 'b', mode: MODE.tree, node: three }]) }]);
  const alone = (tree: Tree): string => fresh(tree).id;
  expect([three.id, one.id, two.id, nested.id]).toEqual([alone(three), alone(one), alone(two), alone(nested)]);
});

test.each([
  ['a/b', 'a', 'a'], ['a', 'a/b', 'a'],
])('%s and then %s: %s is in the way', (first, second, path) => {
  const tree = edited(Tree.of([]), first, 'x');
  expect(editTree(tree, [put(second, 'y')], IN_MEMORY)).toEqual({ kind: 'in-the-way', path });
  expect(editTree(Tree.of([]), [put(first, 'x'), put('a-b', 'z'), put(second, 'y')], IN_MEMORY)).toEqual({ kind: 'in-the-way', path });
});

test('a file takes the place of a folder that goes in the same step, and empty folders go too', () => {
  const tree = edited(edited(Tree.of([]), 'a/b/c', 'x'), 'd', 'y');
  const after = editTree(tree, [{ path: 'a/b/c', entry: null }, put('a', 'z')], IN_MEMORY);
  expect(after.kind === 'edited' && after.tree.entries?.map(({ name, mode }) => [name, mode])).toEqual([['a', MODE.file], ['d', MODE.file]]);
});

test('what changes nothing is the same tree', () => {
  const tree = edited(Tree.of([]), 'a/b', 'x');
  expect(editTree(tree, [put('a/b', 'x'), { path: 'a/c', entry: null }, { path: 'a/b/c', entry: null }], IN_MEMORY)).toEqual({ kind: 'edited', tree });
});

test.each(['', '/a', 'a/', 'a//b', '.', 'a/..', '../a', '.git', 'a/.GIT/b', '.git ', 'git~1', 'a\0b', `${'a/'.repeat(1100)}b`, 'x'.repeat(5000)])('%j is no path', (path) => {
  expect(pathProblem(path)).not.toBeNull();
});

test.each(['a', '.gitignore', 'a/.b', 'a..b', '...', 'a~', 'ä\u00ff', 'a/b/c/d'])('%j is a path', (path) => {
  expect(pathProblem(path)).toBeNull();
});

test.each([['<', 'e'], ['n', 'e>'], ['n\n', 'e'], [' n', 'e'], ['n', 'e\0']])('a commit by %j, %j is refused', (name, email) => {
  const who = { ...WHO, name, email };
  expect(() => Commit.of({ tree: Tree.of([]), parents: [], author: who, committer: who, message: '' })).toThrow(/read again/);
});

function put(path: string, text: string): Parameters<typeof editTree>[1][number] {
  return { path, entry: { mode: MODE.file, node: blob(text) } };
}

function edited(tree: Tree, path: string, text: string): Tree {
  const result = editTree(tree, [put(path, text)], IN_MEMORY);
  if (result.kind !== 'edited') throw new Error(result.kind);
  return result.tree;
}

/** The same without anything remembered. */
function fresh(tree: Tree): Tree {
  return Tree.of((tree.entries ?? []).map((entry) => entry.node.kind === 'tree' ? { name: entry.name, mode: entry.mode, node: fresh(entry.node) } : entry));
}
