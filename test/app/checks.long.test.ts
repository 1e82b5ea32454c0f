import { afterEach, describe, expect, it } from 'vitest';
import { stage, type Stage } from './stage.ts';

const REQUIRED = { 'README.md': 'app\n', '.github/maestro.yml': 'version: 1\ntargets:\n  - target: main\n    gate: { checks: required }\n' };
let on: Stage;
afterEach(() => on.close());

/** The commit that is shown to the forge's checks. */
function candidate(): Promise<string> {
  return on.until('a candidate to be shown', () => Object.entries(on.repository.now().refs).find(([ref]) => ref.startsWith('refs/heads/maestro/gate/main/'))?.[1] ?? null);
}

describe('a gate of the forge\'s checks', () => {
  it('lands what they pass, and takes its branch away', async () => {
    on = await stage(REQUIRED);
    on.repository.rule({ pattern: 'main', requiredChecks: [{ name: 'test', app: null }], bypass: [on.github.app.id] });
    const tip = await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' });
    const shown = await candidate();
    on.repository.ci(shown, 'test', 'success');
    expect((await on.checked(tip, 'success')).summary).toContain('the required checks');
    expect(await on.repository.tip('main')).toBe(shown);
    await on.until('the branch to be gone', () => (Object.keys(on.repository.now().refs).some((ref) => ref.includes('maestro/gate')) ? null : true));
  });

  it('refuses what one of them fails, and names it', async () => {
    on = await stage(REQUIRED);
    on.repository.rule({ pattern: 'main', requiredChecks: [{ name: 'test', app: null }, { name: 'lint', app: null }], bypass: [on.github.app.id] });
    const base = await on.repository.tip('main') ?? '';
    const tip = await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' });
    on.repository.ci(await candidate(), 'lint', 'failure');
    await on.until('the target itself to be asked', () => (on.repository.now().refs[`refs/heads/maestro/gate/main/${base.slice(0, 12)}`] === base ? true : null));
    for (const check of ['test', 'lint']) on.repository.ci(base, check, 'success');
    expect((await on.checked(tip, 'failure')).summary).toContain('lint failed');
  });

  it('F11, F12: takes the last word on this very commit, however often and in what order it was told', async () => {
    on = await stage(REQUIRED);
    on.repository.rule({ pattern: 'main', requiredChecks: [{ name: 'test', app: null }, { name: 'lint', app: null }], bypass: [on.github.app.id] });
    const tip = await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' });
    const shown = await candidate();
    on.github.webhooks.hold();
    for (const check of ['test', 'lint']) on.repository.ci(tip, check, 'failure');
    // A suite that has ended, while another check has not even begun.
    for (const conclusion of ['success', 'failure', 'success'] as const) on.repository.ci(shown, 'test', conclusion);
    on.github.webhooks.release({ shuffle: 1, twice: true });
    await on.github.webhooks.settled();
    expect(await on.repository.tip('main')).not.toBe(shown);
    on.repository.ci(shown, 'lint', 'success');
    await on.checked(tip, 'success');
    expect(await on.repository.tip('main')).toBe(shown);
  });

  it('takes a cancelled one for no verdict, and goes on when it was run again', async () => {
    on = await stage(REQUIRED);
    on.repository.rule({ pattern: 'main', requiredChecks: [{ name: 'test', app: null }], bypass: [on.github.app.id] });
    const tip = await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' });
    const shown = await candidate();
    on.repository.ci(shown, 'test', 'cancelled');
    on.repository.ci(shown, 'test', 'success');
    await on.checked(tip, 'success');
  });
});
