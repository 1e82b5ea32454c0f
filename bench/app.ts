// A marked `git push` over HTTP to the change of the target, through the GitHub App as its own process and a simulated GitHub on loopback.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../test/harness/app.ts';
import type { Place } from '../test/harness/github/place.ts';
import { openGitHub } from '../test/harness/github/world.ts';
import { until } from '../test/harness/stage.ts';
import { median, type Figure } from './figure.ts';
import { percentile } from './latency.ts';

const FILES = 200;
const WARM = 3;
const LAND_TIMEOUT_MS = 30_000;
const REST_MS = 300;

export async function run(options: { readonly quick: boolean }): Promise<readonly Figure[]> {
  const runs = options.quick ? 10 : 60;
  const github = await openGitHub();
  const state = mkdtempSync(join(tmpdir(), 'maestro-bench-app-'));
  const app = startApp(github, state);
  try {
    github.deliverTo(`http://127.0.0.1:${await app.port()}/api/github/webhooks`);
    const repository = await github.repository('acme/app', Object.fromEntries(Array.from({ length: FILES }, (_, at) => [`src/d${at % 10}/f${at}.txt`, `file ${at}\n`])));
    const heard: number[] = [];
    const pushed: number[] = [];
    const shown: number[] = [];
    for (let at = 0; at < runs + WARM; at += 1) {
      const times = await pushOnce(repository, at);
      if (at < WARM) continue;
      pushed.push(times.pushMs);
      heard.push(times.landMs);
      shown.push(times.checkMs);
    }
    const landed = (await repository.subjects('main')).filter((subject) => subject.startsWith('Merge')).length;
    if (landed !== runs + WARM) throw new Error(`${landed} of ${runs + WARM} landed: ${app.output().slice(-2000)}`);
    return [
      figure('push to landed, p50', median(heard), median(pushed), runs),
      figure('push to landed, p99', percentile(heard, 0.99), median(pushed), runs),
      figure('end of the push to its check run, p50', median(shown), median(pushed), runs),
    ];
  } finally {
    await app.stop();
    await github.close();
    rmSync(state, { recursive: true, force: true });
  }
}

async function pushOnce(repository: Place, at: number): Promise<{ readonly pushMs: number; readonly landMs: number; readonly checkMs: number }> {
  const tip = (): string | undefined => repository.now().refs['refs/heads/main'];
  const before = tip();
  const { oid, push } = await repository.commit('ada', `feature/b${at}`, { [`new/f${at}.txt`]: `change ${at}\n` }, `Change ${at}\n\nREADY_TO_MERGE`);
  const startMs = performance.now();
  const pushing = push().then(() => performance.now());
  await until(() => (tip() === before ? null : true), LAND_TIMEOUT_MS, `the landing of ${at}`);
  const landedMs = performance.now();
  const endMs = await pushing;
  const checkMs = await until(() => (repository.checkOf(oid, 'maestro') === null ? null : performance.now()), LAND_TIMEOUT_MS, 'a check run');
  await until(() => (repository.checkOf(oid, 'maestro')?.conclusion === 'success' ? true : null), LAND_TIMEOUT_MS, 'the check run to be green');
  await new Promise((settle) => setTimeout(settle, REST_MS));
  return { pushMs: endMs - startMs, landMs: landedMs - startMs, checkMs: Math.max(0, checkMs - endMs) };
}

function figure(name: string, value: number, push: number, runs: number): Figure {
  return { bench: 'app', figure: name, value, unit: 'ms', baseline: 'the git push over HTTP alone, p50', baselineValue: push, ratio: value / push, runs, note: 'simulated GitHub on loopback in another process, no gate; clock from the start of the git push' };
}
