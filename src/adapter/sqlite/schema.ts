// How a SQLite file of Maestro is opened, and the tables of the state file. Knows nothing of who writes and why.
import { DatabaseSync } from 'node:sqlite';
import { MaestroError } from '../../error.ts';
import { corrupt } from './failure.ts';
import { integerAt } from './row.ts';

export const SCHEMA_VERSION = 1;

// Every statement is synchronous, so waiting for a lock stops the whole process.
const BUSY_TIMEOUT_MS = 250;

// The view is for people with a SQLite shell: columns of its own could be at odds with the body.
const TABLES = `
  CREATE TABLE holder (id INTEGER PRIMARY KEY CHECK (id = 1), token INTEGER NOT NULL, holder TEXT NOT NULL) STRICT;
  CREATE TABLE lane (id INTEGER PRIMARY KEY, target TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
  CREATE TABLE event (
    seq INTEGER PRIMARY KEY, lane INTEGER NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL,
    UNIQUE (lane, version)
  ) STRICT;
  CREATE TABLE event_request (request TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (request, seq)) STRICT, WITHOUT ROWID;
  CREATE INDEX event_request_seq ON event_request (seq);
  CREATE TABLE note (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE VIEW ledger AS
    SELECT seq, target, event.version, datetime(body ->> 'atMs' / 1000, 'unixepoch') AS at, body ->> 'kind' AS kind, body
    FROM event JOIN lane ON lane.id = event.lane;
  INSERT INTO holder VALUES (1, 0, 'nobody');
`;

/** What a file holds: the statements that make it, and the number that says so in the file. */
export type Format = { readonly version: number; readonly tables: string };

const STATE: Format = { version: SCHEMA_VERSION, tables: TABLES };

/** Opens for writing and creates what is missing. A file of a newer Maestro is refused before anything in it changes. */
export function openDatabase(file: string, format: Format = STATE): DatabaseSync {
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: false, timeout: BUSY_TIMEOUT_MS });
  try {
    schemaOf(db, file, format);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    createMissing(db, file, format);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** 0 when the file holds nothing yet. */
export function schemaOf(db: DatabaseSync, file: string, format: Format = STATE): number {
  const version = integerAt(db.prepare('PRAGMA user_version').get(), 'user_version', file);
  if (version > format.version)
    throw new MaestroError('state-newer', `The state file ${file} was written by a newer Maestro (format ${version}, this one knows ${format.version}).`, { next: 'npm install maestro-hooks@latest' });
  if (version === 0 && db.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined) throw corrupt(file, 'it is not a state file of Maestro');
  return version;
}

function createMissing(db: DatabaseSync, file: string, format: Format): void {
  if (schemaOf(db, file, format) === format.version) return;
  db.exec('BEGIN IMMEDIATE');
  // Asked again under the lock: another process may have created the tables in between.
  if (schemaOf(db, file, format) === 0) db.exec(`${format.tables} PRAGMA user_version = ${format.version};`);
  db.exec('COMMIT');
}
