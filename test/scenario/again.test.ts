// What comes back, what was closed long ago, what changed while nobody looked: told on the symbolic world.
import { expect, test } from 'vitest';
import { tell, type Tale } from '../harness/tale.ts';

/** More than a lane keeps whole. */
const MANY = 620;
const HOUR_MS = 3_600_000;

test('a branch that was moved on and is moved back asks again', async () => {
  const tale = tell();
  await tale.settles();
  await tale.pause('main');
  tale.push('feature/1', { one: 'first' });
  await tale.settles();
  tale.push('feature/1', { one: 'second' });
  await tale.settles();
  tale.goesBack('feature/1');
  await tale.settles();
  await tale.resume('main');
  expect(tale.files('main')['one']).toBe('first');
});

test('a branch that was deleted in the queue and is pushed again asks again', async () => {
  const tale = tell();
  await tale.settles();
  await tale.pause('main');
  tale.push('feature/1', { one: 'w' });
  await tale.settles();
  tale.remove('feature/1');
  await tale.settles();
  expect(tale.phase('feature/1', 'rejected').reason.code).toBe('branch-deleted');
  tale.restore('feature/1', tale.request('feature/1').tip);
  await tale.settles();
  await tale.resume('main');
  expect(tale.state('feature/1')).toBe('landed');
});

test('what was cancelled or rolled back long ago stays out after a restart', async () => {
  const tale = tell({ chainMax: 100 });
  await tale.settles();
  await tale.pause('main');
  tale.push('feature/cancelled', { secret: 'must not land' });
  await tale.settles();
  await tale.cancel('feature/cancelled');
  await tale.resume('main');
  tale.push('feature/rolled', { rolled: 'w' });
  await tale.settles();
  await tale.rollback('feature/rolled');
  await landMany(tale);
  const before = tale.files('main');
  await tale.restart();
  expect(tale.files('main')).toEqual(before);
  expect(Object.keys(before)).not.toContain('secret');
}, 60_000);

test('what landed long ago still counts as a dependency', async () => {
  const tale = tell({ chainMax: 100 });
  tale.push('feature/base', { base: 'w' });
  await tale.settles();
  await landMany(tale);
  tale.push('feature/top', { top: 'w' }, { says: 'Depends-On: feature/base\n' });
  await tale.settles();
  expect(tale.state('feature/top')).toBe('landed');
}, 60_000);

test('a pause of everything holds lanes that come later', async () => {
  const tale = tell({ routes: [{ branch: 'feature/*', into: 'team', promote: { when: 'manual' }, priority: 'normal', backInto: [] }] });
  await tale.settles();
  await tale.pause('main', true);
  tale.fastForward('team', 'main');
  tale.push('feature/1', { one: 'w' });
  await tale.settles();
  expect(tale.landings('team')).toEqual([]);
  await tale.resume('main', true);
  await tale.resume('team', true);
  expect(tale.state('feature/1')).toBe('landed');
});

test('a question about what has changed since is asked anew', async () => {
  const tale = await clash();
  const asked = tale.phase('feature/2', 'escalated').question;
  tale.pushByHand('main', { app: 'by hand' });
  await tale.settles();
  expect(tale.phase('feature/2', 'escalated').question.onto).not.toBe(asked.onto);
});

test('a question about other files stands', async () => {
  const tale = await clash();
  const asked = tale.phase('feature/2', 'escalated').question;
  tale.push('feature/3', { lib: 'three' });
  await tale.settles();
  expect(tale.state('feature/3')).toBe('landed');
  expect(tale.phase('feature/2', 'escalated').question).toEqual(asked);
});

test('what an answer dropped is nobody\'s homework while it is rolled back, and is again once it is in again', async () => {
  const tale = await clash({ lib: 'two' });
  await tale.decide('feature/2', 'A');
  const homework = (): Promise<readonly string[]> => tale.asks(async (control) => (await control.tasks()).map((task) => task.branch));
  expect(await homework()).toEqual(['feature/2']);
  await tale.rollback('feature/2');
  expect([tale.files('main')['lib'], await homework()]).toEqual(['start', []]);
  await tale.retry('feature/2');
  expect([tale.files('main')['lib'], await homework()]).toEqual(['two', ['feature/2']]);
});

/** The second one is asked about. */
async function clash(more: Readonly<Record<string, string>> = {}): Promise<Tale> {
  const tale = tell();
  tale.push('feature/1', { app: 'one' });
  await tale.settles();
  tale.push('feature/2', { app: 'two', ...more }, { on: 'feature/0' });
  await tale.settles();
  return tale;
}

async function landMany(tale: Tale): Promise<void> {
  for (let at = 0; at < MANY; at += 1) tale.push(`many/${at}`, { [`many${at % 7}-${at}`]: 'w' });
  await tale.settles();
}

test('a rollback asked for twice is the same rollback, by the branch or by the id', async () => {
  const tale = tell();
  await tale.settles();
  tale.push('feature/1', { one: 'w' });
  await tale.settles();
  const { id } = tale.request('feature/1');
  const [first, ...more] = await tale.asks((control) => Promise.all(['feature/1', 'feature/1', id].map((word) => control.rollback(word, 'casey', false))));
  expect(first?.request?.kind).toMatchObject({ kind: 'rollback', of: id });
  expect(more.map(({ request }) => request?.id)).toEqual([first?.request?.id, first?.request?.id]);
  expect(tale.state('feature/1')).toBe('rolled-back');
});

test.each([true, false])('a rollback of what the target holds nothing of is refused for that (dry run: %s)', async (dryRun) => {
  const tale = await clash();
  await tale.decide('feature/2', 'A');
  expect(tale.state('feature/2')).toBe('landed');
  const trying = tale.asks((control) => control.rollback('feature/2', 'casey', dryRun));
  await expect(trying).rejects.toMatchObject({ code: 'not-allowed', message: expect.stringMatching(/main holds nothing of it to take back/) });
});

test('what landed before is no later work to a rollback, though the clock was set back since', async () => {
  const tale = tell();
  await tale.settles();
  tale.push('feature/1', { one: 'w' });
  await tale.settles();
  await tale.later(-HOUR_MS);
  tale.push('feature/2', { one: 'w2' });
  await tale.settles();
  const leaning = async (branch: string): Promise<readonly string[]> => (await tale.asks((control) => control.rollback(branch, 'casey', true))).dependents.map((one) => one.branch);
  expect([await leaning('feature/1'), await leaning('feature/2')]).toEqual([['feature/2'], []]);
});

test('a rollback asked for while it waits is told of, not refused', async () => {
  const tale = tell();
  await tale.settles();
  tale.push('feature/1', { one: 'w' });
  await tale.settles();
  await tale.pause('main');
  const first = await tale.asks((control) => control.rollback('feature/1', 'casey', false));
  const again = await tale.asks((control) => control.rollback('feature/1', 'casey', false));
  expect([again.clean, again.request?.id]).toEqual([true, first.request?.id]);
});
