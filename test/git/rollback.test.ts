// Taking a landed merge back, and landing its branch once more.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Oid } from '../../src/merge/branch.ts';
import type { MergeRequest } from '../../src/merge/request.ts';
import { candidateOf, requestFor, workbench } from '../harness/workbench.ts';
import type { Workbench } from '../harness/workbench.ts';

let bench: Workbench;
let base: Oid;
beforeAll(async () => {
  bench = await workbench();
  base = await bench.repo.commit({ a: 'a\n', b: 'b\n' }, 'base');
});
afterAll(() => bench.close());

test('a rollback takes back one merge and leaves what came after', async () => {
  const { tip, landed, later } = await landedThenLater();
  const rolled = candidateOf((await bench.build(later, [rollbackOf(landed, tip)]))[0]);
  expect(rolled).toMatchObject({ how: 'inverse', onto: later, paths: ['a', 'new'] });
  expect(await bench.files(rolled.tree)).toEqual({ a: 'a\n', b: 'later\n' });
  const commit = await bench.reader.commit(rolled.commit);
  expect(commit?.parents).toEqual([later]);
  expect(commit?.message).toMatch(/^Roll back [0-9a-f]{12}: Add a thing\n/);
});

test('later work on the same lines refuses the rollback and names the paths', async () => {
  const { tip, landed } = await landedThenLater();
  const over = await bench.repo.commit({ a: 'over it\n' }, 'over', { parents: [landed] });
  expect((await bench.build(over, [rollbackOf(landed, tip)]))[0]).toEqual({ kind: 'refused', reason: { code: 'rollback-conflict', paths: ['a'] } });
});

test('a second rollback finds nothing left to do', async () => {
  const { tip, landed, later } = await landedThenLater();
  const rolled = candidateOf((await bench.build(later, [rollbackOf(landed, tip)]))[0]);
  expect((await bench.build(rolled.commit, [rollbackOf(landed, tip)]))[0]).toEqual({ kind: 'contained' });
});

test('landing the branch again brings its changes back', async () => {
  const { tip, landed, later } = await landedThenLater();
  const revert = candidateOf((await bench.build(later, [rollbackOf(landed, tip)]))[0]).commit;
  expect((await bench.build(revert, [tip]))[0]).toEqual({ kind: 'contained' });
  const again = candidateOf((await bench.build(revert, [tip], { inverses: [{ tip, revert }] }))[0]);
  expect(again).toMatchObject({ how: 'clean', restores: [revert], onto: revert });
  expect(await bench.files(again.tree)).toEqual({ a: 'changed\n', b: 'later\n', new: 'new\n' });
  expect((await bench.reader.commit(again.commit))?.parents).toEqual([revert, tip]);
});

test('what one ahead brings back is not in the target before that has landed', async () => {
  const { tip, landed, later } = await landedThenLater();
  const revert = candidateOf((await bench.build(later, [rollbackOf(landed, tip)]))[0]).commit;
  const again = candidateOf((await bench.build(revert, [tip], { inverses: [{ tip, revert }] }))[0]).commit;
  const stacked = await bench.repo.commit({ c: 'c\n' }, 'stacked', { parents: [again] });
  const outcomes = await bench.build(revert, [stacked, tip], { inverses: [{ tip, revert }] });
  expect(outcomes.map(({ kind }) => kind)).toEqual(['candidate', 'ahead']);
  expect((await bench.build(candidateOf(outcomes[0]).commit, [tip], { inverses: [{ tip, revert }] }))[0]).toEqual({ kind: 'contained' });
});

test('more work on the branch lands together with what was rolled back', async () => {
  const { tip, landed, later } = await landedThenLater();
  const revert = candidateOf((await bench.build(later, [rollbackOf(landed, tip)]))[0]).commit;
  const fixed = await bench.repo.commit({ a: 'changed and fixed\n' }, 'fix', { parents: [tip] });
  const again = candidateOf((await bench.build(revert, [fixed], { inverses: [{ tip, revert }] }))[0]);
  expect(await bench.files(again.tree)).toEqual({ a: 'changed and fixed\n', b: 'later\n', new: 'new\n' });
});

test('a branch cut from the target while the landing was in does not bring it back', async () => {
  const { tip, landed, later } = await landedThenLater();
  const revert = candidateOf((await bench.build(later, [rollbackOf(landed, tip)]))[0]).commit;
  const bystander = await bench.repo.commit({ c: 'c\n' }, 'bystander', { parents: [later] });
  const candidate = candidateOf((await bench.build(revert, [bystander], { inverses: [{ tip, revert }] }))[0]);
  expect(candidate.restores).toEqual([]);
  expect(await bench.files(candidate.tree)).toEqual({ a: 'a\n', b: 'later\n', c: 'c\n' });
});

test('a union on the target takes nothing back: the rollback is refused, not made without effect', async () => {
  const root = await bench.repo.commit({ '.gitattributes': 'log merge=union\n', log: 'one\n' }, 'root', { parents: [base] });
  const tip = await bench.repo.commit({ log: 'one\ntwo\n' }, 'work', { parents: [root] });
  const landed = candidateOf((await bench.build(root, [tip]))[0]).commit;
  const later = await bench.repo.commit({ log: 'one\ntwo\nthree\n' }, 'later', { parents: [landed] });
  expect((await bench.build(later, [rollbackOf(landed, tip)]))[0]).toEqual({ kind: 'refused', reason: { code: 'rollback-conflict', paths: ['log'] } });
});

async function landedThenLater(): Promise<{ readonly tip: Oid; readonly landed: Oid; readonly later: Oid }> {
  const tip = await bench.repo.commit({ a: 'changed\n', new: 'new\n' }, 'work', { parents: [base] });
  const landed = candidateOf((await bench.build(base, [tip]))[0]).commit;
  const after = await bench.repo.commit({ b: 'later\n' }, 'later', { parents: [base] });
  return { tip, landed, later: candidateOf((await bench.build(landed, [after]))[0]).commit };
}

function rollbackOf(merge: Oid, tip: Oid): MergeRequest {
  return requestFor(tip, 'feature/0', { kind: { kind: 'rollback', of: requestFor(tip, 'feature/0').id, merge } });
}
