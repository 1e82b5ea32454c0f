// Merge bases and ancestors against git's, on random histories that cross, fork and join at will.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CommitGraph } from '../../src/engine/history/commit-graph.ts';
import { Random } from '../harness/random.ts';

const TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

describe.each([
  ['a few heads that cross all the time', { commits: 60, width: 3, merges: 0.7, roots: 0 }],
  ['many heads, a merge now and then', { commits: 80, width: 12, merges: 0.2, roots: 0 }],
  ['several roots and octopus merges', { commits: 60, width: 6, merges: 0.5, roots: 0.1 }],
])('%s', (_, shape) => {
  test.each([1, 2])('seed %i', (seed) => inRepository((git) => {
    const random = new Random(seed);
    const parents = randomParents(random, shape);
    const ids = git(['fast-import', '--quiet'], streamOf(parents)).trim().split('\n');
    const graph = new CommitGraph();
    for (const [at, id] of ids.entries()) graph.add(id, (parents[at] ?? []).map((parent) => ids[parent] ?? ''), TREE);
    for (let pair = 0; pair < 12; pair += 1) {
      const [one, other] = [random.pick(ids), random.pick(ids)];
      const bases = git(['merge-base', '--all', one, other]).split('\n').filter(Boolean);
      expect(graph.mergeBases(one, other).toSorted()).toEqual(bases.toSorted());
      expect(graph.isAncestor(one, other)).toBe(bases.includes(one));
    }
  }));
});

test('a commit whose parent was never told is refused', () => {
  const graph = new CommitGraph();
  expect(() => graph.add('a', ['b'], TREE)).toThrow(/not in the graph/);
});

test('a line of a hundred thousand commits is walked', () => {
  const graph = new CommitGraph();
  for (let at = 0; at < 100_000; at += 1) graph.add(`${at}`, at === 0 ? [] : [`${at - 1}`], TREE);
  graph.add('side', ['0'], TREE);
  expect(graph.mergeBases('99999', 'side')).toEqual(['0']);
  expect(graph.isAncestor('1', 'side')).toBe(false);
  expect(graph.isAncestor('0', '99999')).toBe(true);
});

function randomParents(random: Random, shape: { readonly commits: number; readonly width: number; readonly merges: number; readonly roots: number }): readonly (readonly number[])[] {
  const heads: number[] = [0];
  const all: (readonly number[])[] = [[]];
  for (let commit = 1; commit < shape.commits; commit += 1) {
    const count = random.chance(shape.roots) ? 0 : random.chance(shape.merges) ? random.between(2, random.chance(0.2) ? 4 : 2) : 1;
    const parents = [...new Set(Array.from({ length: count }, () => random.pick(heads)))];
    all.push(parents);
    // Heads stay for a while after they were built on: that is what makes histories cross.
    heads.push(commit);
    if (heads.length > shape.width) heads.splice(random.below(heads.length - 1), 1);
  }
  return all;
}

/** Dates mean nothing: all commits are of one second. Each commit's id is printed as it is made. */
function streamOf(parents: readonly (readonly number[])[]): string {
  return parents.map((of, at) => [
    `commit refs/heads/c${at}\nmark :${at + 1}\ncommitter n <e> 1700000000 +0000\ndata ${`${at}`.length}\n${at}\n`,
    ...of.map((parent, index) => `${index === 0 ? 'from' : 'merge'} :${parent + 1}\n`),
    `get-mark :${at + 1}\n`,
  ].join('')).join('');
}

function inRepository(use: (git: (args: readonly string[], input?: string) => string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'engine-history-'));
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  try {
    const git = (args: readonly string[], input = ''): string => spawnSync('git', args, { cwd: folder, env, input, encoding: 'utf8' }).stdout;
    git(['init', '-q', '--bare']);
    use(git);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test.each([1, 2, 3, 4])('a target that takes one branch after the other has the same bases as one that is asked about once (seed %i)', (seed) => {
  const random = new Random(seed);
  const parents: (readonly string[])[] = [[]];
  const graphOf = (): CommitGraph => {
    const graph = new CommitGraph();
    for (const [at, names] of parents.entries()) graph.add(`${at}`, names, TREE);
    return graph;
  };
  for (let at = 1; at < 30; at += 1) parents.push([`${Math.floor(random.next() * at)}`, ...random.next() < 0.3 ? [`${Math.floor(random.next() * at)}`] : []]);
  const lane = graphOf();
  for (let target = '29', step = 0; step < 25; step += 1) {
    const branch = `${Math.floor(random.next() * parents.length)}`;
    expect(lane.mergeBases(target, branch).toSorted()).toEqual(graphOf().mergeBases(target, branch).toSorted());
    target = `${parents.length}`;
    parents.push([step === 0 ? '29' : `${parents.length - 1}`, branch]);
    lane.add(target, parents.at(-1) ?? [], TREE);
  }
});
