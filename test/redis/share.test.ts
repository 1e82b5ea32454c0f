// Workers share out repositories: each is served by one of them, moves when one comes, goes or dies, and comes back after a lost Redis.
import { describe, expect, onTestFinished, test } from 'vitest';
import { takeLease } from '../../src/adapter/redis/lease.ts';
import { openRedisLink, type RedisLink } from '../../src/adapter/redis/link.ts';
import { announceRepositories, isShareOf, withdrawRepository } from '../../src/adapter/redis/roll.ts';
import { openShare, type Share } from '../../src/adapter/redis/share.ts';
import { javascriptRedis } from '../harness/redis.ts';
import { served } from '../harness/served.ts';

const TERM_MS = 60_000;
const FOUR = ['acme/one', 'acme/two', 'acme/three', 'acme/four'];

describe('a lease', () => {
  const { client: link } = served(javascriptRedis, openRedisLink);

  test('is held by one, renewed by it alone, and free after it', async () => {
    const lease = await takeLease(link(), 'a', 'one', TERM_MS);
    expect(await takeLease(link(), 'a', 'two', TERM_MS)).toBeNull();
    expect(await lease?.renew()).toBe(true);
    await lease?.release();
    expect(await takeLease(link(), 'a', 'two', TERM_MS)).not.toBeNull();
    expect(await lease?.renew()).toBe(false);
  });

  test('that was taken already is taken again by the same holder: its answer may have been lost', async () => {
    await takeLease(link(), 'b', 'one', TERM_MS);
    expect(await takeLease(link(), 'b', 'one', TERM_MS)).not.toBeNull();
  });

  test('that was lost is not given back by its old holder', async () => {
    const old = await takeLease(link(), 'c', 'one', TERM_MS);
    await link().ask((client) => client.flushall());
    const next = await takeLease(link(), 'c', 'two', TERM_MS);
    await old?.release();
    expect(await next?.renew()).toBe(true);
  });
});

test('shares are even, and another worker moves only its own', () => {
  const repositories = Array.from({ length: 300 }, (_, n) => `acme/${n}`);
  const shareOf = (worker: string, workers: readonly string[]) => repositories.filter((name) => isShareOf(worker, name, workers));
  const three = ['a', 'b', 'c'].map((worker) => shareOf(worker, ['a', 'b', 'c']));
  expect(three.flat().toSorted()).toEqual(repositories.toSorted());
  for (const share of three) expect(share.length).toBeGreaterThan(60);
  expect(shareOf('a', ['a', 'b', 'c', 'd']).every((name) => three[0]!.includes(name))).toBe(true);
});

describe('workers', () => {
  const { client: link } = served(javascriptRedis, openRedisLink);

  test('serve what is announced, each repository once, and leave what is withdrawn', async () => {
    const desk = deskOf(link());
    await announceRepositories(link(), FOUR);
    const one = desk.worker('one');
    await desk.serving(FOUR);
    await withdrawRepository(link(), 'acme/two');
    await desk.serving(FOUR.filter((name) => name !== 'acme/two'));
    await one.close();
    expect([...desk.served]).toEqual([]);
  });

  test('share with one that comes, and take over from one that goes', async () => {
    const desk = deskOf(link());
    await announceRepositories(link(), FOUR);
    const [one, two] = [desk.worker('one'), desk.worker('two')];
    await desk.until(() => desk.served.size === 4 && one.held().length > 0 && two.held().length > 0);
    await one.close();
    await desk.until(() => two.held().length === 4);
    expect(desk.most).toBe(1);
  });

  test('that met the fence, or could not open, open anew', async () => {
    const desk = deskOf(link());
    await announceRepositories(link(), FOUR);
    desk.failures = 2;
    desk.worker('one');
    await desk.serving(FOUR);
    expect(desk.troubles).toEqual(['no way', 'no way']);
    desk.over.get('acme/one')?.();
    await desk.until(() => !desk.served.has('acme/one'));
    await desk.serving(FOUR);
    expect(desk.most).toBe(1);
  });

  test('go on after a Redis that lost everything', async () => {
    const desk = deskOf(link());
    await announceRepositories(link(), FOUR);
    desk.worker('one');
    await desk.serving(FOUR);
    await link().ask((client) => client.flushall());
    await desk.until(() => desk.served.size < 4);
    await desk.serving(FOUR);
  });
});

/** What all workers serve, and how many served one repository at once. */
function deskOf(link: RedisLink) {
  const served = new Map<string, number>();
  const looks = new Set<() => void>();
  const shares: Share[] = [];
  const tell = (): void => looks.forEach((look) => look());
  const until = (seen: () => boolean): Promise<void> => new Promise((resolve) => {
    const look = (): void => {
      if (!seen()) return;
      looks.delete(look);
      resolve();
    };
    looks.add(look);
    look();
  });
  const desk = {
    served, until, most: 0, failures: 0, troubles: [] as string[], over: new Map<string, () => void>(),
    serving: (names: readonly string[]) => until(() => served.size === names.length && names.every((name) => served.has(name))),
    worker: (worker: string): Share => {
      const share = openShare({
        link, worker, beatMs: 20,
        open: async (repository, over) => {
          if (desk.failures-- > 0) throw new Error('no way');
          served.set(repository, (served.get(repository) ?? 0) + 1);
          desk.most = Math.max(desk.most, served.get(repository) ?? 0);
          desk.over.set(repository, over);
          setImmediate(tell);
          return { close: async () => {
            if (served.get(repository) === 1) served.delete(repository);
            else served.set(repository, (served.get(repository) ?? 0) - 1);
            tell();
          } };
        },
        onTrouble: (_, error) => void desk.troubles.push(error instanceof Error ? error.message : ''),
      });
      shares.push(share);
      return share;
    },
  };
  onTestFinished(async () => {
    await Promise.all(shares.map((share) => share.close()));
    await link.ask((client) => client.flushall());
  });
  return desk;
}
