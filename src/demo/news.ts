// What the coordinator tells its followers, remembered and waited for. Nothing here polls.
import type { ControlClient } from '../adapter/socket/client.ts';
import { MaestroError } from '../error.ts';
import { shortName } from '../merge/branch.ts';
import type { LedgerEvent } from '../merge/event.ts';
import { adviceOn } from '../merge/reason.ts';
import type { Candidate, Question, RefactorTask, RequestId, Resolution } from '../merge/request.ts';

const WAIT_MS_MAX = 120_000;

export type Events = readonly LedgerEvent[];
export type News = {
  readonly seen: Events;
  /** The first answer that is not null, asked again after every event. Throws when the story took a wrong turn or nothing comes. */
  until<T>(what: string, ask: (seen: Events) => T | null): Promise<T>;
  /** Ends every waiting. */
  fail(error: MaestroError): void;
};

export async function followNews(client: ControlClient, onEvent: (event: LedgerEvent, seen: Events) => void): Promise<News> {
  const seen: LedgerEvent[] = [];
  const waiting = new Set<() => void>();
  let failure: MaestroError | null = null;
  const wake = (): void => {
    for (const look of waiting) look();
  };
  const fail = (error: MaestroError): void => {
    failure ??= error;
    wake();
  };
  await client.follow((news) => {
    for (const event of (news as { readonly events: Events }).events) {
      seen.push(event);
      onEvent(event, seen);
      const wrong = wrongTurn(event, seen);
      if (wrong !== null) fail(wrong);
    }
    wake();
  });
  void client.hungUp.then(() => fail(new MaestroError('internal', 'the coordinator ended in the middle of the story')));
  const until = <T>(what: string, ask: (seen: Events) => T | null): Promise<T> => new Promise((settle, reject) => {
    const timer = setTimeout(() => end(() => reject(new MaestroError('timeout', `waited ${WAIT_MS_MAX / 1000} s in vain for: ${what}`))), WAIT_MS_MAX);
    const end = (finish: () => void): void => {
      clearTimeout(timer);
      waiting.delete(look);
      finish();
    };
    const look = (): void => {
      const answer = ask(seen);
      if (answer !== null) end(() => settle(answer));
      else if (failure !== null) end(() => reject(failure ?? new MaestroError('internal', what)));
    };
    waiting.add(look);
    look();
  });
  return { seen, until, fail };
}

/** What must not happen in a story where all land. */
function wrongTurn(event: LedgerEvent, seen: Events): MaestroError | null {
  if (event.kind === 'rejected') return new MaestroError('internal', `${branchOf(seen, event.id)} was rejected: ${adviceOn(event.reason).cause}`, { next: adviceOn(event.reason).next });
  if (event.kind === 'stopped') return new MaestroError('internal', `the lane stopped: ${event.alarm.detail}`);
  return event.kind === 'cancelled' ? new MaestroError('internal', `${branchOf(seen, event.id)} was cancelled by ${event.by}`) : null;
}

export function requestOf(seen: Events, branch: string): RequestId | null {
  const found = seen.findLast((event) => event.kind === 'requested' && event.what.kind === 'branch' && shortName(event.branch) === branch);
  return found?.kind === 'requested' ? found.id : null;
}

export function branchOf(seen: Events, id: RequestId): string {
  const found = seen.find((event) => event.kind === 'requested' && event.id === id);
  return found?.kind === 'requested' ? shortName(found.branch) : id;
}

/** The requests that one `landed` event is about. */
export function landedBy(seen: Events, intent: string): readonly RequestId[] {
  const found = seen.findLast((event) => event.kind === 'intended' && event.intent.id === intent);
  return found?.kind === 'intended' ? found.intent.requests : [];
}

export type Landed = { readonly atMs: number; readonly candidate: Candidate };

export function landingOf(seen: Events, id: RequestId): Landed | null {
  const landed = seen.find((event) => event.kind === 'landed' && landedBy(seen, event.intent).includes(id));
  const built = seen.findLast((event) => event.kind === 'built' && event.id === id);
  return landed?.kind === 'landed' && built?.kind === 'built' ? { atMs: landed.atMs, candidate: built.candidate } : null;
}

export function questionOf(seen: Events, id: RequestId): Question | null {
  const found = seen.findLast((event) => event.kind === 'asked' && event.id === id);
  return found?.kind === 'asked' ? found.question : null;
}

/** How the request's conflict was settled, and when; null while it is open, or where there was none. */
export function decisionOf(seen: Events, id: RequestId): { readonly atMs: number; readonly resolution: Resolution } | null {
  const found = seen.findLast((event) => event.kind === 'decided' && event.id === id);
  return found?.kind === 'decided' ? { atMs: found.atMs, resolution: found.resolution } : null;
}

export function tasksOf(seen: Events, id: RequestId): readonly RefactorTask[] | null {
  const found = seen.findLast((event) => event.kind === 'tasked' && event.id === id);
  return found?.kind === 'tasked' ? found.tasks : null;
}
