// What may happen next: every port call, hint and timer waits here until it is picked. The order is the picker's, never the machine's.
import type { Clock } from '../../src/port/clock.ts';
import type { Random } from './random.ts';

/** One run of a coordinator's process. What a dead one left behind never happens. */
export type Life = { readonly name: string; alive: boolean };

export type Moment = { readonly label: string; readonly life: Life | null; readonly happen: () => void };
type Timer = { readonly dueMs: number; readonly order: number; readonly life: Life; readonly work: () => void };

export class Moments {
  readonly #random: Random;
  readonly #waiting: Moment[] = [];
  #timers: Timer[] = [];
  #order = 0;
  /** Since the start of the world; only grows. */
  #runningMs = 0;
  /** What the wall clock shows beyond that; may jump. */
  #shownMs = 1_700_000_000_000;

  constructor(random: Random) {
    this.#random = random;
  }

  get size(): number {
    return this.#waiting.length;
  }

  nowMs(): number {
    return this.#shownMs + this.#runningMs;
  }

  /** Time that truly passed, whatever the clock shows. */
  get passedMs(): number {
    return this.#runningMs;
  }

  jump(byMs: number): void {
    this.#shownMs += byMs;
  }

  add(moment: Moment): void {
    this.#waiting.push(moment);
  }

  /** Takes one out, whichever chance says. */
  take(): Moment | null {
    const at = this.#random.below(this.#waiting.length);
    const moment = this.#waiting[at];
    const last = this.#waiting.pop();
    if (moment === undefined || last === undefined) return null;
    if (at < this.#waiting.length) this.#waiting[at] = last;
    return moment;
  }

  clockOf(life: Life): Clock {
    return {
      nowMs: () => this.nowMs(),
      after: (delayMs, work) => {
        const timer: Timer = { dueMs: this.#runningMs + delayMs, order: this.#order++, life, work };
        this.#timers.push(timer);
        return () => {
          this.#timers = this.#timers.filter((other) => other !== timer);
        };
      },
    };
  }

  /** Lets time pass until the next timer is due, and runs it. False when there is none. */
  passTime(): boolean {
    this.#timers = this.#timers.filter((timer) => timer.life.alive);
    let next: Timer | undefined;
    for (const timer of this.#timers) if (next === undefined || timer.dueMs < next.dueMs || (timer.dueMs === next.dueMs && timer.order < next.order)) next = timer;
    if (next === undefined) return false;
    this.#timers = this.#timers.filter((timer) => timer !== next);
    this.#runningMs = Math.max(this.#runningMs, next.dueMs);
    next.work();
    return true;
  }

  /** What was in flight when the process died: what has left the machine may still arrive. */
  dropOf(life: Life): void {
    for (let at = this.#waiting.length - 1; at >= 0; at -= 1) if (this.#waiting[at]?.life === life) this.#waiting.splice(at, 1);
  }
}

/** Resolves when every promise that could go on has gone on. No timer: nothing else lives in the event loop. */
export function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
