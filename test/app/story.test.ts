import { afterEach, describe, expect, it } from 'vitest';
import { stage, type Stage } from './stage.ts';

const FILES = { 'src/login.js': 'export function login(name) {\n  return check(name);\n}\n', 'README.md': 'app\n', '.github/CODEOWNERS': '* @max @ada\n' };
const ADA = { 'src/login.js': 'export function login(name) {\n  return checkToken(name);\n}\n' };
const BEN = { 'src/login.js': 'export function login(name) {\n  return checkCookie(name);\n}\n' };

let on: Stage;
afterEach(() => on.close());

describe('the App on a repository without any config', () => {
  it('lands a marked push and says so on its commit', async () => {
    on = await stage(FILES);
    const tip = await on.ready('ada', 'feature/docs', { 'README.md': 'app\nmore\n' });
    const check = await on.checked(tip, 'success');
    await on.holds('main', 'README.md', 'more');
    expect(check.title).toMatch(/^Landed on main as [0-9a-f]{12}$/);
    expect(check.summary).toContain('| Merge commit |');
    expect(on.troubles).toEqual([]);
  });

  it('shows an open pull request as merged', async () => {
    on = await stage(FILES);
    await on.repository.push('ada', 'feature/docs', { 'README.md': 'app\nmore\n' }, 'not yet');
    const pull = on.repository.openPull('ada', 'feature/docs');
    await on.repository.push('ada', 'feature/docs', { 'README.md': 'app\nmore\nstill\n' }, 'Docs READY_TO_MERGE');
    expect(await on.until('the pull request to be merged', () => on.repository.pull(pull)?.pull.merged ?? null)).toMatchObject({ by: on.github.app.login });
  });

  it('asks a person one question and lands the answer', async () => {
    on = await stage(FILES);
    await on.checked(await on.ready('ada', 'feature/token', ADA), 'success');
    const tip = await on.ready('ben', 'feature/cookie', BEN);
    await on.checked(tip, 'action_required');
    const [question = ''] = on.said(1);
    expect(question.replaceAll(/[0-9a-f]{12,40}|127\.0\.0\.1:\d+|\d+ ms/g, '…')).toMatchSnapshot();
    const answer = on.repository.comment('max', 1, 'B');
    await on.checked(tip, 'success');
    await on.holds('main', 'src/login.js', 'checkCookie');
    await on.until('the comment to say so', () => (on.said(1)[0]?.includes('answered B: landed') === true ? true : null));
    await on.until('the reaction', () => (on.reactions(answer).join() === '+1' ? true : null));
    expect(on.repository.pull(1)?.pull.merged).not.toBeNull();
    await on.until('the refactor task', () => (on.said(1).some((body) => body.includes('Refactor task for')) ? true : null));
  });
});
