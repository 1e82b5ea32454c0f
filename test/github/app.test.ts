// The App's own key at a GitHub whose clock is not ours.
import { expect, onTestFinished, test } from 'vitest';
import { openApp } from '../../src/adapter/github/app.ts';
import { openGitHub } from '../harness/github/world.ts';

const MINUTE_MS = 60_000;

test.each([-15, -2, 2, 15])('F5: a clock that is %i minutes from GitHub\'s does not keep the App out', async (minutes) => {
  const github = await openGitHub({ nowMs: () => Date.now() - minutes * MINUTE_MS });
  onTestFinished(() => github.close());
  const app = await openApp({ appId: github.app.id, privateKey: github.app.privateKey, baseUrl: github.url });
  expect([app.slug, await app.installations()]).toEqual(['maestro', []]);
});
