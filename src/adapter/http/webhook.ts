// The webhook path: checks the head, reads and verifies the bytes, keeps a durable row, then says 202. Never acts on what a delivery says.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { MaestroError } from '../../error.ts';
import type { Clock } from '../../port/clock.ts';
import type { Mailbox, PutOutcome } from '../../port/mailbox.ts';
import { answerText, linger } from './answer.ts';
import { Nesting, NESTING_MAX } from './nesting.ts';
import type { PayloadReader } from './payload-reader.ts';
import { startSignature, type Secrets, type Signature, type SignedWith } from './signature.ts';

/** GitHub sends no more. */
export const BODY_BYTES_MAX = 25 * 1024 * 1024;
// What a chunk takes beside its bytes: a body may come byte by byte.
const CHUNK_BYTES = 256;

// Even when it is all brackets, a body this small is parsed in 10 ms; most are, and looking at every byte is what they would feel.
const UNGAUGED_BYTES_MAX = 16 * 1024;

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;
const DELIVERY_ID = /^[A-Za-z0-9-]{1,64}$/;
const EVENT = /^[a-z0-9_]{1,64}$/;
const LENGTH = /^\d{1,15}$/;

export type DoorNews =
  | { readonly kind: 'accepted'; readonly id: string; readonly event: string; readonly signedWith: SignedWith; readonly outcome: 'new' | 'repeated' }
  | { readonly kind: 'refused'; readonly status: number; readonly why: string }
  | { readonly kind: 'trouble'; readonly error: MaestroError };

export type WebhookOptions = {
  readonly secrets: Secrets;
  /** Events whose payload is handed on; of all others only the header is kept. */
  readonly handled: ReadonlySet<string>;
  readonly mailbox: Mailbox;
  readonly clock: Clock;
  readonly tell: (news: DoorNews) => void;
};

type Refusal = { readonly status: number; readonly why: string };
type Head = { readonly id: string; readonly event: string; readonly bytes: number; readonly signature: Signature };

export class Webhook {
  readonly #options: WebhookOptions;
  readonly #reader: PayloadReader;
  readonly #readingBytesMax: number;
  #readingBytes = 0;

  constructor(options: WebhookOptions, reader: PayloadReader, readingBytesMax: number) {
    this.#options = options;
    this.#reader = reader;
    this.#readingBytesMax = readingBytesMax;
  }

  async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const head = readHead(request, this.#options.secrets);
    const end = 'status' in head ? head : await this.#read(request, head);
    // The sender went away: nobody to answer.
    if (end === null) return;
    if ('outcome' in end) {
      this.#options.tell({ kind: 'accepted', ...end });
      return answerText(response, 202, end.outcome === 'new' ? 'accepted' : 'accepted before');
    }
    this.#options.tell({ kind: 'refused', ...end });
    answerText(response, end.status, end.why, refusalHeaders(end.status));
    linger(request, this.#options.clock);
  }

  async #read(request: IncomingMessage, { id, event, bytes, signature }: Head): Promise<Refusal | Omit<Extract<DoorNews, { kind: 'accepted' }>, 'kind'> | null> {
    const nesting = new Nesting();
    const chunks: Buffer[] = [];
    let held = 0;
    const ended = await drain(request, (chunk) => {
      signature.update(chunk);
      if (bytes > UNGAUGED_BYTES_MAX) nesting.update(chunk);
      if (nesting.tooDeep) return void chunks.splice(0);
      chunks.push(chunk);
      held += chunk.length + CHUNK_BYTES;
      this.#readingBytes += chunk.length + CHUNK_BYTES;
    }, () => this.#readingBytes > this.#readingBytesMax);
    try {
      if (ended === 'gone') return null;
      if (ended === 'stopped') return { status: 503, why: 'too many bodies are being read' };
      const signedWith = signature.verify();
      if (signedWith === null) return { status: 401, why: 'the signature does not fit the body' };
      if (nesting.tooDeep) return { status: 400, why: `the body nests deeper than ${NESTING_MAX}` };
      const outcome = await this.#keep(id, event, chunks);
      return typeof outcome === 'string' ? { id, event, signedWith, outcome } : outcome;
    } finally {
      this.#readingBytes -= held;
    }
  }

  async #keep(id: string, event: string, chunks: readonly Buffer[]): Promise<Exclude<PutOutcome, 'full'> | Refusal> {
    const { handled, mailbox, clock, tell } = this.#options;
    const reading = await this.#reader.read({ bytes: Buffer.concat(chunks), event, handled: handled.has(event) });
    if (reading.kind === 'busy') return { status: 503, why: 'too many large bodies are being read' };
    if (reading.kind === 'unreadable') return { status: 400, why: reading.why };
    try {
      const outcome = await mailbox.put({ id, event, repository: reading.repository, push: reading.push, payload: reading.payload }, clock.nowMs());
      return outcome === 'full' ? { status: 503, why: 'too many deliveries wait' } : outcome;
    } catch (error) {
      tell(trouble(error));
      return { status: 503, why: 'the delivery could not be kept' };
    }
  }
}

export function trouble(error: unknown): DoorNews {
  return { kind: 'trouble', error: error instanceof MaestroError ? error : new MaestroError('internal', String(error), { cause: error }) };
}

/** All that can be said before a byte of the body is read. */
function readHead(request: IncomingMessage, secrets: Secrets): Head | Refusal {
  const { headers, method } = request;
  if (method !== 'POST') return { status: 405, why: 'only POST' };
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) return { status: 415, why: 'only application/json: choose it as content type of the webhook' };
  // GitHub always says the length; node holds the sender to it.
  const length = headers['content-length'] ?? '';
  if (!LENGTH.test(length) || Number(length) > BODY_BYTES_MAX) return { status: 413, why: `a body has a length of at most ${BODY_BYTES_MAX} bytes` };
  const signature = startSignature(secrets, single(headers['x-hub-signature-256']));
  if (signature === null) return { status: 401, why: 'X-Hub-Signature-256 is missing or no sha256 signature' };
  const [id, event] = [single(headers['x-github-delivery']) ?? '', single(headers['x-github-event']) ?? ''];
  if (!DELIVERY_ID.test(id) || !EVENT.test(event)) return { status: 400, why: 'X-GitHub-Delivery or X-GitHub-Event is missing' };
  return { id, event, bytes: Number(length), signature };
}

function single(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

/** `take` sees every chunk; `stop` is asked after each. */
function drain(request: IncomingMessage, take: (chunk: Buffer) => void, stop: () => boolean): Promise<'whole' | 'stopped' | 'gone'> {
  return new Promise((resolve) => {
    const onData = (chunk: Buffer): void => {
      take(chunk);
      if (!stop()) return;
      request.off('data', onData);
      resolve('stopped');
    };
    request.on('data', onData);
    request.once('end', () => resolve('whole'));
    request.once('close', () => resolve('gone'));
  });
}

function refusalHeaders(status: number): Readonly<Record<string, string>> {
  if (status === 405) return { allow: 'POST' };
  return status === 503 ? { 'retry-after': '60' } : {};
}
