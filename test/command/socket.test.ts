// The socket under much: long answers, and whoever follows and does not read (a terminal that was stopped, a pager nobody pages).
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectControl } from '../../src/adapter/socket/client.ts';
import { lineReader } from '../../src/adapter/socket/protocol.ts';
import { serveControl, type ControlServer } from '../../src/adapter/socket/server.ts';
import type { Control } from '../../src/port/control.ts';
import { folder } from './stage.ts';

const MEGABYTE = 1024 * 1024;
const root = folder();
const path = join(root.path, 'counter');
let server: ControlServer;
let follower: Socket;

beforeAll(async () => {
  server = await serveControl(path, { status: async () => ({ trouble: 'x'.repeat(20 * MEGABYTE) }) } as unknown as Control);
  follower = createConnection(path);
  follower.write(`${JSON.stringify({ id: 1, verb: 'follow', args: [] })}\n`);
  await once(follower, 'data');
  follower.pause();
});
afterAll(async () => {
  follower.destroy();
  await server.close();
  root.dispose();
});

test('an answer of twenty megabytes arrives whole', async () => {
  const client = await connectControl(path);
  expect((await client?.status())?.trouble).toHaveLength(20 * MEGABYTE);
  client?.close();
});

test('a call of more than eight is hung up on', async () => {
  const client = createConnection(path);
  client.on('error', () => undefined);
  client.write('x'.repeat(9 * MEGABYTE));
  await new Promise((resolve) => client.once('close', resolve));
});

test('a stream is cut into lines wherever its pieces end', () => {
  const lines: string[] = [];
  const read = lineReader(100, (line) => lines.push(line), () => lines.push('too long'));
  for (const piece of ['a', 'b\nc\n\nd', '', 'e', '\n', 'x'.repeat(101)]) read(piece);
  expect(lines).toEqual(['ab', 'c', '', 'de', 'too long']);
});

test('who follows and does not read is kept no more than some megabytes of news, and hears the next ones when it reads again', async () => {
  for (let at = 0; at < 100; at += 1) server.publish({ at, text: 'x'.repeat(MEGABYTE) });
  let bytes = 0;
  let last = '';
  follower.on('data', (chunk) => {
    bytes += chunk.length;
    last = `${last}${String(chunk)}`.slice(-200);
  });
  follower.resume();
  while (!last.includes('news of today')) {
    server.publish({ text: 'news of today' });
    await once(follower, 'data');
  }
  expect(bytes).toBeLessThan(20 * MEGABYTE);
});
