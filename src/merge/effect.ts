// What the shell may be asked to do. Every effect may run twice: each is wanted until the ledger says it is done.
import type { Conflict } from '../resolution/conflict.ts';
import type { Oid, RefName } from './branch.ts';
import type { Intent } from './event.ts';
import type { ConsensusPolicy, GateRule, GeneratedRule, Limits } from './policy.ts';
import type { MergeRequest, OptionLetter, RequestId } from './request.ts';

export type Effect =
  /** Merge each request on top of the one before, starting on `onto`; `tip` is the target itself. */
  | { readonly kind: 'build'; readonly target: RefName; readonly tip: Oid; readonly onto: Oid; readonly requests: readonly MergeRequest[]; readonly inverses: readonly Inverse[]; readonly diff3: Diff3Rule; readonly generated: readonly GeneratedRule[]; readonly limits: Limits }
  /** Build and gate every option of a conflict; `inverses` as in the build that met it, or it would be another conflict. */
  | { readonly kind: 'prepare'; readonly request: MergeRequest; readonly onto: Oid; readonly conflict: Conflict; readonly gate: GateRule | null; readonly diff3: Diff3Rule; readonly inverses: readonly Inverse[]; readonly consensus: ConsensusPolicy; readonly generated: readonly GeneratedRule[] }
  | { readonly kind: 'gate'; readonly target: RefName; readonly commit: Oid; readonly tree: Oid; readonly gate: GateRule }
  /** Is the target itself green? Asked when the first candidate on it is red. */
  | { readonly kind: 'baseline'; readonly target: RefName; readonly tip: Oid; readonly gate: GateRule }
  /** Push, read back, and say what the remote holds. */
  | { readonly kind: 'land'; readonly intent: Intent; readonly landings: readonly Landing[] }
  /** Work out what the answer dropped, for the losing side's refactor task. */
  | { readonly kind: 'task'; readonly request: MergeRequest; readonly conflict: Conflict; readonly choices: readonly OptionLetter[] };

/** What a diff3 merge that git itself refuses may do. */
export type Diff3Rule = 'auto' | 'offer' | 'off';

/** A landed merge that was rolled back: landing its branch again must bring its changes back first. `revert` is the rollback's commit. */
export type Inverse = { readonly tip: Oid; readonly revert: Oid };

/** One merge inside a landing, with the certificate that goes onto the remote beside it. `restores` as in Candidate; `undoes` is the merge a rollback takes back. */
export type Landing = { readonly id: RequestId; readonly commit: Oid; readonly tree: Oid; readonly onto: Oid; readonly certificate: string; readonly atMs: number; readonly how: 'clean' | 'resolved' | 'inverse'; readonly tip: Oid; readonly restores: readonly Oid[]; readonly undoes: Oid | null; readonly branch: RefName; readonly title: string; readonly dependsOn: readonly string[] };

/** Equal keys are the same work: the shell never runs two of them at once and ends the ones no longer wanted. */
export function keyOf(effect: Effect): string {
  switch (effect.kind) {
    // Not the requests: one that arrives meanwhile joins the next build instead of ending this one.
    case 'build': return `build ${effect.target} ${effect.onto}`;
    case 'prepare': return `prepare ${effect.request.id} ${effect.onto} ${effect.conflict.fingerprint}`;
    case 'gate': return gateKey(effect.target, effect.tree);
    case 'baseline': return `baseline ${effect.target} ${effect.tip}`;
    case 'task': return `task ${effect.request.id}`;
    case 'land': return `land ${effect.intent.id}`;
  }
}

export function gateKey(target: RefName, tree: Oid): string {
  return `gate ${target} ${tree}`;
}
