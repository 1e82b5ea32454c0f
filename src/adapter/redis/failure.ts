// What Redis refuses, in Maestro's words. Knows replies, not what was being asked.
import { MaestroError } from '../../error.ts';

type Cure = { readonly what: string; readonly next: string };

// The first word of an error reply (redis.io/docs/latest/develop/reference/protocol-spec, and the server's own shared.c).
const REPLIES: ReadonlyMap<string, Cure> = new Map([
  ['OOM', { what: 'is full', next: 'raise maxmemory of that Redis' }],
  ['MISCONF', { what: 'cannot write to its disk', next: 'check the free space and the log of that Redis' }],
  ['READONLY', { what: 'is a replica and takes no writes', next: 'point REDIS_URL at the primary' }],
  ['LOADING', { what: 'is still loading its data', next: 'wait until it has started' }],
  ['BUSY', { what: 'is busy with a script', next: 'look at that Redis' }],
  ['NOAUTH', { what: 'wants a password', next: 'put user and password into REDIS_URL' }],
  ['WRONGPASS', { what: 'refuses this password', next: 'correct user and password in REDIS_URL' }],
  ['NOPERM', { what: 'does not let this user do that', next: 'give the user of REDIS_URL the rights to ~maestro:* &* +@all -@dangerous' }],
  ['CLUSTERDOWN', { what: 'is a cluster that is down', next: 'look at that cluster' }],
  ['MASTERDOWN', { what: 'lost its primary', next: 'look at that Redis' }],
  ['NOREPLICAS', { what: 'has too few replicas to take writes', next: 'look at its replicas' }],
]);

/** `trouble`: what the connection last reported, which says more than the command that waited for it. */
export function translate(place: string, error: unknown, trouble: unknown): MaestroError {
  const reply = replyOf(error) ?? replyOf(trouble);
  if (reply !== null) return refused(place, reply, error);
  if (!isConnection(error)) return new MaestroError('internal', `Redis at ${place}: ${textOf(error)}`, { cause: error });
  return refused(place, { what: `does not answer: ${textOf(trouble ?? error)}`, next: `redis-cli -u "$REDIS_URL" ping` }, error);
}

/** As a full disk would: the ledger takes nothing now, and may later. */
function refused(place: string, { what, next }: Cure, cause: unknown): MaestroError {
  return new MaestroError('disk', `Redis at ${place} ${what}.`, { retryable: true, next, cause });
}

function replyOf(error: unknown): Cure | null {
  const word = /\b(?:[A-Z]{3,})\b/.exec(error instanceof Error ? error.message : '')?.[0] ?? '';
  return REPLIES.get(word) ?? null;
}

/** The client's own errors carry no code; its sentences are the only sign. */
function isConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error || error.name === 'MaxRetriesPerRequestError') return true;
  return /Command timed out|Connection is closed|Stream isn't writeable|Connection is in/.test(error.message);
}

function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return textOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
