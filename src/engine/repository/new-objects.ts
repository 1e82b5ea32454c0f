// The objects that commits brought with them, as Git stores them: what their parents do not have. What is not in memory is stored already.
import { encodeCommit, type Commit } from '../object/commit.ts';
import { placeOf } from '../object/edit.ts';
import type { ObjectId, ObjectKind } from '../object/id.ts';
import { Image } from '../object/image.ts';
import type { Entry, Tree } from '../object/node.ts';

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
  for (const [at, entry] of entries.entries()) {
    if (before.some((old) => old.entries?.[at] === entry)) continue;
    const olds = before.flatMap((old) => old.entries?.[placeOf(old.entries, entry.name)] ?? []);
    if (olds.some(({ node }) => node === entry.node || node.id === entry.node.id)) continue;
    addNode(entry, olds, writing);
  }
  const image = (writing.images.get(before[0] ?? tree) ?? new Image()).draw(entries);
  writing.images.set(tree, image);
  writing.found.set(tree.id, { id: tree.id, kind: 'tree', body: image.body() });
}

function addNode({ node }: Entry, olds: readonly Entry[], writing: Writing): void {
  switch (node.kind) {
    case 'tree': return addTree(node, olds.flatMap((old) => old.node.kind === 'tree' ? old.node : []), writing);
    case 'blob': return node.bytes === null ? undefined : void writing.found.set(node.id, { id: node.id, kind: 'blob', body: node.bytes });
    case 'module': return;
  }
}
