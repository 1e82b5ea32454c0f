// The webhook door with a real file: 50 clients with 9 KB pushes, kill -9 in the middle, and what hostile senders cost.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { figure, type BenchOptions, type Figure } from './figure.ts';
import { connected, head, openClient, SECRET, sign, signedPush, statusOf, type Client, type SignedPush } from './webhook-client.ts';
import type { Memory } from './webhook-server.ts';

const CLIENTS = 50;
const PAYLOAD_BYTES = 9 * 1024;
const SLOW_SOCKETS = 1000;
const MB = 1024 * 1024;

type Server = { readonly port: number; readonly child: ChildProcess; memory(): Promise<Memory>; kill(): Promise<void> };
/** `status`: what the hostile sender was told, null when it is told nothing. */
type Attack = { readonly name: string; readonly expected: number | null; readonly run: (port: number) => Promise<number | null> };

export async function run({ quick }: BenchOptions): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-bench-webhook-'));
  try {
    const file = join(folder, 'mailbox.db');
    return [...await throughput(file, quick ? 4_000 : 15_000), ...await killed(file, quick ? 2 : 8), ...await attacks(join(folder, 'hostile.db'), quick ? 3_000 : 12_000)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function throughput(file: string, forMs: number): Promise<readonly Figure[]> {
  const server = await startServer(file);
  await pushes(server.port, forMs / 4);
  const startMs = performance.now();
  const { accepted, latenciesMs } = await pushes(server.port, forMs);
  const seconds = (performance.now() - startMs) / 1000;
  await server.kill();
  expectKept(file, accepted);
  const note = `${CLIENTS} clients, ${PAYLOAD_BYTES / 1024} KB signed pushes, fsync before each 202, rows handled meanwhile`;
  const of = (name: string, value: number, unit: string) => figure({ bench: 'webhook', figure: name, value, unit, baseline: null, baselineValue: null, runs: accepted.length, note });
  return [of('deliveries', accepted.length / seconds, '1/s'), of('p50', percentile(latenciesMs, 50), 'ms'), of('p99', percentile(latenciesMs, 99), 'ms')];
}

async function killed(file: string, kills: number): Promise<readonly Figure[]> {
  let checked = 0;
  for (let round = 0; round < kills; round += 1) {
    const server = await startServer(file);
    const sending = pushes(server.port, 60_000);
    // A fixed sequence, so that a failure can be run again.
    await new Promise((resolve) => setTimeout(resolve, 400 + ((round * 379) % 500)));
    await server.kill();
    const { accepted } = await sending;
    expectKept(file, accepted);
    checked += accepted.length;
  }
  return [figure({ bench: 'webhook', figure: 'lost after kill -9', value: 0, unit: 'deliveries', baseline: null, baselineValue: null, runs: kills, note: `${checked} were answered 202, each found in the file` })];
}

async function attacks(file: string, slowMs: number): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  // Made before: signing 10 MB here would stop the other client, which is measured.
  const brackets = signedPush('['.repeat(10 * MB));
  const valid = signedPush(pushBody(24.9 * MB));
  for (const attack of [
    { name: '400 MB, unsigned', expected: 413, run: (port) => flood(port, { 'content-length': `${400 * MB}` }) },
    { name: '400 MB in chunks, unsigned', expected: 413, run: (port) => flood(port, { 'transfer-encoding': 'chunked' }) },
    { name: '20 MB, unsigned', expected: 401, run: (port) => flood(port, { 'content-length': `${20 * MB}` }) },
    { name: '10 MB of [, signed', expected: 400, run: (port) => postOnce(port, brackets) },
    { name: '24.9 MB, a valid push', expected: 202, run: (port) => postOnce(port, valid) },
    { name: `${SLOW_SOCKETS} slow sockets`, expected: null, run: (port) => slowSockets(port, slowMs) },
  ] satisfies readonly Attack[]) figures.push(...await attacked(file, attack));
  return figures;
}

async function attacked(file: string, { name, expected, run }: Attack): Promise<readonly Figure[]> {
  const server = await startServer(file);
  await pushes(server.port, 1_000);
  const { rss } = await server.memory();
  const client = await openClient(server.port);
  const waits: number[] = [];
  const over = new AbortController();
  const others = (async () => {
    while (!over.signal.aborted) waits.push(await timedPush(client));
  })();
  const status = await run(server.port);
  over.abort();
  await others;
  client.close();
  const { peak } = await server.memory();
  await server.kill();
  if (status !== expected) throw new Error(`${name}: answered ${status}, not ${expected}`);
  const served = `another client was served ${waits.length} times meanwhile, at worst in ${Math.round(Math.max(...waits))} ms`;
  return [figure({ bench: 'webhook', figure: `RSS rise, ${name}`, value: Math.max(0, peak - rss) / MB, unit: 'MB', baseline: null, baselineValue: null, runs: 1, note: `${expected === null ? 'kept waiting' : `answered ${expected}`}; ${served}` })];
}

async function startServer(file: string): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'webhook-server.ts'), [file, SECRET]);
  const died = once(child, 'exit').then(() => Promise.reject(new Error('the server ended before it listened')));
  const [port] = await Promise.race([once(child, 'message'), died]) as [number];
  died.catch(() => {});
  return {
    port, child,
    memory: async () => {
      child.send('memory');
      return (await once(child, 'message') as [Memory])[0];
    },
    kill: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Every client posts one push after the other until the time is over or the server is gone. */
async function pushes(port: number, forMs: number, clients = CLIENTS): Promise<{ readonly accepted: readonly string[]; readonly latenciesMs: readonly number[] }> {
  const accepted: string[] = [];
  const latenciesMs: number[] = [];
  const endMs = performance.now() + forMs;
  await Promise.all(Array.from({ length: clients }, async () => {
    const client = await openClient(port);
    while (performance.now() < endMs) {
      const startMs = performance.now();
      const answer = await client.post(pushBody()).catch(() => null);
      if (answer === null) break;
      if (answer.status !== 202) throw new Error(`a push was answered ${answer.status}`);
      latenciesMs.push(performance.now() - startMs);
      accepted.push(answer.id);
    }
    client.close();
  }));
  return { accepted, latenciesMs };
}

async function timedPush(client: Client): Promise<number> {
  const startMs = performance.now();
  const { status } = await client.post(pushBody());
  if (status !== 202) throw new Error(`a push was answered ${status}`);
  return performance.now() - startMs;
}

/** Sends without end, until it is answered. */
async function flood(port: number, headers: Readonly<Record<string, string>>): Promise<number> {
  const socket = await connected(port);
  const chunk = 'x'.repeat(64 * 1024);
  const piece = headers['transfer-encoding'] === undefined ? chunk : `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
  let answer = '';
  socket.write(head({ ...headers, 'x-github-delivery': 'flood' }));
  const pour = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.setEncoding('latin1').on('drain', pour).on('error', () => {}).on('data', (text) => {
    answer += String(text);
  });
  pour();
  await new Promise((resolve) => socket.once('close', resolve));
  return statusOf(answer);
}

async function postOnce(port: number, { bytes }: SignedPush): Promise<number> {
  const socket = await connected(port);
  socket.write(bytes);
  const [answer] = await once(socket, 'data') as [Buffer];
  socket.destroy();
  return statusOf(answer.toString('latin1'));
}

/** Half of them never end their head, half send their body byte by byte. */
async function slowSockets(port: number, forMs: number): Promise<null> {
  const sockets = await Promise.all(Array.from({ length: SLOW_SOCKETS }, async (_, n) => {
    const socket = await connected(port);
    socket.on('error', () => {}).resume();
    socket.write(n % 2 === 0 ? 'POST /api/github/webhooks HTTP/1.1\r\n' : head({ 'content-length': '9000', 'x-github-delivery': `slow-${n}`, 'x-hub-signature-256': sign('') }));
    return socket;
  }));
  const drip = setInterval(() => {
    for (const [n, socket] of sockets.entries()) if (n % 2 === 1 && socket.writable) socket.write(' ');
  }, 500);
  await new Promise((resolve) => setTimeout(resolve, forMs));
  clearInterval(drip);
  for (const socket of sockets) socket.destroy();
  return null;
}

let pushed = 0;
const COMMITS = JSON.stringify(Array.from({ length: 12 }, (_, n) => ({ id: `${n}`.padStart(40, 'c'), message: `Change ${n}\n\n${'because it is better so '.repeat(20)}`, added: [`src/part-${n}.ts`], author: { name: 'Apollo', email: 'apollo@agents.example' } })));

/** A push nobody sent before, to one of a hundred repositories. */
function pushBody(bytes = PAYLOAD_BYTES): string {
  pushed += 1;
  const push = JSON.stringify({ ref: 'refs/heads/feature/x', before: '0'.repeat(40), after: `${process.pid}${pushed}`.padStart(40, '0'), repository: { id: pushed % 100, full_name: 'o/r' }, installation: { id: 1 }, sender: { login: 'apollo' } });
  const body = `${push.slice(0, -1)},"commits":${COMMITS},"pad":"`;
  return `${body.padEnd(bytes - 2, 'p')}"}`;
}

function expectKept(file: string, ids: readonly string[]): void {
  const db = new DatabaseSync(file);
  const known = db.prepare('SELECT 1 FROM delivery WHERE id = ?');
  const lost = ids.filter((id) => known.get(id) === undefined);
  db.close();
  if (lost.length > 0) throw new Error(`${lost.length} of ${ids.length} deliveries answered 202 are not in the file`);
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}
