// A person speaks to a coordinator that another one has just taken over from: nobody is told "done" there. Told on the symbolic world.
import { expect, test } from 'vitest';
import type { Control } from '../../src/port/control.ts';
import { tell, type Tale } from '../harness/tale.ts';
import { MAIN } from '../harness/world.ts';

/** A question is open; whoever asked it does not know yet that another one serves the lane. */
async function takenOver(): Promise<{ readonly tale: Tale; readonly before: Control }> {
  const tale = tell();
  tale.push('feature/a', { app: 'a' });
  tale.push('feature/b', { app: 'b' });
  await tale.settles();
  const before = tale.world.control;
  tale.world.start();
  await tale.settles();
  return { tale, before: before ?? expect.fail('nobody is at the counter') };
}

test.each<[string, (control: Control, id: string) => Promise<unknown>]>([
  ['an answer', (control, id) => control.decide(id, 'B', 'Ada')],
  ['a pause', (control) => control.pause('main', 'Ada')],
  ['a cancellation', (control, id) => control.cancel(id, 'Ada')],
])('%s given to the one before is refused, and taken by the one after', async (_, say) => {
  const { tale, before } = await takenOver();
  const { id } = tale.request('feature/b');
  const refused = expect(say(before, id)).rejects.toMatchObject({ code: 'fenced', message: expect.stringContaining('took over') });
  await tale.settles();
  await refused;
  expect([tale.state('feature/b'), tale.world.lane(MAIN)?.pausedBy]).toEqual(['escalated', null]);
  await tale.asks((control) => say(control, id));
  expect([tale.state('feature/b'), tale.world.lane(MAIN)?.pausedBy]).not.toEqual(['escalated', null]);
});

test('whoever has learnt that another one took over refuses at once', async () => {
  const { tale, before } = await takenOver();
  await Promise.allSettled([before.pause('main', 'Ada'), tale.settles()]);
  await expect(before.pause('main', 'Ada')).rejects.toMatchObject({ code: 'fenced' });
});

test('an approval given to the one before is refused', async () => {
  const { tale } = await takenOver();
  const [before] = tale.world.runs;
  tale.push('feature/c', { lib: 'c' }, { ready: false });
  const tip = tale.world.remote.tip('refs/heads/feature/c' as never) ?? expect.fail('no branch');
  const refused = expect(before?.service?.vouch('refs/heads/feature/c' as never, tip)).rejects.toMatchObject({ code: 'fenced' });
  await tale.settles();
  await refused;
});

test('a word that waits for its turn when a coordinator closes is refused, to be said again', async () => {
  const tale = tell();
  await tale.settles();
  const service = tale.world.service ?? expect.fail('nobody works');
  const unheard = expect(service.coordinator.turned(MAIN)).rejects.toMatchObject({ code: 'unreachable', retryable: true });
  void service.close();
  await tale.settles();
  await unheard;
});
