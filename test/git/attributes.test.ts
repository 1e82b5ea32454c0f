// .gitattributes as the adapter carries them into a bare repository: the same words for the same path as git has in a checkout.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attributeSource } from '../../src/adapter/git/attributes.ts';
import { treeBudget } from '../../src/adapter/git/tree-budget.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { workbench } from '../harness/workbench.ts';
import type { Workbench } from '../harness/workbench.ts';

let bench: Workbench;
let base: Oid;
beforeAll(async () => {
  bench = await workbench();
  base = await bench.repo.commit({ f: 'one\n' }, 'base');
});
afterAll(() => bench.close());

/** What git makes of `path` with the file written for a merge into a commit that holds `files`. */
async function mergeOf(files: Readonly<Record<string, string>>, path: string): Promise<string> {
  const onto = await bench.repo.commit(files, 'attributes', { parents: [base] });
  const attributes = await attributeSource(bench.repo.bare, bench.reader, treeBudget(bench.reader)).of(onto);
  if (attributes.kind !== 'file') throw new Error(attributes.why);
  const told = execFileSync('git', ['-c', `core.attributesFile=${attributes.file}`, '--git-dir', bench.repo.bare, 'check-attr', '-z', 'merge', '--', path], { encoding: 'utf8' });
  return told.split('\0')[2] ?? '';
}

const ROOT = '.gitattributes';
describe('the root file', () => {
  test.each([
    ['a driver nobody has is text, as git takes it, also over an earlier line', { [ROOT]: '* merge=union\n*.md merge=ours\n' }, 'a.md', 'text'],
    ['a macro is what it stands for', { [ROOT]: '[attr]both filter=x merge=union\n*.md both -diff\n' }, 'a.md', 'union'],
    ['a macro that is taken back again', { [ROOT]: '[attr]both merge=union\n*.md both\nb.md -both\n' }, 'b.md', 'unspecified'],
    ['a pattern may begin with a class', { [ROOT]: '[ab].md merge=union\n' }, 'a.md', 'union'],
  ])('%s', async (_what, files, path, expected) => {
    expect(await mergeOf(files, path)).toBe(expected);
  });
});

describe('a file in a folder', () => {
  test.each([
    ['counts for names at any depth below', { 'd/.gitattributes': '*.md merge=union\n' }, 'd/x/y/a.md', 'union'],
    ['counts right there', { 'd/.gitattributes': '*.md merge=union\n' }, 'd/a.md', 'union'],
    ['counts nowhere else', { 'd/.gitattributes': '*.md merge=union\n' }, 'e/d/a.md', 'unspecified'],
    ['anchors a pattern with a slash', { 'd/.gitattributes': 'x/*.md merge=union\n/b.md merge=union\n' }, 'd/x/a.md', 'union'],
    ['does not find an anchored name deeper', { 'd/.gitattributes': '/b.md merge=union\n' }, 'd/x/b.md', 'unspecified'],
    ['has the last word over the root', { [ROOT]: '*.md merge=union\n', 'd/.gitattributes': '*.md -merge\n' }, 'd/a.md', 'unset'],
    ['has the last word over the folder above', { 'd/.gitattributes': '*.md merge=union\n', 'd/e/.gitattributes': '*.md merge\n' }, 'd/e/a.md', 'set'],
    ['uses macros of the root, and makes none', { [ROOT]: '[attr]both merge=union\n', 'd/.gitattributes': '[attr]both -merge\n*.md both\n' }, 'd/a.md', 'union'],
    ['may lie in a folder of an odd name', { 'a [b]*"\\ü/.gitattributes': '"*.m d" merge=union\n' }, 'a [b]*"\\ü/x/a.m d', 'union'],
    ['is not taken for that of a folder its name would match', { '*/.gitattributes': '*.md merge=union\n' }, 'd/a.md', 'unspecified'],
  ])('%s', async (_what, files, path, expected) => {
    expect(await mergeOf(files, path)).toBe(expected);
  });
});
