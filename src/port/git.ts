// What the coordinator asks of Git. Ids and full names only; no checkout, no shell, nothing of an agent's clone.
import type { Alarm } from '../consensus/escalation.ts';
import type { Oid, RefName } from '../merge/branch.ts';
import type { Diff3Rule, Effect, Inverse, Landing } from '../merge/effect.ts';
import type { Intent } from '../merge/event.ts';
import type { BuildOutcome, Dropped, LandOutcome } from '../merge/observation.ts';
import type { AppliedChoice, MergeRequest, Option, OptionLetter, Phase, RequestId, Verdict } from '../merge/request.ts';
import type { Testament } from '../merge/testament.ts';
import type { ConflictFile } from '../resolution/conflict-file.ts';
import type { Conflict } from '../resolution/conflict.ts';

export type Commit = { readonly oid: Oid; readonly tree: Oid; readonly parents: readonly Oid[]; readonly message: string; readonly author: string };

/** `tip`: what the remote has under that name and git will not take; `why` in git's words. */
export type Refusal = { readonly tip: Oid; readonly why: string };

/** What to take for one path: a side whole in its hunks, a text that changes only those, or a file that a declared command made whole. */
export type Choice = { readonly letter: OptionLetter; readonly take: { readonly kind: 'side'; readonly side: 'ours' | 'theirs' } | { readonly kind: 'text' | 'made'; readonly text: string } };

export type Answered = Pick<BuiltOption, 'commit' | 'tree' | 'ledger'> & { readonly applied: readonly AppliedChoice[] };

/** A conflicted file as three texts, or why it is none. */
export type ConflictText = { readonly kind: 'text'; readonly file: ConflictFile } | { readonly kind: 'alarm'; readonly path: string; readonly alarm: Alarm };

/** A landing as its certificate tells of it. */
export type Landed = Omit<MergeRequest, 'phase'> & { readonly phase: Extract<Phase, { readonly state: 'landed' }> };

/** An option before its gate ran. */
export type BuiltOption = Omit<Option, 'verdict'>;

/** `unusable`: there is something, but nothing to be read as text; `why` says what, for people. */
export type FileContent = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'absent' } | { readonly kind: 'unusable'; readonly why: string };

/** Names that are Maestro's own on the remote. */
export type PublishedRef = `refs/maestro/option/${string}` | `refs/heads/maestro/gate/${string}` | `refs/heads/maestro/queue/${string}` | `refs/maestro/testament/${string}`;

export type Git = {
  /** Every branch of the remote as the remote says it, raw names (not yet accepted). Throws `unreachable`. */
  remoteHeads(): Promise<ReadonlyMap<string, Oid>>;
  /** The branch that HEAD of the remote names, as a raw full name. */
  defaultBranch(): Promise<string | null>;
  /** Branches that the last fetch of them left out because git refuses their objects. */
  readonly refused: ReadonlyMap<RefName, Refusal>;
  /** Brings the tips of these branches in; a branch the remote does not have maps to null, one that is refused is left out. Throws `unreachable`. */
  fetch(refs: readonly RefName[]): Promise<ReadonlyMap<RefName, Oid | null>>;
  commit(oid: Oid): Promise<Commit | null>;
  /** A file of a fetched commit as text. Larger than `bytesMax` it is unusable. */
  file(commit: Oid, path: string, bytesMax: number): Promise<FileContent>;
  /** A blob by its own id; null where it is gone, too large or no text. */
  text(blob: string, bytesMax: number): Promise<string | null>;
  /** How `b` relates to `a`, both fetched. */
  relation(a: Oid, b: Oid): Promise<'same' | 'forward' | 'rewound' | 'diverged'>;
  build(effect: Extract<Effect, { kind: 'build' }>): Promise<readonly { readonly id: RequestId; readonly outcome: BuildOutcome }[]>;
  /** Every way to answer the conflict, as commits on `onto`; `inverses` as in the build that met it. */
  options(request: MergeRequest, onto: Oid, conflict: Conflict, diff3: Diff3Rule, inverses: readonly Inverse[]): Promise<readonly BuiltOption[]>;
  /** The files of the conflict as three texts, in the order of its paths; or why one is none. Empty when the commits no longer give this conflict. */
  conflictFiles(request: MergeRequest, onto: Oid, conflict: Conflict, inverses: readonly Inverse[]): Promise<readonly ConflictText[]>;
  /** One answer, path by path, as a commit on `onto`; null when a text changes more than the hunks, or the commits no longer give this conflict. */
  answer(request: MergeRequest, onto: Oid, conflict: Conflict, choices: readonly Choice[], inverses: readonly Inverse[]): Promise<Answered | null>;
  /** What the answer dropped that has landed, per path and side; nothing of a side that lost nothing. */
  droppedBy(request: MergeRequest, conflict: Conflict, choices: readonly OptionLetter[]): Promise<readonly Dropped[]>;
  /** Whether merging `tip` into `onto`, made once more, gives this tree; all are in the mirror. */
  isMergeOf(merge: { readonly commit: Oid; readonly onto: Oid; readonly tip: Oid; readonly tree: Oid }): Promise<boolean>;
  /** The landing protocol from pin to read-back. Throws `unreachable` when the remote's state could not be learnt. */
  land(intent: Intent, landings: readonly Landing[], resumed: boolean): Promise<LandOutcome>;
  /** Takes one back that the forge's own queue has not let in yet. False: no queue has it, or it is too late. Throws what the forge says against it. */
  callBack(id: RequestId, by: string): Promise<boolean>;
  /** Puts a commit of ours where people and their checks can see it. Throws `unreachable` when the remote was not seen to take it. */
  publish(ref: PublishedRef, oid: Oid): Promise<void>;
  /** Takes it away again, if it still is this commit. */
  withdraw(ref: PublishedRef, oid: Oid): Promise<void>;
  /**
   * The certificate, as JSON, pushed with the landing that made this merge, read from the remote's audit ref. Throws `unknown-request` when
   * there is none, `certificate-unsound` when what stands there is not borne out by its tag and its merge.
   */
  certificate(request: RequestId, merge: Oid): Promise<string>;
  /** The last landing that such a certificate tells of; null where there is none, or none that is borne out. Throws `unreachable`. */
  landed(request: RequestId): Promise<Landed | null>;
  /** What is kept on the remote for whoever finds the ledger lost, by target; what is none of ours is left out. Throws `unreachable`. */
  testaments(): Promise<ReadonlyMap<RefName, Testament>>;
  /** Keeps this there instead of the one before; null: nothing. Throws `unreachable` when the remote was not seen to take it. */
  bequeath(target: RefName, testament: Testament | null): Promise<void>;
  close(): Promise<void>;
};

/** The verdict of a tree nobody asked a gate for. */
export function notConfigured(tree: Oid): Verdict {
  return { kind: 'not-configured', tree };
}

/** Whether `commit` is in the history of `tip`. What the mirror lacks after a fetch of the tip is not. */
export async function holds(git: Pick<Git, 'commit' | 'relation'>, tip: Oid, commit: Oid): Promise<boolean> {
  if ((await git.commit(commit)) === null) return false;
  const relation = await git.relation(commit, tip);
  return relation === 'same' || relation === 'forward';
}
