// Certificates read back from a remote where others may push refs, too: what is believed is what tag and merge bear out.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Landing } from '../../src/merge/effect.ts';
import { requestId } from '../../src/merge/identity.ts';
import { altered, putTag } from '../harness/forgery.ts';
import { MAIN, land, planOf, ref, request, world } from './world.ts';
import type { World } from './world.ts';

let w: World;
let a: Landing;
let b: Landing;
beforeEach(async () => {
  w = await world();
  await w.agent('feature/a');
  await w.agent('feature/b');
  const plan = await w.plan(['feature/a', 'feature/b']);
  await land(w.git, plan);
  a = plan.landings[0]!;
  b = plan.landings[1]!;
});
afterEach(() => w.close());

function refOf({ id }: Landing): string {
  return `refs/maestro/merge/${id}`;
}

it.each<[string, string, () => Promise<unknown>]>([
  ['is of another landing, with this one\'s name', 'other parents', () => putTag(w.remote, refOf(a), b.commit, altered(b.certificate, { id: a.id, branch: 'feature/a', tip: a.tip }))],
  ['tells of another landing', 'that of another request', () => putTag(w.remote, refOf(a), b.commit, b.certificate)],
  ['stands for another commit', 'another commit than its text', () => putTag(w.remote, refOf(a), b.commit, a.certificate)],
  ['has another tree', 'another tree', () => putTag(w.remote, refOf(a), a.commit, altered(a.certificate, { tree: b.tree }))],
  ['says another base', 'other parents', () => putTag(w.remote, refOf(a), a.commit, altered(a.certificate, { onto: b.commit }))],
  ['is called a rollback', 'that Maestro writes', () => putTag(w.remote, refOf(a), a.commit, altered(a.certificate, { kind: 'rollback', of: b.id, undoes: b.commit }))],
  ['is no JSON', 'that Maestro writes', () => putTag(w.remote, refOf(a), a.commit, 'certified!\n')],
  ['is no tag', 'no tag object', () => w.remote.git(['update-ref', refOf(a), a.commit])],
])('a certificate that %s is not believed, and said not to be', async (_what, why, forge) => {
  await forge();
  for (const git of [w.git, await w.another()]) {
    await git.fetch([MAIN]);
    expect(await git.landed(a.id)).toBeNull();
    await expect(git.certificate(a.id, a.commit)).rejects.toMatchObject({ code: 'certificate-unsound', message: expect.stringContaining(why) });
  }
});

it('a merge that was made for nobody is no landing', async () => {
  const { tree } = (await w.git.commit(a.commit))!;
  const merge = w.remote.commitTree(tree, 'Merge feature/a into main', [a.onto, a.tip]);
  await putTag(w.remote, refOf(a), merge, altered(a.certificate, { merge }));
  expect(await w.git.landed(a.id)).toBeNull();
  await expect(w.git.certificate(a.id, merge)).rejects.toMatchObject({ code: 'certificate-unsound', message: expect.stringContaining('not made for this request') });
});

it.each(['abc', '%'])('what stands beside a certificate, as -%s, does not take its place', async (suffix) => {
  const forged = altered(b.certificate, { id: a.id, branch: 'feature/a', tip: a.tip });
  await putTag(w.remote, `${refOf(a)}-${suffix === '%' ? b.commit : suffix}`, b.commit, forged);
  await putTag(w.remote, `${refOf(a)}-${a.commit}`, a.commit, altered(a.certificate, { author: 'Mallory <mallory@example.org>' }));
  const stranger = await w.another();
  await stranger.fetch([MAIN]);
  expect(await stranger.landed(a.id)).toMatchObject({ author: 'Agent <agent@example.org>', phase: { candidate: { commit: a.commit } } });
  expect(JSON.parse(await stranger.certificate(a.id, a.commit))).toMatchObject(JSON.parse(a.certificate) as object);
});

it('a rollback, and what lands a second time after it, have certificates of their own', async () => {
  const rollback = { ...request('feature/b', b.tip, 3), kind: { kind: 'rollback', of: b.id, merge: b.commit } as const };
  const id = requestId(rollback.kind, rollback.branch, rollback.tip, MAIN);
  const back = await planOf(w.git, b.commit, [{ ...rollback, id }]);
  const [undoing] = back.landings;
  expect(await land(w.git, back)).toEqual({ kind: 'landed' });
  const again = await planOf(w.git, back.intent.new, [request('feature/b', b.tip, 4)], [{ tip: b.tip, revert: back.intent.new }]);
  expect(await land(w.git, again)).toEqual({ kind: 'landed' });
  const stranger = await w.another();
  await stranger.fetch([MAIN, ref('feature/b')]);
  expect(await stranger.landed(id)).toMatchObject({ kind: { kind: 'rollback', of: b.id, merge: b.commit }, phase: { candidate: { commit: back.intent.new } } });
  expect(await stranger.landed(b.id)).toMatchObject({ phase: { candidate: { commit: again.intent.new } } });
  await putTag(w.remote, `refs/maestro/merge/${id}`, back.intent.new, altered(undoing!.certificate, { of: a.id }));
  expect(await stranger.landed(id)).toBeNull();
  for (const commit of [b.commit, again.intent.new]) expect(JSON.parse(await stranger.certificate(b.id, commit))).toMatchObject({ id: b.id, merge: commit });
});
