// A Redis of one's own on loopback: the real server where it is installed, else one written in JavaScript. Knows no keys.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createRedisMock } from 'js-redis-server';

const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'];

export type RedisServer = { readonly url: string; close(): Promise<void> };
export type RealRedis = RedisServer & {
  /** kill -9. */
  kill(): Promise<void>;
  /** Ends in front of its data: stopped, not gone. */
  signal(name: NodeJS.Signals): void;
  /** On the same port, with what the last one left on disk, or with nothing. */
  start(data: 'kept' | 'wiped'): Promise<void>;
};

export function hasRedis(): boolean {
  const { status } = spawnSync('redis-server', ['--version']);
  if (status !== 0) process.stdout.write('skipped on a real Redis: redis-server is not installed here\n');
  return status === 0;
}

export async function javascriptRedis(): Promise<RedisServer> {
  const server = await createRedisMock();
  return { url: server.url, close: () => server.close() };
}

export async function realRedis(options: readonly string[] = DURABLE): Promise<RealRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-redis-'));
  const port = await freePort();
  let server: ChildProcess | null = null;
  const kill = async (): Promise<void> => {
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  const start = async (data: 'kept' | 'wiped'): Promise<void> => {
    if (data === 'wiped') rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder, ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
    await ready(server);
  };
  await start('kept');
  return {
    url: `redis://127.0.0.1:${port}`, kill, start,
    signal: (name) => void server?.kill(name),
    close: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ready({ stdout }: ChildProcess): Promise<void> {
  if (stdout === null) return;
  const said: string[] = [];
  for await (const line of createInterface({ input: stdout })) {
    said.push(line);
    if (!line.includes('Ready to accept connections')) continue;
    stdout.resume();
    return;
  }
  throw new Error(`redis-server did not start: ${said.join('\n')}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
