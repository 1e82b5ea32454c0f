// How much may be asked of models in a day. Counts before the call, so that a crash never makes a call free. Knows no clock.
import type { ConsensusPolicy } from '../../merge/policy.ts';

/** `day`: whole days since 1970, UTC. */
export type Spent = { readonly day: number; readonly calls: number; readonly tokens: number };

const DAY_MS = 86_400_000;

/** What calls are paid from. */
export type Purse = Pick<Budget, 'take' | 'settle' | 'reaches'>;

/** Paid from both or from neither: what a repository may spend, and what the machine's owner lets all of them spend together. */
export function paidByBoth(own: Purse, owners: Purse): Purse {
  const reaches: Purse['reaches'] = (...cost) => own.reaches(...cost) && owners.reaches(...cost);
  return {
    reaches,
    take: (...cost) => reaches(...cost) && own.take(...cost) && owners.take(...cost),
    settle: (...cost) => {
      own.settle(...cost);
      owners.settle(...cost);
    },
  };
}

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
    if (!this.reaches(calls, tokens, nowMs)) return false;
    const today = this.#today(nowMs);
    this.#set({ ...today, calls: today.calls + calls, tokens: today.tokens + tokens });
    return true;
  }

  /** Whether `take` would take them. */
  reaches(calls: number, tokens: number, nowMs: number): boolean {
    const today = this.#today(nowMs);
    return today.calls + calls <= this.#limits.callsPerDay && today.tokens + tokens <= this.#limits.tokensPerDay;
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
