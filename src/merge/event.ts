// The ledger's words: everything that was decided or seen, one event each. State is the fold of these and of nothing else.
import type { Conflict } from '../resolution/conflict.ts';
import type { Oid, RefName } from './branch.ts';
import type { Priority } from './policy.ts';
import type { Reason } from './reason.ts';
import type { Candidate, Hold, Question, RefactorTask, RequestId, RequestKind, Resolution, StoredVote, Verdict } from './request.ts';

/** The write-ahead record of one push: move `target` from `old` to `new`, landing `requests` in order. */
export type Intent = {
  readonly id: string;
  readonly target: RefName;
  readonly old: Oid;
  readonly new: Oid;
  readonly tree: Oid;
  readonly requests: readonly RequestId[];
  readonly atMs: number;
};

/** Why a lane stands still until a person resumes it. */
export type Alarm = { readonly kind: 'rewound' | 'diverged' | 'target-gone' | 'config-broken' | 'refused' | 'read-back' | 'unfetchable'; readonly detail: string };

/** `candidate`: the commit that the queue made of it. */
export type Entered = { readonly id: RequestId; readonly candidate: Candidate };

export type Unmet = { readonly id: RequestId; readonly names: readonly string[] };

export type LedgerEvent =
  | { readonly kind: 'requested'; readonly atMs: number; readonly id: RequestId; readonly what: RequestKind; readonly branch: RefName; readonly tip: Oid; readonly title: string; readonly author: string; readonly dependsOn: readonly string[]; readonly dependsMet: readonly string[]; readonly priority: Priority }
  | { readonly kind: 'retried'; readonly atMs: number; readonly id: RequestId; readonly by: string }
  | { readonly kind: 'met'; readonly atMs: number; readonly id: RequestId; readonly names: readonly string[] }             // dependencies that landed elsewhere and have come into this target since
  | { readonly kind: 'held'; readonly atMs: number; readonly id: RequestId; readonly hold: Hold }
  | { readonly kind: 'released'; readonly atMs: number; readonly id: RequestId }
  | { readonly kind: 'built'; readonly atMs: number; readonly id: RequestId; readonly candidate: Candidate; readonly resolution: Resolution | null }
  | { readonly kind: 'dropped'; readonly atMs: number; readonly ids: readonly RequestId[]; readonly why: string }        // candidates thrown away, requests back to the queue
  | { readonly kind: 'conflicted'; readonly atMs: number; readonly id: RequestId; readonly onto: Oid; readonly conflict: Conflict; /** What the minds had agreed on is red on what the target is by now. */ readonly refuted?: true }
  | { readonly kind: 'voted'; readonly atMs: number; readonly id: RequestId; readonly vote: StoredVote }                  // by a voter outside, in a round that goes on
  | { readonly kind: 'asked'; readonly atMs: number; readonly id: RequestId; readonly question: Question }
  | { readonly kind: 'decided'; readonly atMs: number; readonly id: RequestId; readonly resolution: Resolution; /** What the gate said of it, where it ran before. */ readonly verdict?: Verdict }
  | { readonly kind: 'tasked'; readonly atMs: number; readonly id: RequestId; readonly tasks: readonly RefactorTask[] }
  | { readonly kind: 'gated'; readonly atMs: number; readonly ids: readonly RequestId[]; readonly verdict: Verdict }
  | { readonly kind: 'baseline'; readonly atMs: number; readonly tip: Oid; readonly verdict: Verdict }
  | { readonly kind: 'intended'; readonly atMs: number; readonly intent: Intent }
  | { readonly kind: 'landed'; readonly atMs: number; readonly intent: string }                                          // the remote was seen to have it
  | { readonly kind: 'entered'; readonly atMs: number; readonly intent: string; readonly merges: readonly Entered[]; readonly tip: Oid }   // the forge's own merge queue let these of the intent in, and the remote was seen to have them at `tip`
  | { readonly kind: 'not-landed'; readonly atMs: number; readonly intent: string; readonly refused: boolean; readonly why: string }                // the remote was seen not to have it
  | { readonly kind: 'rejected'; readonly atMs: number; readonly id: RequestId; readonly reason: Reason }
  | { readonly kind: 'superseded'; readonly atMs: number; readonly id: RequestId; readonly by: RequestId | null }
  | { readonly kind: 'cancelled'; readonly atMs: number; readonly id: RequestId; readonly by: string }
  | { readonly kind: 'rolled-back'; readonly atMs: number; readonly id: RequestId; readonly by: RequestId; readonly tip: Oid; readonly revert: Oid }
  /** A person let the lane go on after its target was moved past Maestro: at `tip` it holds the merges of `ids` no longer. `back`: what took these back went with them. `unmet`: dependencies it holds no longer. */
  | { readonly kind: 'taken-off'; readonly atMs: number; readonly tip: Oid; readonly ids: readonly RequestId[]; readonly back: readonly RequestId[]; readonly unmet: readonly Unmet[] }
  | { readonly kind: 'tip'; readonly atMs: number; readonly oid: Oid }                                                   // the target's value on the remote
  | { readonly kind: 'paused'; readonly atMs: number; readonly by: string; readonly all: boolean }                        // all: every lane, those that come later too
  | { readonly kind: 'resumed'; readonly atMs: number; readonly by: string; readonly all: boolean }
  | { readonly kind: 'stopped'; readonly atMs: number; readonly alarm: Alarm }
  | { readonly kind: 'skipped'; readonly atMs: number; readonly ms: number }                                              // the clock moved by this and nobody waited: a jump, or sleep; below zero where it was set back
  | { readonly kind: 'forgotten'; readonly atMs: number; readonly by: string }                                           // what was learned before counts no more
  | { readonly kind: 'promoted'; readonly atMs: number; readonly branch: RefName; readonly tip: Oid };                    // a scheduled promotion was considered at this time
