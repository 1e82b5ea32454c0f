// The objects that commits brought with them, as Git stores them: what their parents do not have. What is not in memory is stored already.
import { encodeCommit, type Commit } from '../object/commit.ts';
import { placeOf } from '../object/edit.ts';
import type { ObjectId, ObjectKind } from '../object/id.ts';
import { encodeTree, type Entry, type Tree } from '../object/node.ts';

export type NewObject = { readonly id: ObjectId; readonly kind: ObjectKind; readonly body: Uint8Array };

/** Each once, and after what it names. */
export function newObjects(commits: readonly Commit[]): readonly NewObject[] {
  const found = new Map<ObjectId, NewObject>();
  for (const commit of commits) {
    if (commit.body === null) continue;
    addTree(commit.tree, commit.body.parents.map(({ tree }) => tree), found);
    found.set(commit.id, { id: commit.id, kind: 'commit', body: Buffer.from(encodeCommit(commit.body)) });
  }
  return [...found.values()];
}

function addTree(tree: Tree, before: readonly Tree[], found: Map<ObjectId, NewObject>): void {
  if (tree.entries === null || found.has(tree.id) || before.some(({ id }) => id === tree.id)) return;
  for (const entry of tree.entries) {
    const olds = before.flatMap(({ entries }) => entries?.[placeOf(entries, entry.name)] ?? []);
    if (olds.some(({ node }) => node === entry.node || node.id === entry.node.id)) continue;
    addNode(entry, olds, found);
  }
  found.set(tree.id, { id: tree.id, kind: 'tree', body: encodeTree(tree.entries) });
}

function addNode({ node }: Entry, olds: readonly Entry[], found: Map<ObjectId, NewObject>): void {
  switch (node.kind) {
    case 'tree': return addTree(node, olds.flatMap((old) => old.node.kind === 'tree' ? old.node : []), found);
    case 'blob': return node.bytes === null ? undefined : void found.set(node.id, { id: node.id, kind: 'blob', body: node.bytes });
    case 'module': return;
  }
}
