// The inbox in this process: rings become runs, one at a time for each key, in the order of the rings. Knows no lanes, no clock.
import { MaestroError } from '../../error.ts';
import type { Inbox } from '../../port/inbox.ts';

/** Keys served at once. A handler that waits for ever takes one place of these, not the whole inbox. */
export const RUNS_MAX = 64;

/** `onError` hears what a handler threw; the key is served again at its next ring. */
export function openEmbeddedInbox(onError: (key: string, error: unknown) => void): Inbox {
  return new EmbeddedInbox(onError);
}

class EmbeddedInbox implements Inbox {
  readonly #onError: (key: string, error: unknown) => void;
  // A set: a key waits once however often it rings, so it holds at most as many entries as there are lanes.
  readonly #waiting = new Set<string>();
  readonly #running = new Set<string>();
  #quiet: (() => void)[] = [];
  #handler: ((key: string) => Promise<void>) | null = null;
  #due = false;
  #closed = false;

  constructor(onError: (key: string, error: unknown) => void) {
    this.#onError = onError;
  }

  serve(handler: (key: string) => Promise<void>): void {
    if (this.#handler !== null) throw new MaestroError('internal', 'The inbox is served already.');
    this.#handler = handler;
    this.#soon();
  }

  ring(key: string): void {
    if (this.#closed) return;
    this.#waiting.add(key);
    this.#soon();
  }

  async idle(): Promise<void> {
    if (this.#isQuiet()) return;
    await new Promise<void>((resolve) => this.#quiet.push(resolve));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting.clear();
    this.#tellQuiet();
    await this.idle();
  }

  /** Never at once: whoever rings finishes its own step first, and several rings in it are one. */
  #soon(): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      this.#startWaiting();
    });
  }

  #startWaiting(): void {
    if (this.#handler === null) return;
    for (const key of this.#waiting) {
      if (this.#running.size >= RUNS_MAX) return;
      if (this.#running.has(key)) continue;
      this.#waiting.delete(key);
      this.#running.add(key);
      void this.#run(key, this.#handler);
    }
  }

  async #run(key: string, handler: (key: string) => Promise<void>): Promise<void> {
    try {
      await handler(key);
    } catch (error) {
      this.#onError(key, error);
    } finally {
      this.#running.delete(key);
      this.#soon();
      this.#tellQuiet();
    }
  }

  #tellQuiet(): void {
    if (!this.#isQuiet()) return;
    const quiet = this.#quiet;
    this.#quiet = [];
    for (const resolve of quiet) resolve();
  }

  #isQuiet(): boolean {
    return this.#waiting.size === 0 && this.#running.size === 0;
  }
}
