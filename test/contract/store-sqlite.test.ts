// The SQLite store keeps the contract, and what only a file can be asked: kills, damage, full disks, newer formats, looking without touching.
import { spawn, spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { openSqliteStoreReadOnly } from '../../src/adapter/sqlite/read-only.ts';
import { openSqliteStore } from '../../src/adapter/sqlite/store.ts';
import type { SqliteStore } from '../../src/adapter/sqlite/store.ts';
import type { LedgerEvent } from '../../src/merge/event.ts';
import { bodyOf, lane, requested, tipSeen, ID_A } from './store-event.ts';
import { storeContract } from './store.contract.ts';

const WRITER = join(import.meta.dirname, 'store-writer.ts');
const MAIN = lane('main');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

storeContract('SQLite', async () => {
  const file = stateFile();
  const open = [await openSqliteStore(file)];
  const closeAll = async () => {
    for (const store of open) await store.close();
  };
  const store = open[0]!;
  return {
    store,
    reopen: async () => {
      await closeAll();
      const again = await openSqliteStore(file);
      open.push(again);
      return again;
    },
    dispose: closeAll,
  };
});

describe('a state file', () => {
  test('holds every acknowledged append after kill -9, and nothing damaged', async () => {
    const file = stateFile();
    for (const appends of [1, 30, 150]) {
      const acknowledged = await killedAfter(file, appends);
      const store = await openSqliteStore(file);
      const events = (await store.load())[0]?.events ?? [];
      expect(events.length).toBeGreaterThanOrEqual(acknowledged);
      expect(events).toEqual(events.map((_, n) => tipSeen(n)));
      expect(await store.verify()).toBeNull();
      await store.close();
    }
  });

  test('appends all or nothing when an event cannot be written', async () => {
    const { file, store, token } = await written([tipSeen(1)]);
    await expect(store.append(token, MAIN, 1, [tipSeen(2), unwritable()])).rejects.toMatchObject({ code: 'internal' });
    await store.append(token, MAIN, 1, [tipSeen(3)]);
    expect(await loaded(file, store)).toEqual([tipSeen(1), tipSeen(3)]);
  });

  test('fences one process off when another claims', async () => {
    const { file, store, token } = await written([tipSeen(1)]);
    const other = await openSqliteStore(file);
    await other.append(await other.claim('other host'), MAIN, 1, [tipSeen(2)]);
    await expect(store.append(token, MAIN, 2, [tipSeen(3)])).rejects.toMatchObject({ code: 'fenced', message: expect.stringContaining('other host') });
    await other.close();
    expect(await loaded(file, store)).toEqual([tipSeen(1), tipSeen(2)]);
  });

  test('says that another program holds its lock, and goes on afterwards', async () => {
    const { file, store, token } = await written([]);
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    await expect(store.append(token, MAIN, 0, [tipSeen(1)])).rejects.toMatchObject({ code: 'disk', retryable: true });
    other.close();
    await store.append(token, MAIN, 0, [tipSeen(1)]);
    await store.close();
  });

  test('keeps what it has when the disk is full', async () => {
    const file = stateFile();
    const writer = spawnSync('sh', ['-c', 'ulimit -f 200; trap "" XFSZ; exec "$0" "$1" "$2" 100000', process.execPath, WRITER, file], { encoding: 'utf8' });
    const acknowledged = Number(writer.stdout.trim().split('\n').at(-1));
    expect(writer.stderr).toContain("code: 'disk'");
    const store = await openSqliteStore(file);
    expect((await store.load())[0]?.events).toHaveLength(acknowledged);
    expect(await store.verify()).toBeNull();
    await store.close();
  });

  test.each([
    ['a body', "UPDATE event SET body = json_set(body, '$.by', 'mallory') WHERE version = 2", 'refs/heads/main: event 2 was changed after it was written'],
    ['a hash', "UPDATE event SET hash = '00' WHERE version = 1", 'refs/heads/main: event 1 was changed after it was written'],
    ['a missing event', 'DELETE FROM event WHERE version = 2', 'refs/heads/main: event 2 is missing'],
    ['a missing last event', 'DELETE FROM event WHERE version = 3', 'refs/heads/main: the last event is 2, it should be 3'],
    ['a shortened lane', 'DELETE FROM event WHERE version = 3; UPDATE lane SET version = 2', 'refs/heads/main: the last event is not the one that was written last'],
    ['a renamed lane', "UPDATE lane SET target = 'refs/heads/other'", 'refs/heads/other: event 1 was changed after it was written'],
    ['a lost lane', 'DELETE FROM lane', '3 events belong to no lane'],
  ])('shows %s that was tampered with', async (_, sql, damage) => {
    const { file, store } = await written([bodyOf('apollo'), bodyOf('athena'), bodyOf('numa')]);
    expect(await store.verify()).toBeNull();
    tamper(file, sql);
    expect(await store.verify()).toBe(damage);
    await store.close();
  });

  test.each([
    ['lost events', 'DELETE FROM event WHERE version = 2'],
    ['lost lanes', 'DELETE FROM lane'],
    ['broken JSON', "UPDATE event SET body = '{' WHERE version = 1"],
    ['a changed event', "UPDATE event SET body = json_set(body, '$.kind', 'martian') WHERE version = 1"],
    ['a shortened lane', 'DELETE FROM event WHERE version = 2; UPDATE lane SET version = 1'],
  ])('is not loaded with %s', async (_, sql) => {
    const { file, store } = await written([tipSeen(1), tipSeen(2)]);
    tamper(file, sql);
    await expect(store.load()).rejects.toMatchObject({ code: 'state-corrupt', next: expect.stringContaining(file) });
    await store.close();
  });

  test.each([
    ['that is no database', (file: string) => writeFileSync(file, 'not a database, '.repeat(100)), 'state-corrupt'],
    ['of another program', (file: string) => tamper(file, 'CREATE TABLE cookies (a)'), 'state-corrupt'],
    ['of a newer Maestro', (file: string) => tamper(file, 'CREATE TABLE lane (a); PRAGMA user_version = 99'), 'state-newer'],
  ])('%s is refused and not changed', async (_, make, code) => {
    const file = stateFile();
    make(file);
    const before = readFileSync(file);
    await expect(openSqliteStore(file)).rejects.toMatchObject({ code });
    await expect(openSqliteStoreReadOnly(file)).rejects.toMatchObject({ code });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('in a folder that is not there is refused', async () => {
    await expect(openSqliteStore(join(stateFile(), 'below', 'state'))).rejects.toMatchObject({ code: 'disk' });
  });
});

describe('looking at a state file', () => {
  test('finds nothing where nothing is, and makes nothing', async () => {
    const file = stateFile();
    expect(await openSqliteStoreReadOnly(file)).toBeNull();
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    ['closed', async () => {}],
    ['killed', async (file: string) => void (await killedAfter(file, 3))],
    ['copied without its index', async (file: string) => { await killedAfter(file, 3); rmSync(`${file}-shm`); }],
  ])('changes nothing in one that is %s', async (_, bring) => {
    const { file, store } = await written([requested(ID_A)]);
    await store.close();
    await bring(file);
    const before = sightOf(file);
    const view = await openSqliteStoreReadOnly(file);
    expect((await view!.load())[0]?.events[0]).toEqual(requested(ID_A));
    expect(await view!.history(ID_A)).toEqual({ target: MAIN, events: [requested(ID_A)] });
    await view!.close();
    expect(sightOf(file)).toEqual(before);
  });

  test('changes nothing in one that another process uses', async () => {
    const file = stateFile();
    const writer = await writing(file, 3, 3);
    const before = sightOf(file);
    const view = await openSqliteStoreReadOnly(file);
    expect((await view!.load())[0]?.events).toEqual([tipSeen(0), tipSeen(1), tipSeen(2)]);
    await view!.close();
    expect(sightOf(file)).toEqual(before);
    writer.kill();
    await writer.lastSaid();
  });

  test('sees what a coordinator appends meanwhile', async () => {
    const { file, store, token } = await written([tipSeen(1)]);
    const view = await openSqliteStoreReadOnly(file);
    await store.append(token, MAIN, 1, [tipSeen(2)]);
    expect((await view!.load())[0]?.events).toEqual([tipSeen(1), tipSeen(2)]);
    await view!.close();
    await store.close();
  });

  test.each([[true], [false]])('refuses to write (coordinator running: %s)', async (running) => {
    const { file, store, token } = await written([tipSeen(1)]);
    if (!running) await store.close();
    const view = await openSqliteStoreReadOnly(file);
    await expect(view!.claim('me')).rejects.toMatchObject({ code: 'disk' });
    await expect(view!.append(token, MAIN, 1, [tipSeen(2)])).rejects.toMatchObject({ code: 'disk' });
    await expect(view!.remember(token, 'a', 'b')).rejects.toMatchObject({ code: 'disk' });
    await view!.close();
    await store.close();
  });
});

function stateFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-store-'));
  folders.push(folder);
  return join(folder, 'state of #1?.db');
}

async function written(events: readonly LedgerEvent[]) {
  const file = stateFile();
  const store = await openSqliteStore(file);
  const token = await store.claim('first');
  await store.append(token, MAIN, 0, events);
  return { file, store, token };
}

async function loaded(file: string, store: SqliteStore): Promise<readonly LedgerEvent[]> {
  await store.close();
  const again = await openSqliteStore(file);
  const events = (await again.load())[0]?.events ?? [];
  await again.close();
  return events;
}

/** Runs the writer, kills it once it acknowledged `appends`, and says the last number it acknowledged. */
async function killedAfter(file: string, appends: number): Promise<number> {
  const writer = await writing(file, 100_000, appends);
  writer.kill();
  return writer.lastSaid();
}

/** Resolves once the writer acknowledged `heard` of its `appends`. */
async function writing(file: string, appends: number, heard: number) {
  const child = spawn(process.execPath, [WRITER, file, String(appends)], { stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  const enough = Promise.withResolvers<void>();
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > heard) enough.resolve();
  });
  await Promise.race([enough.promise, closed]);
  return {
    kill: () => child.kill('SIGKILL'),
    lastSaid: async () => {
      await closed;
      expect(child.signalCode).toBe('SIGKILL');
      // The last piece is not a whole line: what it acknowledged was not heard.
      return Number(said.split('\n').at(-2));
    },
  };
}

function tamper(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

function sightOf(file: string): readonly (readonly [string, number, string])[] {
  const folder = join(file, '..');
  return readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs, hash('sha256', readFileSync(join(folder, name)))] as const);
}

/** Only a defect makes one; it fails in the middle of an append, which is the point. */
function unwritable(): LedgerEvent {
  const event = { ...tipSeen(9), loop: {} };
  event.loop = event;
  return event;
}
