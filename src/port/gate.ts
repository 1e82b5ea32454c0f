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
  /** Runs a command like a gate and reads what it left at these paths: regular files of text, bounded. Absent where no command can be run. */
  readonly make?: Make;
  close(): Promise<void>;
};

export type Make = (commit: Oid, tree: Oid, rule: GateRule, paths: readonly string[], abort: AbortSignal) => Promise<Made>;
/** `texts`: by path; what is missing there was not left as such a file. */
export type Made = { readonly verdict: Verdict; readonly texts: ReadonlyMap<string, string> };
