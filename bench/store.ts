// What the ledger costs: opening it with 10,000 open requests, and one durable append. Beside it, bare SQLite on the same rows.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore } from '../src/adapter/sqlite/store.ts';
import type { Oid, RefName } from '../src/merge/branch.ts';
import type { LedgerEvent } from '../src/merge/event.ts';
import type { RequestId } from '../src/merge/request.ts';
import { median } from './figure.ts';
import type { Figure } from './figure.ts';

const REQUESTS = 10_000;
// Every second request is also built and gated: 20,000 events.
const BUILT_EVERY = 2;
const LANES: readonly RefName[] = ['refs/heads/main' as RefName, 'refs/heads/team/a' as RefName, 'refs/heads/team/b' as RefName];

export async function run(options: { quick: boolean }): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-bench-store-'));
  try {
    return [...(await openFigures(join(folder, 'full.db'), options.quick ? 7 : 31)), ...(await appendFigures(folder, options.quick ? 500 : 3_000))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function openFigures(file: string, runs: number): Promise<readonly Figure[]> {
  const events = await fill(file);
  const ours: number[] = [];
  const bare: number[] = [];
  for (let i = 0; i < runs; i++) {
    bare.push(await timed(() => expectCount(readBare(file), events)));
    ours.push(await timed(async () => {
      const store = await openSqliteStore(file);
      expectCount((await store.load()).reduce((sum, lane) => sum + lane.events.length, 0), events);
      await store.close();
    }));
  }
  const [value, baselineValue] = [median(ours), median(bare)];
  return [{
    bench: 'store', figure: 'open with 10,000 open requests', value: round(value), unit: 'ms', baseline: 'node:sqlite, same rows as text, not parsed',
    baselineValue: round(baselineValue), ratio: round(value / baselineValue), runs, note: `${events} events in ${LANES.length} lanes, parsed; open to close`,
  }];
}

async function appendFigures(folder: string, runs: number): Promise<readonly Figure[]> {
  const store = await openSqliteStore(join(folder, 'append.db'));
  const token = await store.claim('bench');
  const bare = openBare(join(folder, 'bare.db'));
  const insert = bare.prepare('INSERT INTO event (body) VALUES (?)');
  const oursMs: number[] = [];
  const bareMs: number[] = [];
  for (let n = 0; n < runs; n++) {
    const event = requested(n);
    bareMs.push(await timed(() => void insert.run(JSON.stringify(event))));
    oursMs.push(await timed(() => store.append(token, lane(0), n, [event])));
  }
  expectCount((await store.load())[0]?.version ?? 0, runs);
  const damage = await store.verify();
  if (damage !== null) throw new Error(damage);
  await store.close();
  bare.close();
  return [50, 99].map((percent) => {
    const [value, baselineValue] = [percentile(oursMs, percent), percentile(bareMs, percent)];
    return {
      bench: 'store', figure: `append p${percent}`, value: round(value), unit: 'ms', baseline: 'node:sqlite, one bare INSERT, WAL, FULL',
      baselineValue: round(baselineValue), ratio: round(value / baselineValue), runs, note: 'one event, fenced, chained, indexed, one fsync',
    };
  });
}

/** Returns the number of events written. */
async function fill(file: string): Promise<number> {
  const store = await openSqliteStore(file);
  const token = await store.claim('bench');
  let written = 0;
  for (let of = 0; of < LANES.length; of++) {
    const events: LedgerEvent[] = [];
    for (let n = of; n < REQUESTS; n += LANES.length) {
      events.push(requested(n));
      if (n % BUILT_EVERY === 0) events.push(built(n), gated(n));
    }
    await store.append(token, lane(of), 0, events);
    written += events.length;
  }
  await store.close();
  return written;
}

function readBare(file: string): number {
  const db = new DatabaseSync(file);
  const rows = db.prepare('SELECT lane, body FROM event ORDER BY seq').all();
  db.close();
  return rows.length;
}

function openBare(file: string): DatabaseSync {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE event (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;');
  return db;
}

async function timed(work: () => void | Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

function expectCount(actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`read ${actual} events, wrote ${expected}`);
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function lane(n: number): RefName {
  return LANES[n % LANES.length] ?? ('refs/heads/main' as RefName);
}

function requested(n: number): LedgerEvent {
  return {
    kind: 'requested', atMs: 1_700_000_000_000 + n, id: id(n), what: { kind: 'branch' }, branch: `refs/heads/feature/agent-${n}-work` as RefName, tip: oid(n),
    title: `Change ${n} makes the parser accept what it should`, author: 'Apollo <apollo@agents.example>', dependsOn: [], dependsMet: [], priority: 'normal',
  };
}

function built(n: number): LedgerEvent {
  const candidate = { commit: oid(n + 1), tree: oid(n + 2), onto: oid(n + 3), how: 'clean', paths: [`src/part-${n}/index.ts`, `test/part-${n}.test.ts`], pathCount: 2, restores: [] } as const;
  return { kind: 'built', atMs: 1_700_000_000_000 + n, id: id(n), candidate, resolution: null };
}

function gated(n: number): LedgerEvent {
  return { kind: 'gated', atMs: 1_700_000_000_000 + n, ids: [id(n)], verdict: { kind: 'passed', tree: oid(n + 2), gate: 'npm test', ms: 1234, log: `log/${id(n)}.txt` } };
}

function id(n: number): RequestId {
  return n.toString(16).padStart(12, '0') as RequestId;
}

function oid(n: number): Oid {
  return n.toString(16).padStart(40, 'a') as Oid;
}
