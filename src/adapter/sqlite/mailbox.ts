// The mailbox on one SQLite file of its own: whatever is asked in one turn of the event loop is one transaction and one fsync. Knows no payload.
import type { DatabaseSync } from 'node:sqlite';
import { MaestroError } from '../../error.ts';
import type { Delivery, Mailbox, PutOutcome, Taken } from '../../port/mailbox.ts';
import { guarded } from './failure.ts';
import { integerAt, textAt } from './row.ts';
import { openDatabase, type Format } from './schema.ts';

/** GitHub redelivers for three days; a fourth covers clocks. */
export const KEPT_MS_MAX = 4 * 24 * 3_600_000;
/** Rows handled long ago, whatever their age: about 200 MB. */
export const KEPT_ROWS_MAX = 1_000_000;
/** Beyond it `put` says `full`. */
export const WAITING_ROWS_MAX = 100_000;

// What one transaction takes in: its fsync is waited for by the whole process.
const BATCH_MAX = 256;
// Each look at the oldest rows removes up to twice as many as came since, so the number of overdue rows falls.
const PRUNE_EVERY_PUTS = 256;
const PRUNE_ROWS_MAX = 2 * PRUNE_EVERY_PUTS;

const FORMAT: Format = {
  version: 1,
  tables: `
    CREATE TABLE delivery (
      row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at_ms INTEGER NOT NULL, state TEXT NOT NULL, event TEXT NOT NULL,
      repository TEXT NOT NULL, ref TEXT, after TEXT, tries INTEGER NOT NULL, payload TEXT, why TEXT
    ) STRICT;
    CREATE INDEX delivery_waiting ON delivery (repository, row) WHERE state = 'waiting';
    CREATE INDEX delivery_push ON delivery (repository, ref, row) WHERE ref IS NOT NULL;
  `,
};

export type MailboxBounds = { readonly keptMsMax: number; readonly keptRowsMax: number; readonly waitingRowsMax: number };

const BOUNDS: MailboxBounds = { keptMsMax: KEPT_MS_MAX, keptRowsMax: KEPT_ROWS_MAX, waitingRowsMax: WAITING_ROWS_MAX };

/** Opens or creates the file. One process at a time: two would hand out the same rows. Throws `state-newer`, `state-corrupt`, `disk`. */
export async function openSqliteMailbox(file: string, bounds: MailboxBounds = BOUNDS): Promise<Mailbox> {
  return guarded(file, () => new SqliteMailbox(openDatabase(file, FORMAT), file, bounds));
}

class SqliteMailbox implements Mailbox {
  readonly #db: DatabaseSync;
  readonly #file: string;
  readonly #bounds: MailboxBounds;
  readonly #sql: Statements;
  #asked: Asked[] = [];
  #waiting: number;
  #putsSincePruned = 0;

  constructor(db: DatabaseSync, file: string, bounds: MailboxBounds) {
    this.#db = db;
    this.#file = file;
    this.#bounds = bounds;
    this.#sql = prepare(db);
    this.#waiting = this.#countWaiting();
  }

  put(delivery: Delivery, atMs: number): Promise<PutOutcome> {
    return this.#together(() => this.#put(delivery, atMs));
  }

  take(busy: Iterable<string>, rowsMax: number): Promise<readonly Taken[]> {
    const left = JSON.stringify([...busy]);
    return this.#together(() => this.#sql.take.all(left, rowsMax).map((row) => this.#taken(row)).toSorted((a, b) => a.row - b.row));
  }

  done(row: number): Promise<void> {
    return this.#together(() => this.#end(row, 'done', null));
  }

  setAside(row: number, why: string): Promise<void> {
    return this.#together(() => this.#end(row, 'aside', why));
  }

  async waiting(): Promise<number> {
    return this.#waiting;
  }

  async close(): Promise<void> {
    while (this.#asked.length > 0) this.#commit();
    if (this.#db.isOpen) guarded(this.#file, () => this.#db.close());
  }

  /** Bounded by its callers: each waits for its own answer before it asks again. */
  #together<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#asked.length === 0) setImmediate(() => this.#commit());
      this.#asked.push({ run: () => {
        const result = work();
        return () => resolve(result);
      }, reject });
    });
  }

  #commit(): void {
    const batch = this.#asked.splice(0, BATCH_MAX);
    if (batch.length === 0) return;
    if (this.#asked.length > 0) setImmediate(() => this.#commit());
    try {
      for (const answer of this.#transaction(() => batch.map(({ run }) => run()))) answer();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  #transaction<T>(work: () => T): T {
    const waiting = this.#waiting;
    try {
      return guarded(this.#file, () => {
        if (!this.#db.isOpen) throw new MaestroError('disk', `The mailbox ${this.#file} is closed.`, { retryable: true });
        this.#db.exec('BEGIN IMMEDIATE');
        const result = work();
        this.#db.exec('COMMIT');
        return result;
      });
    } catch (error) {
      this.#waiting = waiting;
      // SQLite ends a transaction itself on some errors (disk full).
      if (this.#db.isOpen && this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #put({ id, event, repository, push, payload }: Delivery, atMs: number): PutOutcome {
    if (this.#sql.known.get(id) !== undefined) return 'repeated';
    // Against the newest push only: a ref that goes from A to B and back to A was pushed three times.
    if (push !== null && this.#sql.newestPush.get(repository, push.ref)?.['after'] === push.after) return 'repeated';
    if (this.#waiting >= this.#bounds.waitingRowsMax) return 'full';
    this.#sql.add.run(id, atMs, event, repository, push?.ref ?? null, push?.after ?? null, payload);
    this.#waiting += 1;
    this.#prune(atMs);
    return 'new';
  }

  #end(row: number, state: 'done' | 'aside', why: string | null): void {
    this.#waiting -= Number(this.#sql.end.run(state, why, row).changes);
  }

  #prune(nowMs: number): void {
    this.#putsSincePruned += 1;
    if (this.#putsSincePruned < Math.min(PRUNE_EVERY_PUTS, this.#bounds.keptRowsMax)) return;
    this.#putsSincePruned = 0;
    this.#sql.prune.run(PRUNE_ROWS_MAX, nowMs - this.#bounds.keptMsMax, this.#bounds.keptRowsMax);
  }

  #taken(row: Readonly<Record<string, unknown>>): Taken {
    const text = (column: string) => textAt(row, column, this.#file);
    const integer = (column: string) => integerAt(row, column, this.#file);
    return { row: integer('row'), tries: integer('tries'), id: text('id'), event: text('event'), repository: text('repository'), payload: text('payload') };
  }

  #countWaiting(): number {
    return integerAt(this.#db.prepare("SELECT count(*) AS n FROM delivery WHERE state = 'waiting'").get(), 'n', this.#file);
  }
}

/** `run` works inside the transaction; what it returns answers once that is on disk. */
type Asked = { readonly run: () => () => void; readonly reject: (error: unknown) => void };
type Statements = ReturnType<typeof prepare>;

// Jumps from repository to repository along the index: thousands of rows of one busy repository cost one step.
const TAKE = `
  WITH RECURSIVE waiting (repository) AS (
    SELECT min(repository) FROM delivery WHERE state = 'waiting'
    UNION ALL
    SELECT (SELECT min(repository) FROM delivery WHERE state = 'waiting' AND repository > waiting.repository) FROM waiting WHERE repository IS NOT NULL
  )
  UPDATE delivery SET tries = tries + 1 WHERE row IN (
    SELECT (SELECT min(row) FROM delivery WHERE state = 'waiting' AND delivery.repository = waiting.repository) AS head FROM waiting
    WHERE repository IS NOT NULL AND repository NOT IN (SELECT value FROM json_each(?)) ORDER BY head LIMIT ?
  ) RETURNING row, id, event, repository, payload, tries`;

function prepare(db: DatabaseSync) {
  return {
    known: db.prepare('SELECT 1 FROM delivery WHERE id = ?'),
    newestPush: db.prepare('SELECT after FROM delivery WHERE repository = ? AND ref = ? ORDER BY row DESC LIMIT 1'),
    add: db.prepare("INSERT INTO delivery (id, at_ms, state, event, repository, ref, after, tries, payload) VALUES (?, ?, 'waiting', ?, ?, ?, ?, 0, ?)"),
    take: db.prepare(TAKE),
    end: db.prepare("UPDATE delivery SET state = ?, why = ?, payload = NULL WHERE row = ? AND state = 'waiting'"),
    prune: db.prepare(`
      DELETE FROM delivery WHERE row IN (
        SELECT row FROM (SELECT row, state, at_ms FROM delivery ORDER BY row LIMIT ?)
        WHERE state <> 'waiting' AND (at_ms < ? OR row <= (SELECT max(row) FROM delivery) - ?)
      )`),
  };
}
