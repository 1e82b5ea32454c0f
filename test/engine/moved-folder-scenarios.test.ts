// A folder that one side moved, and what the other side did in it meanwhile: the engine says what git says, by its default for folders.
import { describe, expect, test } from 'vitest';
import { mergeTrees } from '../../src/engine/merge/merge-trees.ts';
import { filesOf, treeOf } from './histories.ts';
import { saysWhatGitSays, shelf } from './scenarios.ts';

const [A, B, C, D] = ['a', 'b', 'c', 'd'].map((name) => Array.from({ length: 12 }, (_, at) => `line ${at} of ${name}\n`).join('')) as [string, string, string, string];
const NEW = 'new\n';

/** A line of it is another. */
function edited(text: string, line = 3): string {
  return text.replace(`line ${line}`, 'another line');
}

describe('a new file in a folder that the other side moved', () => saysWhatGitSays([
  ['the whole folder', { 'd/a': A, 'd/b': B }, { 'e/a': A, 'e/b': B }, { 'd/a': A, 'd/b': B, 'd/n': NEW }, 'conflict'],
  ['an empty file', { 'd/a': A, 'd/b': B }, { 'e/a': A, 'e/b': B }, { 'd/a': A, 'd/b': B, 'd/n': '' }, 'conflict'],
  ['each file edited on the way', { 'd/a': A, 'd/b': B }, { 'e/a': edited(A), 'e/b': edited(B) }, { 'd/a': A, 'd/b': B, 'd/n': NEW }, 'conflict'],
  ['each file edited and with another name', { 'd/a': A, 'd/b': B }, { 'e/x': edited(A), 'e/y': edited(B) }, { 'd/a': A, 'd/b': B, 'd/n': NEW }, 'conflict'],
  ['one file moved, the others taken out', { 'd/a': A, 'd/b': B, 'd/c': C }, { 'e/a': A }, { 'd/a': A, 'd/b': B, 'd/c': C, 'd/n': NEW }, 'conflict'],
  ['half of it here, half of it there', { 'd/a': A, 'd/b': B }, { 'e/a': A, 'f/b': B }, { 'd/a': A, 'd/b': B, 'd/n': NEW }, 'conflict'],
  ['to the root', { 'd/a': A, 'd/b': B }, { a: A, b: B }, { 'd/a': A, 'd/b': B, 'd/n': NEW }, 'conflict'],
  ['only folders in it', { 'd/s/a': A, 'd/s/b': B }, { 'e/s/a': A, 'e/s/b': B }, { 'd/s/a': A, 'd/s/b': B, 'd/n': NEW }, 'conflict'],
  ['into a folder that moved along', { 'd/a': A, 'd/s/b': B }, { 'e/a': A, 'e/s/b': B }, { 'd/a': A, 'd/s/b': B, 'd/s/n': NEW }, 'conflict'],
  ['a file moved into it', { 'd/a': A, 'd/b': B, x: C }, { 'e/a': A, 'e/b': B, x: C }, { 'd/a': A, 'd/b': B, 'd/x': C }, 'conflict'],
  ['a file of it renamed in it', { 'd/a': A, 'd/b': B }, { 'e/a': A, 'e/b': B }, { 'd/new': A, 'd/b': B }, 'conflict'],
  ['a file where it had a folder', { 'd/a': A, 'd/s/b': B }, { 'e/a': A, 'e/s/b': B }, { 'd/a': A, 'd/s': NEW }, 'conflict'],
  ['a file stands where it would go', { 'd/a': A, 'e/z': B }, { 'e/a': A, 'e/z': B }, { 'd/a': A, 'd/z': NEW, 'e/z': B }, 'conflict'],
  ['the folder that it went to went on', { 'd/a': A, 'd/b': B, 'e/c': C, 'e/d': D }, { 'e/a': A, 'e/b': B, 'f/c': C, 'f/d': D }, { 'd/a': A, 'd/b': B, 'e/c': C, 'e/d': D, 'd/n': NEW }, 'conflict'],
  ['copies of one file went', { 'd/a': A, 'd/b': A, x: A }, { 'e/a': A, 'e/b': A, 'e/c': A }, { 'd/a': A, 'd/b': A, x: A, 'd/n': NEW }, 'conflict'],
]));

describe('no new file is taken along', () => saysWhatGitSays([
  ['it is in a new folder', { 'd/a': A, 'd/b': B }, { 'e/a': A, 'e/b': B }, { 'd/a': A, 'd/b': B, 'd/new/n': NEW }, 'clean'],
  ['it is in a new folder, and one that moved was edited', { 'd/a': A, 'd/b': B }, { 'e/a': A, 'e/b': B }, { 'd/a': edited(A), 'd/b': B, 'd/new/n': NEW }, 'clean'],
  ['the folder went two ways, and it is in a new one', { 'd/a': A, 'd/b': B }, { 'e/a': A, 'f/b': B }, { 'd/a': A, 'd/b': B, 'd/new/n': NEW }, 'clean'],
  ['the folder is still there', { 'd/a': A, 'd/b': B }, { 'e/a': A, 'e/b': B, 'd/z': C }, { 'd/a': A, 'd/b': B, 'd/n': NEW }, 'clean'],
  ['the folder was taken out and went nowhere', { 'd/a': A, 'd/b': B, x: C }, { x: C, y: D }, { 'd/a': A, 'd/b': B, x: C, 'd/n': NEW }, 'clean'],
  ['two folders moved into each other', { 'd/a': A, 'e/c': C }, { 'e/a': A, 'e/c': C }, { 'd/a': A, 'd/c': C }, 'declined'],
  ['only a folder in it moved, and not alike', { 'd/a': A, 'd/s/b': B }, { 'e/t/b': B }, { 'd/a': A, 'd/s/b': B, 'd/n': NEW }, 'declined'],
]));

describe('several files of one name', () => saysWhatGitSays([
  ['each is looked for beside its neighbours', { 'd/a': A, 'd/i': B, 'e/c': C, 'e/i': D }, { 'x/a': A, 'x/i': edited(B), 'y/c': C, 'y/i': edited(D) }, { 'd/a': A, 'd/i': edited(B, 9), 'e/c': C, 'e/i': edited(D, 9) }, 'clean'],
  ['the neighbours went two ways', { 'd/a': A, 'd/b': C, 'd/i': B, 'e/i': D }, { 'x/a': A, 'y/b': C, 'x/i': edited(B), 'y/i': edited(D) }, { 'd/a': A, 'd/b': C, 'd/i': edited(B, 9), 'e/i': edited(D, 9) }, 'declined'],
  ['copies that nobody asks for', { 'd/a': A, 'd/i': B }, { 'x/a': A, 'y/a': A, 'x/i': edited(B) }, { 'd/a': A, 'd/i': edited(B, 9) }, 'clean'],
]));

test('each file that is taken along is a clash, and so is each line changed two ways', () => {
  const outcome = mergeTrees(treeOf(filesOf({ 'd/a': A, 'd/b': B, k: C })), treeOf(filesOf({ 'e/a': A, 'e/b': edited(B), k: edited(C) })), treeOf(filesOf({ 'd/a': A, 'd/b': B, 'd/n': NEW, 'd/s/m': NEW, k: C.replace('line 3', 'a third line') })), shelf);
  expect(outcome).toMatchObject({ kind: 'conflict', clashes: [{ path: 'd/n', kind: 'rename' }, { path: 'd/s/m', kind: 'rename' }, { path: 'k', kind: 'content' }] });
});
