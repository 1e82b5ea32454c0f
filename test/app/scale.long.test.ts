// One door and two workers as processes of their own on a real Redis, and a simulated GitHub: repositories are shared out, and taken over.
import { once } from 'node:events';
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startApp, type AppProcess } from '../harness/app.ts';
import type { Place } from '../harness/github/place.ts';
import { openGitHub } from '../harness/github/world.ts';
import { hasRedis, realRedis } from '../harness/redis.ts';

const REPOSITORIES = 4;
const BRANCHES = 3;
const PATIENCE_MS = 60_000;

describe.skipIf(!hasRedis())('the App on several machines', () => {
  test('whose port is taken says so and ends, whatever it had opened', async () => {
    const { code, output } = await onTakenPort();
    expect([code, output]).toEqual([2, expect.stringContaining('EADDRINUSE')]);
  });

  test('lands each branch once, also when a worker is killed; an answer reaches whoever serves the repository', async () => {
    const on = await stage();
    for (const place of on.places) await on.pushAll(place, 'a');
    await on.landed(BRANCHES);
    on.workers[0]?.child.kill('SIGKILL');
    for (const place of on.places) await on.pushAll(place, 'b');
    await on.landed(2 * BRANCHES);
    const [place] = on.places;
    const tip = await place?.push('ben', 'feature/rival', { 'a0.txt': 'rival\n' }, 'Rival READY_TO_MERGE', { from: on.base.get(place.id) ?? '' }) ?? '';
    await on.until('a question', () => place?.checkOf(tip, 'maestro')?.conclusion === 'action_required');
    place?.comment('max', 1, 'B');
    await on.until('the answer to land', () => place?.checkOf(tip, 'maestro')?.conclusion === 'success');
  });

  test('hears each answer that is given in the moment in which a worker dies', async () => {
    const on = await stage();
    const tips = new Map<Place, string>();
    for (const place of on.places) await on.pushAll(place, 'a');
    await on.landed(BRANCHES);
    for (const place of on.places) tips.set(place, await place.push('ben', 'feature/rival', { 'a0.txt': 'rival\n' }, 'Rival READY_TO_MERGE', { from: on.base.get(place.id) ?? '' }));
    const are = (conclusion: string) => (): boolean => [...tips].every(([place, tip]) => place.checkOf(tip, 'maestro')?.conclusion === conclusion);
    await on.until('a question each', are('action_required'));
    on.workers[0]?.child.kill('SIGKILL');
    for (const place of on.places) place.comment('max', 1, 'B');
    await on.until('the answers to land', are('success'));
  });
});

/** Starts one, and resolves when it has ended by itself. */
async function onTakenPort() {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-taken-'));
  const [redis, github, taken] = [await realRedis(), await openGitHub(), createServer()];
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const app = startApp(github, folder, { args: ['--web'], env: { REDIS_URL: redis.url, PORT: String((taken.address() as AddressInfo).port) } });
  onTestFinished(async () => {
    app.child.kill('SIGKILL');
    taken.close();
    await github.close();
    await redis.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await once(app.child, 'exit');
  return { code: app.child.exitCode, output: app.output() };
}

async function stage() {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-scale-'));
  const [redis, github] = [await realRedis(), await openGitHub()];
  const start = (name: string, flag: string): AppProcess => {
    mkdirSync(join(folder, name));
    return startApp(github, join(folder, name), { args: [flag], env: { REDIS_URL: redis.url } });
  };
  const door = start('door', '--web');
  const workers = [start('one', '--worker'), start('two', '--worker')];
  onTestFinished(async () => {
    await Promise.all([door, ...workers].map((app) => app.stop()));
    await github.close();
    await redis.close();
    rmSync(folder, { recursive: true, force: true });
  });
  github.deliverTo(`http://127.0.0.1:${await door.port()}/api/github/webhooks`);
  const places: Place[] = [];
  const base = new Map<number, string>();
  for (let at = 0; at < REPOSITORIES; at += 1) {
    const place = await github.repository(`acme/app${at}`, { 'README.md': 'app\n' });
    base.set(place.id, await place.tip('main') ?? '');
    places.push(place);
  }
  const until = async (what: string, seen: () => boolean | Promise<boolean>): Promise<void> => {
    const endMs = performance.now() + PATIENCE_MS;
    while (!(await seen())) {
      if (performance.now() > endMs) throw new Error(`waited in vain for ${what}: ${[door, ...workers].map((app) => app.output().slice(-1500)).join('\n---\n')}`);
      await sleep(50);
    }
  };
  return {
    places, workers, base, until,
    pushAll: async (place: Place, mark: string) => {
      for (let at = 0; at < BRANCHES; at += 1) await place.push('ada', `feature/${mark}${at}`, { [`${mark}${at}.txt`]: 'new\n' }, `Work ${mark}${at}\n\nREADY_TO_MERGE`, { from: base.get(place.id) ?? '' });
    },
    landed: async (count: number) => {
      for (const place of places) {
        const merges = async (): Promise<readonly string[]> => (await place.subjects('main')).filter((subject) => subject.startsWith('Merge'));
        await until(`${count} in ${place.cloneUrl}`, async () => (await merges()).length >= count);
        expect(new Set(await merges()).size).toBe(count);
      }
    },
  };
}
