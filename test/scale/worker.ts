// A worker process: its share of the repositories, and for each a coordinator reduced to what several machines can break: look, save, land.
import { openBullmqInbox } from '../../src/adapter/bullmq/inbox.ts';
import { openBullmqLine } from '../../src/adapter/bullmq/line.ts';
import { openRedisLink } from '../../src/adapter/redis/link.ts';
import { openRedisStore } from '../../src/adapter/redis/store.ts';
import { openShare, type Holding } from '../../src/adapter/redis/share.ts';
import { MaestroError } from '../../src/error.ts';
import type { RefName } from '../../src/merge/branch.ts';
import { bodyOf } from '../contract/store-event.ts';
import { factRemote, LANES } from './remote.ts';

const [url = '', folder = '', worker = '', work = '0'] = process.argv.slice(2);
const link = openRedisLink(url);
const line = openBullmqLine(url);
const remote = factRemote(folder);

openShare({ link, worker: `${worker} ${process.pid}`, open, onTrouble: (repository, error) => remote.note('trouble', worker, repository ?? '-', String(error)) });

async function open(repository: string, over: () => void): Promise<Holding> {
  const store = await openRedisStore({ link, repository });
  const token = await store.claim(worker);
  const versions = new Map((await store.load()).map(({ target, version }) => [String(target), version]));
  const inbox = openBullmqInbox({ line, repository, onError: (key, error) => {
    remote.note('trouble', worker, repository, key, String(error));
    if (error instanceof MaestroError && error.code === 'fenced') over();
  } });
  inbox.serve(async (lane) => {
    const next = remote.landed(repository, lane) + 1;
    if (next > Number(work)) return;
    const version = versions.get(lane) ?? 0;
    await store.append(token, lane as RefName, version, [bodyOf(`${token} ${next}`)]);
    versions.set(lane, version + 1);
    remote.note('saved', repository, lane, token, version, worker);
    if (!remote.land(repository, lane, next)) remote.note('refused', repository, lane, token, next, worker);
    inbox.ring(lane);
  });
  remote.note('opened', Date.now(), worker, repository);
  for (const lane of LANES) inbox.ring(lane);
  return { close: () => inbox.close() };
}
