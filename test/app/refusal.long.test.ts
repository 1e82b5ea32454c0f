import { afterEach, describe, expect, it } from 'vitest';
import { stage, type Stage } from './stage.ts';

const FILES = { 'README.md': 'app\n' };
let on: Stage;
afterEach(() => on.close());

/** Waits until the check of this commit says these words. */
function says(oid: string, words: string): Promise<string> {
  return on.until(`the check to say ${words}`, () => {
    const run = on.repository.checkOf(oid, 'maestro');
    const text = `${run?.output.title}\n${run?.output.summary}`;
    return text.includes(words) ? text : null;
  });
}

describe('a target that GitHub guards', () => {
  it('by protection stops the lane, and the check names the setting', async () => {
    on = await stage(FILES);
    on.repository.rule({ kind: 'protection', pattern: 'main', restrictPushes: true });
    const tip = await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' });
    expect(await says(tip, 'Settings')).toContain('Branches');
    expect(await on.repository.read('main', 'README.md')).toBe('app');
  });

  it('by a missing permission refuses only the branch that changes a workflow', async () => {
    on = await stage(FILES);
    const workflow = await on.ready('ada', 'feature/ci', { '.github/workflows/ci.yml': 'on: push\n' });
    expect(await says(workflow, 'refused-by-remote')).toContain('permission Workflows');
    await on.checked(await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' }), 'success');
    // Whoever follows the advice gets what it promised.
    on.github.grant('acme', { ...on.github.installation('acme').permissions, workflows: 'write' });
    const [tenant] = await on.server.house.tenants.all();
    await on.until('the workflow to land', async () => {
      await tenant?.control.retry('feature/ci', 'max').catch(() => undefined);
      return on.repository.checkOf(workflow, 'maestro')?.conclusion === 'success' ? true : null;
    });
  });
});
