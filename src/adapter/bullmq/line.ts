// The connection to Redis that all inboxes of this process share. Knows no queue.
import { Redis } from 'ioredis';
import { MaestroError } from '../../error.ts';

const CONNECT_MS_MAX = 2_000;
const RECONNECT_FIRST_MS = 100;
const RECONNECT_LAST_MS = 1_000;

export type BullmqLine = { readonly client: Redis; close(): Promise<void> };

/** `url`: redis:// or rediss://. Connects in the background and again whenever it has to. Throws `usage`. */
export function openBullmqLine(url: string): BullmqLine {
  if (!/^rediss?:\/\/./.test(url)) throw new MaestroError('usage', 'REDIS_URL is not an address of Redis.', { next: 'REDIS_URL=redis://user:password@host:6379' });
  let isClosed = false;
  const client = new Redis(url, {
    connectTimeout: CONNECT_MS_MAX,
    // BullMQ insists: a worker waits for work without end, so its commands wait for the connection.
    maxRetriesPerRequest: null,
    // Also of the connections that workers make from this one: none outlives it.
    retryStrategy: (times) => (isClosed ? null : Math.min(RECONNECT_FIRST_MS * times, RECONNECT_LAST_MS)),
  });
  // A ring is never worth an alarm: what matters is in the store, and the store says when Redis is away.
  client.on('error', () => undefined);
  return { client, close: async () => {
    isClosed = true;
    client.disconnect();
  } };
}
