// The body of a tree object as entries. Takes only what git itself writes today, so that what is read writes the same bytes again.
import { ID_BYTES } from './id.ts';
import { Blob, MODE, Module, Tree, compareEntries } from './node.ts';
import type { Entry, Mode, Node } from './node.ts';
import type { ObjectId } from './id.ts';

const SPACE = 32;
const MODES: ReadonlyMap<string, Mode> = new Map(Object.values(MODE).map((mode) => [mode.toString(8), mode]));
const NO_NAMES: ReadonlySet<string> = new Set(['', '.', '..', '.git']);

/** null: broken, out of order, a name twice, a mode of old (`100664`), or a name no checkout may make. What it names is not in memory yet. */
export function decodeTree(body: Buffer): readonly Entry[] | null {
  const entries: Entry[] = [];
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(SPACE, at);
    const nul = body.indexOf(0, space + 1);
    const end = nul + 1 + ID_BYTES;
    if (space === -1 || nul === -1 || end > body.length) return null;
    const mode = MODES.get(body.toString('latin1', at, space));
    const name = body.toString('latin1', space + 1, nul);
    if (mode === undefined || NO_NAMES.has(name) || name.includes('/')) return null;
    const entry = { name, mode, node: nodeOf(mode, body.toString('hex', nul + 1, end)) };
    if (!follows(entries, entry)) return null;
    entries.push(entry);
    at = end;
  }
  return entries;
}

function nodeOf(mode: Mode, id: ObjectId): Node {
  if (mode === MODE.tree) return Tree.known(id);
  return mode === MODE.module ? new Module(id) : Blob.known(id);
}

/** A file `a` may stand some places before a folder `a`: all between them begin with `a`. */
function follows(entries: readonly Entry[], next: Entry): boolean {
  const last = entries.at(-1);
  if (last !== undefined && compareEntries(last, next) >= 0) return false;
  if (next.mode !== MODE.tree) return true;
  for (let at = entries.length - 1; at >= 0; at -= 1) {
    const before = entries[at]?.name ?? '';
    if (before === next.name) return false;
    if (!before.startsWith(next.name)) return true;
  }
  return true;
}
