// The effects under way: starts what is wanted, ends what is not, tries again what failed for a passing reason.
import { MaestroError } from '../error.ts';
import type { RefName } from '../merge/branch.ts';
import { keyOf, type Effect } from '../merge/effect.ts';
import type { Observation } from '../merge/observation.ts';
import type { RequestId } from '../merge/request.ts';
import type { Clock } from '../port/clock.ts';

const RETRY_FIRST_MS = 500;
const RETRY_LAST_MS = 60_000;
/** After so many failures that no retry promises to cure, the requests concerned are given up. */
const FAILURES_MAX = 3;

export type ErrandWork = {
  readonly clock: Clock;
  readonly run: (effect: Effect, abort: AbortSignal, repeated: boolean) => Promise<Observation>;
  readonly report: (target: RefName, seen: Observation) => void;
  readonly retry: (target: RefName) => void;
};

type Errand = { readonly effect: Effect; readonly abort: AbortController; readonly done: Promise<void> };
type Failure = { readonly target: RefName; readonly count: number; readonly blocked: boolean; readonly why: string; readonly forget: () => void };

export class Errands {
  readonly #work: ErrandWork;
  readonly #running = new Map<RefName, Map<string, Errand>>();
  readonly #failures = new Map<string, Failure>();
  /** What ended after the news of a turn were taken: that turn's wishes do not know of it yet, and would start it a second time. */
  readonly #unread = new Map<RefName, Set<string>>();
  #closed = false;
  #waiting: (() => void)[] = [];

  constructor(work: ErrandWork) {
    this.#work = work;
  }

  /** Makes the running errands of this lane equal to `wanted`. */
  keep(target: RefName, wanted: readonly Effect[]): void {
    const mine = this.#lane(target);
    const keys = new Set(wanted.map(keyOf));
    for (const [key, failure] of this.#failures) if (failure.target === target && !keys.has(key)) this.#forgive(key, failure);
    for (const [key, errand] of mine) if (!keys.has(key) && isStoppable(errand.effect)) errand.abort.abort();
    for (const effect of wanted) {
      const key = keyOf(effect);
      if (!this.#closed && !mine.has(key) && this.#unread.get(target)?.has(key) !== true && this.#failures.get(key)?.blocked !== true) this.#start(target, key, effect);
    }
  }

  /** The lane's news are taken: what they report may be wanted again from here on. */
  read(target: RefName): void {
    this.#unread.delete(target);
  }

  running(target: RefName): readonly string[] {
    return [...this.#lane(target).keys()];
  }

  /** Why something is being retried, or null. */
  trouble(): string | null {
    return [...this.#failures.values()].at(-1)?.why ?? null;
  }

  isQuiet(): boolean {
    return [...this.#running.values()].every((errands) => errands.size === 0) && ![...this.#failures.values()].some((failure) => failure.blocked);
  }

  /** Resolves on the next `stir()`, and when an errand ends or a failed one is due again. */
  stirred(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const failure of this.#failures.values()) failure.forget();
    const all = [...this.#running.values()].flatMap((errands) => [...errands.values()]);
    for (const errand of all) if (isStoppable(errand.effect)) errand.abort.abort();
    await Promise.allSettled(all.map((errand) => errand.done));
  }

  #start(target: RefName, key: string, effect: Effect): void {
    const abort = new AbortController();
    const done = this.#work.run(effect, abort.signal, this.#failures.has(key)).then(
      (seen) => this.#finish(target, key, () => {
        this.#failures.delete(key);
        if (!abort.signal.aborted) this.#tell(target, key, seen);
      }),
      (error: unknown) => this.#finish(target, key, () => {
        if (!this.#closed && !abort.signal.aborted) this.#fail(target, key, effect, error);
      }),
    );
    this.#lane(target).set(key, { effect, abort, done });
  }

  #finish(target: RefName, key: string, report: () => void): void {
    this.#lane(target).delete(key);
    report();
    if (!this.#closed) this.#work.retry(target);
    this.stir();
  }

  #tell(target: RefName, key: string, seen: Observation): void {
    const ended = this.#unread.get(target) ?? new Set<string>();
    this.#unread.set(target, ended.add(key));
    this.#work.report(target, seen);
  }

  stir(): void {
    const woken = this.#waiting;
    this.#waiting = [];
    for (const resolve of woken) resolve();
  }

  #fail(target: RefName, key: string, effect: Effect, error: unknown): void {
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    const why = error instanceof Error ? error.message : String(error);
    const passing = error instanceof MaestroError && error.retryable;
    const ids = idsOf(effect);
    if (!passing && count >= FAILURES_MAX && ids.length > 0) {
      this.#failures.delete(key);
      return this.#tell(target, key, { kind: 'gave-up', ids, detail: why });
    }
    const forget = this.#work.clock.after(Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** Math.min(count - 1, 10)), () => {
      this.#failures.set(key, { target, count, blocked: false, why, forget: () => undefined });
      this.#work.retry(target);
      this.stir();
    });
    this.#failures.set(key, { target, count, blocked: true, why, forget });
  }

  /** Nobody wants it any more: its failure says nothing about anything. */
  #forgive(key: string, failure: Failure): void {
    failure.forget();
    this.#failures.delete(key);
  }

  #lane(target: RefName): Map<string, Errand> {
    const mine = this.#running.get(target) ?? new Map<string, Errand>();
    this.#running.set(target, mine);
    return mine;
  }
}

/** A push is never cut off half way by us: what became of it would be unknown. */
function isStoppable(effect: Effect): boolean {
  return effect.kind !== 'land' && effect.kind !== 'build';
}

/** Whom to give up when the effect fails for good: the first of a build, since those behind it never had their turn. */
function idsOf(effect: Effect): readonly RequestId[] {
  switch (effect.kind) {
    case 'build': return effect.requests.slice(0, 1).map((request) => request.id);
    case 'prepare': case 'task': return [effect.request.id];
    case 'gate': case 'baseline': case 'land': return [];
  }
}
