// Puts the App's server together: the door for webhooks, the mailbox behind it, the pump into the house, the looks around on a clock.
import { mkdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { startPump, type PumpNews } from './adapter/embedded/pump.ts';
import type { Page } from './adapter/http/answer.ts';
import { openDoor, WEBHOOK_PATH } from './adapter/http/door.ts';
import type { DoorNews } from './adapter/http/webhook.ts';
import { openPages } from './adapter/http/pages.ts';
import type { Secrets } from './adapter/http/signature.ts';
import { systemClock } from './adapter/local/clock.ts';
import { openFigures, type Figures } from './adapter/metric/figure.ts';
import { redeliverFailed } from './adapter/github/redelivery.ts';
import { holdState } from './adapter/sqlite/hold.ts';
import { openSqliteMailbox } from './adapter/sqlite/mailbox.ts';
import { openHouse, type House, type HouseOptions } from './compose-github.ts';
import { openRanks, type ScaleOptions } from './compose-scale.ts';
import type { Tenant } from './coordinator/tenant.ts';
import type { News } from './port/forge.ts';

export type ServerOptions = Omit<HouseOptions, 'onTrouble'> & {
  readonly secrets: Secrets;
  readonly host: string;
  readonly port: number;
  /** Several machines; null: this process alone does everything. */
  readonly scale: Pick<ScaleOptions, 'redisUrl' | 'web' | 'worker'> | null;
  readonly log: Log;
};

/** One line each, without secrets; `about` is small plain data. */
export type Log = { info(text: string, about?: object): void; warn(text: string, about?: object): void };

export type Server = { readonly port: number; readonly house: House; close(): Promise<void> };

/** Events that say something to Maestro; of all others only the header is kept. */
const HANDLED = new Set(['push', 'issue_comment', 'pull_request', 'pull_request_review', 'merge_group', 'check_run', 'check_suite', 'status', 'repository', 'installation', 'installation_repositories']);
const LOOK_MS = 5 * 60_000;
/** One that was on its way when the last look began has ended by then. */
const OVERLAP_MS = 10 * 60_000;
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
  const { log, scale } = options;
  const house = await openHouse({ ...options, onTrouble: (text) => log.warn(text) });
  const ranks = scale === null ? null : await openOr(() => house.close(), () => openRanks(house, { ...scale, onTrouble: (text) => log.warn(text) }));
  const hearing: Hearing = {
    hear: (id, news) => ranks === null ? house.tenants.hear(news) : ranks.pass(id, news),
    // Only a door looks: workers take what it announces.
    look: async (installations) => {
      if (ranks === null) return house.tenants.openAll(installations);
      for (const installation of installations) await ranks.announce(await house.app.repositoriesOf(installation));
    },
    tenants: () => ranks === null ? house.tenants.all() : ranks.tenants(),
  };
  const inside = async (): Promise<void> => {
    await ranks?.close();
    await house.close();
  };
  const front = await openOr(inside, () => scale === null || scale.web ? openFront(options, house, hearing) : openBack(options, hearing));
  log.info('listening', { host: options.host, port: front.port, app: house.app.slug });
  return { port: front.port, house, close: async () => {
    house.tenants.stop();
    await front.close();
    await inside();
    letGo();
  } };
}

/** What was opened before it must not keep the process alive when it fails. */
async function openOr<T>(close: () => Promise<void>, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whoever news go to. */
type Hearing = {
  readonly hear: (id: string, news: News) => Promise<void>;
  readonly look: (installations: readonly number[]) => Promise<void>;
  readonly tenants: () => Promise<readonly Tenant[]>;
};

type Front = { readonly port: number; close(): Promise<void> };

async function openFront(options: ServerOptions, house: House, hearing: Hearing): Promise<Front> {
  const { log } = options;
  const clock = systemClock();
  const mailbox = await openSqliteMailbox(join(options.state, 'mailbox.sqlite'));
  const figures = openFigures({ mailbox, tenants: hearing.tenants });
  const pump = startPump({ mailbox, clock, handle: ({ id, event, payload }) => hearing.hear(id, house.read(event, payload)), tell: (news) => tellPump(log, figures, news) });
  let isReady = false;
  const behind = async (): Promise<void> => {
    await pump.close();
    await mailbox.close();
  };
  const door = await openOr(behind, () => openDoor({
    secrets: options.secrets, handled: HANDLED, mailbox, clock, host: options.host, port: options.port,
    tell: (news) => {
      tellDoor(log, figures, news);
      if (news.kind === 'accepted' && news.outcome === 'new') pump.wake();
    },
    pages: pagesOf(figures, () => isReady),
    fallback: nothingHere,
  }));
  const looking = startLooking(house, hearing, log, () => {
    isReady = true;
  });
  return { port: door.port, close: async () => {
    isReady = false;
    await looking.close();
    // First nothing new, then what has arrived: what is left in the mailbox is for the next start.
    await door.close();
    await behind();
  } };
}

/** A worker hears nothing from outside, but it can be asked how it is. */
async function openBack({ host, port }: ServerOptions, hearing: Hearing): Promise<Front> {
  const figures = openFigures({ mailbox: { waiting: () => Promise.resolve(0) }, tenants: hearing.tenants });
  const door = await openPages({ host, port, pages: pagesOf(figures, () => true) });
  return { port: door.port, close: () => door.close() };
}

function pagesOf(figures: Figures, isReady: () => boolean): ReadonlyMap<string, () => Page | Promise<Page>> {
  return new Map<string, () => Page | Promise<Page>>([
    ['/healthz', () => text(200, 'alive')],
    ['/readyz', () => (isReady() ? text(200, 'ready') : text(503, 'still looking at the repositories'))],
    ['/metrics', () => figures.page()],
    ['/', () => text(200, `Maestro is running. Deliveries go to ${WEBHOOK_PATH}.`)],
  ]);
}

function nothingHere(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain' }).end('there is nothing here\n');
}

/** Deliveries get lost, ours and GitHub's: repositories are looked at by themselves, and what failed is asked for again. */
function startLooking(house: House, hearing: Hearing, log: Log, onFirst: () => void): { close(): Promise<void> } {
  const clock = systemClock();
  let closed = false;
  let forget = (): void => undefined;
  let sinceMs = clock.nowMs() - KEPT_MS;
  const look = async (): Promise<void> => {
    const startedMs = clock.nowMs();
    try {
      await hearing.look(await house.app.installations());
      onFirst();
      const { asked, givenUp, complete } = await redeliverFailed(sinceMs, (cursor) => house.app.attempts(cursor), (id) => house.app.redeliver(id));
      if (complete) sinceMs = startedMs - OVERLAP_MS;
      if (asked.length + givenUp.length > 0) log.info('asked again for deliveries that had failed', { asked: asked.length, givenUp: givenUp.length });
    } catch (error) {
      log.warn(`GitHub could not be looked at: ${error instanceof Error ? error.message : String(error)}`);
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

function tellDoor(log: Log, figures: Pick<Figures, 'count'>, news: DoorNews): void {
  switch (news.kind) {
    case 'accepted': return figures.count(news.outcome === 'new' ? 'accepted' : 'repeated');
    case 'refused':
      figures.count('refused');
      return log.info('a delivery was refused', { status: news.status, why: news.why });
    case 'trouble': return log.warn(news.error.message);
  }
}

function tellPump(log: Log, figures: Pick<Figures, 'count'>, news: PumpNews): void {
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
