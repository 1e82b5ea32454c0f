// A conflict as data: what a three-way merge could not settle, per path, as (base, ours, theirs). Markers are only for display.

/** git's own kinds, named once. `ours` is the target's side, `theirs` the branch's. */
export type ConflictKind =
  | 'content'            // both sides edited the same lines
  | 'add/add'            // both sides added the path with other content
  | 'modify/delete'
  | 'rename/rename'
  | 'rename/delete'
  | 'rename/add'
  | 'directory-rename'   // git suggests a move because a whole directory was renamed
  | 'file/directory'
  | 'binary'
  | 'mode'
  | 'symlink'
  | 'submodule'
  | 'other';

/** One stage of a conflicted path; `oid` is a blob (a commit for a submodule), `mode` as git prints it, e.g. `100644`. */
export type Side = { readonly mode: string; readonly oid: string };

/** One region both sides changed. Line numbers are 1-based positions in that side's file; an empty side has no lines. */
export type Hunk = {
  readonly baseLine: number;
  readonly base: readonly string[];
  readonly oursLine: number;
  readonly ours: readonly string[];
  readonly theirsLine: number;
  readonly theirs: readonly string[];
};

export type PathConflict = {
  readonly path: string;
  /** Other names the file has or had on a side, as before a rename; absent where there are none. */
  readonly also?: readonly string[];
  readonly kind: ConflictKind;
  readonly base: Side | null;
  readonly ours: Side | null;
  readonly theirs: Side | null;
  /** Only for textual kinds, bounded by HUNKS_SHOWN_MAX; the file may hold more. */
  readonly hunks: readonly Hunk[];
  /** git's sentence for it. */
  readonly message: string;
};

/** A merge request on the target's side that last changed the conflicting lines. */
export type Partner = { readonly branch: string; readonly request: string | null; readonly commit: string; readonly title: string };

export type Conflict = {
  /** Hash of every path with its three sides: equal fingerprints are the same question. */
  readonly fingerprint: string;
  readonly paths: readonly PathConflict[];
  readonly partners: readonly Partner[];
};

/** Of a path. How many the ladder weighs is another matter: `HUNKS_MAX` in `conflict-file.ts`. */
export const HUNKS_SHOWN_MAX = 20;
