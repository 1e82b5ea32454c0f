// What the App asks of GitHub, in calls. Run alone: where everything takes longer, more of what lies between is shown.
import { afterEach, expect, test } from 'vitest';
import { stage, type Stage } from './stage.ts';

const FILES = { 'a.txt': '1\n2\n3\n', 'README.md': 'app\n' };
let on: Stage;
afterEach(() => on.close());

test('a clean landing: no more than 8 calls', async () => {
  on = await stage(FILES);
  await on.checked(await on.ready('ada', 'feature/warm', { 'warm.txt': '\n' }), 'success');
  on.github.forgetCalls();
  await on.checked(await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' }), 'success');
  const calls = on.github.calls('(?!PUSH|FETCH|REFS).*').filter((call) => call.by === on.github.app.login);
  expect(calls.length).toBeLessThanOrEqual(8);
});

test('a question, asked and answered and landed: no more than 12 calls', async () => {
  on = await stage(FILES);
  await on.checked(await on.ready('ada', 'feature/x', { 'a.txt': '1\nx\n3\n' }), 'success');
  on.github.forgetCalls();
  const tip = await on.ready('ben', 'feature/y', { 'a.txt': '1\ny\n3\n' });
  await on.checked(tip, 'action_required');
  on.repository.comment('max', 1, 'A');
  await on.checked(tip, 'success');
  await on.until('the task', () => (on.said(1).some((body) => body.includes('Refactor task')) ? true : null));
  const calls = on.github.calls('(?!PUSH|FETCH|REFS).*').filter((call) => call.by === on.github.app.login);
  expect(calls.map((call) => `${call.method} ${call.path}`).length).toBeLessThanOrEqual(12);
});
