// The caller of GitHub on a virtual clock, and a GitHub of a few answers made by nock. The words of its tests.
import nock from 'nock';
import { Caller, newBudget, type ContentBudget } from '../../src/adapter/github/caller.ts';
import { openForge } from '../../src/adapter/github/forge.ts';
import { keepToken } from '../../src/adapter/github/token.ts';
import type { Clock } from '../../src/port/clock.ts';
import type { Forge } from '../../src/port/forge.ts';

const API = 'https://api.github.test';
export const HERE = '/repos/acme/app';

export type Bench = {
  readonly forge: Forge;
  readonly api: nock.Scope;
  /** Pauses the caller took, in order; each passed at once. */
  readonly waitedMs: number[];
  readonly budget: ContentBudget;
  minted(): number;
  /** Resolves at the first pause. */
  waits(): Promise<void>;
  close(): void;
};

export function bench({ timePasses = true } = {}): Bench {
  const waited = Promise.withResolvers<void>();
  const waitedMs: number[] = [];
  let nowMs = 1_000_000;
  const clock: Clock = {
    nowMs: () => nowMs,
    after: (delayMs, work) => {
      waitedMs.push(delayMs);
      waited.resolve();
      if (!timePasses) return () => undefined;
      nowMs += delayMs;
      queueMicrotask(work);
      return () => undefined;
    },
  };
  let minted = 0;
  const budget = newBudget();
  const tokens = keepToken(() => Promise.resolve({ token: `ghs_${(minted += 1)}`, endsAtMs: nowMs + 3_600_000 }), clock);
  const caller = new Caller({ baseUrl: API, repositoryId: 7, name: { owner: 'acme', repo: 'app' }, tokens, clock, budget });
  return { forge: openForge({ caller, appId: 1, slug: 'maestro', webUrl: 'https://github.test' }), api: nock(API), waitedMs, budget, minted: () => minted, waits: () => waited.promise, close: () => caller.close() };
}
