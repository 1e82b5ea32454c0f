// The objects that commits brought with them, as Git stores them: what their parents do not have. What is not in memory is stored already.
import { encodeCommit, type Commit } from '../object/commit.ts';
import { placeOf } from '../object/edit.ts';
import type { ObjectId, ObjectKind } from '../object/id.ts';
import { Image } from '../object/image.ts';
import { isSame, type Entry, type Tree } from '../object/node.ts';

export type NewObject = { readonly id: ObjectId; readonly kind: ObjectKind; readonly body: Uint8Array };

/** `images`: of trees that were written, so that the next version of a directory is drawn over the one before. */
type Writing = { readonly found: Map<ObjectId, NewObject>; readonly images: Map<Tree, Image> };

/** Each once, and after what it names. */
export function newObjects(commits: readonly Commit[]): readonly NewObject[] {
  const writing: Writing = { found: new Map(), images: new Map() };
  for (const commit of commits) {
    if (commit.body === null) continue;
    addTree(commit.tree, commit.body.parents.map(({ tree }) => tree), writing);
    writing.found.set(commit.id, { id: commit.id, kind: 'commit', body: Buffer.from(encodeCommit(commit.body)) });
  }
  return [...writing.found.values()];
}

function addTree(tree: Tree, before: readonly Tree[], writing: Writing): void {
  const { entries } = tree;
  if (entries === null || writing.found.has(tree.id) || before.some(({ id }) => id === tree.id)) return;
  for (let at = 0; at < entries.length; at += 1) {
    const entry = entries[at];
    if (entry !== undefined && !isThere(entry, at, before)) addEntry(entry, before, writing);
  }
  const image = (writing.images.get(before[0] ?? tree) ?? new Image()).draw(entries);
  writing.images.set(tree, image);
  writing.found.set(tree.id, { id: tree.id, kind: 'tree', body: image.body() });
}

/** Nearly all entries are their parents' own, at the same place. */
function isThere(entry: Entry, at: number, before: readonly Tree[]): boolean {
  for (const { entries } of before) if (entries?.[at] === entry) return true;
  return false;
}

function addEntry({ name, node }: Entry, before: readonly Tree[], writing: Writing): void {
  const olds = before.flatMap(({ entries }) => entries?.[placeOf(entries, name)] ?? []);
  if (olds.some((old) => isSame(old.node, node))) return;
  switch (node.kind) {
    case 'tree': return addTree(node, olds.flatMap((old) => old.node.kind === 'tree' ? old.node : []), writing);
    case 'blob': return node.bytes === null ? undefined : void writing.found.set(node.id, { id: node.id, kind: 'blob', body: node.bytes });
    case 'module': return;
  }
}
