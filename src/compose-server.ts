// Puts the App's server together: the door for webhooks, the mailbox behind it, the pump into the house, the looks around on a clock.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startPump, type PumpNews } from './adapter/embedded/pump.ts';
import type { Page } from './adapter/http/answer.ts';
import { openDoor, WEBHOOK_PATH } from './adapter/http/door.ts';
import type { DoorNews } from './adapter/http/webhook.ts';
import type { Secrets } from './adapter/http/signature.ts';
import { systemClock } from './adapter/local/clock.ts';
import { openFigures } from './adapter/metric/figure.ts';
import { holdState } from './adapter/sqlite/hold.ts';
import { openSqliteMailbox } from './adapter/sqlite/mailbox.ts';
import { openHouse, type House, type HouseOptions } from './compose-github.ts';
import type { Mailbox } from './port/mailbox.ts';

export type ServerOptions = Omit<HouseOptions, 'onTrouble'> & {
  readonly secrets: Secrets;
  readonly host: string;
  readonly port: number;
  readonly log: Log;
};

/** One line each, without secrets; `about` is small plain data. */
export type Log = { info(text: string, about?: object): void; warn(text: string, about?: object): void };

export type Server = { readonly port: number; readonly house: House; close(): Promise<void> };

/** Events that say something to Maestro; of all others only the header is kept. */
const HANDLED = new Set(['push', 'create', 'delete', 'issue_comment', 'pull_request_review', 'check_run', 'check_suite', 'status', 'repository', 'installation', 'installation_repositories']);
const LOOK_MS = 5 * 60_000;
const REDELIVERIES_PER_LOOK_MAX = 200;
const DELIVERY_PAGES_MAX = 20;
/** GitHub keeps deliveries for three days. */
const KEPT_MS = 3 * 24 * 3_600_000;

export async function openServer(options: ServerOptions): Promise<Server> {
  mkdirSync(options.state, { recursive: true, mode: 0o700 });
  const letGo = holdState(join(options.state, 'lock'), options.state);
  try {
    return await openHeld(options, letGo);
  } catch (error) {
    letGo();
    throw error;
  }
}

async function openHeld(options: ServerOptions, letGo: () => void): Promise<Server> {
  const { log } = options;
  const clock = systemClock();
  const house = await openHouse({ ...options, onTrouble: (text) => log.warn(text) });
  const mailbox = await openSqliteMailbox(join(options.state, 'mailbox.sqlite'));
  const figures = openFigures({ mailbox, tenants: () => house.tenants.all() });
  const pump = startPump({ mailbox, clock, handle: ({ event, payload }) => house.tenants.hear(house.read(event, payload)), tell: (news) => tellPump(log, figures, news) });
  let isReady = false;
  const door = await openDoor({
    secrets: options.secrets, handled: HANDLED, mailbox, clock, host: options.host, port: options.port,
    tell: (news) => {
      tellDoor(log, figures, news);
      if (news.kind === 'accepted' && news.outcome === 'new') pump.wake();
    },
    pages: new Map<string, () => Page | Promise<Page>>([
      ['/healthz', () => text(200, 'alive')],
      ['/readyz', () => (isReady ? text(200, 'ready') : text(503, 'still looking at the repositories'))],
      ['/metrics', () => figures.page()],
      ['/', () => text(200, `Maestro (${house.app.slug}) is running. Deliveries go to ${WEBHOOK_PATH}.`)],
    ]),
    fallback: (_request, response) => void response.writeHead(404, { 'content-type': 'text/plain' }).end('there is nothing here\n'),
  });
  const looking = startLooking(house, mailbox, log, () => {
    isReady = true;
  });
  log.info('listening', { host: options.host, port: door.port, app: house.app.slug });
  return { port: door.port, house, close: async () => {
    isReady = false;
    await looking.close();
    // First nothing new, then what has arrived, then the repositories: what is left in the mailbox is for the next start.
    await door.close();
    await pump.close();
    await house.close();
    await mailbox.close();
    letGo();
  } };
}

/** Deliveries get lost, ours and GitHub's: repositories are looked at by themselves, and what failed is asked for again. */
function startLooking(house: House, mailbox: Mailbox, log: Log, onFirst: () => void): { close(): Promise<void> } {
  const clock = systemClock();
  let closed = false;
  let forget = (): void => undefined;
  let sinceMs = clock.nowMs() - KEPT_MS;
  const look = async (): Promise<void> => {
    const startedMs = clock.nowMs();
    try {
      await house.tenants.openAll(await house.app.installations());
      onFirst();
      const asked = await redeliver(house, sinceMs);
      sinceMs = startedMs;
      if (asked > 0) log.info('asked again for deliveries that had failed', { deliveries: asked });
    } catch (error) {
      log.warn(`GitHub could not be looked at: ${error instanceof Error ? error.message : String(error)}`, { waiting: await mailbox.waiting().catch(() => null) });
    }
  };
  const round = async (): Promise<void> => {
    await look();
    if (!closed) forget = clock.after(LOOK_MS, () => void (running = round()));
  };
  let running = round();
  return { close: async () => {
    closed = true;
    forget();
    await running;
  } };
}

/** Each that failed and was not delivered later under the same id, once. */
async function redeliver({ app }: House, sinceMs: number): Promise<number> {
  const arrived = new Set<string>();
  let asked = 0;
  let cursor: string | null = null;
  for (let page = 0; page < DELIVERY_PAGES_MAX; page += 1) {
    const { deliveries, next } = await app.failedDeliveries(cursor);
    for (const { id, guid, atMs, failed } of deliveries) {
      if (atMs < sinceMs) return asked;
      const isFirst = !arrived.has(guid);
      arrived.add(guid);
      if (!failed || !isFirst || asked >= REDELIVERIES_PER_LOOK_MAX) continue;
      await app.redeliver(id);
      asked += 1;
    }
    if (next === null) return asked;
    cursor = next;
  }
  return asked;
}

type Counting = { count(what: 'accepted' | 'repeated' | 'refused' | 'set-aside' | 'failed'): void };

function tellDoor(log: Log, figures: Counting, news: DoorNews): void {
  switch (news.kind) {
    case 'accepted': return figures.count(news.outcome === 'new' ? 'accepted' : 'repeated');
    case 'refused':
      figures.count('refused');
      return log.info('a delivery was refused', { status: news.status, why: news.why });
    case 'trouble': return log.warn(news.error.message);
  }
}

function tellPump(log: Log, figures: Counting, news: PumpNews): void {
  switch (news.kind) {
    case 'failed':
      figures.count('failed');
      return log.warn(`a delivery could not be handled yet: ${news.why}`, { id: news.id, event: news.event, tries: news.tries });
    case 'set-aside':
      figures.count('set-aside');
      return log.warn(`a delivery was set aside: ${news.why}`, { id: news.id, event: news.event });
    case 'trouble': return log.warn(`the mailbox: ${news.error instanceof Error ? news.error.message : String(news.error)}`);
  }
}

function text(status: number, words: string): Page {
  return { status, type: 'text/plain; charset=utf-8', body: `${words}\n` };
}
