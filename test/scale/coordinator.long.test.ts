// The real coordinator on two workers, real Git and a real Redis that is killed and wiped midway: the remote ends as if nothing had been.
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openBullmqInbox } from '../../src/adapter/bullmq/inbox.ts';
import { openBullmqLine } from '../../src/adapter/bullmq/line.ts';
import { openPost, receivePost } from '../../src/adapter/bullmq/post.ts';
import { openCommandGate } from '../../src/adapter/gate/gate.ts';
import { openGit } from '../../src/adapter/git/git.ts';
import { systemClock } from '../../src/adapter/local/clock.ts';
import { findPlace } from '../../src/adapter/local/place.ts';
import { openRedisLink } from '../../src/adapter/redis/link.ts';
import { announceRepositories } from '../../src/adapter/redis/roll.ts';
import { openShare, type Holding } from '../../src/adapter/redis/share.ts';
import { NO_MINDS } from '../../src/port/minds.ts';
import { openRedisStore } from '../../src/adapter/redis/store.ts';
import { parseConfig } from '../../src/config.ts';
import { startService, type Service } from '../../src/coordinator/service.ts';
import { MaestroError } from '../../src/error.ts';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import type { Lane } from '../../src/merge/lane.ts';
import type { Observation } from '../../src/merge/observation.ts';
import { isOpen } from '../../src/merge/request.ts';
import { hasRedis, realRedis } from '../harness/redis.ts';
import { repository, type Repository } from '../harness/repository.ts';

const REPOSITORY = 'acme/widgets';
const MAIN = 'refs/heads/main' as RefName;
const BRANCHES = 24;
const PATIENCE_MS = 120_000;
const CONFIG = 'version: 1\ntargets:\n  - target: main\n    gate: "sleep 0.1; test ! -e broken"\nlimits:\n  sweep: 1h\n';

describe.skipIf(!hasRedis())('a repository of two workers', () => {
  test('lands every branch once and neither the red nor the conflicting one, whatever becomes of Redis', async () => {
    const on = await stage();
    for (const worker of ['one', 'two']) await on.work(worker);
    for (const landed of [4, 12]) {
      await on.until(`${landed} landed`, async () => (await on.landed()).length >= landed);
      await on.redis.kill();
      await on.redis.start('wiped');
    }
    await on.until('all landed', async () => (await on.landed()).length === BRANCHES);
    expect(new Set(await on.landed())).toEqual(new Set(on.good));
    expect(await on.remote.git(['show', 'main:shared.txt'])).toBe('as it was');
    on.ring('nobody knows this lane');
    const late = await push(on.remote, 'feature/late', { 'late.txt': 'late' });
    await on.tell('refs/heads/feature/late');
    await on.until('the late one landed', async () => (await on.landed()).includes(late));
  });

  test('keeps to what people said, though Redis has forgotten it', async () => {
    const on = await stage();
    await on.work('one');
    await on.until('somebody at work', async () => on.lane() !== undefined);
    await on.says({ kind: 'pause', by: 'Ada', all: false });
    const before = await on.landed();
    const cancelled = [...(on.lane()?.requests.values() ?? [])].filter(isOpen).slice(0, 2);
    for (const { id } of cancelled) await on.says({ kind: 'cancel', id, by: 'Ada' });
    await on.until('that is kept', async () => (await on.remote.git(['for-each-ref', '--format=%(contents)', 'refs/maestro/testament/'])).split('"cancelled"').length === cancelled.length + 1);
    await on.redis.kill();
    await on.redis.start('wiped');
    await on.work('two');
    await on.until('somebody paused at work again', async () => on.openings() > 1 && on.lane()?.pausedBy === 'Ada');
    expect(await on.landed()).toEqual(before);
    await on.says({ kind: 'resume', by: 'Ada', all: false });
    const wanted = on.good.filter((tip) => cancelled.every((one) => one.tip !== tip));
    await on.until('the others landed', async () => (await on.landed()).length === wanted.length);
    expect(new Set(await on.landed())).toEqual(new Set(wanted));
  });
});

async function stage() {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-workers-'));
  const [redis, remote] = await Promise.all([realRedis(), repository()]);
  const good = await pushAll(remote);
  const [link, line] = [openRedisLink(redis.url), openBullmqLine(redis.url)];
  const bell = openBullmqInbox({ line, repository: REPOSITORY, onError: () => undefined });
  const post = openPost(line);
  const ends: (() => Promise<void>)[] = [];
  const announcing = new AbortController();
  const door = (async () => {
    while (!announcing.signal.aborted) {
      await announceRepositories(link, [REPOSITORY]).catch(() => undefined);
      await sleep(500, undefined, { signal: announcing.signal }).catch(() => undefined);
    }
  })();
  onTestFinished(async () => {
    announcing.abort();
    await door;
    for (const end of ends) await end();
    await bell.close();
    await post.close();
    await Promise.all([link.close(), line.close()]);
    await redis.close();
    remote.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  const troubles: string[] = [];
  const services: Service[] = [];
  const lane = (): Lane | undefined => services.at(-1)?.coordinator.lanes.get(MAIN);
  return {
    redis, remote, good, lane,
    /** How often somebody began to serve it. */
    openings: () => services.length,
    /** To whoever serves it now; resolves once it is in the ledger. */
    says: async (seen: Observation) => {
      const coordinator = services.at(-1)?.coordinator;
      coordinator?.deliver(MAIN, seen);
      await coordinator?.turned(MAIN);
    },
    /** As the door of another process does. */
    ring: (key: string) => bell.ring(key),
    /** The news that this branch moved. */
    tell: (branch: string) => post.send(REPOSITORY, `moved ${branch}`, branch),
    work: async (worker: string) => void ends.push(await work(worker, join(folder, worker), redis.url, remote, troubles, services)),
    /** Tips that entered main, oldest first. */
    landed: async () => (await remote.git(['log', '--first-parent', '--merges', '--reverse', '--format=%P', 'main'])).split('\n').filter((parents) => parents !== '').map((parents) => parents.split(' ')[1] ?? ''),
    until: async (what: string, seen: () => Promise<boolean>) => {
      const end = performance.now() + PATIENCE_MS;
      while (!(await seen())) {
        if (performance.now() > end) throw new Error(`${what} did not happen; last trouble: ${troubles.slice(-5).join('; ')}`);
        await sleep(50);
      }
    },
  };
}

/** As a worker's process would: what `compose.ts` puts together, on Redis. */
async function work(worker: string, state: string, url: string, remote: Repository, troubles: string[], services: Service[]): Promise<() => Promise<void>> {
  const [link, line] = [openRedisLink(url), openBullmqLine(url)];
  mkdirSync(state, { recursive: true });
  const place = await findPlace(remote.bare, state);
  const open = async (name: string, over: () => void): Promise<Holding> => {
    const store = await openRedisStore({ link, repository: name });
    const git = await openGit({ state, remote: remote.bare });
    const gate = await openCommandGate({ mirror: place.mirror, directory: place.gate, slots: place.gate, slotsMax: 2, git: (args, more) => git.gateGit(args, more), objects: git.objects });
    const inbox = openBullmqInbox({ line, repository: name, onError: (key, error) => {
      troubles.push(`${worker} ${key} ${String(error)}`);
      if (!(error instanceof MaestroError) || !error.retryable) over();
    } });
    const service = await startService({ git, store, gate, minds: NO_MINDS, inbox, clock: systemClock(), parseConfig: async (text) => parseConfig(text) }, MAIN, worker, (error) => {
      troubles.push(`${worker} ${error.message}`);
      over();
    });
    services.push(service);
    const receiving = receivePost(line, name, async (branch) => service.hint(branch as RefName));
    return { close: async () => {
      await receiving.close();
      await service.close();
      await Promise.all([gate.close(), git.close()]);
    } };
  };
  const share = openShare({ link, worker, open, onTrouble: (_, error) => void troubles.push(`${worker} ${String(error)}`) });
  return async () => {
    await share.close();
    await Promise.all([link.close(), line.close()]);
  };
}

/** The tips that are to land; beside them one whose gate is red and one that conflicts with main. */
async function pushAll(remote: Repository): Promise<readonly string[]> {
  const base = await remote.commit({ '.github/maestro.yml': CONFIG, 'shared.txt': 'before' }, 'base', { branch: 'main' });
  await push(remote, 'feature/red', { broken: 'yes' }, base);
  await push(remote, 'feature/rival', { 'shared.txt': 'as it should be' }, base);
  await remote.commit({ 'shared.txt': 'as it was' }, 'main moved on', { parents: [base], branch: 'main' });
  const good: string[] = [];
  for (let n = 0; n < BRANCHES; n++) good.push(await push(remote, `feature/b${n}`, { [`b${n}.txt`]: `${n}` }, base));
  return good;
}

async function push(remote: Repository, branch: string, files: Readonly<Record<string, string>>, base?: Oid): Promise<string> {
  return remote.commit(files, `work on ${branch}\n\nREADY_TO_MERGE\n`, { parents: [base ?? ((await remote.git(['rev-parse', 'main'])) as Oid)], branch });
}
