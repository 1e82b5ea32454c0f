// What a shared repository is asked for, and what comes of it. Data only.
import type { Clash, Decline } from '../merge/outcome.ts';
import type { Commit } from '../object/commit.ts';
import type { ObjectId } from '../object/id.ts';

export type Identity = { readonly name: string; readonly email: string };

export type FileMode = 'file' | 'executable' | 'link';

/** `content` null: the file or folder goes. A link's content is its target. `mode` undefined: as before, a plain file if new. */
export type FileChange = { readonly path: string; readonly content: string | Uint8Array | null; readonly mode?: FileMode };

export type CommitOrder = {
  readonly branch: string;
  readonly author: Identity;
  readonly message: string;
  readonly changes: readonly FileChange[];
  /** Where the branch must be for this to be committed; null: the branch must not exist and begins with this commit. */
  readonly expected?: Commit | null;
};

/** Objects of the real repository that are not in memory: bring them in, and ask again. */
export type Missing = { readonly kind: 'missing'; readonly objects: readonly ObjectId[] };

export type Refused =
  | { readonly kind: 'elsewhere'; readonly branch: string; readonly tip: Commit | null }
  | { readonly kind: 'name-taken'; readonly branch: string; readonly by: string }
  | { readonly kind: 'in-the-way'; readonly branch: string; readonly path: string }
  | Missing;

export type CommitOutcome = { readonly kind: 'committed'; readonly commit: Commit } | Refused;

export type CommitAllOutcome = { readonly kind: 'committed'; readonly commits: readonly Commit[] } | Refused;

export type MergeOrder = {
  readonly into: string;
  readonly from: string;
  readonly author: Identity;
  readonly message: string;
  /** Move the branch where no merge commit is needed; default true, as `git merge`. */
  readonly forward?: boolean;
};

export type MergeResult =
  | { readonly kind: 'merged' | 'forwarded' | 'up-to-date'; readonly commit: Commit }
  | { readonly kind: 'conflict'; readonly clashes: readonly Clash[] }
  | { readonly kind: 'declined'; readonly why: Decline }
  | { readonly kind: 'unrelated' }
  | { readonly kind: 'no-branch'; readonly branch: string }
  | Missing;

export type ReadOutcome = { readonly kind: 'found'; readonly bytes: Uint8Array; readonly mode: FileMode } | { readonly kind: 'absent' | 'folder' | 'submodule' } | Missing;

export type PathChange = { readonly path: string; readonly kind: 'added' | 'removed' | 'changed' };

export type DiffOutcome = { readonly kind: 'found'; readonly changes: readonly PathChange[] } | { readonly kind: 'too-many' } | Missing;

/** A branch by name, or a commit itself. */
export type Revision = string | Commit;
