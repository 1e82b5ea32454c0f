// The store on one SQLite file: a transaction per append, one fsync per transaction. Knows no meaning of events but whom they mention.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { MaestroError } from '../../error.ts';
import type { RefName } from '../../merge/branch.ts';
import type { LedgerEvent } from '../../merge/event.ts';
import { mentionOf } from '../../merge/mention.ts';
import type { LaneHistory, Store } from '../../port/store.ts';
import { chainStart, firstDamage, link } from './chain.ts';
import { corrupt, guarded } from './failure.ts';
import { integerAt, textAt } from './row.ts';
import { openDatabase } from './schema.ts';

/** Opens or creates the state file. Throws `state-newer`, `state-corrupt`, `disk`. */
export async function openSqliteStore(file: string): Promise<SqliteStore> {
  return guarded(file, () => new SqliteStore(openDatabase(file), file));
}

export class SqliteStore implements Store {
  readonly #db: DatabaseSync;
  readonly #file: string;
  readonly #closed: () => void;
  readonly #sql: Statements;

  /** `db` has the schema; `closed` runs once after it was closed. */
  constructor(db: DatabaseSync, file: string, closed: () => void = () => {}) {
    this.#db = db;
    this.#file = file;
    this.#closed = closed;
    this.#sql = prepare(db);
  }

  async claim(holder: string): Promise<number> {
    return this.#transaction('IMMEDIATE', () => integerAt(this.#sql.claim.get(holder), 'token', this.#file));
  }

  async load(): Promise<readonly LaneHistory[]> {
    return this.#transaction('DEFERRED', () => {
      const lanes = this.#lanes();
      for (const row of this.#sql.events.all()) {
        const [id, body] = cells(row);
        const lane = typeof id === 'number' ? lanes.get(id) : undefined;
        if (lane === undefined || typeof body !== 'string') throw corrupt(this.#file, 'an event belongs to no lane');
        lane.hash = link(lane.hash, body);
        lane.events.push(this.#parse(body));
      }
      // What was changed, lost or moved shows at the end of the chain; what exactly is worth a second reading.
      if ([...lanes.values()].some((lane) => lane.events.length !== lane.version || lane.hash !== lane.written)) throw corrupt(this.#file, firstDamage(this.#db, this.#file) ?? 'the chain of events is broken');
      return [...lanes.values()].map(({ target, version, events }) => ({ target, version, events }));
    });
  }

  async append(token: number, target: RefName, version: number, events: readonly LedgerEvent[]): Promise<void> {
    this.#transaction('IMMEDIATE', () => {
      this.#fence(token);
      const lane = this.#lane(target);
      if (lane.version !== version && this.#isAppended(lane.id, version, events)) return;
      if (lane.version !== version) throw new MaestroError('fenced', `${target} has ${lane.version} events, not ${version}: somebody else wrote.`);
      if (events.length === 0) return;
      const last = { id: lane.id ?? integerAt(this.#sql.addLane.get(target), 'id', this.#file), version, hash: lane.hash };
      for (const event of events) {
        const body = JSON.stringify(event);
        last.version += 1;
        last.hash = link(last.hash, body);
        const seq = integerAt(this.#sql.addEvent.get(last.id, last.version, body, last.hash), 'seq', this.#file);
        this.#mention(event, seq);
      }
      this.#sql.moveLane.run(last.version, last.hash, last.id);
    });
  }

  async history(request: string): Promise<{ readonly target: RefName; readonly events: readonly LedgerEvent[] } | null> {
    return guarded(this.#file, () => {
      const rows = this.#sql.history.all(request);
      const target = rows[0]?.['target'];
      if (target === undefined) return null;
      const own = rows.filter((row) => row['target'] === target);
      return { target: textAt(rows[0], 'target', this.#file) as RefName, events: own.map((row) => this.#parse(row['body'])) };
    });
  }

  async recall(key: string): Promise<string | null> {
    return guarded(this.#file, () => {
      const row = this.#sql.recall.get(key);
      return row === undefined ? null : textAt(row, 'value', this.#file);
    });
  }

  async remember(token: number, key: string, value: string): Promise<void> {
    this.#transaction('IMMEDIATE', () => {
      this.#fence(token);
      this.#sql.remember.run(key, value);
    });
  }

  /** For `maestro doctor`: what is wrong with the file in one line, null when every event is as it was written. */
  async verify(): Promise<string | null> {
    return this.#transaction('DEFERRED', () => firstDamage(this.#db, this.#file));
  }

  async close(): Promise<void> {
    if (!this.#db.isOpen) return;
    guarded(this.#file, () => this.#db.close());
    this.#closed();
  }

  #transaction<T>(kind: 'DEFERRED' | 'IMMEDIATE', work: () => T): T {
    return guarded(this.#file, () => {
      this.#db.exec(`BEGIN ${kind}`);
      try {
        const result = work();
        this.#db.exec('COMMIT');
        return result;
      } catch (error) {
        // SQLite ends a transaction itself on some errors (disk full).
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #fence(token: number): void {
    const row = this.#sql.holder.get();
    if (integerAt(row, 'token', this.#file) === token) return;
    throw new MaestroError('fenced', `Another coordinator took over: ${textAt(row, 'holder', this.#file)}.`, { next: 'maestro status' });
  }

  #lane(target: RefName): { readonly id: number | null; readonly version: number; readonly hash: string } {
    const row = this.#sql.lane.get(target);
    if (row === undefined) return { id: null, version: 0, hash: chainStart(target) };
    return { id: integerAt(row, 'id', this.#file), version: integerAt(row, 'version', this.#file), hash: textAt(row, 'hash', this.#file) };
  }

  /** Those of the lane after `version` are these very ones: an append whose answer was lost. */
  #isAppended(lane: number | null, version: number, events: readonly LedgerEvent[]): boolean {
    if (lane === null || events.length === 0) return false;
    const rows = this.#sql.bodiesAfter.all(lane, version);
    return rows.length === events.length && events.every((event, at) => rows[at]?.['body'] === JSON.stringify(event));
  }

  #lanes(): Map<number, LoadingLane> {
    return new Map(this.#sql.lanes.all().map((row) => {
      const target = textAt(row, 'target', this.#file) as RefName;
      return [integerAt(row, 'id', this.#file), { target, version: integerAt(row, 'version', this.#file), events: [], hash: chainStart(target), written: textAt(row, 'hash', this.#file) }];
    }));
  }

  #mention(event: LedgerEvent, seq: number): void {
    const { requests, intent } = mentionOf(event);
    for (const request of requests) this.#sql.addMention.run(request, seq);
    if (event.kind === 'intended') this.#sql.addMention.run(intentKey(event.intent.id), seq);
    if (intent !== null) this.#sql.addMentionsOfIntent.run(seq, intentKey(intent));
  }

  #parse(body: unknown): LedgerEvent {
    if (typeof body !== 'string') throw corrupt(this.#file, 'an event is not text');
    try {
      return JSON.parse(body) as LedgerEvent;
    } catch (error) {
      throw corrupt(this.#file, 'an event is not JSON', error);
    }
  }
}

/** `hash`: of the events read so far; `written`: what it was when the last one was saved. */
type LoadingLane = { readonly target: RefName; readonly version: number; readonly events: LedgerEvent[]; hash: string; readonly written: string };
type Statements = ReturnType<typeof prepare>;

function prepare(db: DatabaseSync) {
  return {
    claim: db.prepare('UPDATE holder SET token = token + 1, holder = ? RETURNING token'),
    holder: db.prepare('SELECT token, holder FROM holder'),
    lane: db.prepare('SELECT id, version, hash FROM lane WHERE target = ?'),
    lanes: db.prepare('SELECT id, target, version, hash FROM lane ORDER BY id'),
    bodiesAfter: db.prepare('SELECT body FROM event WHERE lane = ? AND version > ? ORDER BY version'),
    addLane: db.prepare("INSERT INTO lane (target, version, hash) VALUES (?, 0, '') RETURNING id"),
    moveLane: db.prepare('UPDATE lane SET version = ?, hash = ? WHERE id = ?'),
    events: asArrays(db.prepare('SELECT lane, body FROM event ORDER BY seq')),
    addEvent: db.prepare('INSERT INTO event (lane, version, body, hash) VALUES (?, ?, ?, ?) RETURNING seq'),
    addMention: db.prepare('INSERT INTO event_request (request, seq) VALUES (?, ?)'),
    addMentionsOfIntent: db.prepare('INSERT OR IGNORE INTO event_request SELECT b.request, ? FROM event_request a JOIN event_request b ON b.seq = a.seq WHERE a.request = ?'),
    history: db.prepare('SELECT target, body FROM event_request JOIN event USING (seq) JOIN lane ON lane.id = event.lane WHERE request = ? ORDER BY seq'),
    recall: db.prepare('SELECT value FROM note WHERE key = ?'),
    remember: db.prepare('INSERT INTO note (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value'),
  };
}

/** Half the time of rows as objects, and `load` is what a start waits for. */
function asArrays(statement: StatementSync): StatementSync {
  statement.setReturnArrays(true);
  return statement;
}

function cells(row: unknown): readonly unknown[] {
  return Array.isArray(row) ? row : [];
}

/** Kept in the mention index beside request ids, which hold no space. */
function intentKey(intent: string): string {
  return `intent ${intent}`;
}
