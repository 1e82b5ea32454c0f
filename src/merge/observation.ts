// What the shell tells the plan: answers of effects, sights of the remote, commands of people. Nothing here is an order.
import type { Minds } from '../consensus/minds.ts';
import type { Conflict } from '../resolution/conflict.ts';
import type { Oid, RefName } from './branch.ts';
import type { Alarm, Unmet } from './event.ts';
import type { Priority } from './policy.ts';
import type { Reason } from './reason.ts';
import type { Candidate, MergeRequest, Option, RequestId, Resolution, StoredVote, Verdict } from './request.ts';
import type { Testament } from './testament.ts';

export type BuildOutcome =
  | { readonly kind: 'candidate'; readonly candidate: Candidate; readonly resolution: Resolution | null }
  /** `onTip` false: it merges cleanly with the target itself and conflicts only with what is ahead in the chain. */
  | { readonly kind: 'conflict'; readonly onTip: boolean; readonly onto: Oid; readonly conflict: Conflict }
  | { readonly kind: 'contained' }
  /** What is ahead in the chain decides over it: to be asked again when that has landed or left. */
  | { readonly kind: 'ahead'; readonly why: string }
  | { readonly kind: 'refused'; readonly reason: Reason };

export type LandOutcome =
  | { readonly kind: 'landed' }
  | { readonly kind: 'stale'; readonly tip: Oid }                       // the target moved on; ours did not get in
  | { readonly kind: 'refused'; readonly detail: string; readonly everyone: boolean }   // a clear policy rejection; everyone: the next push would meet it too
  /** The forge's own merge queue decided, one by one; `tip` is the target's by now. What is in neither list was not put into it. */
  | { readonly kind: 'queued'; readonly merges: readonly QueueMerge[]; readonly removed: readonly QueueRemoval[]; readonly tip: Oid; /** What the queue made is not what merging makes. */ readonly alarm?: Alarm }
  | { readonly kind: 'missing' }                                        // the target is gone
  | { readonly kind: 'alarm'; readonly alarm: Alarm; readonly tip: Oid | null };

/** `calledBackBy`: a person of ours wanted it out. */
export type QueueRemoval = { readonly id: RequestId; readonly why: string; readonly calledBackBy?: string };

/** The commit in the target that the queue made of a request. */
export type QueueMerge = { readonly id: RequestId; readonly commit: Oid; readonly tree: Oid; readonly onto: Oid; readonly how: 'merge' | 'squash' };

/** A marked tip of a branch; `contained`: dependencies whose branch the target already holds. */
export type Sight = {
  readonly title: string;
  readonly author: string;
  readonly dependsOn: readonly string[];
  readonly contained: readonly string[];
  readonly priority: Priority;
};

/**
 * What an answer dropped of one side of one path. `patch` applies to what landed; empty where it is too long, or its bytes are no text.
 * `hunksLeft`: how many it has no room for. `blob`: the file as that side has it, by its id; null where it has none.
 */
export type Dropped = { readonly path: string; readonly side: 'ours' | 'theirs'; readonly patch: string; readonly hunksLeft: number; readonly blob: string | null };

export type Observation =
  | { readonly kind: 'branch'; readonly branch: RefName; readonly tip: Oid | null; readonly sight: Sight | null }     // tip null: the branch is gone; sight null: its tip is not (or no longer) for this lane
  | { readonly kind: 'refused-branch'; readonly branch: RefName; readonly tip: Oid; readonly sight: Sight; readonly reason: Reason }
  /** `from`: the tip it was compared with; a lane that is no longer there has newer knowledge. */
  | { readonly kind: 'target'; readonly from: Oid | null; readonly tip: Oid | null; readonly relation: 'same' | 'forward' | 'rewound' | 'diverged' }
  /** The target has come to hold these dependencies of the request. */
  | { readonly kind: 'met'; readonly id: RequestId; readonly names: readonly string[] }
  /** What a target that was moved back holds no longer, of what the ledger says of it; asked of git at `tip`. As in the event. */
  | { readonly kind: 'taken-off'; readonly tip: Oid; readonly ids: readonly RequestId[]; readonly back: readonly RequestId[]; readonly unmet: readonly Unmet[] }
  /** git refuses what the target holds now. */
  | { readonly kind: 'refused-target'; readonly detail: string }
  | { readonly kind: 'built'; readonly onto: Oid; readonly results: readonly { readonly id: RequestId; readonly outcome: BuildOutcome }[] }
  | { readonly kind: 'prepared'; readonly id: RequestId; readonly onto: Oid; readonly fingerprint: string; readonly options: readonly Option[]; readonly minds: Minds | null; /** The minds agreed, and the gate passed on it. */ readonly settled: { readonly resolution: Resolution; readonly verdict: Verdict } | null }
  | { readonly kind: 'voted'; readonly id: RequestId; readonly fingerprint: string; readonly vote: StoredVote }
  | { readonly kind: 'gated'; readonly tree: Oid; readonly verdict: Verdict }
  | { readonly kind: 'baseline'; readonly tip: Oid; readonly verdict: Verdict }
  | { readonly kind: 'gave-up'; readonly ids: readonly RequestId[]; readonly detail: string }                         // an effect on these failed for good
  | { readonly kind: 'lost' }                                                                                          // candidates vanished with the mirror
  | { readonly kind: 'pushed'; readonly intent: string; readonly outcome: LandOutcome }
  | { readonly kind: 'tasked'; readonly id: RequestId; readonly dropped: readonly Dropped[] }
  | { readonly kind: 'recalled'; readonly testament: Testament }                                                       // the ledger was lost; this was kept on the remote
  | { readonly kind: 'decide'; readonly id: RequestId; /** The mark of the question that it answers. */ readonly question: string; readonly answer: string; readonly by: string; readonly permission?: string }
  | { readonly kind: 'cancel'; readonly id: RequestId; readonly by: string }
  | { readonly kind: 'retry'; readonly request: MergeRequest; readonly by: string }                               // as it closed; the lane may have forgotten it
  | { readonly kind: 'pause'; readonly by: string; readonly all: boolean }                                            // all: said to every lane, and to those that come later
  | { readonly kind: 'resume'; readonly by: string; readonly all: boolean }
  | { readonly kind: 'forget'; readonly by: string }                                                                 // start counting lessons anew
  | { readonly kind: 'rollback'; readonly landed: MergeRequest; readonly by: string }
  | { readonly kind: 'promote'; readonly branch: RefName; readonly tip: Oid; readonly title: string; readonly author: string }
  | { readonly kind: 'broken-config'; readonly detail: string }
  | { readonly kind: 'tick' };                                          // time passed, or another lane changed
