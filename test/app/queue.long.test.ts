import { afterEach, describe, expect, it } from 'vitest';
import { stage, type Stage } from './stage.ts';

const FILES = { 'README.md': 'app\n', 'src/limits.ts': 'export const LIMIT = 10;\n' };
let on: Stage;
afterEach(() => on.close());

async function queued(more: { readonly mergeMethod?: 'MERGE' | 'SQUASH' } = {}): Promise<void> {
  on = await stage(FILES);
  on.repository.rule({ pattern: 'main', mergeQueue: true, bypass: [on.github.app.id], ...more });
}

/** The pull requests that wait in the target's queue. */
function waiting(): readonly number[] {
  return on.repository.now().queue.map((entry) => entry.pull);
}

async function inQueue(count: number): Promise<readonly number[]> {
  return on.until(`${count} in the queue`, () => waiting().length === count ? waiting() : null);
}

/** Of the front of the queue. */
async function group(outcome: 'merged' | 'checks failed'): Promise<string> {
  const front = await on.repository.mergeGroup('main');
  await front.finish(outcome);
  return front.head;
}

describe('a target with GitHub\'s own merge queue', () => {
  it('gets the branch through the queue, and landed is what the target then holds', async () => {
    await queued();
    const tip = await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' });
    const [pull] = await inQueue(1);
    expect(on.repository.pull(pull ?? 0)?.author).toBe(on.github.app.login);
    expect(on.repository.checkOf(tip, 'maestro')?.conclusion ?? null).toBe(null);
    const merge = await group('merged');
    const { title, summary } = await on.checked(tip, 'success');
    expect(title).toBe(`Landed on main as ${merge.slice(0, 12)}`);
    expect(summary).toContain('the target\'s own merge queue');
  });

  it('that squashes is told as it is', async () => {
    await queued({ mergeMethod: 'SQUASH' });
    const tip = await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' });
    await inQueue(1);
    await group('merged');
    expect((await on.checked(tip, 'success')).summary).toContain('own commits are not in the target');
  });

  it('and throws the branch out: rejected with its reason, and in after a retry', async () => {
    await queued();
    const tip = await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' });
    await inQueue(1);
    await group('checks failed');
    expect((await on.checked(tip, 'failure')).title).toContain('CI_FAILURE');
    const [tenant] = await on.server.house.tenants.all();
    await tenant?.control.retry('feature/docs', 'ada');
    await inQueue(1);
    await group('merged');
    await on.checked(tip, 'success');
  });

  it('that makes a group from another base is told of, and nothing more lands on top of that', async () => {
    on = await stage(FILES);
    await on.repository.push('ada', 'main', { 'src/limits.ts': 'export const LIMIT = 20;\n' }, 'raise the limit');
    on.repository.rule({ pattern: 'main', mergeQueue: true, bypass: [on.github.app.id] });
    const tip = await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' });
    await inQueue(1);
    await (await on.repository.mergeGroup('main', 'from another base')).finish('merged');
    await on.checked(tip, 'success');
    const [tenant] = await on.server.house.tenants.all();
    const alarm = await on.until('the alarm', async () => (await tenant?.control.status())?.lanes.find((lane) => lane.target === 'main')?.alarm ?? null);
    expect(alarm).toMatchObject({ kind: 'read-back', detail: expect.stringContaining('that is not what merging') });
  });

  it('gives a branch back that somebody cancels meanwhile', async () => {
    await queued();
    const tip = await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' });
    await inQueue(1);
    const [tenant] = await on.server.house.tenants.all();
    expect((await tenant?.control.cancel('feature/docs', 'ada'))?.phase.state).toBe('cancelled');
    expect(waiting()).toEqual([]);
    await on.checked(tip, 'cancelled');
    await tenant?.control.retry('feature/docs', 'ada');
    await inQueue(1);
    await group('merged');
    await on.checked(tip, 'success');
  });

  it('takes two at once, in order; a restart in between loses neither', async () => {
    await queued();
    const first = await on.ready('ada', 'feature/a', { 'a.txt': 'a\n' });
    const second = await on.ready('ben', 'feature/b', { 'b.txt': 'b\n' });
    await inQueue(1);
    await on.restart(async () => void await group('merged'));
    await on.checked(first, 'success');
    await inQueue(1);
    await group('merged');
    await on.checked(second, 'success');
    expect((await on.repository.subjects('main')).slice(0, 1)).toEqual([expect.stringContaining('Merge pull request')]);
  });

  it('takes a person\'s answer, and a rollback, as merges of ours', async () => {
    await queued();
    const first = await on.ready('ada', 'feature/a', { 'src/limits.ts': 'export const LIMIT = 20;\n' });
    await inQueue(1);
    await group('merged');
    await on.checked(first, 'success');
    const second = await on.ready('ben', 'feature/b', { 'src/limits.ts': 'export const LIMIT = 30;\n' });
    await on.checked(second, 'action_required');
    const [tenant] = await on.server.house.tenants.all();
    await tenant?.control.decide('feature/b', 'B', 'ada');
    await inQueue(1);
    await group('merged');
    await on.checked(second, 'success');
    await on.holds('main', 'src/limits.ts', '30');
    await tenant?.control.rollback('feature/b', 'max', false);
    await inQueue(1);
    await group('merged');
    await on.checked(second, 'neutral');
    await on.holds('main', 'src/limits.ts', '20');
  });
});
