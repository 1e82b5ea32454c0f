// The App's own key at a GitHub whose clock is not ours.
import { expect, onTestFinished, test } from 'vitest';
import { openApp } from '../../src/adapter/github/app.ts';
import { appChecks } from '../../src/command/doctor/app.ts';
import { openGitHub, type GitHub } from '../harness/github/world.ts';

const MINUTE_MS = 60_000;

test.each([-15, -2, 2, 15])('F5: a clock that is %i minutes from GitHub\'s does not keep the App out', async (minutes) => {
  const github = await openGitHub({ nowMs: () => Date.now() - minutes * MINUTE_MS });
  onTestFinished(() => github.close());
  const app = await openApp({ appId: github.app.id, privateKey: github.app.privateKey, baseUrl: github.url });
  expect([app.slug, await app.installations()]).toEqual(['maestro', []]);
});

async function examined(github: GitHub, secret = github.app.secret): Promise<readonly string[]> {
  onTestFinished(() => github.close());
  const checks = await appChecks({ APP_ID: String(github.app.id), PRIVATE_KEY: github.app.privateKey, WEBHOOK_SECRET: secret, GITHUB_API_URL: github.url, GITHUB_SERVER_URL: github.url });
  return checks.map(({ level, text }) => `${level}: ${text}`);
}

test('F5: doctor says how far this machine\'s clock is from GitHub\'s', async () => {
  expect(await examined(await openGitHub({ nowMs: () => Date.now() - 15 * MINUTE_MS }))).toContain('warn: this machine\'s clock is 15 min ahead of GitHub\'s');
  expect((await examined(await openGitHub())).join()).not.toContain('clock');
});

test('W1: doctor refuses a weak secret', async () => {
  expect(await examined(await openGitHub(), 'development')).toEqual([expect.stringMatching(/^fatal: WEBHOOK_SECRET /)]);
  expect(await examined(await openGitHub(), 'x'.repeat(31))).toEqual([expect.stringMatching(/^fatal: WEBHOOK_SECRET is shorter than 32 characters/)]);
});
