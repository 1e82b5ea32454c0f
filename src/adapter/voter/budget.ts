// How much may be asked of models in a day. Counts before the call, so that a crash never makes a call free. Knows no clock.
import type { ConsensusPolicy } from '../../merge/policy.ts';

/** `day`: whole days since 1970, UTC. */
export type Spent = { readonly day: number; readonly calls: number; readonly tokens: number };

const DAY_MS = 86_400_000;

export class Budget {
  readonly #limits: ConsensusPolicy['budget'];
  readonly #keep: (spent: Spent) => void;
  #spent: Spent;

  /** `keep` is told of every change, before the call that it is for, so that a restart can go on from there. */
  constructor(limits: ConsensusPolicy['budget'], spent: Spent, keep: (spent: Spent) => void) {
    this.#limits = limits;
    this.#spent = spent;
    this.#keep = keep;
  }

  /** Takes calls and tokens for what is about to be asked; false: nothing was taken, nothing may be asked. */
  take(calls: number, tokens: number, nowMs: number): boolean {
    const today = this.#today(nowMs);
    const after = { ...today, calls: today.calls + calls, tokens: today.tokens + tokens };
    if (after.calls > this.#limits.callsPerDay || after.tokens > this.#limits.tokensPerDay) return false;
    this.#set(after);
    return true;
  }

  /** A call was estimated at `taken` tokens and used `used`. */
  settle(taken: number, used: number, nowMs: number): void {
    const today = this.#today(nowMs);
    this.#set({ ...today, tokens: Math.max(0, today.tokens + used - taken) });
  }

  #today(nowMs: number): Spent {
    const day = Math.floor(nowMs / DAY_MS);
    return day === this.#spent.day ? this.#spent : { day, calls: 0, tokens: 0 };
  }

  #set(spent: Spent): void {
    this.#spent = spent;
    this.#keep(spent);
  }
}
