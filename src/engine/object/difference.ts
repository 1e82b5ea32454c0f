// The paths in which two trees differ. Looks only below folders whose ids differ.
import { MODE, compareEntries, isKnownSame } from './node.ts';
import type { Entry, Tree } from './node.ts';
import type { ObjectId } from './id.ts';
import { DEPTH_MAX, type TreeShelf } from './edit.ts';

/** `path` in latin1; `from` or `to` is null where there is no file on that side. */
export type Difference = { readonly path: string; readonly from: Entry | null; readonly to: Entry | null };

export type Differences =
  /** `removed`: folders that are gone with all that was in them. */
  | { readonly kind: 'found'; readonly differences: readonly Difference[]; readonly removed: readonly string[] }
  | { readonly kind: 'missing'; readonly trees: readonly Tree[] }
  /** More than `max`, or deeper than `DEPTH_MAX`: a tree made to be walked for ever. */
  | { readonly kind: 'too-many' };

/** Folders entered: some objects can make a tree of any number of empty ones. */
const FOLDERS_MAX = 1_000_000;

type Walk = { readonly found: Difference[]; readonly removed: string[]; /** By id: the same folder may be in many places. */ readonly missing: Map<ObjectId, Tree>; readonly shelf: TreeShelf; readonly max: number; folders: number };

/** In the order of the paths' components, as git sorts them. A folder that became a file is a file added and files removed. */
export function differences(from: Tree | null, to: Tree | null, shelf: TreeShelf, max: number): Differences {
  const walk: Walk = { found: [], removed: [], missing: new Map(), shelf, max, folders: 0 };
  const isWhole = compare(from, to, '', 0, walk);
  if (!isWhole) return { kind: 'too-many' };
  return walk.missing.size > 0 ? { kind: 'missing', trees: [...walk.missing.values()] } : { kind: 'found', differences: walk.found, removed: walk.removed };
}

function compare(from: Tree | null, to: Tree | null, prefix: string, depth: number, walk: Walk): boolean {
  if (from === to || (from !== null && to !== null && isKnownSame(from, to))) return true;
  walk.folders += 1;
  if (depth > DEPTH_MAX || walk.folders > FOLDERS_MAX) return false;
  const [before, after] = [listed(from, walk), listed(to, walk)];
  if (before === null || after === null) return true;
  let [left, right] = [0, 0];
  while (left < before.length || right < after.length) {
    const [old, now] = [before[left], after[right]];
    const order = old === undefined ? 1 : now === undefined ? -1 : compareEntries(old, now);
    if (order <= 0) left += 1;
    if (order >= 0) right += 1;
    const [gone, come] = [order <= 0 ? old ?? null : null, order >= 0 ? now ?? null : null];
    if (gone === come || (gone !== null && come !== null && gone.mode === come.mode && isKnownSame(gone.node, come.node))) continue;
    if (!one(gone, come, prefix, depth, walk)) return false;
  }
  return true;
}

function one(gone: Entry | null, come: Entry | null, prefix: string, depth: number, walk: Walk): boolean {
  const path = `${prefix}${(gone ?? come)?.name ?? ''}`;
  const [fromTree, toTree] = [treeOf(gone), treeOf(come)];
  const [fromFile, toFile] = [fileOf(gone), fileOf(come)];
  if (fromFile !== null || toFile !== null) {
    if (walk.found.length >= walk.max) return false;
    walk.found.push({ path, from: fromFile, to: toFile });
  }
  if (fromTree !== null && come === null) walk.removed.push(path);
  return compare(fromTree, toTree, `${path}/`, depth + 1, walk);
}

function treeOf(entry: Entry | null): Tree | null {
  return entry?.node.kind === 'tree' ? entry.node : null;
}

function fileOf(entry: Entry | null): Entry | null {
  return entry === null || entry.mode === MODE.tree ? null : entry;
}

function listed(tree: Tree | null, walk: Walk): readonly Entry[] | null {
  if (tree === null) return [];
  const entries = walk.shelf.entries(tree);
  if (entries === null) walk.missing.set(tree.id, tree);
  return entries;
}
