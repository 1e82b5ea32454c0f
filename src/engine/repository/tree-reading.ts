// One file of a tree, by path; and the paths in which trees differ, in people's words. Reads only what is on the shelf.
import type { Shelf } from '../merge/outcome.ts';
import { differences, type Difference } from '../object/difference.ts';
import { placeOf } from '../object/edit.ts';
import { MODE, type Entry, type Tree } from '../object/node.ts';
import type { DiffOutcome, FileMode, Missing, PathChange, ReadOutcome } from './order.ts';
import { fromTreePath, toTreePath } from './path.ts';

export const DIFFERENCES_MAX = 100_000;

export function readFile(tree: Tree, path: string, shelf: Shelf): ReadOutcome {
  const found = entryAt(tree, toTreePath(path), shelf);
  if (found === null) return { kind: 'absent' };
  if (!('node' in found)) return found;
  switch (found.node.kind) {
    case 'tree': return { kind: 'folder' };
    case 'module': return { kind: 'submodule' };
    case 'blob': {
      const bytes = shelf.bytes(found.node);
      return bytes === null ? { kind: 'missing', objects: [found.node.id] } : { kind: 'found', bytes, mode: modeOf(found) };
    }
  }
}

/** `path` in latin1. */
export function entryAt(tree: Tree, path: string, shelf: Shelf): Entry | Missing | null {
  let folder = tree;
  for (let start = 0; ;) {
    const entries = shelf.entries(folder);
    if (entries === null) return { kind: 'missing', objects: [folder.id] };
    const slash = path.indexOf('/', start);
    const entry = entries[placeOf(entries, path, start, slash === -1 ? path.length : slash)] ?? null;
    if (slash === -1 || entry === null) return entry;
    if (entry.node.kind !== 'tree') return null;
    folder = entry.node;
    start = slash + 1;
  }
}

export function pathChanges(from: Tree, to: Tree, shelf: Shelf): DiffOutcome {
  const found = differences(from, to, shelf, DIFFERENCES_MAX);
  switch (found.kind) {
    case 'found': return { kind: 'found', changes: found.differences.map(inWords) };
    case 'missing': return { kind: 'missing', objects: found.trees.map(({ id }) => id) };
    case 'too-many': return { kind: 'too-many' };
  }
}

function inWords({ path, from, to }: Difference): PathChange {
  return { path: fromTreePath(path), kind: from === null ? 'added' : to === null ? 'removed' : 'changed' };
}

function modeOf({ mode }: Entry): FileMode {
  return mode === MODE.link ? 'link' : mode === MODE.executable ? 'executable' : 'file';
}
