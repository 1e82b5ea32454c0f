// kill -9 of the App's process at any moment of a landing and of a question: the next start goes on, and nothing is there twice.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startApp, type AppProcess } from '../harness/app.ts';
import { openGitHub } from '../harness/github/world.ts';

const MOMENTS_MS = [0, 120, 240, 400, 700];
const PATIENCE_MS = 60_000;

test('each push and each question survives, and is shown once', async () => {
  const on = await stage();
  for (const [at, afterMs] of MOMENTS_MS.entries()) {
    const tip = await on.ready('ada', `feature/clean${at}`, { [`clean${at}.txt`]: 'x\n' });
    await on.killAfter(afterMs);
    await on.concluded(tip, 'success');
    const rival = await on.ready('ben', `feature/rival${at}`, { 'shared.txt': `rival ${at}\n` });
    await on.killAfter(afterMs);
    await on.concluded(rival, 'action_required');
  }
  const { checks, issues, comments } = on.place.now();
  expect([checks.length, new Set(checks.map((run) => run.headSha)).size]).toEqual([2 * MOMENTS_MS.length + 1, 2 * MOMENTS_MS.length + 1]);
  expect([issues.length, comments.length]).toEqual([MOMENTS_MS.length, MOMENTS_MS.length]);
  const merged = (await on.place.subjects('main')).filter((subject) => subject.startsWith('Merge'));
  expect([merged.length, new Set(merged).size]).toEqual([MOMENTS_MS.length + 1, MOMENTS_MS.length + 1]);
});

async function stage() {
  const state = mkdtempSync(join(tmpdir(), 'maestro-app-kill-'));
  const github = await openGitHub();
  let app: AppProcess = startApp(github, state);
  onTestFinished(async () => {
    await app.stop();
    await github.close();
    rmSync(state, { recursive: true, force: true });
  });
  const listen = async (): Promise<void> => github.deliverTo(`http://127.0.0.1:${await app.port()}/api/github/webhooks`);
  await listen();
  const place = await github.repository('acme/app', { 'shared.txt': 'before\n' });
  const base = await place.tip('main') ?? '';
  const ready = (login: string, branch: string, files: Readonly<Record<string, string>>): Promise<string> => place.push(login, branch, files, `Work on ${branch}\n\nREADY_TO_MERGE`, { from: base });
  const concluded = async (tip: string, conclusion: string): Promise<void> => {
    const endMs = performance.now() + PATIENCE_MS;
    while (place.checkOf(tip, 'maestro')?.conclusion !== conclusion) {
      if (performance.now() > endMs) throw new Error(`${tip} was not ${conclusion}: ${app.output().slice(-3000)}`);
      await sleep(20);
    }
  };
  await concluded(await ready('max', 'feature/first', { 'shared.txt': 'first\n' }), 'success');
  return {
    place, ready, concluded,
    killAfter: async (afterMs: number) => {
      await sleep(afterMs);
      const ended = new Promise((resolve) => app.child.once('exit', resolve));
      app.child.kill('SIGKILL');
      await ended;
      app = startApp(github, state);
      await listen();
    },
  };
}
