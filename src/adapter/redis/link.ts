// One connection to Redis for everything of this process: bounded in time, never silent, never thrown through. Knows no keys.
import { Redis } from 'ioredis';
import { MaestroError } from '../../error.ts';
import { translate } from './failure.ts';

const CONNECT_MS_MAX = 2_000;
/** A server that is stopped or swamped: whoever asks hears so instead of waiting. */
const ANSWER_MS_MAX = 5_000;
/** With the delays below, a server that restarts within some three seconds is not noticed by who asks. */
const RECONNECTS_PER_ASK_MAX = 8;
const RECONNECT_FIRST_MS = 100;
const RECONNECT_LAST_MS = 1_000;

export type RedisLink = {
  /** Host and port, without the password; for messages. */
  readonly place: string;
  /** How often it was connected anew. What was acknowledged before may be gone after. */
  readonly connections: () => number;
  /** Whatever Redis or the network answers wrongly comes out as a MaestroError. A command may be sent twice. */
  ask<T>(work: (client: Redis) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** `url`: redis:// or rediss://. Connects in the background; the first `ask` says whether it could. Throws `usage`. */
export function openRedisLink(url: string, reconnectsMax: number = RECONNECTS_PER_ASK_MAX): RedisLink {
  const place = placeOf(url);
  const client = new Redis(url, {
    connectTimeout: CONNECT_MS_MAX,
    commandTimeout: ANSWER_MS_MAX,
    maxRetriesPerRequest: reconnectsMax,
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    retryStrategy: (times) => Math.min(RECONNECT_FIRST_MS * times, RECONNECT_LAST_MS),
  });
  // The reason a connection fails comes as an event; the commands that fail of it only say that they waited too long.
  let trouble: unknown = null;
  let connections = 0;
  client.on('error', (error: unknown) => (trouble = error));
  client.on('ready', () => {
    trouble = null;
    connections += 1;
  });
  return {
    place,
    connections: () => connections,
    ask: async (work) => {
      try {
        return await work(client);
      } catch (error) {
        throw error instanceof MaestroError ? error : translate(place, error, trouble);
      }
    },
    close: async () => client.disconnect(),
  };
}

/** Throws `usage`. The password is in nobody's log. */
export function placeOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== 'redis:' && parsed.protocol !== 'rediss:') || parsed.hostname === '')
    throw new MaestroError('usage', 'REDIS_URL is not an address of Redis.', { next: 'REDIS_URL=redis://user:password@host:6379' });
  return `${parsed.hostname}:${parsed.port === '' ? '6379' : parsed.port}`;
}
