// What one side did to base, file by file. Knows no renames: a moved file is one gone and one added.
import { MODE, compareEntries } from '../object/node.ts';
import type { Entry, Tree } from '../object/node.ts';
import type { ObjectId } from '../object/id.ts';
import type { Shelf } from './outcome.ts';
import { isKnownSame } from './walk.ts';

/** By path. `gone`: as it was in base. */
export type Delta = { readonly gone: Map<string, Entry>; readonly added: Map<string, Entry>; readonly changed: Map<string, Entry>; readonly missing: ObjectId[] };

export function deltaOf(base: Tree, side: Tree, shelf: Shelf): Delta {
  const delta: Delta = { gone: new Map(), added: new Map(), changed: new Map(), missing: [] };
  compare(delta, base, side, '', shelf);
  return delta;
}

function compare(delta: Delta, base: Tree | null, side: Tree | null, path: string, shelf: Shelf): void {
  const was = read(delta, base, shelf);
  const now = read(delta, side, shelf);
  if (was === null || now === null) return;
  for (let [b, s] = [0, 0]; b < was.length || s < now.length;) {
    const [old, fresh] = [was[b], now[s]];
    const order = old === undefined ? 1 : fresh === undefined ? -1 : compareEntries(old, fresh);
    if (order <= 0) b += 1;
    if (order >= 0) s += 1;
    note(delta, order <= 0 ? old : undefined, order >= 0 ? fresh : undefined, path, shelf);
  }
}

function read(delta: Delta, tree: Tree | null, shelf: Shelf): readonly Entry[] | null {
  if (tree === null) return [];
  const entries = shelf.entries(tree);
  if (entries === null) delta.missing.push(tree.id);
  return entries;
}

function note(delta: Delta, old: Entry | undefined, fresh: Entry | undefined, path: string, shelf: Shelf): void {
  if (old !== undefined && fresh !== undefined && old.mode === fresh.mode && isKnownSame(old.node, fresh.node)) return;
  const some = fresh ?? old;
  if (some === undefined) return;
  if (some.mode === MODE.tree) {
    compare(delta, old?.node.kind === 'tree' ? old.node : null, fresh?.node.kind === 'tree' ? fresh.node : null, `${path}${some.name}/`, shelf);
  } else if (old === undefined) {
    delta.added.set(`${path}${some.name}`, some);
  } else if (fresh === undefined) {
    delta.gone.set(`${path}${some.name}`, old);
  } else {
    delta.changed.set(`${path}${some.name}`, fresh);
  }
}
