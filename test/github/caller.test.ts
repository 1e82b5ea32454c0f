import nock from 'nock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import type { Face } from '../../src/merge/face.ts';
import { bench, HERE, type Bench } from './stage.ts';

const HEAD = 'a'.repeat(40) as Oid;
const FACE: Face = { request: 'r1', head: HEAD, status: 'queued', conclusion: null, title: 'Queued', summary: 'soon', buttons: [] };
const CHECKS = `${HERE}/commits/${HEAD}/check-runs`;

let on: Bench;
beforeEach(() => {
  nock.disableNetConnect();
  on = bench();
});
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
  nock.enableNetConnect();
});

describe('a call to GitHub', () => {
  test('F3: waits as long as a secondary limit says, and is then made', async () => {
    on.api.get(`${HERE}/collaborators/ada/permission`).reply(429, { message: 'You have exceeded a secondary rate limit' }, { 'retry-after': '7' });
    on.api.get(`${HERE}/collaborators/ada/permission`).reply(200, { permission: 'write' });
    expect(await on.forge.permission('ada')).toBe('write');
    expect(on.waitedMs).toEqual([7000]);
  });

  test('F3: waits until the hour of a used-up limit ends', async () => {
    on.api.get(`${HERE}/collaborators/ada/permission`).reply(403, { message: 'API rate limit exceeded' }, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1060' });
    on.api.get(`${HERE}/collaborators/ada/permission`).reply(200, { permission: 'read' });
    expect(await on.forge.permission('ada')).toBe('read');
    expect(on.waitedMs).toEqual([60_000]);
  });

  test('F3: that waits for a limit keeps no other repository waiting', async () => {
    const [limited, other] = [bench({ timePasses: false }), bench()];
    on.api.get(`${HERE}/collaborators/ada/permission`).reply(429, { message: 'You have exceeded a secondary rate limit' }, { 'retry-after': '3600' });
    on.api.get(`${HERE}/collaborators/ben/permission`).reply(200, { permission: 'write' });
    const asked = expect(limited.forge.permission('ada')).rejects.toMatchObject({ code: 'unreachable' });
    await limited.waits();
    expect(await other.forge.permission('ben')).toBe('write');
    limited.close();
    await asked;
  });

  test('F3: that writes is made when the one before has been answered', async () => {
    let [now, most] = [0, 0];
    on.api.post(`${HERE}/issues/comments/9/reactions`).times(3).reply(async () => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return [201, {}];
    });
    await Promise.all(['eyes', '+1', 'confused'].map((content) => on.forge.react(9, content as 'eyes')));
    expect(most).toBe(1);
  });

  test('F5: whose token is refused is made with another one', async () => {
    on.api.get(`${HERE}/collaborators/ada/permission`).matchHeader('authorization', 'token ghs_1').reply(401, { message: 'Bad credentials' });
    on.api.get(`${HERE}/collaborators/ada/permission`).matchHeader('authorization', 'token ghs_2').reply(200, { permission: 'admin' });
    expect([await on.forge.permission('ada'), on.minted()]).toEqual(['admin', 2]);
  });

  test('F3: that meets a secondary limit without a time waits a minute, and writes calmly from then on', async () => {
    on.api.post(`${HERE}/issues/comments/9/reactions`).reply(403, { message: 'You have exceeded a secondary rate limit. Please wait a few minutes.' });
    on.api.post(`${HERE}/issues/comments/9/reactions`).times(2).reply(201, {});
    await on.forge.react(9, 'eyes');
    await on.forge.react(9, 'eyes');
    expect(on.waitedMs).toEqual([1000, 59_000, 1000]);
  });

  test('whose tokens are all refused is given up for now', async () => {
    on.api.get(`${HERE}/collaborators/ada/permission`).times(5).reply(401, { message: 'Bad credentials' });
    await expect(on.forge.permission('ada')).rejects.toMatchObject({ code: 'unreachable', retryable: true, message: expect.stringContaining('token') });
    expect(on.minted()).toBe(5);
  });

  test('that waits for a limit ends at once when the App closes', async () => {
    const still = bench({ timePasses: false });
    still.api.get(`${HERE}/collaborators/ada/permission`).reply(429, { message: 'You have exceeded a secondary rate limit' }, { 'retry-after': '3600' });
    const asked = still.forge.permission('ada');
    await still.waits();
    still.close();
    await expect(asked).rejects.toMatchObject({ code: 'unreachable', message: expect.stringContaining('closed') });
  });

  test('that a permission is missing for names the setting', async () => {
    on.api.post(`${HERE}/check-runs`).reply(403, { message: 'Resource not accessible by integration' });
    await expect(on.forge.showCheck(FACE, { kind: 'never' })).rejects.toMatchObject({ code: 'forge-refused', next: expect.stringContaining('Permissions & events') });
  });

  test('F9: to a repository that was renamed follows its id', async () => {
    on.api.post(`${HERE}/check-runs`).reply(404, { message: 'Not Found' });
    on.api.get('/repositories/7').reply(200, { name: 'new', owner: { login: 'acme' } });
    on.api.post('/repos/acme/new/check-runs').reply(201, { id: 5 });
    expect(await on.forge.showCheck(FACE, { kind: 'never' })).toBe(5);
  });

  test('in GraphQL waits for its limit as any other, and hears a refusal in GitHub\'s words', async () => {
    on.api.post('/graphql').reply(200, { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] }, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1060' });
    on.api.post('/graphql').reply(200, { errors: [{ type: 'UNPROCESSABLE', message: 'Pull request is not in a mergeable state' }] });
    expect([await on.forge.enqueue('PR_1', HEAD), on.waitedMs]).toEqual(['Pull request is not in a mergeable state', [60_000]]);
  });

  test('to the merge queue that is made twice puts in once', async () => {
    on.api.post('/graphql').reply(502).post('/graphql').reply(200, { errors: [{ type: 'UNPROCESSABLE', message: 'Pull request is already in the queue' }] });
    expect(await on.forge.enqueue('PR_1', HEAD)).toBeNull();
  });

  test('to a repository that is gone says so', async () => {
    on.api.post(`${HERE}/check-runs`).reply(404, { message: 'Not Found' });
    on.api.get('/repositories/7').reply(404, { message: 'Not Found' });
    await expect(on.forge.showCheck(FACE, { kind: 'never' })).rejects.toMatchObject({ code: 'forge-refused', retryable: false, message: expect.stringContaining('the repository is not there') });
  });

  test('about a comment that was deleted does not call the repository gone', async () => {
    on.api.post(`${HERE}/issues/comments/9/reactions`).reply(404, { message: 'Not Found' });
    on.api.get('/repositories/7').reply(200, { name: 'app', owner: { login: 'acme' } });
    await expect(on.forge.react(9, 'eyes')).rejects.toMatchObject({ code: 'forge-refused', message: expect.stringContaining('what it is about is not there') });
  });

  test('F15: reads the rules and the checks of a commit page by page', async () => {
    const required = { type: 'required_status_checks', parameters: { required_status_checks: [{ context: 'late' }] } };
    const status = (context: string) => ({ context, state: 'success', description: null, target_url: null });
    for (const [page, rules, statuses] of [[1, Array.from({ length: 100 }, () => ({ type: 'deletion' })), Array.from({ length: 100 }, (_, at) => status(`ci/${at}`))], [2, [required], [status('late')]]] as const) {
      on.api.get(`${HERE}/rules/branches/main`).query({ per_page: 100, page }).reply(200, rules);
      on.api.get(`${HERE}/commits/${HEAD}/status`).query({ per_page: 100, page }).reply(200, { statuses });
    }
    on.api.get(`${HERE}/branches/main`).reply(200, { protection: {} });
    on.api.get(CHECKS).query(true).reply(200, { check_runs: [] });
    expect(await on.forge.rules('refs/heads/main' as RefName)).toEqual({ requiredChecks: [{ name: 'late', app: null }], mergeQueue: false });
    expect((await on.forge.checks(HEAD)).at(-1)?.name).toBe('late');
  });

  test.each([
    ['F11: takes of two runs of one name the one that was begun when the other had ended', [[7, 'failure', '10:00:00', '10:00:30'], [5, 'success', '10:01:00', '10:01:30']], ['passed']],
    ['F12: takes both of two that ran beside each other: two workflows have a job of that name', [[5, 'failure', '10:00:00', '10:00:30'], [7, 'success', '10:00:01', '10:01:30']], ['failed', 'passed']],
    ['F12: waits for the one that has not ended', [[5, null, '10:00:00', null], [7, 'success', '10:00:01', '10:01:30']], ['waiting', 'passed']],
  ] as const)('%s', async (_, runs, states) => {
    const at = (time: string | null): string | null => time === null ? null : `2026-11-28T${time}Z`;
    const check_runs = runs.map(([id, conclusion, from, to]) => ({ id, name: 'ci', app: { id: 9 }, status: conclusion === null ? 'in_progress' : 'completed', conclusion, started_at: at(from), completed_at: at(to), output: { title: null, summary: null }, html_url: null }));
    on.api.get(CHECKS).query(true).reply(200, { check_runs });
    on.api.get(`${HERE}/commits/${HEAD}/status`).query(true).reply(200, { statuses: [] });
    expect((await on.forge.checks(HEAD)).map(({ state }) => state)).toEqual(states);
  });

  test('F1: that GitHub never answers ends as unreachable, to be tried later', async () => {
    on.api.get(`${HERE}/collaborators/ada/permission`).times(5).replyWithError('socket hang up');
    await expect(on.forge.permission('ada')).rejects.toMatchObject({ code: 'unreachable', retryable: true });
  });
});

describe('something that is made once', () => {
  test('F1: is looked for when the answer to its making was lost', async () => {
    on.api.post(`${HERE}/check-runs`).replyWithError('socket hang up');
    on.api.get(CHECKS).query(true).reply(200, { check_runs: [{ id: 9, external_id: 'r1' }] });
    expect(await on.forge.showCheck(FACE, { kind: 'never' })).toBe(9);
  });

  test.each(['<html>Unicorn!</html>', '{"id": 9, "exte'])('F1: is looked for when %s came instead of an answer', async (answer) => {
    on.api.post(`${HERE}/check-runs`).reply(201, answer, { 'content-type': 'application/json' });
    on.api.get(CHECKS).query(true).reply(200, answer, { 'content-type': 'text/html' });
    on.api.get(CHECKS).query(true).reply(200, { check_runs: [{ id: 9, external_id: 'r1' }] });
    expect(await on.forge.showCheck(FACE, { kind: 'never' })).toBe(9);
  });

  test('is made again when it was not there', async () => {
    on.api.post(`${HERE}/issues/1/comments`).reply(502, {});
    on.api.get(`${HERE}/issues/1/comments`).query(true).reply(200, []);
    on.api.post(`${HERE}/issues/1/comments`).reply(201, { id: 3, updated_at: '1970-01-01T00:00:07Z' });
    expect(await on.forge.say(1, 'question:r1', 'Which?', { kind: 'never' })).toEqual({ id: 3, atMs: 7000 });
  });

  test('is the issue that was opened, though its answer was lost', async () => {
    on.api.post(`${HERE}/issues`).replyWithError('socket hang up');
    on.api.get(`${HERE}/issues`).query(true).reply(200, [{ number: 6, body: 'another' }, { number: 5, body: '<!-- maestro task:t1 -->\nold' }]);
    expect(await on.forge.openIssue('task:t1', 'Refactor', 'what')).toBe(5);
  });

  test('is edited where it may be there from before a crash, and no stranger\'s is taken for it', async () => {
    const body = '<!-- maestro question:r1 -->\nold';
    on.api.get(`${HERE}/issues/1/comments`).query(true).reply(200, [{ id: 1, body, user: { login: 'eve' } }, { id: 2, body, updated_at: '1970-01-01T00:00:07Z', user: { login: 'maestro[bot]' } }]);
    on.api.patch(`${HERE}/issues/comments/2`).reply(200, { id: 2, updated_at: '1970-01-01T00:00:09Z' });
    expect(await on.forge.say(1, 'question:r1', 'Which?', { kind: 'perhaps' })).toEqual({ id: 2, atMs: 9000 });
  });

  test('is left alone where it says just that, and counts as old as it is', async () => {
    on.api.get(`${HERE}/issues/1/comments`).query(true).reply(200, [{ id: 2, body: '<!-- maestro question:r1 -->\nWhich?', updated_at: '1970-01-01T00:00:07Z', user: { login: 'maestro[bot]' } }]);
    expect(await on.forge.say(1, 'question:r1', 'Which?', { kind: 'perhaps' })).toEqual({ id: 2, atMs: 7000 });
  });

  test('is made anew where somebody deleted it, once, though the answer to that was lost', async () => {
    on.api.patch(`${HERE}/issues/comments/2`).reply(404, {});
    on.api.get(`${HERE}/issues/1/comments`).query(true).reply(200, []);
    on.api.post(`${HERE}/issues/1/comments`).reply(502, {});
    on.api.get(`${HERE}/issues/1/comments`).query(true).reply(200, [{ id: 3, body: '<!-- maestro question:r1 -->\nWhich?', updated_at: '1970-01-01T00:00:07Z', user: { login: 'maestro[bot]' } }]);
    expect(await on.forge.say(1, 'question:r1', 'Which?', { kind: 'as', id: 2 })).toEqual({ id: 3, atMs: 7000 });
  });

  test('is the pull request that existed after all', async () => {
    on.api.post(`${HERE}/pulls`).reply(422, { message: 'A pull request already exists' });
    on.api.get(`${HERE}/pulls`).query(true).reply(200, [{ number: 4, state: 'open', user: { login: 'ada' }, head: { ref: 'feature/x', sha: HEAD, repo: { id: 7 } }, base: { ref: 'main', repo: { id: 7 } } }]);
    const pull = await on.forge.openPull({ branch: 'refs/heads/feature/x' as RefName, target: 'refs/heads/main' as RefName, title: 'x', body: '' });
    expect(pull.number).toBe(4);
  });

  test('F4: waits when the hour has no room for more of its kind', async () => {
    on.budget.spentAtMs.push(...Array.from({ length: 300 }, () => 1_000_000));
    on.api.post(`${HERE}/issues/1/comments`).reply(201, { id: 3 });
    await on.forge.say(1, 'k', 'x', { kind: 'never' });
    expect(on.waitedMs).toEqual([3_600_000]);
  });
});

test('reviewers that GitHub does not take are left out one by one', async () => {
  const path = `${HERE}/pulls/1/requested_reviewers`;
  on.api.post(path, { reviewers: ['ada', 'gone'], team_reviewers: [] }).reply(422, { message: 'Reviews may only be requested from collaborators' });
  on.api.post(path, { reviewers: ['ada'], team_reviewers: [] }).reply(201, {});
  on.api.post(path, { reviewers: ['gone'], team_reviewers: [] }).reply(422, {});
  expect(await on.forge.askReview(1, { users: ['ada', 'gone'], teams: [] })).toEqual({ refused: ['gone'] });
});
