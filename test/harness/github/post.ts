// Webhooks: each event to every app that listens, signed, one after the other, with GitHub's manners as switches. Knows no route.
import { createHmac, randomUUID } from 'node:crypto';
import { Random } from '../random.ts';
import type { Event } from './change.ts';
import { bump } from './change.ts';
import { appOf, reaches, repositoryOf } from './state.ts';
import type { App, Delivery, Installation, State } from './state.ts';
import { covers, nodeId, repositoryView, userView } from './view.ts';

const TIMEOUT_MS = 10_000;
/** What an app needs to hear of an event, beside having asked for it. */
const NEEDS: Readonly<Record<string, string>> = {
  push: 'contents', create: 'contents', delete: 'contents', pull_request: 'pull_requests', pull_request_review: 'pull_requests', issues: 'issues',
  check_run: 'checks', check_suite: 'checks', status: 'statuses',
};

export type Post = {
  send(events: readonly Event[]): void;
  /** App-wide news: installation, installation_repositories. */
  tell(installation: Installation, name: string, action: string, payload: Readonly<Record<string, unknown>>, sender: string): void;
  /** Keeps what is sent until `release`, as if the network were slow. */
  hold(): void;
  /** In the order of `shuffle` (a seed) when given; with `twice`, everything arrives two times under one id. */
  release(choice?: { readonly shuffle?: number; readonly twice?: boolean }): void;
  /** The next `times` deliveries of this event fail (all events: `*`): listed as failed, and redeliverable. */
  lose(name: string, times?: number): void;
  redeliver(id: number): void;
  /** When all that was sent has been answered, or has failed. What is held does not count. */
  settled(): Promise<void>;
};
type Letter = Omit<Delivery, 'id' | 'deliveredAtMs' | 'statusCode' | 'status'>;
type Shelf = { state(): State; set(change: (state: State) => State): void; nowMs(): number };

export function openPost(shelf: Shelf): Post {
  let line: Promise<void> = Promise.resolve();
  let held: Letter[] | null = null;
  const losses = new Map<string, number>();
  const lost = (name: string): boolean => {
    for (const key of [name, '*']) {
      const left = losses.get(key) ?? 0;
      if (left > 0) losses.set(key, left - 1);
      if (left > 0) return true;
    }
    return false;
  };
  const deliver = async (letter: Letter): Promise<void> => {
    const app = appOf(shelf.state(), letter.app);
    const statusCode = lost(letter.event) ? 502 : await carry(app, letter);
    shelf.set((state) => {
      const delivery: Delivery = { ...letter, id: state.lastId + 1, deliveredAtMs: shelf.nowMs(), statusCode, status: statusCode >= 200 && statusCode < 300 ? 'OK' : `failed to connect to host` };
      return { ...bump(state), deliveries: [delivery, ...state.deliveries] };
    });
  };
  const put = (letters: readonly Letter[]): void => {
    if (held !== null) held.push(...letters);
    else for (const letter of letters) line = line.then(() => deliver(letter));
  };
  return {
    send: (events) => put(events.flatMap((event) => lettersOf(shelf.state(), event))),
    tell: (installation, name, action, payload, sender) => {
      const state = shelf.state();
      if (appOf(state, installation.app).webhook === null) return;
      const body = JSON.stringify({ action, ...payload, sender: userView(state, sender) });
      put([{ guid: randomUUID(), app: installation.app, event: name, action, body, redelivery: false, installation: installation.id, repository: null }]);
    },
    hold: () => {
      held ??= [];
    },
    release: ({ shuffle, twice = false } = {}) => {
      const kept = twice ? (held ?? []).flatMap((one) => [one, one]) : held ?? [];
      held = null;
      put(shuffle === undefined ? kept : shuffled(kept, new Random(shuffle)));
    },
    lose: (name, times = 1) => void losses.set(name, (losses.get(name) ?? 0) + times),
    redeliver: (id) => {
      const old = shelf.state().deliveries.find((one) => one.id === id);
      if (old !== undefined) put([{ ...old, redelivery: true }]);
    },
    settled: async () => {
      for (let seen: Promise<void> | null = null; seen !== line;) {
        seen = line;
        await seen;
      }
    },
  };
}

function lettersOf(state: State, event: Event): readonly Letter[] {
  const repository = repositoryOf(state, event.repository);
  return state.installations.filter((one) => one.suspendedAtMs === null && reaches(one, repository) && listens(appOf(state, one.app), one, event)).map((installation) => {
    const payload = {
      ...(event.action === null ? {} : { action: event.action }), ...event.payload, repository: repositoryView(state, repository), sender: userView(state, event.sender),
      installation: { id: installation.id, node_id: nodeId('INST', installation.id) },
    };
    return { guid: randomUUID(), app: installation.app, event: event.name, action: event.action, body: JSON.stringify(payload), redelivery: false, installation: installation.id, repository: repository.id };
  });
}

function listens(app: App, installation: Installation, event: Event): boolean {
  if (app.webhook === null || (event.only !== null && event.only !== app.id)) return false;
  const needs = NEEDS[event.name];
  // Comments are heard with either of the two permissions.
  const heard = event.name === 'issue_comment' ? ['issues', 'pull_requests'] : needs === undefined ? [] : [needs];
  return app.events.includes(event.name) && (heard.length === 0 || heard.some((name) => covers(installation.permissions[name], 'read')));
}

async function carry(app: App, letter: Letter): Promise<number> {
  if (app.webhook === null) return 502;
  const hmac = (algorithm: string): string => createHmac(algorithm, app.webhook?.secret ?? '').update(letter.body).digest('hex');
  const headers = {
    'content-type': 'application/json', 'user-agent': 'GitHub-Hookshot/8f7a3c1', 'accept': '*/*', 'x-github-delivery': letter.guid, 'x-github-event': letter.event, 'x-github-hook-id': String(app.id + 7_000_000),
    'x-github-hook-installation-target-id': String(app.id), 'x-github-hook-installation-target-type': 'integration', 'x-hub-signature': `sha1=${hmac('sha1')}`, 'x-hub-signature-256': `sha256=${hmac('sha256')}`,
  };
  try {
    const answer = await fetch(app.webhook.url, { method: 'POST', headers, body: letter.body, signal: AbortSignal.timeout(TIMEOUT_MS) });
    await answer.arrayBuffer();
    return answer.status;
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 504 : 502;
  }
}

function shuffled<T>(all: readonly T[], random: Random): readonly T[] {
  return all.map((one) => ({ one, at: random.next() })).toSorted((a, b) => a.at - b.at).map(({ one }) => one);
}
