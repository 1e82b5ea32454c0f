// The checks a candidate must pass, run on exactly its tree.
import type { Oid, RefName } from '../merge/branch.ts';
import type { GateRule } from '../merge/policy.ts';
import type { Verdict } from '../merge/request.ts';

export type Gate = {
  /**
   * Runs `rule` on `commit`, whose tree must be `tree`. A red gate is a verdict; only trouble of the machine throws
   * (MaestroError, retryable): nothing started, disk full, checkout failed. Aborting ends it at once. `target` is what it would enter.
   */
  run(commit: Oid, tree: Oid, rule: GateRule, abort: AbortSignal, target: RefName): Promise<Verdict>;
  close(): Promise<void>;
};
