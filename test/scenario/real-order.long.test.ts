// In what order things land, where they go on to, and how they are taken back: real git, real ledger.
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Oid } from '../../src/merge/branch.ts';
import { altered, putTag } from '../harness/forgery.ts';
import { gateConfig, heldGate, scene, type Scene } from './scene.ts';

const HIERARCHY = `version: 1
hierarchy:
  - branch: feature/*
    into: team
  - branch: team
    into: main
    promote: on-ready
  - branch: hotfix/*
    into: main
    priority: hotfix
    back-into: [team]
`;

test('a dependency lands first, whoever was pushed first', async () => {
  const on = await scene();
  const above = await on.ready('feature/above', { 'b.txt': 'b\n' }, { trailers: 'Depends-On: feature/below' });
  const { control } = await on.start();
  await on.until('it is queued', () => on.request('feature/above'));
  expect((await control.explain('feature/above')).waitsFor).toMatch(/feature\/below, which nobody has pushed yet/);
  const below = await on.ready('feature/below', { 'c.txt': 'c\n' });
  await on.landed('feature/above', 'feature/below');
  expect(await on.merged()).toEqual([below, above]);
});

test('branches that wait for each other are rejected with the circle', async () => {
  const on = await scene();
  await on.ready('feature/a', { 'b.txt': 'b\n' }, { trailers: 'Depends-On: feature/b' });
  await on.ready('feature/b', { 'c.txt': 'c\n' }, { trailers: 'Depends-On: feature/a' });
  await on.start();
  expect((await on.reaches('feature/a', 'rejected')).phase.reason).toMatchObject({ code: 'dependency-cycle', cycle: ['feature/a', 'feature/b', 'feature/a'] });
});

test('what depends on a rejected branch is rejected and says why', async () => {
  const on = await scene({ config: gateConfig('! [ -e bad.txt ]') });
  await on.ready('feature/bad', { 'bad.txt': 'x\n' });
  await on.ready('feature/above', { 'b.txt': 'b\n' }, { trailers: 'Depends-On: feature/bad' });
  await on.start();
  expect((await on.reaches('feature/above', 'rejected')).phase.reason).toMatchObject({ code: 'dependency-rejected', dependency: 'feature/bad' });
});

test('the more urgent one lands first', async () => {
  const on = await scene();
  const low = await on.ready('feature/low', { 'b.txt': 'b\n' }, { trailers: 'Priority: low' });
  const normal = await on.ready('feature/normal', { 'c.txt': 'c\n' });
  const high = await on.ready('feature/urgent', { 'd.txt': 'd\n' }, { trailers: 'Priority: high' });
  await on.start();
  await on.landed('feature/low', 'feature/normal', 'feature/urgent');
  expect(await on.merged()).toEqual([high, normal, low]);
});

test('a feature goes through its team to main by promotion', async () => {
  const on = await hierarchy();
  const tip = await on.ready('feature/a', { 'b.txt': 'b\n' });
  const { control } = await on.start();
  const promotion = await on.reaches('team', 'landed', 'promotion');
  expect(JSON.parse(await control.certificate(promotion.id))).toMatchObject({ kind: 'promotion', merge: await on.tip('main') });
  expect(await on.merged('team')).toEqual([tip]);
  expect(await on.merged('main')).toEqual([await on.tip('team')]);
  expect(await on.read('b.txt', 'main')).toBe('b');
});

test('a hotfix lands on main first and comes back down to the team', async () => {
  const on = await hierarchy();
  await on.ready('hotfix/now', { 'fix.txt': 'f\n' });
  const { control } = await on.start();
  await on.landed('hotfix/now');
  const back = await on.reaches('hotfix/now', 'landed', 'back-merge');
  expect(JSON.parse(await control.certificate(back.id))).toMatchObject({ kind: 'back-merge', merge: await on.tip('team') });
  expect([await on.read('fix.txt', 'main'), await on.read('fix.txt', 'team')]).toEqual(['f', 'f']);
});

test('a promotion by hand works where none is automatic', async () => {
  const on = await hierarchy(HIERARCHY.replace('on-ready', 'manual'));
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  const { control } = await on.start();
  await on.landed('feature/a');
  expect(await on.read('b.txt', 'main')).toBeNull();
  await control.promote('team', 'op');
  await on.reaches('team', 'landed', 'promotion');
  expect(await on.read('b.txt', 'main')).toBe('b');
});

test('an unmarked branch cannot be promoted past its marker', async () => {
  const on = await hierarchy();
  await on.quietly('feature/unready', { 'b.txt': 'b\n' });
  const { control } = await on.start();
  await expect(control.promote('feature/unready', 'op')).rejects.toMatchObject({ code: 'not-allowed', next: 'push a commit with READY_TO_MERGE' });
  expect(on.request('feature/unready')).toBeNull();
});

test('rollback takes back one merge and keeps the later one; the branch pushed again brings it back', async () => {
  const on = await scene();
  const { control } = await on.start();
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  await on.landed('feature/a');
  await on.ready('feature/later', { 'c.txt': 'c\n' });
  await on.landed('feature/later');
  expect(await control.rollback('feature/a', 'op', true)).toMatchObject({ clean: true, request: null });
  expect(await on.read('b.txt')).toBe('b');
  await control.rollback('feature/a', 'op', false);
  await on.reaches('feature/a', 'rolled-back');
  expect([await on.read('b.txt'), await on.read('c.txt')]).toEqual([null, 'c']);
  await on.ready('feature/a', { 'd.txt': 'more\n' });
  await on.landed('feature/a');
  expect([await on.read('b.txt'), await on.read('c.txt'), await on.read('d.txt')]).toEqual(['b', 'c', 'more']);
});

test('the same tip comes back with retry after its rollback', async () => {
  const on = await scene();
  const { control } = await on.start();
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  await on.landed('feature/a');
  await control.rollback('feature/a', 'op', false);
  await on.reaches('feature/a', 'rolled-back');
  await control.retry('feature/a', 'op');
  await on.landed('feature/a');
  expect(await on.read('b.txt')).toBe('b');
});

test('a rollback that later work stands on is refused by name', async () => {
  const on = await scene();
  const { control } = await on.start();
  await on.ready('feature/a', { 'b.txt': 'one\n' });
  await on.landed('feature/a');
  await on.ready('feature/on-top', { 'b.txt': 'two\n' }, { parents: [await on.tip()] });
  await on.landed('feature/on-top');
  await on.ready('feature/newest', { 'b.txt': 'three\n' }, { parents: [await on.tip()] });
  await on.landed('feature/newest');
  const [onTop, newest] = ['feature/on-top', 'feature/newest'].map((branch) => on.request(branch)?.id);
  await expect(control.rollback('feature/a', 'op', false)).rejects.toMatchObject({ code: 'not-allowed', message: expect.stringMatching(new RegExp(`changed b\\.txt; .*${newest}.*${onTop}`)), next: `maestro rollback ${newest}` });
  expect(await control.rollback('feature/a', 'op', true)).toMatchObject({ request: null, clean: false, conflictPaths: ['b.txt'], dependents: [{ id: newest }, { id: onTop }] });
  expect(await on.read('b.txt')).toBe('three');
});

test('what landed before all of Maestro\'s state was lost has its certificate, and is rolled back by its id', async () => {
  const on = await scene();
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  await on.start();
  await on.landed('feature/a');
  const id = on.request('feature/a')?.id ?? '';
  await on.stop();
  rmSync(on.state, { recursive: true });
  const { control } = await on.start();
  await on.reaches('feature/a', 'rejected');
  expect(JSON.parse(await control.certificate(id))).toMatchObject({ id, branch: 'feature/a' });
  await control.rollback(id, 'op', false);
  const rollback = await on.reaches('feature/a', 'landed', 'rollback');
  expect(JSON.parse(await control.certificate(rollback.id))).toMatchObject({ kind: 'rollback', of: id });
  expect(await on.read('b.txt')).toBeNull();
  await expect(control.rollback(id, 'op', false)).rejects.toMatchObject({ code: 'not-allowed', message: expect.stringContaining('is rolled-back') });
});

test('a certificate with another landing in it does not have that one rolled back', async () => {
  const on = await scene();
  const tipA = await on.ready('feature/a', { 'b.txt': 'b\n' });
  await on.ready('feature/b', { 'c.txt': 'c\n' });
  const { control } = await on.start();
  await on.landed('feature/a', 'feature/b');
  const [a, b] = ['feature/a', 'feature/b'].map((branch) => on.request(branch)?.id ?? '') as [string, string];
  const text = await control.certificate('feature/b');
  const merge = await on.remote.git(['rev-parse', `refs/maestro/merge/${b}^{commit}`]) as Oid;
  await on.stop();
  for (const ref of [`refs/maestro/merge/${a}`, `refs/maestro/merge/${a}-abc`]) await putTag(on.remote, ref, merge, altered(text, { id: a, branch: 'feature/a', tip: tipA }));
  for (const branch of ['feature/a', 'feature/b']) on.remove(branch);
  rmSync(on.state, { recursive: true });
  const second = (await on.start()).control;
  for (const verb of [() => second.rollback(a, 'op', false), () => second.certificate(a)]) await expect(verb()).rejects.toMatchObject({ code: 'unknown-request' });
  expect(await on.read('c.txt')).toBe('c');
  expect(JSON.parse(await second.certificate(b))).toMatchObject({ id: b });
});

test('a certificate that somebody wrote anew is held against the ledger', async () => {
  const on = await scene({ config: gateConfig('true') });
  const { control } = await on.start();
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  await on.landed('feature/a');
  const text = await control.certificate('feature/a');
  const { id } = JSON.parse(text) as { readonly id: string };
  for (const [forged, message] of [[altered(text, { author: 'Mallory <mallory@example.org>' }), 'differs from the ledger in: author'], ['certified!\n', 'its text is none that Maestro writes']] as const) {
    await putTag(on.remote, `refs/maestro/merge/${id}`, await on.tip(), forged);
    await expect(control.certificate('feature/a')).rejects.toMatchObject({ code: 'certificate-unsound', message: expect.stringContaining(message) });
  }
});

test('what did not land has no certificate, and is said not to', async () => {
  const on = await scene({ config: gateConfig('false') });
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  const { control } = await on.start();
  await on.until('it is known', () => on.request('feature/a'));
  await expect(control.certificate('feature/a')).rejects.toMatchObject({ code: 'not-allowed', message: expect.stringContaining('only what landed has a certificate') });
});

test('a certificate of what landed can be read back from the remote', async () => {
  const on = await scene({ config: gateConfig('true') });
  const { control } = await on.start();
  const tip = await on.ready('feature/a', { 'b.txt': 'b\n' });
  await on.landed('feature/a');
  const text = await control.certificate('feature/a');
  expect(text).toContain(tip);
  expect(text).toContain(on.request('feature/a')?.id ?? 'no request');
  expect(await on.remote.git(['for-each-ref', 'refs/maestro/merge', '--format=%(objecttype) %(*objectname)'])).toBe(`tag ${await on.tip()}`);
});

test('a stop between two landings loses nothing: the next start goes on from the ledger', async () => {
  const on = await scene();
  const gate = heldGate(on);
  await on.quietly('main', { '.github/maestro.yml': gateConfig(gate.run) });
  const tip = await on.ready('feature/a', { 'b.txt': 'b\n' });
  await on.start();
  await on.until('the gate', gate.hasStarted);
  await on.stop();
  gate.letGo();
  await on.start();
  await on.landed('feature/a');
  expect(await on.merged()).toEqual([tip]);
});

test('a dependency that landed in another target counts once a promotion has brought it', async () => {
  const on = await hierarchy(HIERARCHY.replace('on-ready', 'manual'));
  const below = await on.ready('feature/below', { 'b.txt': 'b\n' });
  const { control } = await on.start();
  await on.landed('feature/below');
  const above = await on.ready('hotfix/above', { 'c.txt': 'c\n' }, { trailers: 'Depends-On: feature/below' });
  await on.reaches('hotfix/above', 'queued');
  expect((await control.explain('hotfix/above')).waitsFor).toBe('its dependency feature/below, which landed in team, not yet in main');
  await control.promote('team', 'op');
  await on.landed('hotfix/above');
  expect([await on.merged('team'), (await on.merged()).at(-1)]).toEqual([expect.arrayContaining([below]), above]);
});

async function hierarchy(config = HIERARCHY): Promise<Scene> {
  const on = await scene({ config });
  on.remote.branch('team', on.base);
  return on;
}
