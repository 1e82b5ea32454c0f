// A few pages and nothing else: how a process that hears nothing from outside is asked how it is.
import { createServer } from 'node:http';
import { answer, answerText, type Page } from './answer.ts';
import { listen, type Door } from './door.ts';

const REQUEST_MS = 5_000;
const SOCKETS_MAX = 64;

/** Throws `usage` when the address cannot be had. */
export async function openPages({ host, port, pages }: { readonly host: string; readonly port: number; readonly pages: ReadonlyMap<string, () => Page | Promise<Page>> }): Promise<Door> {
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, (request, response) => {
    const page = request.method === 'GET' ? pages.get(request.url?.split('?', 1)[0] ?? '') : undefined;
    if (page === undefined) return answerText(response, 404, 'there is nothing here');
    void Promise.resolve(page()).then((shown) => answer(response, shown), () => answerText(response, 500, 'this went wrong'));
  });
  server.maxConnections = SOCKETS_MAX;
  return { port: await listen(server, host, port), close: () => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }) };
}
