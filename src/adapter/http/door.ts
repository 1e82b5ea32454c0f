// The HTTP door: one server, the webhook path first, a few pages, everything else to somebody else. Knows nothing of what a delivery means.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MaestroError } from '../../error.ts';
import { answer, answerText, linger, type Page } from './answer.ts';
import { Crowd } from './crowd.ts';
import { PayloadReader } from './payload-reader.ts';
import { checkSecrets } from './signature.ts';
import { BODY_BYTES_MAX, trouble, Webhook, type WebhookOptions } from './webhook.ts';

/** Where Probot and GitHub's manuals expect it. */
export const WEBHOOK_PATH = '/api/github/webhooks';

export type DoorBounds = {
  readonly headersMs: number;
  /** Head and body. */
  readonly requestMs: number;
  /** How often these two are looked at. */
  readonly checkedMs: number;
  /** Connections without a whole request. */
  readonly waitingSocketsMax: number;
  readonly socketsMax: number;
  /** Of all bodies that are being read, together. */
  readonly readingBytesMax: number;
  /** How long `close` waits for requests that are being answered. */
  readonly drainMs: number;
};

// GitHub itself gives up after 10 s.
const BOUNDS: DoorBounds = { headersMs: 5_000, requestMs: 10_000, checkedMs: 1_000, waitingSocketsMax: 512, socketsMax: 4_096, readingBytesMax: 3 * BODY_BYTES_MAX, drainMs: 5_000 };
const KEEP_ALIVE_MS = 15_000;
const HEADER_BYTES_MAX = 16 * 1024;
/** For the fallback, which reads on its own. */
export const FALLBACK_BODY_BYTES_MAX = 64 * 1024;

export type DoorOptions = WebhookOptions & {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** By path, e.g. /healthz, /readyz, /metrics. */
  readonly pages: ReadonlyMap<string, () => Page | Promise<Page>>;
  readonly fallback: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
  readonly bounds?: Partial<DoorBounds>;
};

export type Door = {
  readonly port: number;
  /** Takes no new connection, answers what has arrived, ends the rest after `drainMs`. */
  close(): Promise<void>;
};

/** Throws `config-invalid` for a secret that could be guessed, `usage` when the address cannot be had. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  checkSecrets(options.secrets);
  const bounds = { ...BOUNDS, ...options.bounds };
  const reader = new PayloadReader(options.clock);
  const webhook = new Webhook(options, reader, bounds.readingBytesMax);
  const server = createServer({ headersTimeout: bounds.headersMs, requestTimeout: bounds.requestMs, connectionsCheckingInterval: bounds.checkedMs, keepAliveTimeout: KEEP_ALIVE_MS, maxHeaderSize: HEADER_BYTES_MAX });
  server.maxConnections = bounds.socketsMax;
  const crowd = new Crowd(server, bounds.waitingSocketsMax);
  server.on('request', (request, response) => {
    // Without these a connection that breaks would end the process.
    request.on('error', () => {});
    response.on('error', () => {});
    crowd.serving(request, response);
    if (!server.listening) response.shouldKeepAlive = false;
    void route(request, response);
  });
  const port = await listen(server, options.host, options.port).catch(async (error: unknown) => {
    await reader.close();
    throw error;
  });
  server.on('error', (error) => options.tell(trouble(error)));
  return { port, close };

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const path = request.url?.split('?', 1)[0] ?? '';
      const page = options.pages.get(path);
      if (path === WEBHOOK_PATH) await webhook.receive(request, response);
      else if (page !== undefined) await showPage(page, request, response);
      else if (hasLargeBody(request)) refuseBody(request, response);
      else await options.fallback(request, response);
    } catch (error) {
      options.tell(trouble(error));
      answerText(response, 500, 'this went wrong, and was noted');
    }
  }

  function refuseBody(request: IncomingMessage, response: ServerResponse): void {
    answerText(response, 413, `a body has a length of at most ${FALLBACK_BODY_BYTES_MAX} bytes`);
    linger(request, options.clock);
  }

  async function showPage(page: () => Page | Promise<Page>, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET' || request.method === 'HEAD') answer(response, await page());
    else answerText(response, 405, 'only GET', { allow: 'GET, HEAD' });
    linger(request, options.clock);
  }

  async function close(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    crowd.leave();
    const forget = options.clock.after(bounds.drainMs, () => server.closeAllConnections());
    await closed;
    forget();
    await reader.close();
  }
}

/** Resolves with the port. Throws `usage`. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new MaestroError('usage', `The address ${host}:${port} cannot be listened on: ${error.message}.`, { next: 'choose another port with PORT', cause: error })));
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function hasLargeBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > FALLBACK_BODY_BYTES_MAX;
}
