// Two worker processes, a door that announces and rings, a real Redis: the words of the proofs at scale.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBullmqInbox } from '../../src/adapter/bullmq/inbox.ts';
import { openBullmqLine } from '../../src/adapter/bullmq/line.ts';
import { openRedisLink } from '../../src/adapter/redis/link.ts';
import { announceRepositories } from '../../src/adapter/redis/roll.ts';
import { openRedisStore } from '../../src/adapter/redis/store.ts';
import { realRedis } from '../harness/redis.ts';
import { factRemote, LANES } from './remote.ts';

const SWEEP_MS = 1_000;
const LOOK_MS = 50;
const PATIENCE_MS = 180_000;

export type ScaleStage = Awaited<ReturnType<typeof scaleStage>>;

export async function scaleStage(repositories: readonly string[], work: number) {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-scale-'));
  const redis = await realRedis();
  const [link, line, remote] = [openRedisLink(redis.url), openBullmqLine(redis.url), factRemote(folder)];
  const doors = repositories.map((repository) => ({ repository, inbox: openBullmqInbox({ line, repository, onError: () => undefined }) }));
  const workers: ChildProcess[] = [];
  const stop = new AbortController();
  const unfinished = (): number => repositories.reduce((left, repository) => left + LANES.filter((lane) => remote.landed(repository, lane) < work).length, 0);

  /** What the door and its sweep do: tell what there is, ring what is not done. */
  const sweeping = (async () => {
    while (!stop.signal.aborted) {
      await announceRepositories(link, repositories).catch(() => undefined);
      for (const { repository, inbox } of doors) for (const lane of LANES) if (remote.landed(repository, lane) < work) inbox.ring(lane);
      await sleep(SWEEP_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();

  return {
    redis, remote, unfinished,
    dispose: async (): Promise<void> => {
      stop.abort();
      await sweeping;
      for (const child of workers) child.kill('SIGKILL');
      await Promise.all(doors.map(({ inbox }) => inbox.close()));
      await Promise.all([link.close(), line.close()]);
      await redis.close();
      rmSync(folder, { recursive: true, force: true });
    },
    /** Repositories this worker opened and nobody after it. */
    heldBy: (worker: string): readonly string[] => {
      const holders = new Map(remote.notes('opened').map(([, name, repository]) => [repository ?? '', name]));
      return [...holders].filter(([, name]) => name === worker).map(([repository]) => repository);
    },
    landed: (): number => repositories.reduce((sum, repository) => sum + LANES.reduce((all, lane) => all + remote.landed(repository, lane), 0), 0),
    worker: (name: string): ChildProcess => {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'worker.ts'), redis.url, folder, name, String(work)], { stdio: ['ignore', 'inherit', 'inherit'] });
      workers.push(child);
      return child;
    },
    kill: async (child: ChildProcess): Promise<void> => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    until: async (what: string, seen: () => boolean): Promise<void> => {
      const end = performance.now() + PATIENCE_MS;
      while (!seen()) {
        if (performance.now() > end) throw new Error(`${what} did not happen; ${unfinished()} lanes left; last trouble: ${remote.notes('trouble').slice(-3).map((words) => words.join(' ')).join('; ')}`);
        await sleep(LOOK_MS);
      }
    },
    /** Each lane's ledger as (token, number) pairs, oldest first. */
    ledgers: async (): Promise<readonly (readonly (readonly [number, number])[])[]> => {
      const all = await Promise.all(repositories.map(async (repository) => (await openRedisStore({ link, repository })).load()));
      return all.flat().map(({ events }) => events.map((event) => {
        const [token = 0, number = 0] = event.kind === 'paused' ? event.by.split(' ').map(Number) : [];
        return [token, number] as const;
      }));
    },
  };
}
