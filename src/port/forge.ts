// Where people are: checks, pull requests, comments, reviews. What it shows never steers a landing, and every verb may run twice.
import type { Oid, RefName } from '../merge/branch.ts';
import type { Face } from '../merge/face.ts';

export type CheckId = number;
export type CommentId = number;
/** A comment, and when the forge counts it as written, by its own clock. */
export type Told = { readonly id: CommentId; readonly atMs: number };

/** What was shown before: its id, or whether an earlier try may have reached the forge without its answer reaching us. */
export type Shown<Id> = { readonly kind: 'never' } | { readonly kind: 'perhaps' } | { readonly kind: 'as'; readonly id: Id };

/** `author` is a login. */
export type Pull = { readonly number: number; readonly branch: RefName; readonly head: Oid; readonly target: RefName; readonly author: string; readonly open: boolean };

export type Permission = 'admin' | 'write' | 'read' | 'none';

/** `app` is the id of the GitHub App that must report it; null: anyone. */
export type RequiredCheck = { readonly name: string; readonly app: number | null };
export type TargetRules = { readonly requiredChecks: readonly RequiredCheck[]; readonly mergeQueue: boolean };

/** `trouble`: it ended without a verdict (cancelled, timed out, never started); that is no red. */
export type CheckState = { readonly name: string; readonly app: number | null; readonly state: 'waiting' | 'passed' | 'failed' | 'trouble'; readonly summary: string; readonly url: string | null };

/**
 * The pull request of a branch as a merge queue sees it. `merge` is what the target got of it; `removed` the last time it was taken out
 * of the queue, by the forge's clock, and why.
 */
export type QueuedPull = { readonly id: string; readonly head: Oid; readonly isMerged: boolean; readonly isQueued: boolean; readonly merge: Oid | null; readonly removed: { readonly why: string; readonly atMs: number } | null };

/** What somebody said. Machines are heard of, too, so that it can be said that they are not listened to. */
export type Said =
  /** `atMs`: when it was written, by the forge's clock; null where it does not say. */
  | { readonly kind: 'comment'; readonly pull: number; readonly comment: CommentId; readonly atMs: number | null; readonly login: string; readonly isMachine: boolean; readonly body: string; readonly isEdit: boolean }
  /** `button` is the id that was shown; `request` the check run's own. */
  | { readonly kind: 'press'; readonly request: string; readonly button: string; readonly login: string; readonly isMachine: boolean }
  /** A pull request was approved as it was at `head`. */
  | { readonly kind: 'approved'; readonly pull: number; readonly branch: RefName; readonly head: Oid; readonly login: string; readonly isMachine: boolean };

/** Where a repository is; its id stays, its name may not. */
export type RepositoryAt = { readonly id: number; readonly owner: string; readonly name: string; readonly installation: number };

/** What a forge tells of a repository. Hints only: what a branch holds is asked of Git. */
export type News =
  | { readonly kind: 'moved'; readonly at: RepositoryAt; readonly branch: RefName }
  | { readonly kind: 'said'; readonly at: RepositoryAt; readonly said: Said }
  | { readonly kind: 'checked'; readonly at: RepositoryAt; readonly commit: Oid }
  /** Something happened to the pull request of this branch, or to the merge queue of this target. */
  | { readonly kind: 'queue'; readonly at: RepositoryAt; readonly branch: RefName }
  /** It can be worked on from now on, or under another name. */
  | { readonly kind: 'opened'; readonly at: RepositoryAt }
  | { readonly kind: 'closed'; readonly repository: number; readonly why: string }
  /** A whole account put us to rest or called us back; which repositories that are is asked. */
  | { readonly kind: 'installation'; readonly installation: number; readonly active: boolean }
  | { readonly kind: 'nothing' };

/**
 * One repository of a forge. Throws MaestroError: `unreachable` (retryable) when it does not answer, `forge-refused` when it will not do
 * it, with the setting to change.
 */
export type Forge = {
  /** Creates or updates the check run of a request. */
  showCheck(face: Face, shown: Shown<CheckId>): Promise<CheckId>;
  /** The open pull request of the branch into the target, or null. */
  pullOf(branch: RefName, target: RefName): Promise<Pull | null>;
  /** null: there is none of this number, or it comes from another repository. */
  pull(number: number): Promise<Pull | null>;
  /** Call it when `pullOf` found none. One that exists after all is returned. */
  openPull(ask: { readonly branch: RefName; readonly target: RefName; readonly title: string; readonly body: string }): Promise<Pull>;
  /** One comment for one `key`, which stands in it where nobody sees it. */
  say(pull: number, key: string, body: string, shown: Shown<CommentId>): Promise<Told>;
  react(comment: CommentId, reaction: 'eyes' | '+1' | 'confused'): Promise<void>;
  /** Those the forge does not take (an author, somebody who has left) are left out and named in the answer. */
  askReview(pull: number, who: { readonly users: readonly string[]; readonly teams: readonly string[] }): Promise<{ readonly refused: readonly string[] }>;
  /** Of this person, at this moment. */
  permission(login: string): Promise<Permission>;
  openIssue(key: string, title: string, body: string): Promise<number>;
  rules(target: RefName): Promise<TargetRules>;
  /** Of the branch into the target: the open one, else one that was merged at this very head. */
  queuedPull(branch: RefName, target: RefName, head: Oid): Promise<QueuedPull | null>;
  /** Puts it, as it is at `head`, into the target's merge queue. null: it is in; else the forge's words why not now. */
  enqueue(pull: string, head: Oid): Promise<string | null>;
  /** Takes it out of the merge queue again. False: it is not in it any more. */
  dequeue(pull: string): Promise<boolean>;
  /** The latest of each name. */
  checks(commit: Oid): Promise<readonly CheckState[]>;
  commitUrl(commit: Oid): string;
  commentUrl(pull: number, comment: CommentId): string;
};
