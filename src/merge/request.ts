// One merge request: one branch tip asking to enter its target. Data and its meaning; what happens next is decided in step.ts.
import type { Abstention, Ballot } from '../consensus/ballot.ts';
import type { Minds } from '../consensus/minds.ts';
import type { Synthesis } from '../consensus/synthesis.ts';
import type { Conflict } from '../resolution/conflict.ts';
import type { Oid, RefName } from './branch.ts';
import type { Priority } from './policy.ts';
import type { Reason } from './reason.ts';

/** 12 hex digits, a hash of (branch, tip, target, kind): the same push always has the same id. */
export type RequestId = string & { readonly __request: 'RequestId' };

export type RequestKind =
  | { readonly kind: 'branch' }                                   // an agent's branch
  | { readonly kind: 'promotion' }                                // a target entering the next target
  | { readonly kind: 'back-merge'; readonly of: RequestId }       // a hotfix merged back down
  | { readonly kind: 'rollback'; readonly of: RequestId; readonly merge: Oid };   // the inverse of a landed merge

/** A: the target's side, B: the branch's; from C on what somebody proposed. */
export type OptionLetter = 'A' | 'B' | 'C' | 'D' | 'E' | 'F';

/** A person's (or rung's) choice, one letter per conflicted path; bound to the conflict it answers. */
export type Resolution = {
  readonly fingerprint: string;
  readonly choices: readonly OptionLetter[];
  readonly by: string;
  /** What the forge let that person do at that moment; absent where nobody asked one. */
  readonly permission?: string;
  readonly how: 'person' | 'diff3' | 'consensus';
  /** Commits that hold what the letters from C on stand for; a letter without one is the merge by diff3. */
  readonly sources?: readonly { readonly letter: OptionLetter; readonly commit: Oid }[];
  /** Paths whose text a declared command made, whole: what it may change in them is not bound to the hunks. */
  readonly made?: readonly string[];
  /** What was thought before it was decided; absent where nobody was asked to think. */
  readonly minds?: Minds;
  /** What it came to, path by path; absent until it was applied. */
  readonly applied?: readonly AppliedChoice[];
};

/** Lines by side: `ours` is the target's, `theirs` the branch's. */
export type AppliedChoice = { readonly path: string; readonly choice: OptionLetter; readonly droppedOurs: number; readonly droppedTheirs: number };

/** The merge commit that would land. `onto` is its first parent, the request's tip its second (a rollback has none). */
export type Candidate = {
  readonly commit: Oid;
  readonly tree: Oid;
  readonly onto: Oid;
  readonly how: 'clean' | 'resolved' | 'inverse';
  /** Paths the merge changes in the target, at most PATHS_MAX; `pathCount` is the true number. */
  readonly paths: readonly string[];
  readonly pathCount: number;
  /** Rollbacks this merge takes back, because it lands work again that was rolled back. */
  readonly restores: readonly Oid[];
  /** The forge's own merge queue made this commit. `squash`: the branch's commits are not in the target, their changes are. */
  readonly queued?: 'merge' | 'squash';
};
export const PATHS_MAX = 40;

/** One vote on one file of the conflict, in one round. `question`: a hash of exactly what was asked, for a vote counts for nothing else. */
export type StoredVote = { readonly path: string; readonly round: 1 | 2 | 3; readonly question: string; readonly vote: Ballot | Abstention | Synthesis };

/** What the gate said of exactly this tree. `log` is a file in the state directory. `reusedFrom`: whose run that was, where the same tree had passed before. */
export type Verdict =
  | { readonly kind: 'passed'; readonly tree: Oid; readonly gate: string; readonly ms: number; readonly log: string | null; readonly reusedFrom?: RequestId }
  | { readonly kind: 'failed'; readonly tree: Oid; readonly gate: string; readonly ms: number; readonly log: string | null; readonly cause: 'exit' | 'timeout' | 'output' | 'disk'; readonly exitCode: number | null; readonly tail: string }
  | { readonly kind: 'not-configured'; readonly tree: Oid };

/** What a waiting request waits for. */
export type Hold =
  | { readonly kind: 'conflict-ahead'; readonly behind: readonly RequestId[]; readonly paths: readonly string[] }   // conflicts with what has not landed yet
  | { readonly kind: 'ahead'; readonly behind: readonly RequestId[]; readonly why: string }                          // what becomes of it is known once those have landed or left
  | { readonly kind: 'target-red'; readonly tip: Oid; readonly tail: string };                                        // the target fails the gate without this branch

/** One way out of a conflict, already merged and gated. */
export type Option = {
  readonly letter: OptionLetter;
  readonly title: string;
  readonly commit: Oid;
  readonly tree: Oid;
  readonly verdict: Verdict;
  /** Lines kept and dropped against the conflict, by side. */
  readonly ledger: { readonly keptOurs: number; readonly keptTheirs: number; readonly droppedOurs: number; readonly droppedTheirs: number };
  /** What speaks for it and against it, by the ledger and the votes; sentences. */
  readonly points?: { readonly pros: readonly string[]; readonly cons: readonly string[] };
};

/** What a person is asked. Single use, bound to `onto`, the request's tip and the conflict's fingerprint. */
export type Question = {
  readonly onto: Oid;
  readonly conflict: Conflict;
  readonly options: readonly Option[];
  readonly askedAtMs: number;
  /** What was thought before a person was asked. */
  readonly minds?: Minds;
};

/** The state of an open request. A closed one has a Closing instead. */
export type Phase =
  | { readonly state: 'queued'; readonly hold: Hold | null }
  /** `votes`: of voters outside, as they came in: none is asked, or paid, twice. `refuted`: what was agreed on before is red here; a person decides. */
  | { readonly state: 'deliberating'; readonly onto: Oid; readonly conflict: Conflict; readonly votes: readonly StoredVote[]; readonly refuted?: true }
  | { readonly state: 'escalated'; readonly question: Question }
  | { readonly state: 'gating'; readonly candidate: Candidate; readonly verdict: Verdict | null }
  | { readonly state: 'landing'; readonly candidate: Candidate; readonly verdict: Verdict }
  | { readonly state: 'landed'; readonly candidate: Candidate; readonly verdict: Verdict; readonly atMs: number }
  | { readonly state: 'rejected'; readonly reason: Reason; readonly atMs: number }
  | { readonly state: 'superseded'; readonly by: RequestId | null; readonly atMs: number }
  | { readonly state: 'cancelled'; readonly by: string; readonly atMs: number }
  /** `by` null: by nobody's rollback; the target was moved back past Maestro. */
  | { readonly state: 'rolled-back'; readonly by: RequestId | null; readonly candidate: Candidate; readonly verdict: Verdict; readonly atMs: number };

export type MergeRequest = {
  readonly id: RequestId;
  readonly kind: RequestKind;
  readonly branch: RefName;
  readonly tip: Oid;
  readonly target: RefName;
  readonly title: string;
  readonly author: string;
  readonly dependsOn: readonly string[];
  /** Dependencies that the target was seen to hold, though they did not land in it by themselves. */
  readonly dependsMet: readonly string[];
  readonly priority: Priority;
  /** Position in the lane's ledger; smaller came first. */
  readonly arrival: number;
  readonly arrivedAtMs: number;
  /** `arrivedAtMs` moved along with every jump of the clock: what is past since then was spent waiting. */
  readonly waitsSinceMs: number;
  /** How often it was held back by a conflict with what was ahead; a held one is not overtaken twice. */
  readonly heldTimes: number;
  /** How often its merge was taken off its target past Maestro; absent: never. */
  readonly takenOff?: number;
  readonly resolution: Resolution | null;
  readonly phase: Phase;
};

/** The losing side's homework after a decision. */
export type RefactorTask = {
  readonly id: string;
  readonly request: RequestId;
  /** Whose work was dropped: a branch name. */
  readonly branch: string;
  readonly author: string;
  readonly path: string;
  readonly text: string;
  /** Low where minds settled it; absent in ledgers from before that was said. */
  readonly priority?: 'low' | 'normal';
  /** The dropped hunks as a patch, bounded. */
  readonly patch: string;
  readonly atMs: number;
};

export type State = Phase['state'];

export function isOpen(request: MergeRequest): boolean {
  switch (request.phase.state) {
    case 'queued': case 'deliberating': case 'escalated': case 'gating': case 'landing':
      return true;
    case 'landed': case 'rejected': case 'superseded': case 'cancelled': case 'rolled-back':
      return false;
  }
}
