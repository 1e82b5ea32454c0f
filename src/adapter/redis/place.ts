// Where each repository is, for whoever comes to serve it: doors know from the forge, workers read it here. Its id never changes, its name may.
import type { RedisLink } from './link.ts';

const KEY = 'maestro-roll:{all}:places';

/** `place`: small plain data. */
export async function notePlaces(link: RedisLink, places: ReadonlyMap<string, unknown>): Promise<void> {
  if (places.size === 0) return;
  await link.ask((client) => client.hset(KEY, Object.fromEntries([...places].map(([repository, place]) => [repository, JSON.stringify(place)]))));
}

/** Null: no door has told yet. */
export async function readPlace(link: RedisLink, repository: string): Promise<unknown> {
  const text = await link.ask((client) => client.hget(KEY, repository));
  return text === null ? null : JSON.parse(text) as unknown;
}
