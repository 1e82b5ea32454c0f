// What one merge of trees carries along, and how directories are walked side by side.
import { MODE, compareEntries, isSame } from '../object/node.ts';
import type { Entry, Tree } from '../object/node.ts';
import type { ObjectId } from '../object/id.ts';
import type { Clash, Decline, Shelf } from './outcome.ts';

/** One name in the three directories. */
export type Triple = { readonly base: Entry | undefined; readonly ours: Entry | undefined; readonly theirs: Entry | undefined };

/** What one merge has come to so far. */
export type Walk = {
  readonly shelf: Shelf;
  readonly missing: ObjectId[];
  readonly clashes: Clash[];
  readonly suspects: Suspect[];
  declined: Decline | null;
  entriesLeft: number;
};

/** Somewhere a rename could have led to another result. */
export type Suspect =
  /** Deleted on this side, changed on the other: was it moved? */
  | { readonly kind: 'deleted'; readonly side: 'ours' | 'theirs'; readonly path: string }
  /** Changed alike on both: was what they deleted there moved to two places? */
  | { readonly kind: 'alike'; readonly path: string; readonly base: Entry; readonly now: Entry | undefined }
  /** Added on both, differently: was one of them moved here? */
  | { readonly kind: 'added'; readonly path: string }
  /** This side has the folder no more, the other changed it: do new files follow the folder? */
  | { readonly kind: 'removed-folder'; readonly side: 'ours' | 'theirs'; readonly path: string; readonly base: Tree; readonly changed: Tree | undefined };

export function decline(walk: Walk, why: Decline): undefined {
  walk.declined ??= why;
}

/** null: not in memory. No folder is an empty one. */
export function entriesOf(walk: Pick<Walk, 'shelf' | 'missing'>, tree: Tree | undefined): readonly Entry[] | null {
  if (tree === undefined) return [];
  const entries = tree.entries ?? walk.shelf.entries(tree);
  if (entries === null) walk.missing.push(tree.id);
  return entries;
}

export function inside(path: string, entry: Entry | undefined): string {
  return path === '' ? entry?.name ?? '' : `${path}/${entry?.name ?? ''}`;
}

/** The one that comes first in git's order. */
export function least(one: Entry | undefined, other: Entry | undefined): Entry | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one === other || compareEntries(one, other) <= 0 ? one : other;
}

/** The entry, where it is of this name and place. */
export function present(entry: Entry | undefined, first: Entry): Entry | undefined {
  if (entry === undefined || entry === first) return entry;
  return entry.name === first.name && (entry.mode === MODE.tree) === (first.mode === MODE.tree) ? entry : undefined;
}

export function isEqual(one: Entry | undefined, other: Entry | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && one.mode === other.mode && isSame(one.node, other.node));
}
