// What people said, kept on a real remote: read back as it was written, by anybody, and as nothing where somebody else put something.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Testament } from '../../src/merge/testament.ts';
import { MAIN, ref, world, type World } from './world.ts';

let w: World;
beforeEach(async () => {
  w = await world();
});
afterEach(() => w.close());

const PAUSED: Testament = { pausedBy: 'Ada', allPausedBy: null, alarm: null, spoken: [] };

function spoken(tip: string): Testament {
  const one = { branch: ref('feature/a'), tip: tip as never, title: 'Grüße\n\nto all', author: 'Ada', dependsOn: ['feature/b'], dependsMet: [], priority: 'normal' as const };
  const conflict = { fingerprint: 'f1', partners: [], paths: [{ path: 'a.txt', kind: 'content' as const, base: null, ours: { mode: '100644', oid: tip }, theirs: null, hunks: [], message: 'both' }] };
  return {
    pausedBy: null, allPausedBy: 'Bo', alarm: { kind: 'rewound', detail: 'it went back' },
    spoken: [
      { ...one, kind: { kind: 'branch' }, word: { kind: 'cancelled', by: 'Ada' } },
      { ...one, kind: { kind: 'rollback', of: 'a1b2c3d4e5f6' as never, merge: tip as never }, word: { kind: 'ordered' } },
      { ...one, kind: { kind: 'branch' }, word: { kind: 'decided', conflict, resolution: { fingerprint: 'f1', choices: ['C'], by: 'Ada', permission: 'write', how: 'person', sources: [{ letter: 'C', commit: tip as never }] } } },
    ],
  };
}

test('it is read back whole by whoever comes next, target by target', async () => {
  const testament = spoken(await w.tip());
  await w.git.bequeath(MAIN, PAUSED);
  await w.git.bequeath(MAIN, testament);
  await w.git.bequeath(ref('team/a'), PAUSED);
  expect(await (await w.another()).testaments()).toEqual(new Map([[MAIN, testament], [ref('team/a'), PAUSED]]));
});

test('where nothing counts any more, nothing is left', async () => {
  await w.git.bequeath(MAIN, PAUSED);
  await (await w.another()).bequeath(MAIN, null);
  await w.git.bequeath(MAIN, null);
  expect(await w.refs()).toEqual(['refs/heads/main']);
});

test('what somebody else put there is left out', async () => {
  await w.git.bequeath(MAIN, PAUSED);
  const name = (await w.refs()).find((one) => one.startsWith('refs/maestro/testament/')) ?? '';
  await w.remote.git(['update-ref', 'refs/maestro/testament/0123456789abcdef0123', name]);
  await w.remote.git(['update-ref', name, await w.tip()]);
  expect(await w.git.testaments()).toEqual(new Map());
});

test('one that git refuses to bring in hides none of the others', async () => {
  await w.git.bequeath(MAIN, PAUSED);
  const tree = w.remote.tree([{ mode: '100644', name: '.git', oid: w.remote.object('blob', Buffer.from('x')) }]);
  await w.remote.git(['update-ref', 'refs/maestro/testament/0123456789abcdef0123', w.remote.commitTree(tree, 'evil', [])]);
  expect(await w.git.testaments()).toEqual(new Map([[MAIN, PAUSED]]));
});
