// One merge of each kind, in words: what the engine says of it, and that git says the same.
import { describe, expect, test } from 'vitest';
import { mergeTrees } from '../../src/engine/merge/merge-trees.ts';
import { filesOf, treeOf } from './histories.ts';
import { saysWhatGitSays, shelf, type Scenario } from './scenarios.ts';

const TEXT = Array.from({ length: 12 }, (_, at) => `line ${at}\n`).join('');
const TOP = TEXT.replace('line 0', 'top');
const END = TEXT.replace('line 11', 'end');
const BOTH = TOP.replace('line 11', 'end');

const SCENARIOS: readonly Scenario[] = [
  ['other files', { a: TEXT, b: TEXT }, { a: TOP, b: TEXT }, { a: TEXT, b: END }, 'clean'],
  ['one file, lines apart', { a: TEXT }, { a: TOP }, { a: END }, 'clean'],
  ['one line, two ways', { a: TEXT }, { a: TOP }, { a: TEXT.replace('line 0', 'other') }, 'conflict'],
  ['changed here, gone there', { a: TEXT, b: 'b\n' }, { a: TOP, b: 'b\n' }, { b: 'b\n' }, 'conflict'],
  ['gone on both sides', { a: TEXT, b: 'b\n' }, { b: 'b\n' }, { b: 'b\n', c: 'c\n' }, 'clean'],
  ['added on both, alike', { b: 'b\n' }, { b: 'b\n', a: TEXT }, { b: 'b\n', a: TEXT }, 'clean'],
  ['added on both, differently', { b: 'b\n' }, { b: 'b\n', a: TOP }, { b: 'b\n', a: END }, 'conflict'],
  ['renamed here, changed there', { a: TEXT }, { c: TEXT }, { a: TOP }, 'clean'],
  ['renamed and changed here, changed there', { a: TEXT }, { c: TOP }, { a: END }, 'clean'],
  ['renamed alike on both, changed apart', { a: TEXT }, { c: TOP }, { c: END }, 'clean'],
  ['renamed two ways', { a: TEXT }, { c: TEXT }, { d: TEXT }, 'conflict'],
  ['renamed here, gone there', { a: TEXT, b: 'b\n' }, { c: TEXT, b: 'b\n' }, { b: 'b\n' }, 'conflict'],
  ['renamed out of folders that both left alike', { 'd/a': TEXT, 'd/b': 'b\n' }, { 'd/b': 'b\n', 'x/a': TEXT }, { 'd/b': 'b\n', 'y/a': TEXT }, 'conflict'],
  ['renamed onto a file the other side adds', { a: TEXT }, { c: TEXT }, { a: TOP, c: 'c\n' }, 'declined'],
  ['executable here, changed there', { a: TEXT }, { 'a*': TEXT }, { a: TOP }, 'clean'],
  ['a link retargeted two ways', { 'a@': 'x' }, { 'a@': 'y' }, { 'a@': 'z' }, 'conflict'],
  ['a link here, changed text there', { a: TEXT }, { 'a@': 'x' }, { a: TOP }, 'conflict'],
  ['a file here, a folder there', { b: 'b\n' }, { b: 'b\n', a: TEXT }, { b: 'b\n', 'a/x': TEXT }, 'conflict'],
  ['a file turned into a folder on one side', { a: TEXT, b: 'b\n' }, { 'a/x': 'x\n', b: 'b\n' }, { a: TEXT, b: 'c\n' }, 'clean'],
  ['a zero byte in a file both changed', { a: `\0${TEXT}` }, { a: `\0${TOP}` }, { a: `\0${END}` }, 'conflict'],
  ['a rename that is not told, and a line changed two ways', { a: TEXT, k: TEXT }, { c: TEXT, k: TOP }, { a: TOP, c: 'c\n', k: TEXT.replace('line 0', 'other') }, 'conflict'],
  ['a folder moved here, a new file in it there', { 'd/x': TEXT, 'd/y': TOP }, { 'e/x': TEXT, 'e/y': TOP }, { 'd/x': TEXT, 'd/y': TOP, 'd/z': 'z\n' }, 'conflict'],
];

describe('a merge in memory says what git says', () => saysWhatGitSays(SCENARIOS));

test('lines changed apart are all in the result', () => {
  const outcome = mergeTrees(treeOf(filesOf({ a: TEXT })), treeOf(filesOf({ a: TOP })), treeOf(filesOf({ a: END })), shelf);
  expect(outcome.kind === 'clean' ? outcome.tree.id : '').toBe(treeOf(filesOf({ a: BOTH })).id);
});
