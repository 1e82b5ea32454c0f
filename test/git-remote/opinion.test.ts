// The second opinion on merges that are more than git's own: answered conflicts, rollbacks, work that comes back.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Oid } from '../../src/merge/branch.ts';
import type { MergeRequest, RequestId } from '../../src/merge/request.ts';
import { MAIN, buildOn, land, planOf, ref, request, world } from './world.ts';
import type { Plan, World } from './world.ts';

let w: World;
beforeEach(async () => {
  w = await world();
});
afterEach(() => w.close());

function rollbackOf(plan: Plan): MergeRequest {
  const [landed] = plan.landings;
  return { ...request('feature/a', landed!.commit, 1), id: 'aaaaaaaaaaaa' as RequestId, kind: { kind: 'rollback', of: landed!.id, merge: landed!.commit } };
}

it.each([
  ['the engine', '*.md text\n', { by: 'engine' }],
  ['a second git', '*.md merge=union\n', { by: 'git', engine: 'attribute' }],
])('the certificate says that %s gave the second opinion', async (_who, rules, secondOpinion) => {
  const base = await w.remote.commit({ '.gitattributes': rules, 'a.md': '1\n2\n3\n4\n5\n' }, 'rules', { branch: 'main' });
  await w.remote.commit({ 'a.md': 'one\n2\n3\n4\n5\n' }, 'feature/a READY_TO_MERGE', { branch: 'feature/a', parents: [base] });
  await w.remote.commit({ 'a.md': '1\n2\n3\n4\nfive\n' }, 'main goes on', { branch: 'main' });
  const plan = await w.plan(['feature/a']);
  const [landing] = plan.landings;
  expect(await land(w.git, plan)).toEqual({ kind: 'landed' });
  expect(JSON.parse(await w.git.certificate(landing!.id, landing!.commit))).toEqual({ ...JSON.parse(landing!.certificate) as object, secondOpinion });
});

async function landedThenRolledBack(): Promise<{ readonly first: Plan; readonly back: Plan }> {
  await w.agent('feature/a');
  const first = await w.plan(['feature/a']);
  await land(w.git, first);
  const back = await planOf(w.git, first.intent.new, [rollbackOf(first)]);
  return { first, back };
}

it('a rollback is made once more before it lands', async () => {
  const { back } = await landedThenRolledBack();
  expect(await land(w.git, back)).toEqual({ kind: 'landed' });
  expect(await w.remote.git(['ls-tree', '--name-only', 'main'])).toBe('README.md');
});

it('a rollback of something else than it says does not land', async () => {
  const { first, back } = await landedThenRolledBack();
  const landings = back.landings.map((landing) => ({ ...landing, undoes: first.intent.old }));
  expect(await land(w.git, { ...back, landings })).toMatchObject({ kind: 'alarm', alarm: { kind: 'read-back' } });
});

it('rolled back work lands again, beside its first record', async () => {
  const { first, back } = await landedThenRolledBack();
  await land(w.git, back);
  const tip = first.landings[0]!.tip;
  const again = await w.remote.commit({ 'more.txt': 'more\n' }, 'more READY_TO_MERGE', { parents: [tip], branch: 'feature/a' });
  await w.git.fetch([ref('feature/a'), MAIN]);
  const plan = await planOf(w.git, back.intent.new, [request('feature/a', again, 2)], [{ tip, revert: back.intent.new }]);
  expect(plan.landings[0]).toMatchObject({ how: 'clean', restores: [back.intent.new] });
  expect(await land(w.git, plan)).toEqual({ kind: 'landed' });
  expect(await w.remote.git(['ls-tree', '--name-only', 'main'])).toBe('README.md\nfeature-a.txt\nmore.txt');
});

/** A conflict in one file, answered with the branch's side, beside a file that merges by itself. */
async function answered(): Promise<{ readonly plan: Plan; readonly tip: Oid }> {
  const base = await w.remote.git(['rev-parse', 'main']) as Oid;
  const tip = await w.remote.commit({ 'README.md': 'theirs\n', 'beside.txt': 'x\n' }, 'READY_TO_MERGE', { parents: [base], branch: 'feature/a' });
  const old = await w.remote.commit({ 'README.md': 'ours\n' }, 'ours', { branch: 'main' });
  await w.git.fetch([MAIN, ref('feature/a')]);
  const asked = request('feature/a', tip, 0);
  const [built] = await buildOn(w.git, old, [asked]);
  if (built?.outcome.kind !== 'conflict') throw new Error('no conflict');
  const resolution = { fingerprint: built.outcome.conflict.fingerprint, choices: ['B' as const], by: 'alice', how: 'person' as const };
  return { plan: await planOf(w.git, old, [{ ...asked, resolution }]), tip };
}

it('an answered conflict lands', async () => {
  const { plan } = await answered();
  expect(plan.landings[0]).toMatchObject({ how: 'resolved' });
  expect(await land(w.git, plan)).toEqual({ kind: 'landed' });
  expect(await w.remote.git(['show', 'main:README.md'])).toBe('theirs');
});

it('an answer that changes more than the conflict does not land', async () => {
  const { plan, tip } = await answered();
  const tree = w.remote.tree([{ mode: '100644', name: 'README.md', oid: w.remote.object('blob', Buffer.from('theirs\n')) }]);
  const forged = w.remote.branch('forged', w.remote.commitTree(tree, 'Merge', [plan.intent.old, tip]));
  await w.git.fetch([ref('forged')]);
  const landings = plan.landings.map((landing) => ({ ...landing, commit: forged, tree }));
  expect(await land(w.git, { intent: { ...plan.intent, new: forged, tree }, landings })).toMatchObject({ kind: 'alarm', alarm: { kind: 'read-back' } });
});

it('branches that change how files are merged are judged by what they land on', async () => {
  const list = (...lines: string[]): string => `${lines.join('\n')}\n`;
  const base = await w.remote.commit({ list: list('a') }, 'list', { branch: 'main' });
  await w.remote.commit({ '.gitattributes': 'list merge=union\n', list: list('a', 'b') }, 'READY_TO_MERGE', { parents: [base], branch: 'feature/a' });
  await w.remote.commit({ list: list('a', 'c') }, 'READY_TO_MERGE', { parents: [base], branch: 'feature/b' });
  const plan = await w.plan(['feature/a', 'feature/b']);
  expect(await land(w.git, plan)).toEqual({ kind: 'landed' });
  expect(await w.remote.git(['show', 'main:list'])).toBe('a\nb\nc');
});
