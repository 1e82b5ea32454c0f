// Who works and what there is to serve: the roll all workers and doors share. Knows no leases.
import { hash } from 'node:crypto';
import { MaestroError } from '../../error.ts';
import type { RedisLink } from './link.ts';

export type Roll = {
  readonly workers: readonly string[];
  readonly repositories: readonly string[];
  /** Another one than before: Redis lost everything in between, and knows only what it was told since. */
  readonly era: string;
};

const KEYS = ['maestro-roll:{all}:workers', 'maestro-roll:{all}:repositories', 'maestro-roll:{all}:era'] as const;

/** For doors: these are served from now on. Again and again does no harm, and mends a Redis that lost them. */
export async function announceRepositories(link: RedisLink, repositories: readonly string[]): Promise<void> {
  if (repositories.length > 0) await link.ask((client) => client.sadd(KEYS[1], ...repositories));
}

export async function withdrawRepository(link: RedisLink, repository: string): Promise<void> {
  await link.ask((client) => client.srem(KEYS[1], repository));
}

/** Counts `worker` among the living for another `termMs`, makes `known` known, and reads the roll. */
export async function answerRoll(link: RedisLink, worker: string, termMs: number, known: readonly string[]): Promise<Roll> {
  const answer = await link.ask((client) => client.eval(ANSWER, KEYS.length, ...KEYS, worker, termMs, ...known));
  const [workers, repositories, era] = Array.isArray(answer) ? answer : [];
  if (!Array.isArray(workers) || !Array.isArray(repositories)) throw new MaestroError('internal', `Redis at ${link.place} gave no roll.`);
  return { workers: workers.map(String), repositories: repositories.map(String), era: String(era) };
}

export async function leaveRoll(link: RedisLink, worker: string): Promise<void> {
  await link.ask((client) => client.zrem(KEYS[0], worker));
}

/** Whose it is, without anybody being asked: all who know the same workers say the same, and one more worker moves only its own share. */
export function isShareOf(worker: string, repository: string, workers: readonly string[]): boolean {
  const weight = weightOf(worker, repository);
  return workers.every((other) => other === worker || weightOf(other, repository) < weight);
}

function weightOf(worker: string, repository: string): string {
  return hash('sha1', `${worker}\n${repository}`);
}

const ANSWER = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('SET', KEYS[3], string.format('%.0f', now), 'NX')
for n = 3, #ARGV do redis.call('SADD', KEYS[2], ARGV[n]) end
return {redis.call('ZRANGE', KEYS[1], 0, -1), redis.call('SMEMBERS', KEYS[2]), redis.call('GET', KEYS[3])}
`;
