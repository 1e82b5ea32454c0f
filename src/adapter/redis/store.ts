// The store on Redis, for several machines: a stream per lane, hash-chained, written by scripts that compare token and version first.
// Losing all of it changes no landing: what landed is on the remote. What people had said and was not on the remote yet (a pause, an
// answer, a cancellation, a rejection) is gone with it: marked branches are judged again, questions asked again.
import { hash } from 'node:crypto';
import { MaestroError } from '../../error.ts';
import type { RefName } from '../../merge/branch.ts';
import type { LedgerEvent } from '../../merge/event.ts';
import { mentionOf } from '../../merge/mention.ts';
import type { LaneHistory, Store } from '../../port/store.ts';
import { keysOf, type Keys } from './key.ts';
import type { RedisLink } from './link.ts';
import { APPEND, CLAIM, REMEMBER } from './script.ts';
import { requireDurable } from './setup.ts';

const PAGE_EVENTS = 1_000;
const WAITAOF_MS_MAX = 4_000;

export type RedisStoreChoices = {
  readonly link: RedisLink;
  /** Any text that names the repository, the same on every machine. */
  readonly repository: string;
  /** Takes a server that forgets on a crash. For tests. */
  readonly unsafe?: boolean;
};

/** The link stays open when the store is closed. Throws `store-unsafe`, `disk`. */
export async function openRedisStore({ link, repository, unsafe = false }: RedisStoreChoices): Promise<Store> {
  return new RedisStore(link, repository, unsafe ? false : await requireDurable(link));
}

class RedisStore implements Store {
  readonly #link: RedisLink;
  readonly #repository: string;
  readonly #keys: Keys;
  readonly #waits: boolean;

  constructor(link: RedisLink, repository: string, waits: boolean) {
    this.#link = link;
    this.#repository = repository;
    this.#keys = keysOf(repository);
    this.#waits = waits;
  }

  async claim(holder: string): Promise<number> {
    const [kind, value] = await this.#write(CLAIM, [this.#keys.holder], [holder]);
    if (kind === 'newer') throw new MaestroError('state-newer', `The ledger in Redis was written by a newer Maestro (format ${value}, this one knows 1).`, { next: 'npm install maestro-hooks@latest' });
    return Number(value);
  }

  /** Pages, so that a large ledger blocks nobody; what is appended meanwhile is left out. */
  async load(): Promise<readonly LaneHistory[]> {
    const lines = await this.#link.ask((client) => client.hgetall(this.#keys.lanes));
    const lanes = Object.entries(lines).map(([target, line]) => ({ target: target as RefName, ...this.#parseLine(line) })).toSorted((a, b) => a.place - b.place);
    const histories: LaneHistory[] = [];
    for (const { target, version, last } of lanes) histories.push({ target, version, events: await this.#read(target, version, last) });
    return histories;
  }

  async append(token: number, target: RefName, version: number, events: readonly LedgerEvent[]): Promise<void> {
    const { keys, args } = this.#index(version, events);
    const bodies = events.map((event) => JSON.stringify(event));
    const [kind, detail] = await this.#write(APPEND, [this.#keys.holder, this.#keys.lanes, this.#keys.lane(target), ...keys], [String(token), target, String(version), String(bodies.length), ...bodies, ...args]);
    if (kind === 'fenced') throw fenced(detail);
    if (kind === 'version') throw new MaestroError('fenced', `${target} has ${detail} events, not ${version}: somebody else wrote.`);
  }

  async history(request: string): Promise<{ readonly target: RefName; readonly events: readonly LedgerEvent[] } | null> {
    const mentions = await this.#mentions(this.#keys.request(request));
    const first = mentions[0];
    if (first === undefined) return null;
    const story = new Map<number, LedgerEvent>();
    const tell = async (list: readonly Mention[], after: number): Promise<void> => {
      for (const { target, version } of list) if (target === first.target && version > after) story.set(version, await this.#event(target, version));
    };
    await tell(mentions, 0);
    // What became of a landing names its intent only.
    for (const [version, event] of [...story]) if (event.kind === 'intended') await tell(await this.#mentions(this.#keys.intent(event.intent.id)), version);
    return { target: first.target, events: [...story].toSorted(([a], [b]) => a - b).map(([, event]) => event) };
  }

  async recall(key: string): Promise<string | null> {
    return this.#link.ask((client) => client.hget(this.#keys.notes, key));
  }

  async remember(token: number, key: string, value: string): Promise<void> {
    const [kind, detail] = await this.#write(REMEMBER, [this.#keys.holder, this.#keys.notes], [String(token), key, value]);
    if (kind === 'fenced') throw fenced(detail);
  }

  async close(): Promise<void> {}

  async #write(script: string, keys: readonly string[], args: readonly string[]): Promise<readonly [string, string | null]> {
    const before = this.#link.connections();
    const answer = await this.#link.ask((client) => client.eval(script, keys.length, ...keys, ...args));
    if (this.#waits) await this.#synced(before);
    const [kind, detail] = Array.isArray(answer) ? answer : [];
    return [String(kind), typeof detail === 'string' || typeof detail === 'number' ? String(detail) : null];
  }

  /** WAITAOF speaks of its own connection: on another one it says nothing about this write. */
  async #synced(before: number): Promise<void> {
    const answer = await this.#link.ask((client) => client.call('WAITAOF', '1', '0', String(WAITAOF_MS_MAX)));
    const isSynced = Array.isArray(answer) && Number(answer[0]) >= 1;
    if (!isSynced || this.#link.connections() > Math.max(before, 1)) throw new MaestroError('disk', `Redis at ${this.#link.place} did not say that the write is on its disk.`, { retryable: true, next: 'CONFIG SET appendfsync always, and the same in redis.conf' });
  }

  /** Which lists learn of which event; every list is named once among the keys. */
  #index(version: number, events: readonly LedgerEvent[]): { readonly keys: readonly string[]; readonly args: readonly string[] } {
    const places = new Map<string, number>();
    const args: string[] = [];
    for (const [at, event] of events.entries()) {
      const { requests, intent } = mentionOf(event);
      for (const key of [...requests.map((id) => this.#keys.request(id)), ...(intent === null ? [] : [this.#keys.intent(intent)])]) {
        // After holder, lanes and the lane; Lua counts from one.
        const place = places.get(key) ?? places.size + 4;
        places.set(key, place);
        args.push(String(place), String(version + at + 1));
      }
    }
    return { keys: [...places.keys()], args };
  }

  async #read(target: RefName, version: number, last: string): Promise<readonly LedgerEvent[]> {
    const events: LedgerEvent[] = [];
    let link = hash('sha1', target);
    while (events.length < version) {
      const page = await this.#link.ask((client) => client.xrange(this.#keys.lane(target), `${events.length + 1}-0`, `${version}-0`, 'COUNT', PAGE_EVENTS));
      if (page.length === 0) throw this.#corrupt(`${target}: event ${events.length + 1} is missing`);
      for (const [id, [, body = '', , written]] of page) {
        link = hash('sha1', link + body);
        if (id !== `${events.length + 1}-0` || link !== written) throw this.#corrupt(`${target}: event ${events.length + 1} is not as it was written`);
        events.push(this.#parse(body));
      }
    }
    if (link !== last) throw this.#corrupt(`${target}: the last event is not the one that was written last`);
    return events;
  }

  async #event(target: RefName, version: number): Promise<LedgerEvent> {
    const [entry] = await this.#link.ask((client) => client.xrange(this.#keys.lane(target), `${version}-0`, `${version}-0`));
    if (entry === undefined) throw this.#corrupt(`${target}: event ${version} is missing`);
    return this.#parse(entry[1][1] ?? '');
  }

  async #mentions(key: string): Promise<readonly Mention[]> {
    const entries = await this.#link.ask((client) => client.lrange(key, 0, -1));
    return entries.map((entry) => {
      const end = entry.indexOf(' ');
      return { version: Number(entry.slice(0, end)), target: entry.slice(end + 1) as RefName };
    });
  }

  #parseLine(line: string): { readonly place: number; readonly version: number; readonly last: string } {
    const [, place, version, last] = /^(\d+) (\d+) ([0-9a-f]{40})$/.exec(line) ?? [];
    if (last === undefined) throw this.#corrupt('a lane has no length');
    return { place: Number(place), version: Number(version), last };
  }

  #parse(body: string): LedgerEvent {
    try {
      return JSON.parse(body) as LedgerEvent;
    } catch (error) {
      throw this.#corrupt('an event is not JSON', error);
    }
  }

  #corrupt(detail: string, cause?: unknown): MaestroError {
    return new MaestroError('state-corrupt', `The ledger of ${this.#repository} in Redis at ${this.#link.place} is damaged: ${detail}.`, {
      next: `delete the keys ${this.#keys.holder.replace(/holder$/, '*')}   (what landed is on the remote; marked branches are found again)`,
      cause,
    });
  }
}

type Mention = { readonly target: RefName; readonly version: number };

function fenced(holder: string | null): MaestroError {
  return new MaestroError('fenced', holder === null ? 'Redis has lost this ledger: nobody may go on with what was read from it.' : `Another coordinator took over: ${holder}.`, { next: 'maestro status' });
}
