// `maestro doctor` on a Redis: each setting that loses data is one finding with the setting to change.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultsOf, type RedisSetup } from '../../src/adapter/redis/setup.ts';
import { checkRedis } from '../../src/command/doctor/redis.ts';
import { hasRedis, realRedis, type RealRedis } from '../harness/redis.ts';

const GOOD: RedisSetup = { version: '7.0.15', role: 'master', aof: true, eviction: 'noeviction', fsync: 'always', waits: false };

test.each<[string, Partial<RedisSetup>, string]>([
  ['an old server', { version: '5.0.7' }, 'fatal: run Redis 6.2 or newer'],
  ['a replica', { role: 'slave' }, 'fatal: point REDIS_URL at the primary'],
  ['eviction', { eviction: 'volatile-ttl' }, 'fatal: CONFIG SET maxmemory-policy noeviction, and the same in redis.conf'],
  ['no append-only file', { aof: false, fsync: 'everysec' }, 'fatal: CONFIG SET appendonly yes, and the same in redis.conf'],
  ['fsync each second', { fsync: 'everysec' }, 'fatal: CONFIG SET appendfsync always, and the same in redis.conf'],
  ['fsync each second where the server can be waited for', { fsync: 'everysec', waits: true }, 'warn: CONFIG SET appendfsync always, and the same in redis.conf'],
  ['no fsync, waited for or not', { fsync: 'no', waits: true }, 'fatal: CONFIG SET appendfsync always, and the same in redis.conf'],
  ['a server that tells nothing', { fsync: null }, 'fatal: allow +config|get for this user, or run Redis 7.2 or newer'],
  ['a server that tells nothing but can be waited for', { fsync: null, waits: true }, 'warn: nothing: every append waits for the disk by WAITAOF'],
])('%s is one finding', (_, fault, finding) => {
  expect(faultsOf({ ...GOOD, ...fault }).map(({ fatal, next }) => `${fatal ? 'fatal' : 'warn'}: ${next}`)).toEqual([finding]);
});

test('a good server has none', () => {
  expect(faultsOf(GOOD)).toEqual([]);
});

test.each(['redis://127.0.0.1:1', 'nonsense'])('%s that does not answer is fatal', async (url) => {
  expect(await checkRedis(url)).toMatchObject([{ name: 'redis', level: 'fatal', next: expect.stringContaining('REDIS_URL') }]);
});

describe.skipIf(!hasRedis())('on a real Redis', () => {
  let server: RealRedis;
  let client: Redis;
  beforeAll(async () => {
    server = await realRedis();
    client = new Redis(server.url);
  });
  afterAll(async () => {
    client.disconnect();
    await server.close();
  });

  test('one that is set up well is said to be', async () => {
    expect(await checkRedis(server.url)).toMatchObject([{ level: 'ok', text: expect.stringContaining('keeps what it acknowledges') }]);
  });

  test('all that is wrong is said at once', async () => {
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await client.config('SET', 'appendonly', 'no');
    expect((await checkRedis(server.url)).map(({ next }) => next)).toEqual(['CONFIG SET appendonly yes, and the same in redis.conf', 'CONFIG SET maxmemory-policy noeviction, and the same in redis.conf']);
    await client.config('SET', 'appendonly', 'yes');
    await client.config('SET', 'maxmemory-policy', 'noeviction');
  });

  test('where CONFIG is forbidden it says so', async () => {
    await client.acl('SETUSER', 'narrow', 'on', '>sesame', '~*', '&*', '+@all', '-config');
    const checks = await checkRedis(server.url.replace('redis://', 'redis://narrow:sesame@'));
    expect(checks).toMatchObject([{ level: 'fatal', text: expect.stringContaining('CONFIG is forbidden there'), next: expect.stringContaining('+config|get') }]);
  });

  test('a wrong password is called that', async () => {
    const checks = await checkRedis(server.url.replace('redis://', 'redis://narrow:wrong@'));
    expect(checks).toMatchObject([{ level: 'fatal', text: expect.stringContaining('refuses this password') }]);
  });
});
