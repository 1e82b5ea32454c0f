// The gate that is the forge's own checks: the candidate is shown on a branch of ours, and what the checks say of it is the verdict.
// Knows no git and no lane; who shows the candidate and takes it away is handed in.
import { MaestroError } from '../../error.ts';
import type { Oid, RefName } from '../../merge/branch.ts';
import type { GateRule } from '../../merge/policy.ts';
import type { Verdict } from '../../merge/request.ts';
import type { Clock } from '../../port/clock.ts';
import type { CheckState, Forge, RequiredCheck } from '../../port/forge.ts';
import type { Gate } from '../../port/gate.ts';

export type CheckGateOptions = {
  readonly forge: Pick<Forge, 'checks' | 'rules'>;
  readonly clock: Clock;
  /** Shows the commit where the forge runs its checks. Throws MaestroError. */
  readonly show: (commit: Oid, target: RefName) => Promise<void>;
  /** What was shown is not needed any more. Never throws. */
  readonly hide: (commit: Oid, target: RefName) => Promise<void>;
};

export type CheckGate = Gate & {
  /** Something was said about this commit. */
  changed(commit: string): void;
};

/** A webhook may be lost: then it is looked at all the same. */
const LOOK_MS = 20_000;
const TAIL_CHARS_MAX = 4000;

export function openCheckGate(options: CheckGateOptions): CheckGate {
  return new ForgeCheckGate(options);
}

type Names = readonly RequiredCheck[];

class ForgeCheckGate implements CheckGate {
  readonly #options: CheckGateOptions;
  readonly #waiting = new Map<string, () => void>();
  readonly #closing = new AbortController();

  constructor(options: CheckGateOptions) {
    this.#options = options;
  }

  async run(commit: Oid, tree: Oid, rule: GateRule, abort: AbortSignal, target: RefName): Promise<Verdict> {
    const { clock, show, hide } = this.#options;
    const signal = AbortSignal.any([abort, this.#closing.signal]);
    const startedMs = clock.nowMs();
    const names = await this.#required(rule, target);
    await show(commit, target);
    try {
      for (;;) {
        if (signal.aborted) throw new MaestroError('timeout', 'the checks are not awaited any more', { retryable: true });
        const seen = await this.#options.forge.checks(commit);
        const ms = clock.nowMs() - startedMs;
        const verdict = verdictOf(names, seen, rule, { tree, gate: rule.run, ms });
        if (verdict !== null) return verdict;
        await this.#news(commit, Math.min(LOOK_MS, Math.max(0, startedMs + rule.timeoutMs - clock.nowMs())), signal);
      }
    } finally {
      await hide(commit, target);
    }
  }

  changed(commit: string): void {
    this.#waiting.get(commit)?.();
  }

  close(): Promise<void> {
    this.#closing.abort();
    return Promise.resolve();
  }

  async #required({ checks }: GateRule, target: RefName): Promise<Names> {
    if (checks !== 'required') return (checks ?? []).map((name) => ({ name, app: null }));
    const { requiredChecks } = await this.#options.forge.rules(target);
    if (requiredChecks.length === 0) throw new MaestroError('forge-refused', 'the gate is the required checks, but no check is required there: nothing would be checked', { next: 'require checks in a ruleset of the repository, or name them under gate: in .github/maestro.yml' });
    return requiredChecks;
  }

  #news(commit: Oid, waitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        forget();
        signal.removeEventListener('abort', end);
        this.#waiting.delete(commit);
        resolve();
      };
      const forget = this.#options.clock.after(waitMs, end);
      this.#waiting.set(commit, end);
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
    });
  }
}

type Common = { readonly tree: Oid; readonly gate: string; readonly ms: number };

/** null: not all have spoken yet, and there is time. Throws, to be run again, where one ended without a verdict. */
function verdictOf(names: Names, seen: readonly CheckState[], rule: GateRule, common: Common): Verdict | null {
  const states = names.map((wanted) => ({ wanted, state: seen.find((one) => one.name === wanted.name && (wanted.app === null || one.app === null || one.app === wanted.app)) }));
  const failed = states.flatMap(({ state }) => (state?.state === 'failed' ? [state] : []));
  if (failed.length > 0) return { kind: 'failed', ...common, log: null, cause: 'exit', exitCode: null, tail: failed.map(wordsOf).join('\n\n').slice(0, TAIL_CHARS_MAX) };
  const trouble = states.find(({ state }) => state?.state === 'trouble')?.state;
  if (trouble !== undefined) throw new MaestroError('forge-refused', `the check ${trouble.name} ended without a verdict (cancelled, timed out, or never started)`, { retryable: true, next: 'run it again on GitHub' });
  const silent = states.filter(({ state }) => state?.state !== 'passed');
  if (silent.length === 0) return { kind: 'passed', ...common, log: null };
  if (common.ms < rule.timeoutMs) return null;
  const tail = silent.map(({ wanted, state }) => (state === undefined ? `${wanted.name} was never reported on this commit: does its workflow run on pushes to maestro/gate/**?` : `${wanted.name} has not ended`)).join('\n');
  return { kind: 'failed', ...common, log: null, cause: 'timeout', exitCode: null, tail };
}

function wordsOf({ name, summary, url }: CheckState): string {
  return [`${name} failed`, summary, url ?? ''].filter((part) => part !== '').join('\n');
}
