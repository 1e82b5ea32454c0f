// Somebody who posts signed deliveries over one connection of its own, as cheaply as can be: the clients share the machine with what they measure.
import { createHmac, randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { WEBHOOK_PATH } from '../src/adapter/http/door.ts';

export const SECRET = 'the secret of this benchmark only';

export type Client = {
  /** The status of the answer; rejects when the server ends the connection first. */
  post(body: string): Promise<{ readonly id: string; readonly status: number }>;
  close(): void;
};

export async function openClient(port: number): Promise<Client> {
  const socket = await connected(port);
  let text = '';
  let settle: { readonly resolve: (status: number) => void; readonly reject: (error: Error) => void } | null = null;
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += String(chunk);
    if (!isWhole(text)) return;
    settle?.resolve(statusOf(text));
    text = '';
  });
  socket.on('close', () => settle?.reject(new Error('the server ended the connection')));
  return {
    post: (body) => new Promise((resolve, reject) => {
      if (socket.destroyed) return reject(new Error('the server ended the connection'));
      const { id, bytes } = signedPush(body);
      settle = { resolve: (status) => resolve({ id, status }), reject };
      socket.write(bytes);
    }),
    close: () => socket.destroy(),
  };
}

export function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', reject);
  });
}

export type SignedPush = { readonly id: string; readonly bytes: Buffer };

export function signedPush(body: string): SignedPush {
  const id = randomUUID();
  return { id, bytes: Buffer.from(`${head({ 'content-length': `${Buffer.byteLength(body)}`, 'x-github-delivery': id, 'x-hub-signature-256': sign(body) })}${body}`) };
}

export function head(more: Readonly<Record<string, string>>): string {
  const headers = { host: 'door', 'content-type': 'application/json', 'x-github-event': 'push', ...more };
  return `POST ${WEBHOOK_PATH} HTTP/1.1\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

export function sign(body: string): string {
  return `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
}

export function statusOf(answer: string): number {
  return Number(answer.split(' ', 2)[1] ?? 0);
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  const length = Number(/content-length: (\d+)/i.exec(answer)?.[1]);
  return end >= 0 && answer.length >= end + 4 + length;
}
