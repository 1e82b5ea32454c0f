// What a branch changed since it left its target: every path, the one before and the one after, and the folders it emptied.
import { compareEntries, isSame } from '../object/node.ts';
import type { Entry, Tree } from '../object/node.ts';
import type { ObjectId } from '../object/id.ts';
import type { Shelf } from '../merge/outcome.ts';

/** `path` as latin1. A renamed file is one path that ended and one that began. */
export type Change = { readonly path: string; readonly base: Entry | null; readonly own: Entry | null };

/** `removed`: folders that are gone with all that was in them, as latin1 without a slash at the end. */
export type Delta = { readonly changes: readonly Change[]; readonly removed: readonly string[] };

export type Reading = { readonly kind: 'known'; readonly delta: Delta } | { readonly kind: 'missing'; readonly objects: readonly ObjectId[] } | { readonly kind: 'too-large' };

/** A branch that changed more is not looked at path by path. */
const CHANGES_MAX = 20_000;
const DEPTH_MAX = 256;

type Walk = { readonly shelf: Shelf; readonly changes: Change[]; readonly removed: string[]; readonly missing: ObjectId[]; isTooLarge: boolean };

export function deltaOf(base: Tree, own: Tree, shelf: Shelf): Reading {
  const walk: Walk = { shelf, changes: [], removed: [], missing: [], isTooLarge: false };
  compare(walk, '', base, own, 0);
  if (walk.isTooLarge) return { kind: 'too-large' };
  if (walk.missing.length > 0) return { kind: 'missing', objects: walk.missing };
  return { kind: 'known', delta: { changes: walk.changes, removed: walk.removed } };
}

function compare(walk: Walk, prefix: string, base: Tree | null, own: Tree | null, depth: number): void {
  if (walk.isTooLarge || (base !== null && own !== null && isSame(base, own))) return;
  if (depth > DEPTH_MAX || walk.changes.length > CHANGES_MAX) {
    walk.isTooLarge = true;
    return;
  }
  const [before, after] = [entriesOf(walk, base), entriesOf(walk, own)];
  if (before === null || after === null) return;
  for (let [at, to] = [0, 0]; at < before.length || to < after.length;) {
    const one = before[at];
    const other = after[to];
    if (one === other) {
      at += 1;
      to += 1;
      continue;
    }
    const order = one === undefined ? 1 : other === undefined ? -1 : one.name === other.name && one.node.kind === other.node.kind ? 0 : compareEntries(one, other);
    const [left, right] = [order <= 0 ? one ?? null : null, order >= 0 ? other ?? null : null];
    if (order <= 0) at += 1;
    if (order >= 0) to += 1;
    if (left === null || right === null || left.mode !== right.mode || !isSame(left.node, right.node)) differ(walk, prefix, left, right, depth);
  }
}

function differ(walk: Walk, prefix: string, left: Entry | null, right: Entry | null, depth: number): void {
  const path = prefix + (left ?? right)?.name;
  const [before, after] = [left?.node, right?.node];
  if (before?.kind !== 'tree' && after?.kind !== 'tree') {
    walk.changes.push({ path, base: left, own: right });
    return;
  }
  if (right === null) walk.removed.push(path);
  compare(walk, `${path}/`, before?.kind === 'tree' ? before : null, after?.kind === 'tree' ? after : null, depth + 1);
}

function entriesOf(walk: Walk, tree: Tree | null): readonly Entry[] | null {
  if (tree === null) return [];
  const entries = walk.shelf.entries(tree);
  if (entries === null) walk.missing.push(tree.id);
  return entries;
}
