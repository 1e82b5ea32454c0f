// Deliveries late, doubled, out of order and old; permissions that go and come back; two doors at once. Numbers are those of the list of faults.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PERMISSIONS } from '../harness/github/world.ts';
import { stage, type Stage } from './stage.ts';

let on: Stage;
beforeEach(async () => {
  on = await stage({ 'a.txt': '1\n2\n3\n' });
  await on.checked(await on.ready('ada', 'feature/x', { 'a.txt': '1\nx\n3\n' }), 'success');
});
afterEach(() => on.close());

async function merges(): Promise<number> {
  return (await on.repository.subjects('main')).filter((subject) => subject.startsWith('Merge ')).length;
}

it('W11: pushes told of in another order and twice land as Git has them, once', async () => {
  on.github.webhooks.hold();
  await on.ready('ada', 'feature/z', { 'z.txt': 'first\n' });
  const second = await on.repository.push('ada', 'feature/z', { 'z.txt': 'second\n' }, 'Again\n\nREADY_TO_MERGE');
  await on.ready('ben', 'feature/gone', { 'gone.txt': 'gone\n' });
  await on.repository.deleteBranch('ben', 'feature/gone');
  on.github.webhooks.release({ shuffle: 1, twice: true });
  await on.checked(second, 'success');
  await on.github.webhooks.settled();
  expect([await on.repository.read('main', 'z.txt'), await on.repository.read('main', 'gone.txt'), await merges()]).toEqual(['second', null, 2]);
});

it('W10: an old delivery that comes again starts nothing', async () => {
  const old = on.github.state().deliveries.filter((one) => one.event === 'push').at(-1);
  await on.repository.deleteBranch('ada', 'feature/x');
  on.github.webhooks.redeliver(old?.id ?? 0);
  await on.github.webhooks.settled();
  await on.checked(await on.ready('ada', 'feature/z', { 'z.txt': 'z\n' }), 'success');
  expect(await merges()).toBe(2);
});

it('F6: what the App may no longer do waits, and goes on once it may again', async () => {
  const { checks: _, ...less } = PERMISSIONS;
  on.github.grant('acme', less);
  const tip = await on.ready('ada', 'feature/z', { 'z.txt': 'z\n' });
  await on.until('that to be said', () => on.troubles.find((text) => text.includes('ermission')) ?? null);
  on.github.grant('acme', PERMISSIONS);
  await on.checked(tip, 'success');
});

it('H7: a word at the counter and another one on the pull request at once decide one thing', async () => {
  const tip = await on.ready('ben', 'feature/y', { 'a.txt': '1\ny\n3\n' });
  await on.checked(tip, 'action_required');
  const [tenant] = await on.server.house.tenants.all();
  on.repository.comment('max', 1, 'B');
  const mine = await tenant?.control.decide('feature/y', 'A', 'ada').then(() => 'x', () => 'y');
  await on.checked(tip, 'success');
  expect(await on.repository.read('main', 'a.txt')).toBe(`1\n${mine}\n3`);
});

it('F6: one question that GitHub does not let us ask keeps no check run from being shown, its own neither', async () => {
  on.github.fault.next('POST /repos/acme/app/pulls', { kind: 'status', status: 403, message: 'Resource not accessible by integration' }, { times: 1000 });
  const tip = await on.ready('ben', 'feature/y', { 'a.txt': '1\ny\n3\n' });
  const { id } = await on.checked(tip, 'action_required');
  await on.checked(await on.ready('ada', 'feature/z', { 'z.txt': 'z\n' }), 'success');
  on.repository.press('ben', id, on.repository.checkOf(tip, 'maestro')?.actions[1]?.identifier ?? '');
  await on.checked(tip, 'success');
});
