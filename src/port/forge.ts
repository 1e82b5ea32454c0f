// Where people are: checks, pull requests, comments, reviews. What it shows never steers a landing, and every verb may run twice.
import type { Oid, RefName } from '../merge/branch.ts';
import type { Face } from '../merge/face.ts';

export type CheckId = number;
export type CommentId = number;

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
  say(pull: number, key: string, body: string, shown: Shown<CommentId>): Promise<CommentId>;
  react(comment: CommentId, reaction: 'eyes' | '+1' | 'confused'): Promise<void>;
  /** Those the forge does not take (an author, somebody who has left) are left out and named in the answer. */
  askReview(pull: number, who: { readonly users: readonly string[]; readonly teams: readonly string[] }): Promise<{ readonly refused: readonly string[] }>;
  /** Of this person, at this moment. */
  permission(login: string): Promise<Permission>;
  openIssue(key: string, title: string, body: string): Promise<number>;
  rules(target: RefName): Promise<TargetRules>;
  /** The latest of each name. */
  checks(commit: Oid): Promise<readonly CheckState[]>;
  commitUrl(commit: Oid): string;
  commentUrl(pull: number, comment: CommentId): string;
};
