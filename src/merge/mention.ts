// Which requests an event is about: the index by which a store tells one request's story. Knows no storage.
import type { LedgerEvent } from './event.ts';
import type { RequestId } from './request.ts';

/** `intent`: the event is about whatever requests that intent carried, which only the ledger before it knows. */
export type Mention = { readonly requests: readonly RequestId[]; readonly intent: string | null };

export function mentionOf(event: LedgerEvent): Mention {
  switch (event.kind) {
    case 'requested': return of('of' in event.what ? [event.id, event.what.of] : [event.id]);
    case 'superseded': return of(event.by === null ? [event.id] : [event.id, event.by]);
    case 'taken-off': return of([...event.ids, ...event.back, ...event.unmet.map(({ id }) => id)]);
    case 'rolled-back': return of([event.id, event.by]);
    case 'retried': case 'met': case 'held': case 'released': case 'built': case 'conflicted': case 'voted': case 'asked': case 'decided': case 'rejected': case 'cancelled':
      return of([event.id]);
    case 'dropped': case 'gated': return of(event.ids);
    case 'tasked': return of([event.id, ...event.tasks.map((task) => task.request)]);
    case 'intended': return of(event.intent.requests);
    case 'landed': case 'entered': case 'not-landed': return { requests: [], intent: event.intent };
    case 'baseline': case 'tip': case 'paused': case 'resumed': case 'stopped': case 'skipped': case 'forgotten': case 'promoted': return of([]);
  }
}

function of(requests: readonly RequestId[]): Mention {
  return { requests: [...new Set(requests)], intent: null };
}
