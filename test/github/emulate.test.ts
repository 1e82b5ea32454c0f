// The App's own calls, and deliveries through the door, on an independent second server: what both take, GitHub probably takes too.
// It has no git, no reactions, no statuses, and no list of an installation's repositories.
import { createEmulator, type Emulator } from 'emulate';
import { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openApp, type App } from '../../src/adapter/github/app.ts';
import { Caller, newBudget } from '../../src/adapter/github/caller.ts';
import { openForge } from '../../src/adapter/github/forge.ts';
import { readNews } from '../../src/adapter/github/news.ts';
import { keepToken } from '../../src/adapter/github/token.ts';
import { WEBHOOK_PATH } from '../../src/adapter/http/door.ts';
import { systemClock } from '../../src/adapter/local/clock.ts';
import { parseOid, type Oid, type RefName } from '../../src/merge/branch.ts';
import type { Forge, RepositoryAt } from '../../src/port/forge.ts';
import { openPorch, SECRET, type Porch } from '../http/porch.ts';

const APP_ID = 12_345;
const ADA = 'ada-token';
type Heard = { readonly comment?: { readonly id: number }; readonly issue?: object };
const BRANCH = 'refs/heads/feature/x' as RefName;
const MAIN = 'refs/heads/main' as RefName;
const PERMISSIONS = { contents: 'write', checks: 'write', pull_requests: 'write', issues: 'write', statuses: 'read', metadata: 'read' };

let porch: Porch;
let server: Emulator;
let app: App;
let at: RepositoryAt;
let forge: Forge;
let head: Oid;

beforeAll(async () => {
  porch = await openPorch();
  const github = { users: [{ login: 'ada' }], orgs: [{ login: 'acme', members: [{ login: 'ada', role: 'admin' }] }], repos: [{ owner: 'acme', name: 'app', auto_init: true }], apps: [{ app_id: APP_ID, slug: 'maestro', name: 'Maestro', permissions: PERMISSIONS, events: ['issue_comment', 'pull_request', 'check_run'], webhook_url: `http://127.0.0.1:${porch.port}${WEBHOOK_PATH}`, webhook_secret: SECRET, installations: [{ installation_id: 100, account: 'acme', permissions: PERMISSIONS }] }] };
  server = await createEmulator({ service: 'github', port: 0, seed: { github, tokens: { [ADA]: { login: 'ada', scopes: ['repo'] } } } });
  const privateKey = server.generatedSecrets.find((secret) => secret.kind === 'github.app_private_key')?.value ?? '';
  app = await openApp({ appId: APP_ID, privateKey, baseUrl: server.url });
  // It does not list the repositories of an installation.
  const { data } = await new Octokit({ baseUrl: server.url }).rest.repos.get({ owner: 'acme', repo: 'app' });
  at = { id: data.id, owner: 'acme', name: 'app', installation: 100 };
  const clock = systemClock();
  const tokens = keepToken(() => app.mint(at), clock);
  head = await branchOff(await tokens.current());
  const caller = new Caller({ baseUrl: server.url, repositoryId: at.id, name: { owner: at.owner, repo: at.name }, tokens, clock, budget: newBudget() });
  forge = openForge({ caller, appId: APP_ID, slug: app.slug, webUrl: server.url });
});
afterAll(async () => {
  await server.close();
  await porch.dispose();
});

test('the App is known, and where it is installed', async () => {
  expect([app.slug, await app.installations()]).toEqual(['maestro', [100]]);
});

test('a check run is made once, found again, and concluded', async () => {
  const face = { request: 'r1', head, title: 'Queued', summary: 'soon', buttons: [] };
  const id = await forge.showCheck({ ...face, status: 'queued', conclusion: null }, { kind: 'never' });
  expect(await forge.showCheck({ ...face, status: 'in_progress', conclusion: null }, { kind: 'perhaps' })).toBe(id);
  expect(await forge.showCheck({ ...face, status: 'completed', conclusion: 'success', title: 'Landed' }, { kind: 'as', id })).toBe(id);
});

test('a question gets its pull request and one comment', async () => {
  expect(await forge.pullOf(BRANCH, MAIN)).toBeNull();
  const pull = await forge.openPull({ branch: BRANCH, target: MAIN, title: 'x', body: 'a question' });
  expect(await forge.pullOf(BRANCH, MAIN)).toMatchObject({ number: pull.number, head, open: true });
  const comment = await forge.say(pull.number, 'question:r1', 'Which?', { kind: 'never' });
  expect((await forge.say(pull.number, 'question:r1', 'Answered.', { kind: 'as', id: comment.id })).id).toBe(comment.id);
  expect(await forge.pull(pull.number)).toMatchObject({ branch: BRANCH, target: MAIN });
});

test('an answer in a comment comes through the door, signed, and is read as one', async () => {
  const pull = await forge.pullOf(BRANCH, MAIN) ?? await forge.openPull({ branch: BRANCH, target: MAIN, title: 'x', body: 'a question' });
  const { data } = await new Octokit({ baseUrl: server.url, auth: ADA }).rest.issues.createComment({ owner: at.owner, repo: at.name, issue_number: pull.number, body: 'B' });
  const payload = await vi.waitUntil(() => porch.rows().map((row): Heard => JSON.parse(row.payload)).find(({ comment }) => comment?.id === data.id), { timeout: 30_000 });
  // It leaves out that this issue is a pull request.
  const news = readNews('issue_comment', { ...payload, issue: { ...payload.issue, pull_request: {} } }, { appId: APP_ID, login: `${app.slug}[bot]` });
  expect(news).toMatchObject({ kind: 'said', at: { id: at.id, installation: 100 }, said: { kind: 'comment', pull: pull.number, body: 'B', login: 'ada', isMachine: false, isEdit: false } });
});

test('the losing side gets its issue', async () => {
  const issue = await forge.openIssue('task:t1', 'Refactor', 'what was dropped');
  const { data } = await new Octokit({ baseUrl: server.url, auth: ADA }).rest.issues.get({ owner: at.owner, repo: at.name, issue_number: issue });
  expect([data.title, data.user?.login]).toEqual(['Refactor', `${app.slug}[bot]`]);
});

test('a review is asked for', async () => {
  const pull = await forge.pullOf(BRANCH, MAIN) ?? await forge.openPull({ branch: BRANCH, target: MAIN, title: 'x', body: 'a question' });
  expect(await forge.askReview(pull.number, { users: ['ada'], teams: [] })).toEqual({ refused: [] });
});

test('a person\'s permission is read, and a stranger has none', async () => {
  expect([await forge.permission('ada'), await forge.permission('nobody-at-all')]).toEqual(['admin', 'none']);
});

/** A branch with one commit, made by the API: this server speaks no git. */
async function branchOff(token: string): Promise<Oid> {
  const { rest } = new Octokit({ auth: token, baseUrl: server.url });
  const here = { owner: at.owner, repo: at.name };
  const { data: main } = await rest.git.getRef({ ...here, ref: 'heads/main' });
  const { data: base } = await rest.git.getCommit({ ...here, commit_sha: main.object.sha });
  const { data: tree } = await rest.git.createTree({ ...here, base_tree: base.tree.sha, tree: [{ path: 'x.txt', mode: '100644', type: 'blob', content: 'x\n' }] });
  const { data: commit } = await rest.git.createCommit({ ...here, message: 'x', tree: tree.sha, parents: [main.object.sha] });
  await rest.git.createRef({ ...here, ref: BRANCH, sha: commit.sha });
  return parseOid(commit.sha) ?? expect.fail('no id');
}
