// The store on Redis keeps the contract, and what only a server can be asked: settings that lose data, crashes, a lost answer, other repositories.
import { describe, expect, test } from 'vitest';
import { Redis } from 'ioredis';
import { openRedisLink, type RedisLink } from '../../src/adapter/redis/link.ts';
import { openRedisStore } from '../../src/adapter/redis/store.ts';
import type { Store } from '../../src/port/store.ts';
import { hasRedis, javascriptRedis, realRedis, type RealRedis } from '../harness/redis.ts';
import { served } from '../harness/served.ts';
import { intended, landed, lane, requested, tipSeen, ID_A } from './store-event.ts';
import { storeContract } from './store.contract.ts';

const MAIN = lane('main');
let repositories = 0;

describe('on a Redis in JavaScript', () => {
  const { client: link } = served(javascriptRedis, openRedisLink);
  storeContract('Redis', () => openOn(link(), true), 15);

  test('a server that forgets on a crash is refused, with the setting to change', async () => {
    await expect(openRedisStore({ link: link(), repository: 'a' })).rejects.toMatchObject({ code: 'store-unsafe', next: 'CONFIG SET appendonly yes, and the same in redis.conf' });
  });

  test('where fsync comes each second every write waits for it, and one that it missed is not acknowledged', async () => {
    const waited = { answer: [1, 0] };
    const store = await openRedisStore({ link: everysecond(link(), waited), repository: 'everysecond' });
    const token = await store.claim('first');
    await store.append(token, MAIN, 0, [tipSeen(1)]);
    waited.answer = [0, 0];
    await expect(store.append(token, MAIN, 1, [tipSeen(2)])).rejects.toMatchObject({ code: 'disk', retryable: true });
  });
});

describe.skipIf(!hasRedis())('on a real Redis', () => {
  const { client: link, server } = served(() => realRedis(), openRedisLink);
  storeContract('Redis', () => openOn(link(), false));

  test('two writers at once: one wins, nothing is mixed', async () => {
    const { store, token } = await claimed(link());
    const results = await Promise.allSettled([1, 2, 3, 4].map((n) => store.append(token, MAIN, 0, [tipSeen(n)])));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await store.load())[0]?.events).toHaveLength(1);
  });

  test('what a landing came to is told in the story of its requests', async () => {
    const { store, token } = await claimed(link());
    await store.append(token, MAIN, 0, [landed('i1'), requested(ID_A), intended('i1', [ID_A]), landed('i1'), landed('i2')]);
    expect((await store.history(ID_A))?.events).toEqual([requested(ID_A), intended('i1', [ID_A]), landed('i1')]);
  });

  test('no repository mixes with another, whatever they are called', async () => {
    const names = ['', 'team/a', 'team', 'a}{b', 'a}:lane', 'a:holder', '%7D', '}', 'ü'];
    const all = await Promise.all(names.map(async (name, n) => ({ n, store: await openRedisStore({ link: link(), repository: name }) })));
    for (const { n, store } of all) await store.append(await store.claim('first'), MAIN, 0, [tipSeen(n)]);
    for (const { n, store } of all) expect((await store.load())[0]?.events).toEqual([tipSeen(n)]);
  });

  test.each([
    ['a changed event', "redis.call('DEL', KEYS[1]) redis.call('XADD', KEYS[1], '1-0', 'body', '{}', 'link', 'x')"],
    ['a lost event', "redis.call('XDEL', KEYS[1], '1-0')"],
    ['a lost end', "redis.call('XDEL', KEYS[1], '2-0')"],
    ['a lost lane', "redis.call('DEL', KEYS[1])"],
  ])('is not loaded with %s', async (_, lua) => {
    const { store, token, repository } = await claimed(link());
    await store.append(token, MAIN, 0, [tipSeen(1), tipSeen(2)]);
    await link().ask((client) => client.eval(lua, 1, `maestro:{${repository}}:lane:${MAIN}`));
    await expect(store.load()).rejects.toMatchObject({ code: 'state-corrupt', next: expect.stringContaining(`maestro:{${repository}}:*`) });
  });

  test('holds every acknowledged append after kill -9', async () => {
    const { store, token } = await claimed(link());
    for (let n = 0; n < 50; n++) await store.append(token, MAIN, n, [tipSeen(n)]);
    await server().kill();
    await server().start('kept');
    expect((await store.load())[0]?.events).toHaveLength(50);
    await store.append(token, MAIN, 50, [tipSeen(50)]);
  });

  test('a ledger that was lost fences off who had read it, and no token is given twice', async () => {
    const { store, token } = await claimed(link());
    await store.append(token, MAIN, 0, [tipSeen(1)]);
    await server().kill();
    await server().start('wiped');
    await expect(store.append(token, MAIN, 1, [tipSeen(2)])).rejects.toMatchObject({ code: 'fenced', message: expect.stringContaining('lost') });
    expect(await store.claim('second')).toBeGreaterThan(token);
    await expect(store.append(token, MAIN, 0, [tipSeen(1)])).rejects.toMatchObject({ code: 'fenced' });
    expect(await store.load()).toEqual([]);
  });

  test('a server that is away is a disk that takes nothing now', async () => {
    const hasty = openRedisLink(server().url, 1);
    const { store, token } = await claimed(hasty);
    await server().kill();
    await expect(store.append(token, MAIN, 0, [tipSeen(1)])).rejects.toMatchObject({ code: 'disk', retryable: true, message: expect.stringContaining('does not answer') });
    await server().start('kept');
    await store.append(token, MAIN, 0, [tipSeen(1)]);
    await hasty.close();
  });

  test.each([
    ['maxmemory-policy', 'allkeys-lru', 'noeviction', 'CONFIG SET maxmemory-policy noeviction'],
    ['appendfsync', 'no', 'always', 'CONFIG SET appendfsync always'],
    ['appendonly', 'no', 'yes', 'CONFIG SET appendonly yes'],
  ])('is not opened with %s %s', async (key, bad, good, next) => {
    await set(server(), key, bad);
    await expect(openRedisStore({ link: link(), repository: 'a' })).rejects.toMatchObject({ code: 'store-unsafe', next: expect.stringContaining(next) });
    await set(server(), key, good);
    await openRedisStore({ link: link(), repository: 'a' });
  });

  test('a full server is a disk that takes nothing now, and nothing is half written', async () => {
    const { store, token } = await claimed(link());
    await set(server(), 'maxmemory', '1');
    await expect(store.append(token, MAIN, 0, [tipSeen(1), tipSeen(2)])).rejects.toMatchObject({ code: 'disk', retryable: true, message: expect.stringContaining('is full') });
    await set(server(), 'maxmemory', '0');
    expect(await store.load()).toEqual([]);
  });
});

test('an address that is none is refused without repeating it', () => {
  for (const url of ['', 'localhost', 'http://x', '/tmp/socket', 'redis://']) expect(() => openRedisLink(url)).toThrow('REDIS_URL is not an address of Redis.');
});

test('a password is in no message', async () => {
  const link = openRedisLink('redis://:sesame@127.0.0.1:1', 1);
  const error = await link.ask((client) => client.ping()).catch((error: unknown) => error);
  expect(String(error)).toContain('127.0.0.1:1 does not answer');
  expect(String(error)).not.toContain('sesame');
  await link.close();
});

async function openOn(link: RedisLink, unsafe: boolean) {
  const repository = `repository ${repositories++}`;
  const open = () => openRedisStore({ link, repository, unsafe });
  return { store: await open(), reopen: open, dispose: async () => {} };
}

async function claimed(link: RedisLink): Promise<{ readonly store: Store; readonly token: number; readonly repository: string }> {
  const repository = `repository-${repositories++}`;
  const store = await openRedisStore({ link, repository });
  return { store, token: await store.claim('first'), repository };
}

/** A newer server than there is here: one that syncs each second and can be waited for. */
function everysecond(link: RedisLink, waited: { readonly answer: readonly number[] }): RedisLink {
  const told: Readonly<Record<string, () => Promise<unknown>>> = {
    info: async () => 'redis_version:7.4.1\r\nrole:master\r\naof_enabled:1\r\nmaxmemory_policy:noeviction\r\n',
    config: async () => ['appendfsync', 'everysec'],
    call: async () => waited.answer,
  };
  return { ...link, ask: (work) => link.ask((client) => work(new Proxy(client, { get: (target, name) => told[String(name)] ?? Reflect.get(target, name) }))) };
}

async function set({ url }: RealRedis, key: string, value: string): Promise<void> {
  const client = new Redis(url);
  await client.config('SET', key, value);
  client.disconnect();
}
