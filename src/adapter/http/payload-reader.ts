// Reads small bodies at once and large ones in one thread, so that nobody waits for somebody else's 25 MB. Knows nothing of what is read.
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../port/clock.ts';
import { readPayload, SMALL_BYTES_MAX, type Body, type Reading } from './payload.ts';

/** Large bodies in memory at once, the one being read included. */
export const LARGE_WAITING_MAX = 4;
/** A valid 25 MB takes 0.3 s; GitHub waits 10 s for its answer. */
export const LARGE_MS_MAX = 5_000;

const THREAD = new URL(`./payload-thread${extname(import.meta.url)}`, import.meta.url);

export class PayloadReader {
  readonly #clock: Clock;
  readonly #waiting: { readonly body: Body; readonly answer: (reading: Reading) => void }[] = [];
  #thread: Worker | null = null;
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `body.bytes` is the reader's from here on. `busy`: too many large ones wait. */
  async read(body: Body): Promise<Reading | { readonly kind: 'busy' }> {
    if (body.bytes.length <= SMALL_BYTES_MAX) return readPayload(body);
    if (this.#waiting.length >= LARGE_WAITING_MAX || this.#closed) return { kind: 'busy' };
    return new Promise((answer) => {
      this.#waiting.push({ body, answer });
      if (this.#waiting.length === 1) this.#next();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread?.terminate();
  }

  #next(): void {
    const body = this.#waiting[0]?.body;
    if (body === undefined || this.#closed) return;
    const thread = this.#thread ??= this.#start();
    const forget = this.#clock.after(LARGE_MS_MAX, () => void thread.terminate());
    const answered = (reading: Reading): void => {
      forget();
      thread.off('message', answered).off('exit', ended);
      this.#waiting.shift()?.answer(reading);
      this.#next();
    };
    const ended = (): void => {
      this.#thread = null;
      answered({ kind: 'unreadable', why: 'the body could not be read in time' });
    };
    thread.once('message', answered).once('exit', ended);
    thread.postMessage(body, [body.bytes.buffer]);
  }

  #start(): Worker {
    const thread = new Worker(THREAD);
    // What ends a thread also ends its reading; an error without a listener would end the process.
    thread.on('error', () => {});
    thread.unref();
    return thread;
  }
}
