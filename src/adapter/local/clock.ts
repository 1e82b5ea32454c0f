// The machine's own time.
import type { Clock } from '../../port/clock.ts';

// setTimeout turns longer delays into 1 ms.
const DELAY_MAX_MS = 2_147_483_647;

export function systemClock(): Clock {
  return {
    nowMs: () => Date.now(),
    after: (delayMs, work) => {
      const timer = setTimeout(work, Math.min(DELAY_MAX_MS, Math.max(0, delayMs)));
      return () => clearTimeout(timer);
    },
  };
}
