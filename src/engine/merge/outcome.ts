// What a three-way merge of trees in memory comes to. Data only.
import type { ObjectId } from '../object/id.ts';
import type { Blob, Entry, Tree } from '../object/node.ts';

/** What is in memory of the objects a merge meets; null: it has to be read first. Calling it never reads. */
export type Shelf = {
  readonly entries: (tree: Tree) => readonly Entry[] | null;
  readonly bytes: (blob: Blob) => Uint8Array | null;
  /** Paths whose texts git does not merge by its defaults: where it comes to that, nothing is said. Default: none. */
  readonly isOdd?: (path: string) => boolean;
};

/** By folders with a slash at the end; '' is everywhere. */
export function withOdd(shelf: Shelf, folders: readonly string[]): Shelf {
  return folders.length === 0 ? shelf : { ...shelf, isOdd: (path) => folders.some((folder) => path.startsWith(folder)) };
}

/** Line numbers count from 1; an empty range has `end` before `start`. */
export type LineRange = { readonly start: number; readonly end: number };

export type ClashKind = 'content' | 'add-add' | 'modify-delete' | 'rename' | 'mode' | 'binary' | 'type' | 'module';

/** One path that git would leave in conflict; `path` as latin1, like an entry's name. `hunks` where both sides have text, by the lines of each side. */
export type Clash = { readonly path: string; readonly kind: ClashKind; readonly hunks: readonly { readonly ours: LineRange; readonly theirs: LineRange }[] };

/** Why the engine leaves a merge to git: nothing wrong with it, it is only not modelled. */
export type Decline =
  | { readonly kind: 'bases'; readonly count: number }
  | { readonly kind: 'rename' | 'directory-rename' | 'type' | 'module' | 'attribute' | 'link' | 'file-directory'; readonly path: string }
  | { readonly kind: 'too-large'; readonly path: string; readonly bound: string };

export type MergeOutcome =
  /** The very tree that git makes, or nothing is said. */
  | { readonly kind: 'clean'; readonly tree: Tree }
  /** Git would call this a conflict too. */
  | { readonly kind: 'conflict'; readonly clashes: readonly Clash[] }
  | { readonly kind: 'declined'; readonly why: Decline }
  /** Bring these in and ask again. */
  | { readonly kind: 'missing'; readonly objects: readonly ObjectId[] };

/** A merge of which nobody wants the tree. */
export type Verdict = { readonly kind: 'clean' } | Exclude<MergeOutcome, { kind: 'clean' }>;
