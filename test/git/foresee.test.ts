// What a lane would make of its queue, told from memory: each prefix is the tree of git's own chain.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLibrary } from '../../src/adapter/git/library.ts';
import { CommitGraph } from '../../src/engine/history/commit-graph.ts';
import { foresee } from '../../src/engine/merge/foresee.ts';
import type { Foreseen } from '../../src/engine/merge/foresee.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { workbench } from '../harness/workbench.ts';
import type { Workbench } from '../harness/workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

const TWENTY = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`src/d${at % 4}/f${at}.txt`, `${at}\n`]));

function base(): Promise<Oid> {
  return bench.repo.commit(TWENTY, 'base', { keep: false });
}

async function graphOf(...tips: readonly Oid[]): Promise<CommitGraph> {
  const graph = new CommitGraph();
  const lines = await bench.repo.git(['rev-list', '--topo-order', '--reverse', '--no-commit-header', '--format=%H %T %P', ...tips]);
  for (const line of lines.split('\n')) {
    const [id = '', tree = '', ...parents] = line.trim().split(' ');
    graph.add(id, parents, tree);
  }
  return graph;
}

async function told(target: Oid, tips: readonly Oid[]): Promise<readonly Foreseen[]> {
  const graph = await graphOf(target, ...tips);
  const answer = await openLibrary(bench.reader).answer((shelf) => foresee(target, tips, graph, shelf));
  if (answer.kind !== 'foreseen') throw new Error(answer.why);
  return answer.steps;
}

/** What the builder's chain says of the same queue: its trees, or how else each one ended. */
async function built(target: Oid, tips: readonly Oid[]): Promise<readonly string[]> {
  const outcomes = await bench.build(target, tips);
  return outcomes.map((outcome) => outcome.kind === 'candidate' ? outcome.candidate.tree : outcome.kind);
}

function treesOf(steps: readonly Foreseen[]): readonly string[] {
  return steps.map((step) => step.kind === 'clean' ? step.tree.id : step.kind);
}

it('branches in files of their own: the tree of every prefix', async () => {
  const from = await base();
  const tips = await Promise.all(Array.from({ length: 12 }, (_, at) => bench.repo.commit({ [`src/d${at % 4}/f${at}.txt`]: 'changed\n', [`new/${at}.txt`]: 'new\n' }, 'work', { parents: [from] })));
  const target = await bench.repo.commit({ 'src/d0/f16.txt': 'moved on\n' }, 'target', { parents: [from] });
  expect(treesOf(await told(target, tips))).toEqual(await built(target, tips));
});

it('a branch that stands on one before it in the queue is merged from there', async () => {
  const from = await base();
  const first = await bench.repo.commit({ 'src/d0/f0.txt': 'first\n' }, 'first', { parents: [from] });
  const second = await bench.repo.commit({ 'src/d0/f0.txt': 'second\n' }, 'second', { parents: [first] });
  const target = await bench.repo.commit({ 'src/d1/f1.txt': 'target\n' }, 'target', { parents: [from] });
  expect(treesOf(await told(target, [first, second]))).toEqual(await built(target, [first, second]));
});

it('two branches that share a commit the target does not have', async () => {
  const from = await base();
  const shared = await bench.repo.commit({ 'src/d0/f0.txt': 'shared\n' }, 'shared', { parents: [from] });
  const tips = [await bench.repo.commit({ 'src/d2/f2.txt': 'one\n' }, 'one', { parents: [shared] }), await bench.repo.commit({ 'src/d0/f0.txt': 'two\n' }, 'two', { parents: [shared] })];
  expect(treesOf(await told(from, tips))).toEqual(await built(from, tips));
});

it('a branch without a common past is not told of, nor what stands behind it', async () => {
  const from = await base();
  const alien = await bench.repo.commit({ x: 'x\n' }, 'alien', { keep: false });
  const tip = await bench.repo.commit({ y: 'y\n' }, 'tip', { parents: [from] });
  expect(await told(from, [alien, tip])).toEqual([{ kind: 'unknown', why: { kind: 'unrelated' } }, { kind: 'unknown', why: { kind: 'behind' } }]);
});
