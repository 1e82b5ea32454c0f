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

export type Errands = {
  /** Makes the running errands of this lane equal to `wanted`. */
  keep(target: RefName, wanted: readonly Effect[]): void;
  /** The lane's news are taken: what they report may be wanted again from here on. */
  read(target: RefName): void;
  running(target: RefName): readonly string[];
  /** Why something is being retried, or null. */
  trouble(): string | null;
  isQuiet(): boolean;
  /** Resolves on the next `stir()`, and when an errand ends or a failed one is due again. */
  stirred(): Promise<void>;
  stir(): void;
  close(): Promise<void>;
};

export type ErrandWork = {
  readonly clock: Clock;
  readonly run: (effect: Effect, abort: AbortSignal, repeated: boolean) => Promise<Observation>;
  readonly report: (target: RefName, seen: Observation) => void;
  readonly retry: (target: RefName) => void;
};

type Errand = { readonly effect: Effect; readonly abort: AbortController; readonly done: Promise<void> };
type Failure = { readonly target: RefName; readonly count: number; readonly blocked: boolean; readonly why: string; readonly forget: () => void };

export function openErrands(work: ErrandWork): Errands {
  const running = new Map<RefName, Map<string, Errand>>();
  const failures = new Map<string, Failure>();
  // What ended after the news of a turn were taken: that turn's wishes do not know of it yet, and would start it a second time.
  const unread = new Map<RefName, Set<string>>();
  let closed = false;
  let waiting: (() => void)[] = [];

  return {
    stirred: () => new Promise((resolve) => waiting.push(resolve)),
    stir,
    keep: (target, wanted) => {
      const mine = lane(target);
      const keys = new Set(wanted.map(keyOf));
      for (const [key, failure] of failures) if (failure.target === target && !keys.has(key)) forgive(key, failure);
      for (const [key, errand] of mine) if (!keys.has(key) && isStoppable(errand.effect)) errand.abort.abort();
      for (const effect of wanted) {
        const key = keyOf(effect);
        if (!closed && !mine.has(key) && unread.get(target)?.has(key) !== true && failures.get(key)?.blocked !== true) start(target, key, effect);
      }
    },
    read: (target) => void unread.delete(target),
    running: (target) => [...lane(target).keys()],
    trouble: () => [...failures.values()].at(-1)?.why ?? null,
    isQuiet: () => [...running.values()].every((errands) => errands.size === 0) && ![...failures.values()].some((failure) => failure.blocked),
    close: async () => {
      closed = true;
      for (const failure of failures.values()) failure.forget();
      const all = [...running.values()].flatMap((errands) => [...errands.values()]);
      for (const errand of all) if (isStoppable(errand.effect)) errand.abort.abort();
      await Promise.allSettled(all.map((errand) => errand.done));
    },
  };

  function start(target: RefName, key: string, effect: Effect): void {
    const abort = new AbortController();
    const done = work.run(effect, abort.signal, failures.has(key)).then(
      (seen) => finish(target, key, () => {
        failures.delete(key);
        if (!abort.signal.aborted) tell(target, key, seen);
      }),
      (error: unknown) => finish(target, key, () => {
        if (!closed && !abort.signal.aborted) fail(target, key, effect, error);
      }),
    );
    lane(target).set(key, { effect, abort, done });
  }

  function finish(target: RefName, key: string, report: () => void): void {
    lane(target).delete(key);
    report();
    if (!closed) work.retry(target);
    stir();
  }

  function tell(target: RefName, key: string, seen: Observation): void {
    const ended = unread.get(target) ?? new Set<string>();
    unread.set(target, ended.add(key));
    work.report(target, seen);
  }

  function stir(): void {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  }

  function fail(target: RefName, key: string, effect: Effect, error: unknown): void {
    const count = (failures.get(key)?.count ?? 0) + 1;
    const why = error instanceof Error ? error.message : String(error);
    const passing = error instanceof MaestroError && error.retryable;
    const ids = idsOf(effect);
    if (!passing && count >= FAILURES_MAX && ids.length > 0) {
      failures.delete(key);
      return tell(target, key, { kind: 'gave-up', ids, detail: why });
    }
    const forget = work.clock.after(Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** Math.min(count - 1, 10)), () => {
      failures.set(key, { target, count, blocked: false, why, forget: () => undefined });
      work.retry(target);
      stir();
    });
    failures.set(key, { target, count, blocked: true, why, forget });
  }

  /** Nobody wants it any more: its failure says nothing about anything. */
  function forgive(key: string, failure: Failure): void {
    failure.forget();
    failures.delete(key);
  }

  function lane(target: RefName): Map<string, Errand> {
    const mine = running.get(target) ?? new Map<string, Errand>();
    running.set(target, mine);
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
