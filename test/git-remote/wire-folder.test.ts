// The wire to a remote that is a folder of this machine: what it says, what it leaves to git, and that the remote's own hooks run.
import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { overFolder } from '../../src/adapter/git/wire-folder.ts';
import { openWire, type Wire } from '../../src/adapter/git/wire.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { land, MAIN, ref, world, type World } from './world.ts';

const NONE = '0'.repeat(40) as Oid;

let on: World;
let wire: Wire;
let tip: Oid;
beforeEach(async () => {
  on = await world();
  tip = await on.agent('feature/a');
  wire = openWire(overFolder(on.remote.bare, on.state, () => ({}), new AbortController().signal));
  wire.trust();
});
afterEach(() => on.close());

const packOf = (commit: Oid, without: string): Promise<Buffer> => on.remote.runner.run(['pack-objects', '--revs', '--stdout', '-q'], { input: `${commit}\n^${without}\n` }).then(({ stdout }) => stdout);

test('lists what begins so, and what HEAD stands for', async () => {
  expect(await wire.list(['HEAD', 'refs/heads/main'])).toEqual([{ name: 'HEAD', oid: await on.tip(), symref: 'refs/heads/main' }, { name: 'refs/heads/main', oid: await on.tip(), symref: null }]);
});

test('brings branches by their names, nothing where nothing is new, and says of a missing one that it is missing', async () => {
  const kept: (number | null)[] = [];
  const keep = async (pack: () => Promise<Buffer | null>): Promise<boolean> => kept.push((await pack())?.readUInt32BE(8) ?? null) > 0;
  const main = await on.tip() as Oid;
  expect(await wire.pull([MAIN, ref('feature/a')], [main], keep)).toEqual(new Map([[MAIN, main], [ref('feature/a'), tip]]));
  expect(await wire.pull([MAIN], [main], keep)).toEqual(new Map([[MAIN, main]]));
  expect(kept).toEqual([3, null]);
  expect(await wire.pull([MAIN, ref('feature/none')], [main], keep)).toEqual(new Map([[MAIN, main]]));
});

test('pushes all or nothing, and the hooks of the remote run', async () => {
  const main = await on.tip() as Oid;
  const move = { ref: MAIN, old: main, new: tip };
  expect(await wire.push([move, { ref: 'refs/maestro/x', old: NONE, new: tip }], () => packOf(tip, main), 5000)).toBe('accepted');
  expect([await on.tip(), on.applied()]).toEqual([tip, 1]);
  expect(await wire.push([move, { ref: 'refs/maestro/y', old: null, new: tip }], () => packOf(tip, main), 5000)).toMatchObject({ kind: 'refused' });
  expect(await on.refs()).not.toContain('refs/maestro/y');
});

test('a pack that cannot be made is for git; a hook that refuses says why, and moves nothing', async () => {
  const main = await on.tip() as Oid;
  expect(await wire.push([{ ref: MAIN, old: main, new: tip }], () => Promise.resolve(null), 5000)).toBeNull();
  on.hook('pre-receive', 'echo not on a Sunday; exit 1');
  expect(await wire.push([{ ref: MAIN, old: main, new: tip }], () => packOf(tip, main), 5000)).toEqual({ kind: 'refused', refs: [{ ref: MAIN, why: 'pre-receive hook declined' }], said: 'not on a Sunday\n' });
  expect([await on.tip(), on.applied()]).toEqual([main, 0]);
});

test('a landing that a hook refuses asks the hook once, and hands its words on', async () => {
  await on.agent('feature/first');
  expect(await land(on.git, await on.plan(['feature/first']))).toEqual({ kind: 'landed' });
  on.hook('pre-receive', `echo asked >> ${on.note('asked')}; echo not on a Sunday; exit 1`);
  expect(await land(on.git, await on.plan(['feature/a']))).toMatchObject({ kind: 'refused', everyone: false, detail: expect.stringContaining('not on a Sunday') as string });
  expect(readFileSync(on.note('asked'), 'utf8')).toBe('asked\n');
});

test('a push that takes too long is ended, and nobody knows what became of it', async () => {
  on.hook('pre-receive', 'sleep 20');
  const main = await on.tip() as Oid;
  expect(await wire.push([{ ref: MAIN, old: main, new: tip }], () => packOf(tip, main), 300)).toBe('unclear');
});

test('a folder that is no repository says nothing; no answer leaves a file behind', async () => {
  const away = openWire(overFolder(on.note('none'), on.state, () => ({}), new AbortController().signal));
  expect(await away.list(['refs/heads/'])).toBeNull();
  expect(readdirSync(on.state).filter((name) => name.startsWith('tmp_'))).toEqual([]);
});
