// What one side did to base, file by file. Knows no renames: a moved file is one gone and one added.
import { differences } from '../object/difference.ts';
import type { Entry, Tree } from '../object/node.ts';
import type { ObjectId } from '../object/id.ts';
import type { Decline, Shelf } from './outcome.ts';

/** By path. `gone`: as it was in base. `removed`: folders that are gone with all that was in them. */
export type Delta = { readonly kind: 'known'; readonly gone: Map<string, Entry>; readonly added: Map<string, Entry>; readonly changed: Map<string, Entry>; readonly removed: ReadonlySet<string> };

export type DeltaOutcome = Delta | { readonly kind: 'missing'; readonly objects: readonly ObjectId[] } | { readonly kind: 'declined'; readonly why: Decline };

/** Some objects can make a tree of any number of files. */
const DIFFERENCES_MAX = 200_000;

export function deltaOf(base: Tree, side: Tree, shelf: Shelf): DeltaOutcome {
  const found = differences(base, side, shelf, DIFFERENCES_MAX);
  switch (found.kind) {
    case 'missing': return { kind: 'missing', objects: found.trees.map(({ id }) => id) };
    case 'too-many': return { kind: 'declined', why: { kind: 'too-large', path: '', bound: `${DIFFERENCES_MAX} changed files` } };
    case 'found': break;
  }
  const delta: Delta = { kind: 'known', gone: new Map(), added: new Map(), changed: new Map(), removed: new Set(found.removed) };
  for (const { path, from, to } of found.differences) {
    if (to === null && from !== null) delta.gone.set(path, from);
    else if (to !== null) (from === null ? delta.added : delta.changed).set(path, to);
  }
  return delta;
}
