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

/** What was spent today by all that share it, whatever their limits. */
export class Tally {
  readonly #keep: (spent: Spent) => void;
  #spent: Spent;

  /** `keep` is told of every change, before the call that it is for, so that a restart can go on from there. */
  constructor(spent: Spent, keep: (spent: Spent) => void) {
    this.#spent = spent;
    this.#keep = keep;
  }

  today(nowMs: number): Spent {
    const day = dayOf(nowMs);
    return day === this.#spent.day ? this.#spent : { day, calls: 0, tokens: 0 };
  }

  set(spent: Spent): void {
    this.#spent = spent;
    this.#keep(spent);
  }
}

/** A provider may say that a call cost anything: more than so many times its estimate is not believed. */
const COST_MAX = 4;

/** What may be spent of a tally. */
export class Budget {
  readonly #limits: ConsensusPolicy['budget'];
  readonly #tally: Tally;

  constructor(limits: ConsensusPolicy['budget'], tally: Tally) {
    this.#limits = limits;
    this.#tally = tally;
  }

  /** Takes calls and tokens for what is about to be asked; false: nothing was taken, nothing may be asked. */
  take(calls: number, tokens: number, nowMs: number): boolean {
    if (!this.reaches(calls, tokens, nowMs)) return false;
    const today = this.#tally.today(nowMs);
    this.#tally.set({ ...today, calls: today.calls + calls, tokens: today.tokens + tokens });
    return true;
  }

  /** Whether `take` would take them. */
  reaches(calls: number, tokens: number, nowMs: number): boolean {
    const today = this.#tally.today(nowMs);
    return today.calls + calls <= this.#limits.callsPerDay && today.tokens + tokens <= this.#limits.tokensPerDay;
  }

  /** A call was estimated at `taken` tokens, and its provider says it used `used`: what is no count leaves the estimate as it is. */
  settle(taken: number, used: number, nowMs: number): void {
    if (!isCount(used)) return;
    const today = this.#tally.today(nowMs);
    this.#tally.set({ ...today, tokens: Math.max(0, today.tokens + Math.min(used, COST_MAX * taken) - taken) });
  }
}

/** Nothing more is asked that day: for a count that cannot be read. */
export function allSpent(nowMs: number): Spent {
  return { day: dayOf(nowMs), calls: Number.MAX_SAFE_INTEGER, tokens: Number.MAX_SAFE_INTEGER };
}

/** What was kept of a tally; null where no run can have left it so by `nowMs`. */
export function spentIn(kept: unknown, nowMs: number): Spent | null {
  if (typeof kept !== 'object' || kept === null) return null;
  const { day, calls, tokens } = kept as Partial<Record<keyof Spent, unknown>>;
  return isCount(day) && day <= dayOf(nowMs) && isCount(calls) && isCount(tokens) ? { day, calls, tokens } : null;
}

function dayOf(nowMs: number): number {
  return Math.floor(nowMs / DAY_MS);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
