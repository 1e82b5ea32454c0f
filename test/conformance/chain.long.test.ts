// Random histories: what the build says must be what a plain `git merge-tree` says..
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Oid } from '../../src/merge/branch.ts';
import { requestFor, workbench } from '../harness/workbench.ts';
import type { Workbench } from '../harness/workbench.ts';
import { history, mergeAsGit, mulberry, pick } from './random-history.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

test('random histories merge as git merges them', async () => {
  const { clean, conflict } = await mergeAsGit(bench, 1, 80);
  expect(Math.min(clean, conflict)).toBeGreaterThan(5);
});

test('every conflict has two answers, without markers, that touch nothing else', async () => {
  let met = 0;
  for (let seed = 2000; seed < 2060; seed += 1) {
    const { ours, theirs } = await history(bench.repo, seed);
    const [outcome] = await bench.build(ours, [theirs]);
    if (outcome?.kind !== 'conflict') continue;
    met += 1;
    const options = await bench.options(ours, requestFor(theirs), outcome.conflict);
    const [a, b] = [options.get('A')!.tree, options.get('B')!.tree];
    const files = [await bench.files(a), await bench.files(b)];
    expect(JSON.stringify(files)).not.toMatch(/<{7}|>{7}|~[0-9a-f]{40}/);
    const own = new Set((await changed(ours, theirs)).concat(...outcome.conflict.paths.map((path) => [path.path])));
    expect((await changed(a, b)).filter((path) => !own.has(path))).toEqual([]);
  }
  expect(met).toBeGreaterThan(5);
});

test('a chain is the same merges one after the other', async () => {
  for (let seed = 1000; seed < 1020; seed += 1) {
    const { base, ours, theirs } = await history(bench.repo, seed);
    const third = await bench.repo.commit({ [`new-${seed}.txt`]: 'new\n' }, 'third', { parents: [base] });
    const outcomes = await bench.build(base, [ours, theirs, third]);
    let onto: string = base;
    for (const [at, tip] of [ours, theirs, third].entries()) {
      const outcome = outcomes[at];
      if (outcome?.kind !== 'candidate') continue;
      const tree = (await bench.repo.git(['merge-tree', '--write-tree', onto, tip])).split('\n')[0];
      expect(outcome.candidate).toMatchObject({ tree, onto });
      onto = outcome.candidate.commit;
    }
    expect(outcomes[2]?.kind).toBe('candidate');
  }
});

test('the merge bases found in memory are git\'s own', async () => {
  const random = mulberry(7);
  const commits: Oid[] = [await bench.repo.commit({ 'a.txt': '0' }, 'root', { keep: false })];
  for (let at = 1; at < 60; at += 1) {
    const parents = [...new Set([pick(random, commits.slice(-8)), ...(random() < 0.4 ? [pick(random, commits)] : [])])];
    // Clocks run backwards now and then.
    commits.push(await bench.repo.commit({ 'a.txt': `${at}` }, `c${at}`, { parents, atMs: Date.UTC(2026, 0, 1) + Math.floor(random() * 20) * 60_000 }));
  }
  for (let at = 0; at < 120; at += 1) {
    const [a, b] = [pick(random, commits), pick(random, commits)];
    const plain = (await bench.repo.git(['merge-base', '--all', a, b])).split('\n').toSorted();
    expect([...await bench.reader.mergeBases(a, b)].toSorted()).toEqual(plain);
  }
});

async function changed(from: string, to: string): Promise<string[]> {
  return (await bench.repo.git(['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to])).split('\0').filter((path) => path !== '');
}
