// What a remote does while Maestro works, with real git: away, refusing, moving, deleted. Nothing lost, nothing forced, nothing made up.
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { world } from '../hooks/clone.ts';
import { gateConfig, heldGate, scene } from './scene.ts';

test('a remote that is away at the start is waited for, said to be, and served when it is back', async () => {
  const on = await scene();
  const clone = on.clone('clone');
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  renameSync(on.remote.bare, `${on.remote.bare}-away`);
  const started = on.start(clone);
  await on.until('the word of trouble', () => on.said.length > 0);
  expect(on.said[0]).toMatch(/does not answer/);
  renameSync(`${on.remote.bare}-away`, on.remote.bare);
  await started;
  await on.landed('feature/a');
});

test('a remote that goes away later is said to be, and work goes on by itself', async () => {
  const on = await scene();
  const { service } = await on.start();
  await on.until('the first look', () => on.lane()?.tip);
  renameSync(on.remote.bare, `${on.remote.bare}-away`);
  on.hint('feature/a');
  await on.until('the word of trouble', () => service.trouble()?.includes('does not answer'));
  renameSync(`${on.remote.bare}-away`, on.remote.bare);
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  await on.landed('feature/a');
  expect(service.trouble()).toBeNull();
});

test('a remote that is away when the push is due gets it once it is back', async () => {
  const on = await scene();
  const gate = heldGate(on);
  await on.quietly('main', { '.github/maestro.yml': gateConfig(gate.run) });
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  const { service } = await on.start();
  await on.until('the gate', gate.hasStarted);
  renameSync(on.remote.bare, `${on.remote.bare}-away`);
  gate.letGo();
  await on.until('the word of trouble', () => service.trouble());
  renameSync(`${on.remote.bare}-away`, on.remote.bare);
  await on.landed('feature/a');
  expect(await on.merged()).toHaveLength(1);
});

test('a protected target stops its lane with the reason; after the protection is gone, resume lands', async () => {
  const on = await scene();
  on.hook('update', '[ "$1" = refs/heads/main ] || exit 0; echo "GH006: Protected branch update failed" >&2; exit 1');
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  await on.ready('feature/b', { 'c.txt': 'c\n' });
  const { control } = await on.start();
  const alarm = await on.until('the alarm', () => on.lane()?.alarm);
  expect(alarm).toMatchObject({ kind: 'refused', detail: expect.stringContaining('Protected branch') });
  expect((await control.status()).lanes[0]?.open[0]?.waitsFor).toMatch(/a person: .*Protected branch.*maestro resume main/s);
  rmSync(join(on.remote.bare, 'hooks/update'));
  await control.resume('main', 'op');
  await on.landed('feature/a', 'feature/b');
});

test('of three pushed together only the one the server minds is rejected, in the server\'s words', async () => {
  const on = await scene();
  on.hook('pre-receive', 'while read old new ref; do case $ref in refs/heads/main) if git grep -q SECRET $new; then echo "found a SECRET in the push" >&2; exit 1; fi;; esac; done');
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  await on.ready('feature/leak', { 'c.txt': 'SECRET\n' });
  await on.ready('feature/c', { 'd.txt': 'd\n' });
  await on.start();
  await on.landed('feature/a', 'feature/c');
  expect((await on.reaches('feature/leak', 'rejected')).phase.reason).toMatchObject({ code: 'refused-by-remote', detail: expect.stringContaining('found a SECRET') });
  expect(await on.read('c.txt')).toBeNull();
});

test('a branch force-pushed while queued is superseded, and only the new tip lands', async () => {
  const on = await scene();
  const gate = heldGate(on);
  await on.quietly('main', { '.github/maestro.yml': gateConfig(gate.run) });
  const old = await on.ready('feature/a', { 'b.txt': 'old\n' });
  await on.start();
  await on.until('the gate', gate.hasStarted);
  const tip = await on.ready('feature/a', { 'b.txt': 'new\n' }, { parents: [on.base] });
  const first = await on.until('the old one closed', () => [...(on.lane()?.requests.values() ?? [])].find((one) => one.tip === old && one.phase.state === 'superseded'));
  gate.letGo();
  await on.landed('feature/a');
  expect(first.phase).toMatchObject({ by: on.request('feature/a')?.id });
  expect(await on.merged()).toEqual([tip]);
});

test('a branch deleted while queued is rejected as deleted, and does not land', async () => {
  const on = await scene();
  const gate = heldGate(on);
  await on.quietly('main', { '.github/maestro.yml': gateConfig(gate.run) });
  const before = await on.tip();
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  await on.start();
  await on.until('the gate', gate.hasStarted);
  on.remove('feature/a');
  expect((await on.reaches('feature/a', 'rejected')).phase.reason).toEqual({ code: 'branch-deleted' });
  gate.letGo();
  expect(await on.tip()).toBe(before);
});

test('a target deleted while work is queued is never made again; put back, resume lands', async () => {
  const on = await scene({ config: 'version: 1\nhierarchy:\n  - branch: feature/*\n    into: team\n' });
  const tip = on.remote.branch('team', on.base);
  on.hook('pre-receive', `rm -f ${on.remote.bare}/refs/heads/team`);
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  const { control } = await on.start();
  const alarm = await on.until('the alarm', () => on.lane('team')?.alarm);
  expect(alarm.kind).toBe('target-gone');
  await expect(on.tip('team')).rejects.toThrow();
  rmSync(join(on.remote.bare, 'hooks/pre-receive'));
  on.remote.branch('team', tip);
  await control.resume('team', 'op');
  await on.landed('feature/a');
});

test('a target that never was is named, and not made', async () => {
  const on = await scene({ config: 'version: 1\nhierarchy:\n  - branch: feature/{team}-*\n    into: team/{team}\n' });
  await on.ready('feature/x-1', { 'b.txt': 'b\n' });
  await on.start();
  expect((await on.reaches('feature/x-1', 'rejected')).phase.reason).toEqual({ code: 'target-missing', target: 'team/x' });
  await expect(on.tip('team/x')).rejects.toThrow();
});

test('a retry looks at the remote at once: the target that somebody made is there', async () => {
  const on = await scene({ config: 'version: 1\nlimits: { sweep: 1h }\nhierarchy:\n  - branch: feature/{team}-*\n    into: team/{team}\n' });
  await on.ready('feature/x-1', { 'b.txt': 'b\n' });
  const { control } = await on.start();
  await on.reaches('feature/x-1', 'rejected');
  on.remote.branch('team/x', await on.tip());
  await control.retry('feature/x-1', 'op');
  await on.landed('feature/x-1');
});

test('a foreign push to the target during a gate: the candidate is built again, both are in', async () => {
  const on = await scene();
  const gate = heldGate(on);
  await on.quietly('main', { '.github/maestro.yml': gateConfig(gate.run) });
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  await on.start();
  await on.until('the gate', gate.hasStarted);
  const foreign = await on.quietly('main', { 'c.txt': 'by hand\n' });
  gate.letGo();
  const { phase } = await on.reaches('feature/a', 'landed');
  expect(phase.candidate.onto).toBe(foreign);
  expect([await on.read('b.txt'), await on.read('c.txt')]).toEqual(['b', 'by hand']);
});

test('a target rewound by force stops its lane; a person\'s resume goes on from what is there', async () => {
  const on = await scene();
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  const { control } = await on.start();
  await on.landed('feature/a');
  on.remote.branch('main', on.base);
  await on.ready('feature/c', { 'd.txt': 'd\n' });
  on.hint('main');
  expect((await on.until('the alarm', () => on.lane()?.alarm)).kind).toBe('rewound');
  expect(await on.tip()).toBe(on.base);
  await control.resume('main', 'op');
  await on.landed('feature/c');
  expect(await on.read('b.txt')).toBeNull();
  expect((await on.reaches('feature/a', 'rolled-back')).phase.by).toBeNull();
  await control.retry('feature/a', 'op');
  await on.landed('feature/a');
  expect([await on.read('b.txt'), await on.read('d.txt')]).toEqual(['b', 'd']);
  expect(JSON.parse(await control.certificate('feature/a'))).toMatchObject({ merge: await on.tip() });
});

test('W12: a push nobody told of is found by the sweep', async () => {
  const on = await scene({ config: 'version: 1\nlimits:\n  sweep: 300ms\n' });
  await on.start();
  await on.until('the first look', () => on.lane()?.tip);
  await on.quietly('feature/a', { 'b.txt': 'b\n' }, { message: 'silent\n\nREADY_TO_MERGE' });
  await on.landed('feature/a');
});

test('a push from a clone with hooks is queued long before the sweep', async () => {
  const clone = world();
  const on = await scene();
  clone.git(['remote', 'set-url', 'origin', on.remote.bare]);
  clone.git(['fetch', '-q']);
  await on.start();
  await on.until('the first look', () => on.lane()?.tip);
  await clone.install({ spools: [join(on.state, 'spool')] });
  clone.branch('feature/hooked', 'quick\n\nREADY_TO_MERGE', { 'b.txt': 'b\n' });
  expect(clone.push('feature/hooked').code).toBe(0);
  await on.landed('feature/hooked');
  clone.dispose();
});
