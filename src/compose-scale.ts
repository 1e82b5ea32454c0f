// Several machines on one Redis: doors hear and pass on, workers share out the repositories by lease. Names adapters, decides nothing.
import { hostname } from 'node:os';
import { z } from 'zod';
import { openBullmqInbox } from './adapter/bullmq/inbox.ts';
import { openBullmqLine } from './adapter/bullmq/line.ts';
import { openPost, receivePost } from './adapter/bullmq/post.ts';
import { systemClock } from './adapter/local/clock.ts';
import { openRedisLink } from './adapter/redis/link.ts';
import { notePlaces, readPlace } from './adapter/redis/place.ts';
import { announceRepositories, withdrawRepository } from './adapter/redis/roll.ts';
import { requireDurable } from './adapter/redis/setup.ts';
import { openShare, type Share } from './adapter/redis/share.ts';
import { openRedisStore } from './adapter/redis/store.ts';
import type { House } from './compose-github.ts';
import { isSamePlace, type Tenant } from './coordinator/tenant.ts';
import { within } from './coordinator/within.ts';
import { MaestroError } from './error.ts';
import type { News, RepositoryAt } from './port/forge.ts';

export type ScaleOptions = {
  readonly redisUrl: string;
  /** Says which of the two this process is, or both. */
  readonly web: boolean;
  readonly worker: boolean;
  readonly onTrouble: (text: string) => void;
};

/** What the server talks to instead of its own tenants. */
export type Ranks = {
  /** Resolves when Redis has it for whoever serves the repository. */
  pass(id: string, news: News): Promise<void>;
  /** Lets workers know of these repositories. */
  announce(all: readonly RepositoryAt[]): Promise<void>;
  tenants(): Promise<readonly Tenant[]>;
  close(): Promise<void>;
};

/** What a person said waits for a turn; where another worker takes that turn it is handed on, once this coordinator has ended. */
const HEARD_MS_MAX = 2_000;
const PLACE = z.object({ id: z.int(), owner: z.string(), name: z.string(), installation: z.int() });

/** Throws `store-unsafe` for a Redis that could lose what it acknowledged, `disk` for one that does not answer. */
export async function openRanks(house: House, options: ScaleOptions): Promise<Ranks> {
  const link = openRedisLink(options.redisUrl);
  try {
    await requireDurable(link);
  } catch (error) {
    await link.close();
    throw error;
  }
  const line = openBullmqLine(options.redisUrl);
  const post = openPost(line);
  const served = new Map<string, Tenant>();
  const announce = async (all: readonly RepositoryAt[]): Promise<void> => {
    await notePlaces(link, new Map(all.map((at) => [String(at.id), at])));
    await announceRepositories(link, all.map((at) => String(at.id)));
  };
  const share = options.worker ? openShare({
    link,
    worker: `${hostname()} ${process.pid} ${process.hrtime.bigint()}`,
    open: (repository, over) => serve(repository, over),
    onTrouble: (repository, error) => options.onTrouble(`${repository === null ? 'the share of this worker' : `repository ${repository}`}: ${error instanceof Error ? error.message : String(error)}`),
  }) : null;

  async function serve(repository: string, over: () => void): Promise<{ close(): Promise<void> }> {
    const place = PLACE.safeParse(await readPlace(link, repository));
    if (!place.success) throw new MaestroError('unreachable', 'no door has said yet where it is', { retryable: true });
    const store = await openRedisStore({ link, repository });
    const tenant = await house.open(place.data, { over, shared: { store, inbox: (onError) => openBullmqInbox({ line, repository, onError }) } });
    served.set(repository, tenant);
    const receiving = receivePost(line, repository, (news) => hear(house, tenant, news as News, over));
    return { close: async () => {
      const received = receiving.close();
      await within(HEARD_MS_MAX, systemClock(), received);
      served.delete(repository);
      await tenant.close();
      await received;
    } };
  }

  return {
    pass: (id, news) => pass(id, news),
    announce,
    tenants: () => Promise.resolve([...served.values()]),
    close: () => closeAll(share),
  };

  async function pass(id: string, news: News): Promise<void> {
    switch (news.kind) {
      case 'nothing': return;
      case 'closed': return withdrawRepository(link, String(news.repository));
      case 'installation':
        // What the App may do in them has changed.
        if (news.active) for (const at of await house.app.repositoriesOf(news.installation)) await pass(id, { kind: 'opened', at });
        return;
      case 'opened': case 'moved': case 'said': case 'checked': case 'queue':
        await announce([news.at]);
        return post.send(String(news.at.id), id, news);
    }
  }

  async function closeAll(held: Share | null): Promise<void> {
    await held?.close();
    await post.close();
    await Promise.all([link.close(), line.close()]);
  }
}

/** One that moved is opened anew, where it is now. */
async function hear(house: House, tenant: Tenant, news: News, over: () => void): Promise<void> {
  if (news.kind === 'opened' && !isSamePlace(news.at, tenant.at)) return over();
  return house.tenants.hearWith(tenant, news);
}
