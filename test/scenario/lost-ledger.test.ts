// The ledger is lost whole (a Redis that is wiped): what landed stands on the remote, what people said is kept there too. Told on the symbolic world.
import { expect, test } from 'vitest';
import { tell, type Tale } from '../harness/tale.ts';
import { MAIN } from '../harness/world.ts';

/** The story below takes a number between these. */
const MOMENTS_MAX = 300;
const MOMENTS_LEAST = 20;

test('whenever it is lost, every branch lands once, and nothing else does', async () => {
  const undisturbed = start();
  await undisturbed.settles();
  const expected = undisturbed.files('main');
  for (let moment = 0; moment < MOMENTS_MAX; moment++) {
    const tale = start();
    if (!(await passed(tale, moment))) return expect(moment).toBeGreaterThan(MOMENTS_LEAST);
    await tale.loses();
    expect(tale.files('main'), `lost at moment ${moment}`).toEqual(expected);
    expect(tale.landings('main').toSorted(), `lost at moment ${moment}`).toEqual(undisturbed.landings('main').toSorted());
  }
  expect.fail('the story is longer than that');
});

test('what landed and what was rolled back is not landed again', async () => {
  const tale = tell();
  tale.push('feature/a', { app: 'a' });
  tale.push('feature/b', { lib: 'b' });
  await tale.settles();
  await tale.rollback('feature/b');
  const before = tale.landings('main');
  await tale.loses();
  expect(tale.landings('main')).toEqual(before);
  expect(tale.files('main')).toEqual({ app: 'a', lib: 'start' });
});

test('a question is asked again, and can be answered', async () => {
  const tale = tell();
  tale.push('feature/a', { app: 'a' });
  tale.push('feature/b', { app: 'b' });
  await tale.settles();
  await tale.loses();
  expect(tale.state('feature/b')).toBe('escalated');
  await tale.decide('feature/b', 'B');
  expect(tale.files('main')).toMatchObject({ app: 'b' });
});

test('H9: what people said is kept on the remote: a pause holds, and what was cancelled does not come back', async () => {
  const tale = tell();
  await tale.settles();
  await tale.pause('main');
  tale.push('feature/a', { app: 'a' });
  tale.push('feature/b', { lib: 'b' });
  await tale.settles();
  await tale.cancel('feature/a');
  await tale.loses();
  expect(tale.landings('main')).toEqual([]);
  await tale.resume('main');
  expect(tale.state('feature/a')).toBe('cancelled');
  expect(tale.files('main')).toEqual({ app: 'start', lib: 'b' });
});

test('a pause of everything holds for what comes later, and one that was ended is over', async () => {
  const tale = tell();
  await tale.settles();
  await tale.pause('main', true);
  await tale.loses();
  expect(tale.world.lane(MAIN)).toMatchObject({ pausedBy: 'Ada', allPausedBy: 'Ada' });
  await tale.resume('main', true);
  await tale.loses();
  tale.push('feature/a', { app: 'a' });
  await tale.settles();
  expect(tale.files('main')).toMatchObject({ app: 'a' });
});

test('an answer that had not landed yet is not asked for again', async () => {
  const tale = tell();
  tale.push('feature/a', { app: 'a' });
  tale.push('feature/b', { app: 'b' });
  await tale.settles();
  await tale.pause('main');
  await tale.decide('feature/b', 'B');
  await tale.loses();
  await tale.resume('main');
  expect(tale.files('main')).toMatchObject({ app: 'b' });
  expect(tale.landings('main')).toHaveLength(2);
});

test('a rollback that was ordered comes, and a target that was rewound stands still until somebody resumes it', async () => {
  const tale = tell();
  tale.push('feature/a', { app: 'a' });
  await tale.settles();
  await tale.pause('main');
  await tale.rollback('feature/a');
  await tale.loses();
  await tale.resume('main');
  expect(tale.files('main')).toEqual({ app: 'start', lib: 'start' });
  tale.goesBack('main');
  await tale.settles();
  await tale.loses();
  tale.push('feature/b', { lib: 'b' });
  await tale.settles();
  expect(tale.files('main')).toMatchObject({ lib: 'start' });
});

test.each([['whose branch is still there', false], ['whose branch is gone', true]])('what landed before it was lost, %s, is rolled back by its id, once', async (_, gone) => {
  const tale = tell();
  tale.push('feature/a', { app: 'a' });
  await tale.settles();
  const { id } = tale.request('feature/a');
  const rollback = (): Promise<unknown> => tale.asks((control) => control.rollback(id, 'Ada', false));
  if (gone) tale.remove('feature/a');
  await tale.loses();
  expect(await rollback()).toMatchObject({ clean: true, request: { kind: { kind: 'rollback', of: id } } });
  expect(tale.files('main')).toEqual({ app: 'start', lib: 'start' });
  await tale.loses();
  await expect(rollback()).rejects.toMatchObject({ code: 'not-allowed', message: expect.stringContaining('is rolled-back') });
});

test('what the remote has no certificate of, or what is not in the target any more, is not rolled back', async () => {
  const tale = tell();
  tale.push('feature/a', { app: 'a' });
  await tale.settles();
  const { id } = tale.request('feature/a');
  tale.remove('feature/a');
  tale.goesBack('main');
  await tale.settles();
  await tale.loses();
  for (const one of [id, 'ffffffffffff']) await expect(tale.asks((control) => control.rollback(one, 'Ada', false))).rejects.toMatchObject({ code: 'unknown-request' });
});

test('who said something is told so once the remote has it, too', async () => {
  const tale = tell();
  await tale.settles();
  const kept = await tale.asks(async (control) => {
    await control.pause('main', 'Ada');
    return tale.world.remote.testaments.get(MAIN);
  });
  expect(kept).toMatchObject({ pausedBy: 'Ada' });
});

function start(): Tale {
  const tale = tell({ gate: { run: 'check', scope: 'each' } });
  for (const name of ['a', 'b', 'c']) tale.push(`feature/${name}`, { [name]: name });
  tale.push('feature/rival', { app: 'rival' });
  tale.pushByHand('main', { app: 'by hand' });
  tale.world.start();
  return tale;
}

/** False when the story ended before. */
async function passed({ world }: Tale, moments: number): Promise<boolean> {
  for (let n = 0; n < moments; n++) if (!(await world.step())) return false;
  return true;
}
