// The simulated GitHub itself, met by GitHub's own clients: a test on it is worth as much as it is like the real one.
import { Octokit } from '@octokit/rest';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProbotOctokit } from 'probot';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { openGitHub, type GitHub } from '../harness/github/world.ts';
import type { Place } from '../harness/github/place.ts';

const AT = { owner: 'acme', repo: 'app' };
let github: GitHub;
let place: Place;

beforeEach(async () => {
  github = await openGitHub();
  place = await github.repository('acme/app', { 'README.md': 'one\n', '.github/workflows/ci.yml': 'on: push\n' });
});
afterEach(() => github.close());

test('a token is long, narrowed, and may do no more than it was given', async () => {
  const { data } = await appOctokit().rest.apps.createInstallationAccessToken({ installation_id: github.installation('acme').id, repository_ids: [place.id], permissions: { checks: 'write', metadata: 'read' } });
  const api = octokit(data.token);
  expect(data.token.length).toBeGreaterThan(40);
  expect((await api.rest.repos.get(AT)).data.id).toBe(place.id);
  await expect(api.rest.issues.create({ ...AT, title: 'no' })).rejects.toMatchObject({ status: 403 });
});

test('a key that is not the App\'s gets nothing', async () => {
  await expect(octokit('ghs_made_up').rest.repos.get(AT)).rejects.toMatchObject({ status: 401 });
});

test('a branch rule holds back whoever may not pass it, in GitHub\'s words', async () => {
  place.rule({ pattern: 'main', restrictPushes: true });
  const { code, said } = await place.tryPush('ada', 'main', { 'README.md': 'two\n' }, 'direct');
  expect([code === 0, said]).toEqual([false, expect.stringMatching(/GH0(?:06|13)/)]);
});

test('a pull request is merged when its head is reached by the base', async () => {
  const head = await place.push('ada', 'feature/x', { 'x.txt': 'x\n' }, 'x');
  const pull = place.openPull('ada', 'feature/x');
  await place.push('max', 'main', { 'x.txt': 'x\n' }, 'same', { from: head, force: true });
  await place.push('max', 'main', { 'y.txt': 'y\n' }, 'after', { from: head });
  expect(place.pull(pull)?.number).toBe(pull);
});

test('a delivery is signed as GitHub signs', async () => {
  const heard: { readonly body: string; readonly signature: string; readonly event: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      heard.push({ body: Buffer.concat(chunks).toString('utf8'), signature: String(request.headers['x-hub-signature-256']), event: String(request.headers['x-github-event']) });
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  github.deliverTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await place.push('ada', 'feature/y', { 'y.txt': 'y\n' }, 'y');
  await github.webhooks.settled();
  server.close();
  expect(heard.map((one) => one.signature)).toEqual(heard.map((one) => `sha256=${createHmac('sha256', github.app.secret).update(one.body).digest('hex')}`));
  expect(heard.map((one) => one.event)).toContain('push');
});

test('labels are added once, and an issue is found by them', async () => {
  const api = await installed();
  const { data: issue } = await api.rest.issues.create({ ...AT, title: 'task', labels: ['refactor'] });
  await api.rest.issues.addLabels({ ...AT, issue_number: issue.number, labels: ['refactor', 'maestro'] });
  const { data: found } = await api.rest.issues.listForRepo({ ...AT, labels: 'maestro,refactor' });
  expect(found.map(({ number, labels }) => [number, labels.length])).toEqual([[issue.number, 2]]);
});

test('a pull request is merged by its button: once, at the head that was named, and not when its check is missing', async () => {
  const api = await installed();
  const head = await place.push('ada', 'feature/x', { 'x.txt': 'x\n' }, 'x');
  const pull = { ...AT, pull_number: place.openPull('ada', 'feature/x') };
  await expect(api.rest.pulls.merge({ ...pull, sha: '0'.repeat(40) })).rejects.toMatchObject({ status: 409 });
  place.rule({ kind: 'protection', pattern: 'main', requiredChecks: [{ name: 'ci', app: null }], bypass: [github.app.id] });
  await expect(api.rest.pulls.merge({ ...pull, sha: head })).rejects.toMatchObject({ status: 405 });
  place.ci(head, 'ci', 'success');
  expect((await api.rest.pulls.merge({ ...pull, sha: head })).data.merged).toBe(true);
  expect([await place.read('main', 'x.txt'), place.pull(pull.pull_number)?.pull.merged?.commit]).toEqual(['x', await place.tip('main')]);
  await expect(api.rest.pulls.merge(pull)).rejects.toMatchObject({ status: 405 });
});

test('deliveries that were held come in another order, each twice under one id', async () => {
  const heard = await listener();
  github.webhooks.hold();
  for (const name of ['a', 'b', 'c']) await place.push('ada', `feature/${name}`, { [name]: name }, name);
  github.webhooks.release({ shuffle: 1, twice: true });
  await github.webhooks.settled();
  const pushes = heard.filter(({ event }) => event === 'push');
  const order = pushes.map(({ ref }) => ref);
  expect([order.length, new Set(order).size, new Set(pushes.map(({ id }) => id)).size]).toEqual([6, 3, 3]);
  expect(order).not.toEqual([...order].toSorted());
});

test.each([
  ['primary-limit', { status: 403, response: { headers: { 'x-ratelimit-remaining': '0' } } }],
  ['secondary-limit', { status: 429, response: { headers: { 'retry-after': '1' } } }],
  ['server-error', { status: 502 }],
] as const)('a call that meets %s fails as it does on GitHub, and only once', async (fault, as) => {
  const api = await installed();
  github.fault.next('GET /repos/acme/app', fault);
  await expect(api.rest.repos.get(AT)).rejects.toMatchObject(as);
  expect([(await api.rest.repos.get(AT)).data.id, github.fault.open()]).toEqual([place.id, []]);
});

test.each(['html', 'truncated'] as const)('an answer that is %s comes with 200, and is no JSON', async (fault) => {
  const api = await installed();
  github.fault.next('GET /repos/acme/app', fault);
  const { status, data } = await api.rest.repos.get(AT);
  expect([status, typeof data]).toEqual([200, 'string']);
});

async function installed(): Promise<Octokit> {
  const { data } = await appOctokit().rest.apps.createInstallationAccessToken({ installation_id: github.installation('acme').id });
  return octokit(data.token);
}

type Heard = { readonly id: string; readonly event: string; readonly ref: string };

/** Where deliveries go from now on. */
async function listener(): Promise<readonly Heard[]> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const { ref = '' } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { readonly ref?: string };
      heard.push({ id: String(request.headers['x-github-delivery']), event: String(request.headers['x-github-event']), ref });
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  github.deliverTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return heard;
}

function appOctokit(): InstanceType<typeof ProbotOctokit> {
  const Quiet = ProbotOctokit.defaults((options: object) => ({ ...options, throttle: { enabled: false }, retry: { enabled: false } }));
  return new Quiet({ baseUrl: github.url, auth: { appId: github.app.id, privateKey: github.app.privateKey } });
}

function octokit(token: string): Octokit {
  const silent = (): undefined => undefined;
  return new Octokit({ auth: token, baseUrl: github.url, log: { debug: silent, info: silent, warn: silent, error: silent } });
}
