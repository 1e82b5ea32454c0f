// The simulated GitHub itself, met by GitHub's own clients: a test on it is worth as much as it is like the real one.
import { Octokit } from '@octokit/rest';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProbotOctokit } from 'probot';
import { afterEach, beforeEach, expect, test } from 'vitest';
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

function appOctokit(): InstanceType<typeof ProbotOctokit> {
  const Quiet = ProbotOctokit.defaults((options: object) => ({ ...options, throttle: { enabled: false }, retry: { enabled: false } }));
  return new Quiet({ baseUrl: github.url, auth: { appId: github.app.id, privateKey: github.app.privateKey } });
}

function octokit(token: string): Octokit {
  const silent = (): undefined => undefined;
  return new Octokit({ auth: token, baseUrl: github.url, log: { debug: silent, info: silent, warn: silent, error: silent } });
}
