// A wait with an end.
import type { Clock } from '../port/clock.ts';

/** Resolves when the work has ended, however it did, and at the latest after so long. */
export function within(ms: number, clock: Clock, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const forget = clock.after(ms, resolve);
    const done = (): void => {
      forget();
      resolve();
    };
    work.then(done, done);
  });
}
