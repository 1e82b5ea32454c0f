// A commit's id is git's, however its text comes to the hash.
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { Commit, encodeCommit } from '../../src/engine/object/commit.ts';
import { Tree } from '../../src/engine/object/node.ts';

const WHO = { name: 'Ada', email: 'ada@example.org', seconds: 1_770_000_000, zone: '+0130' };
const LETTERS = { name: 'Zoë', email: 'zoe@example.org', seconds: 7, zone: '-0800' };
const BODY = { tree: Tree.of([]), parents: [], author: WHO, committer: WHO };
const commit = (message: string, parents: readonly Commit[] = [], committer = WHO): Commit => Commit.of({ tree: Tree.of([]), parents, author: WHO, committer, message });
const idByGit = ({ body }: Commit): string => body === null ? '' : execFileSync('git', ['hash-object', '-t', 'commit', '--stdin', '--literally'], { input: encodeCommit(body), encoding: 'utf8' }).trim();

it.each([
  ['short', commit('work\n')],
  ['without a message', commit('')],
  ['with two parents that have no id yet', commit('merge\n', [commit('one\n'), commit('two\n', [commit('three\n')])])],
  ['in other letters', commit('Grüße, 你好\n')],
  ['by somebody with other letters', commit('work\n', [], LETTERS)],
  ['long', commit('line\n'.repeat(1000))],
])('the id of a commit %s is the one git gives it', (_, made) => {
  expect(made.id).toBe(idByGit(made));
});

it.each([0, 1, 2])('a text as long as fits, and %i chars more', (more) => {
  const made = commit('x'.repeat(1024 - encodeCommit({ ...BODY, message: '' }).length + more));
  expect(made.id).toBe(idByGit(made));
});

