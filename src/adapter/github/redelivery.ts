// Asks GitHub again for what it could not deliver: it keeps failed deliveries three days and never sends them again by itself. Knows no token and no HTTP.
import { printable } from '../../merge/branch.ts';

/** Pages of one run, a hundred attempts each. */
export const PAGES_MAX = 100;
/** Deliveries asked for in one run: each costs a call, and they all arrive at once. */
export const ASKED_MAX = 200;
/** Attempts of one delivery, the first included. What fails so often is refused for a reason; the sweep of heads finds what it said. */
export const ATTEMPTS_MAX = 5;
/** Then GitHub does not want to be asked now, and the next run goes on. */
export const REFUSALS_MAX = 5;

/** One line of `GET /app/hook/deliveries`; a redelivery has an id of its own and the guid of the first attempt. */
export type Attempt = { readonly id: number; readonly guid: string; readonly deliveredAtMs: number; readonly statusCode: number };

/** Newest first, as GitHub lists them; `next` is the cursor of the following page. */
export type AttemptPage = { readonly attempts: readonly Attempt[]; readonly next: string | null };

export type RedeliveryOutcome = {
  readonly asked: readonly string[];
  readonly refused: readonly { readonly guid: string; readonly why: string }[];
  /** Failed too often to be asked for again. */
  readonly givenUp: readonly string[];
  /** False when a bound ended the run or GitHub refused one: the next one begins at the same time. */
  readonly complete: boolean;
};

/**
 * Oldest first and each once, so that they come in the order in which they happened. Attempts before `sinceMs` are neither seen
 * nor counted.
 */
export async function redeliverFailed(sinceMs: number, list: (cursor: string | null) => Promise<AttemptPage>, redeliver: (id: number) => Promise<void>): Promise<RedeliveryOutcome> {
  const { deliveries, whole } = await failedSince(sinceMs, list);
  const due = deliveries.filter(({ attempts }) => attempts < ATTEMPTS_MAX);
  const givenUp = deliveries.filter(({ attempts }) => attempts >= ATTEMPTS_MAX).map(({ guid }) => guid);
  const asked: string[] = [];
  const refused: { guid: string; why: string }[] = [];
  for (const { guid, newestId } of due.slice(0, ASKED_MAX)) {
    if (refused.length === REFUSALS_MAX) break;
    await redeliver(newestId).then(() => asked.push(guid), (error: unknown) => refused.push({ guid, why: printable(error instanceof Error ? error.message : String(error)) }));
  }
  return { asked, refused, givenUp, complete: whole && asked.length === due.length };
}

type Failed = { readonly guid: string; readonly newestId: number; readonly attempts: number };

/** Deliveries of which no attempt succeeded, by their first attempt. */
async function failedSince(sinceMs: number, list: (cursor: string | null) => Promise<AttemptPage>): Promise<{ readonly deliveries: readonly Failed[]; readonly whole: boolean }> {
  const { attempts, whole } = await attemptsSince(sinceMs, list);
  const byGuid = Map.groupBy(attempts.toReversed(), ({ guid }) => guid);
  const failed = [...byGuid].filter(([, of]) => !of.some(({ statusCode }) => statusCode >= 200 && statusCode < 300));
  return { deliveries: failed.map(([guid, of]) => ({ guid, newestId: of.at(-1)?.id ?? 0, attempts: of.length })), whole };
}

async function attemptsSince(sinceMs: number, list: (cursor: string | null) => Promise<AttemptPage>): Promise<{ readonly attempts: readonly Attempt[]; readonly whole: boolean }> {
  const attempts: Attempt[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const listed: AttemptPage = await list(cursor);
    const recent = listed.attempts.filter(({ deliveredAtMs }) => deliveredAtMs >= sinceMs);
    attempts.push(...recent);
    if (listed.next === null || recent.length < listed.attempts.length) return { attempts, whole: true };
    cursor = listed.next;
  }
  return { attempts, whole: false };
}
