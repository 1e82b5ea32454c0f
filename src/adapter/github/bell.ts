// Waking whoever waits for news of something that the forge may also forget to tell: a wait ends by itself, too. Knows no news.
import type { Clock } from '../../port/clock.ts';

/** `rung` also while its owner looks elsewhere; the owner takes it back. */
export type Bell = { rung: boolean; wake: () => void };

export class Bells {
  readonly #clock: Clock;
  /** Several may wait for the same. */
  readonly #hung = new Map<string, Set<Bell>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  hang(keys: readonly string[]): Bell {
    const bell: Bell = { rung: false, wake: () => undefined };
    for (const key of keys) this.#hung.set(key, (this.#hung.get(key) ?? new Set()).add(bell));
    return bell;
  }

  takeDown(keys: readonly string[], bell: Bell): void {
    for (const key of keys) {
      this.#hung.get(key)?.delete(bell);
      if (this.#hung.get(key)?.size === 0) this.#hung.delete(key);
    }
  }

  ring(key: string): void {
    for (const bell of this.#hung.get(key) ?? []) {
      bell.rung = true;
      bell.wake();
    }
  }

  /** Until it rings, the time is over, or nobody waits any more. */
  wait(bell: Bell, waitMs: number, signal: AbortSignal): Promise<void> {
    if (bell.rung) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        forget();
        signal.removeEventListener('abort', end);
        bell.wake = () => undefined;
        resolve();
      };
      const forget = this.#clock.after(waitMs, end);
      bell.wake = end;
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
    });
  }
}
