// What a target that went forward holds now and did not before, on real git.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { targetChange } from '../../src/adapter/git/target-change.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { workbench, type Workbench } from '../harness/workbench.ts';

let bench: Workbench;
let base: Oid;
let branch: Oid;
beforeAll(async () => {
  bench = await workbench();
  base = await bench.repo.commit({ a: 'a', b: 'b' }, 'base', { keep: false });
  branch = await bench.repo.commit({ a: 'mine' }, 'branch', { parents: [base] });
});
afterAll(() => bench.close());

test('paths that differ, both names of a renamed file among them; a branch it came no nearer to is apart', async () => {
  const to = await bench.repo.commit({ b: null, 'c/d\u00e9': 'b' }, 'renamed', { parents: [base] });
  expect(await targetChange(bench.reader, base, to, [branch])).toEqual({ paths: ['b', 'c/d\u00e9'], apart: [branch] });
});

test('a branch that was merged on the way is not apart, though nothing differs', async () => {
  const to = await bench.repo.commit({}, 'merged, and all of it left out', { parents: [base, branch] });
  expect(await targetChange(bench.reader, base, to, [branch])).toEqual({ paths: [], apart: [] });
});

test('of a commit that is not there nothing is told', async () => {
  expect(await targetChange(bench.reader, 'd'.repeat(40) as Oid, base, [branch])).toBeNull();
});
