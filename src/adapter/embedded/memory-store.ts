// The store as a plain object, for tests and the simulation: the same contract without a disk. It outlives a coordinator that "crashes".
import { isDeepStrictEqual } from 'node:util';
import { MaestroError } from '../../error.ts';
import type { RefName } from '../../merge/branch.ts';
import type { LedgerEvent } from '../../merge/event.ts';
import { mentionOf } from '../../merge/mention.ts';
import type { LaneHistory, Store } from '../../port/store.ts';

/** Every method does its work before it returns its promise, so a simulation stays in one deterministic order. */
export function openMemoryStore(): Store {
  const lanes = new Map<RefName, LedgerEvent[]>();
  const notes = new Map<string, string>();
  // The order over all lanes, which only `history` needs.
  const log: { readonly target: RefName; readonly event: LedgerEvent }[] = [];
  const current = { token: 0, holder: 'nobody' };

  function fence(token: number): void {
    if (token !== current.token) throw new MaestroError('fenced', `Another coordinator took over: ${current.holder}.`, { next: 'maestro status' });
  }

  return {
    async claim(holder) {
      current.token += 1;
      current.holder = holder;
      return current.token;
    },
    async load() {
      return [...lanes].map(([target, events]): LaneHistory => ({ target, version: events.length, events: [...events] }));
    },
    async append(token, target, version, events) {
      fence(token);
      const lane = lanes.get(target) ?? [];
      if (lane.length !== version && events.length > 0 && isDeepStrictEqual(lane.slice(version), events)) return;
      if (lane.length !== version) throw new MaestroError('fenced', `${target} has ${lane.length} events, not ${version}: somebody else wrote.`);
      if (events.length === 0) return;
      lanes.set(target, lane);
      for (const event of events) {
        lane.push(event);
        log.push({ target, event });
      }
    },
    async history(request) {
      return storyOf(request, log);
    },
    async recall(key) {
      return notes.get(key) ?? null;
    },
    async remember(token, key, value) {
      fence(token);
      notes.set(key, value);
    },
    async close() {},
  };
}

/** Reads everything: it is asked rarely, and an index would cost every append. */
function storyOf(request: string, log: readonly { readonly target: RefName; readonly event: LedgerEvent }[]): Awaited<ReturnType<Store['history']>> {
  const intents = new Set<string>();
  const story = log.filter(({ event }) => {
    const { requests, intent } = mentionOf(event);
    const named = requests.some((id) => id === request) || (intent !== null && intents.has(intent));
    if (named && event.kind === 'intended') intents.add(event.intent.id);
    return named;
  });
  const target = story[0]?.target;
  if (target === undefined) return null;
  return { target, events: story.filter((entry) => entry.target === target).map((entry) => entry.event) };
}
