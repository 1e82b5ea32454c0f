// The gate that is the forge's own checks: the candidate is shown on a branch of ours, and what the checks say of it is the verdict.
// Knows no git and no lane; who shows the candidate and takes it away is handed in.
import { MaestroError } from '../../error.ts';
import type { Oid, RefName } from '../../merge/branch.ts';
import type { GateRule } from '../../merge/policy.ts';
import type { Verdict } from '../../merge/request.ts';
import type { Clock } from '../../port/clock.ts';
import type { CheckState, Forge, RequiredCheck } from '../../port/forge.ts';
import type { Gate } from '../../port/gate.ts';
import { Bells, type Bell } from './bell.ts';

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
  /** By commit: two targets may ask about the same one. */
  readonly #bells: Bells;
  readonly #closing = new AbortController();

  constructor(options: CheckGateOptions) {
    this.#options = options;
    this.#bells = new Bells(options.clock);
  }

  async run(commit: Oid, tree: Oid, rule: GateRule, abort: AbortSignal, target: RefName): Promise<Verdict> {
    const { show, hide } = this.#options;
    const signal = AbortSignal.any([abort, this.#closing.signal]);
    const names = await orAborted(this.#required(rule, target), signal);
    const bell = this.#bells.hang([commit]);
    try {
      await orAborted(show(commit, target), signal);
      return await this.#watch(commit, names, rule, tree, bell, signal);
    } finally {
      this.#bells.takeDown([commit], bell);
      // Also what was perhaps shown.
      await hide(commit, target);
    }
  }

  changed(commit: string): void {
    this.#bells.ring(commit);
  }

  close(): Promise<void> {
    this.#closing.abort();
    return Promise.resolve();
  }

  async #watch(commit: Oid, names: Names, rule: GateRule, tree: Oid, bell: Bell, signal: AbortSignal): Promise<Verdict> {
    const { clock, forge } = this.#options;
    const startedMs = clock.nowMs();
    let troubledMs: number | null = null;
    for (;;) {
      bell.rung = false;
      const seen = await orAborted(forge.checks(commit), signal);
      const nowMs = clock.nowMs();
      const standing = standingOf(names, seen, rule, { tree, gate: rule.run, ms: nowMs - startedMs });
      if (standing.kind === 'over') return standing.verdict;
      // One that is run again shows its old end for a while.
      troubledMs = standing.kind === 'trouble' ? troubledMs ?? nowMs : null;
      if (standing.kind === 'trouble' && troubledMs !== null && nowMs - troubledMs >= LOOK_MS) throw new MaestroError('forge-refused', `the check ${standing.name} ended without a verdict (cancelled, timed out, or never started)`, { retryable: true, next: 'run it again on GitHub' });
      await this.#bells.wait(bell, Math.min(LOOK_MS, Math.max(0, startedMs + rule.timeoutMs - nowMs)), signal);
    }
  }

  async #required({ checks }: GateRule, target: RefName): Promise<Names> {
    if (checks !== 'required') return (checks ?? []).map((name) => ({ name, app: null }));
    const { requiredChecks } = await this.#options.forge.rules(target);
    if (requiredChecks.length === 0) throw new MaestroError('forge-refused', 'the gate is the required checks, but no check is required there: nothing would be checked', { next: 'require checks in a ruleset of the repository, or name them under gate: in .github/maestro.yml' });
    return requiredChecks;
  }
}

/** A call under way may wait long for a limit of the forge: whoever gives up does not wait for it. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(new MaestroError('timeout', 'the checks are not awaited any more', { retryable: true }));
  promise.catch(() => undefined);
  work.catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

type Common = { readonly tree: Oid; readonly gate: string; readonly ms: number };

type Standing = { readonly kind: 'over'; readonly verdict: Verdict } | { readonly kind: 'waiting' } | { readonly kind: 'trouble'; readonly name: string };

/** Where a check run and a status have the same name, both must pass, as on GitHub. */
function standingOf(names: Names, seen: readonly CheckState[], rule: GateRule, common: Common): Standing {
  const states = names.map((wanted) => ({ wanted, said: seen.filter((one) => one.name === wanted.name && (wanted.app === null || one.app === null || one.app === wanted.app)) }));
  const failed = states.flatMap(({ said }) => said.filter((one) => one.state === 'failed'));
  if (failed.length > 0) return red(common, 'exit', failed.map(wordsOf).join('\n\n'));
  const silent = states.filter(({ said }) => said.length === 0 || said.some((one) => one.state !== 'passed'));
  if (silent.length === 0) return { kind: 'over', verdict: { kind: 'passed', ...common, log: null } };
  const trouble = states.flatMap(({ said }) => said).find((one) => one.state === 'trouble');
  if (trouble !== undefined) return { kind: 'trouble', name: trouble.name };
  if (common.ms < rule.timeoutMs) return { kind: 'waiting' };
  return red(common, 'timeout', silent.map(({ wanted, said }) => (said.length === 0 ? `${wanted.name} was never reported on this commit: does its workflow run on pushes to maestro/gate/**?` : `${wanted.name} has not ended`)).join('\n'));
}

function red(common: Common, cause: 'exit' | 'timeout', tail: string): Standing {
  return { kind: 'over', verdict: { kind: 'failed', ...common, log: null, cause, exitCode: null, tail: tail.slice(0, TAIL_CHARS_MAX) } };
}

function wordsOf({ name, summary, url }: CheckState): string {
  return [`${name} failed`, summary, url ?? ''].filter((part) => part !== '').join('\n');
}
