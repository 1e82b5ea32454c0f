// Words for tests of the HTTP door: a real door with a real mailbox file, and somebody who signs as GitHub does.
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openDoor, WEBHOOK_PATH, type Door, type DoorOptions } from '../../src/adapter/http/door.ts';
import type { DoorNews } from '../../src/adapter/http/webhook.ts';
import { systemClock } from '../../src/adapter/local/clock.ts';
import { openSqliteMailbox } from '../../src/adapter/sqlite/mailbox.ts';
import type { Mailbox } from '../../src/port/mailbox.ts';

export const SECRET = 'a secret that nobody else knows of';
export const OLD_SECRET = 'the secret of the year before this';
export const PUSH = { ref: 'refs/heads/x', before: '0'.repeat(40), after: 'a'.repeat(40), repository: { id: 7, full_name: 'o/r' }, installation: { id: 3 }, sender: { login: 'apollo' } };

export type Kept = { readonly event: string; readonly repository: string; readonly payload: string };

export type Porch = Door & {
  readonly mailbox: Mailbox;
  readonly news: readonly DoorNews[];
  /** Posts as GitHub does; what `headers` names replaces what GitHub would send, null leaves it out. */
  post(body: string | Uint8Array, headers?: Readonly<Record<string, string | null>>): Promise<number>;
  get(path: string, init?: RequestInit): Promise<Response>;
  /** Sends bytes as they are; resolves with all that came back when the door ended the connection. */
  raw(...parts: readonly string[]): Promise<string>;
  /** What waits in the file, oldest first. */
  rows(): readonly Kept[];
  dispose(): Promise<void>;
};

export async function openPorch(more: Partial<DoorOptions> = {}): Promise<Porch> {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-door-'));
  const file = join(folder, 'mailbox.db');
  const mailbox = await openSqliteMailbox(file);
  const news: DoorNews[] = [];
  const leave = async (): Promise<void> => {
    await mailbox.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const door = await openDoor({
    host: '127.0.0.1', port: 0, secrets: { current: SECRET, previous: OLD_SECRET }, handled: new Set(['push', 'issue_comment']), mailbox, clock: systemClock(),
    tell: (told) => news.push(told), pages: new Map(), fallback: (_, response) => void response.end('fallback'), ...more,
  }).catch(async (error: unknown) => {
    await leave();
    throw error;
  });
  // Bounded: a thousand connections at once would measure the test, not the door.
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const get = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${door.port}${path}`, init);
  return {
    ...door, mailbox, news, get,
    post: (body, headers = {}) => posted(agent, door.port, Buffer.from(body), present({ ...headersOf(body), ...headers })),
    raw: (...parts) => sent(door.port, parts),
    rows: () => kept(file),
    dispose: async () => {
      agent.destroy();
      await door.close();
      await leave();
    },
  };
}

export function headersOf(body: string | Uint8Array, event = 'push', secret = SECRET): Record<string, string> {
  return { 'content-type': 'application/json', 'x-github-event': event, 'x-github-delivery': randomUUID(), 'x-hub-signature-256': sign(body, secret) };
}

export function sign(body: string | Uint8Array, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** The head of a request as text, for `raw`. */
export function headText(headers: Readonly<Record<string, string>> | readonly (readonly [string, string])[], path = WEBHOOK_PATH): string {
  const lines = Array.isArray(headers) ? headers : Object.entries(headers);
  return `POST ${path} HTTP/1.1\r\nhost: door\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

function kept(file: string): readonly Kept[] {
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = db.prepare("SELECT event, repository, payload FROM delivery WHERE state = 'waiting' ORDER BY row").all();
  db.close();
  return rows.map((row) => ({ event: String(row['event']), repository: String(row['repository']), payload: String(row['payload']) }));
}

function present(headers: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]])));
}

function posted(agent: Agent, port: number, body: Buffer, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request({ agent, port, host: '127.0.0.1', path: WEBHOOK_PATH, method: 'POST', headers: { ...headers, 'content-length': body.length } }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    call.once('error', reject).end(body);
  });
}

function sent(port: number, parts: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => {
      for (const part of parts) socket.write(part);
    });
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += String(chunk);
    });
    socket.on('error', () => {}).on('close', () => resolve(text));
  });
}
