// One short answer to a request, and what becomes of a body that nobody will read. Knows no route.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../port/clock.ts';

/** How long and how much of a refused body is still taken off the line: a sender that writes does not read its answer. */
export const LINGER_MS = 500;
export const LINGER_BYTES_MAX = 4 * 1024 * 1024;

export type Page = { readonly status: number; readonly type: string; readonly body: string };

export function answer(response: ServerResponse, { status, type, body }: Page, headers: Readonly<Record<string, string>> = {}): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

export function answerText(response: ServerResponse, status: number, text: string, headers: Readonly<Record<string, string>> = {}): void {
  answer(response, { status, type: 'text/plain; charset=utf-8', body: `${text}\n` }, headers);
}

/** Throws the rest of the body away; ends the connection when the sender does not stop. */
export function linger(request: IncomingMessage, clock: Clock): void {
  if (request.complete) return void request.resume();
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LINGER_BYTES_MAX) request.pause();
  });
  const forget = clock.after(LINGER_MS, () => request.socket.destroy());
  request.once('end', forget).once('close', forget);
}
