// One server for all tests of a block, and what speaks to it.
import { afterAll, beforeAll } from 'vitest';
import type { RedisServer } from './redis.ts';

type Speaker = { close(): Promise<void> };

export function served<Server extends RedisServer, Client extends Speaker>(start: () => Promise<Server>, open: (url: string) => Client): { readonly server: () => Server; readonly client: () => Client } {
  const on: { server?: Server; client?: Client } = {};
  beforeAll(async () => {
    on.server = await start();
    on.client = open(on.server.url);
  });
  afterAll(async () => {
    await on.client?.close();
    await on.server?.close();
  });
  return { server: () => on.server!, client: () => on.client! };
}
