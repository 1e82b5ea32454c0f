// Three trees into one, as git merges them: git's very tree, git's conflict, or declined. Paths are decided by ids; lines only where both
// sides changed one file. What git's search for renames could see otherwise is declined, in `rename-doubt.ts`.
import { MODE, Tree, isSame } from '../object/node.ts';
import type { Entry } from '../object/node.ts';
import { mergeFiles } from './merge-files.ts';
import type { MergeOutcome, Shelf } from './outcome.ts';
import { doubtOf } from './rename-doubt.ts';
import { decline, entriesOf, inside, isEqual, least, present } from './walk.ts';
import type { Triple, Walk } from './walk.ts';

const DEPTH_MAX = 512;
const ENTRIES_MAX = 1_000_000;

/** `base`: the only merge base of the two commits. The trees' attributes must be git's defaults. */
export function mergeTrees(base: Tree, ours: Tree, theirs: Tree, shelf: Shelf): MergeOutcome {
  const walk: Walk = { shelf, missing: [], clashes: [], suspects: [], declined: null, entriesLeft: ENTRIES_MAX };
  const tree = mergeTree(walk, '', { base, ours, theirs }, 0) ?? Tree.of([]);
  const doubt = walk.suspects.length > 0 && walk.declined === null ? doubtOf(walk.suspects, { base, ours, theirs }, walk) : null;
  const declined = walk.declined ?? doubt;
  if (declined !== null) return { kind: 'declined', why: declined };
  if (walk.missing.length > 0) return { kind: 'missing', objects: [...new Set(walk.missing)] };
  return walk.clashes.length > 0 ? { kind: 'conflict', clashes: walk.clashes } : { kind: 'clean', tree };
}

type Trees = { readonly base: Tree | undefined; readonly ours: Tree | undefined; readonly theirs: Tree | undefined };

/** undefined: nothing is left of it. */
function mergeTree(walk: Walk, path: string, { base, ours, theirs }: Trees, depth: number): Tree | undefined {
  if (isSame(ours, theirs) || isSame(base, theirs)) return ours;
  if (isSame(base, ours)) return theirs;
  if (depth > DEPTH_MAX) return decline(walk, { kind: 'too-large', path, bound: `${DEPTH_MAX} folders deep` });
  const [inBase, inOurs, inTheirs] = [entriesOf(walk, base), entriesOf(walk, ours), entriesOf(walk, theirs)];
  if (inBase === null || inOurs === null || inTheirs === null) return undefined;
  walk.entriesLeft -= inBase.length + inOurs.length + inTheirs.length;
  if (walk.entriesLeft < 0) return decline(walk, { kind: 'too-large', path, bound: `${ENTRIES_MAX} entries` });
  const merged = mergeEntries(walk, path, [inBase, inOurs, inTheirs], depth);
  if (merged.length === 0) return undefined;
  return (ours ?? theirs)?.with(merged);
}

type Lists = readonly [readonly Entry[], readonly Entry[], readonly Entry[]];

/** All three lists are in git's order: walked side by side. */
function mergeEntries(walk: Walk, path: string, [inBase, inOurs, inTheirs]: Lists, depth: number): readonly Entry[] {
  const merged: Entry[] = [];
  let [atBase, atOurs, atTheirs, hasNewFolders] = [0, 0, 0, false];
  for (;;) {
    const [b, o, t] = [inBase[atBase], inOurs[atOurs], inTheirs[atTheirs]];
    if (o !== undefined && o === t && o === b) {
      merged.push(o);
      atBase += 1;
      atOurs += 1;
      atTheirs += 1;
      continue;
    }
    const first = least(least(b, o), t);
    if (first === undefined) break;
    const [base, ours, theirs] = [present(b, first), present(o, first), present(t, first)];
    if (base !== undefined) atBase += 1;
    if (ours !== undefined) atOurs += 1;
    if (theirs !== undefined) atTheirs += 1;
    const entry = mergeEntry(walk, path, { base, ours, theirs }, depth);
    if (entry === undefined) continue;
    merged.push(entry);
    hasNewFolders ||= entry.mode === MODE.tree && (ours === undefined || theirs === undefined || base === undefined);
  }
  if (hasNewFolders) refuseDoubles(walk, path, merged);
  return merged;
}

function mergeEntry(walk: Walk, path: string, triple: Triple, depth: number): Entry | undefined {
  const { base, ours, theirs } = triple;
  if (isEqual(ours, theirs)) {
    if (base !== undefined && !isEqual(base, ours)) walk.suspects.push({ kind: 'alike', path: inside(path, base), base, now: ours });
    return ours;
  }
  if (isEqual(base, ours)) return theirs;
  if (isEqual(base, theirs)) return ours;
  const name = inside(path, base ?? ours ?? theirs);
  const [inBase, inOurs, inTheirs] = [folderOf(base), folderOf(ours), folderOf(theirs)];
  if (inBase !== undefined || inOurs !== undefined || inTheirs !== undefined) {
    if (inOurs === undefined && inBase !== undefined) walk.suspects.push({ kind: 'removed-folder', side: 'ours', path: name, changed: inTheirs, base: inBase });
    if (inTheirs === undefined && inBase !== undefined) walk.suspects.push({ kind: 'removed-folder', side: 'theirs', path: name, changed: inOurs, base: inBase });
    const tree = mergeTree(walk, name, { base: inBase, ours: inOurs, theirs: inTheirs }, depth + 1);
    if (tree === undefined) return undefined;
    return tree === inOurs ? ours : tree === inTheirs ? theirs : { name: (ours ?? theirs ?? base)?.name ?? '', mode: MODE.tree, node: tree };
  }
  return mergeFiles(walk, name, triple);
}

/** A file and a folder of one name stand apart in git's order, so that each was merged by itself. */
function refuseDoubles(walk: Walk, path: string, merged: readonly Entry[]): void {
  const names = new Set<string>();
  for (const entry of merged) {
    if (names.has(entry.name)) decline(walk, { kind: 'file-directory', path: inside(path, entry) });
    names.add(entry.name);
  }
}

function folderOf(entry: Entry | undefined): Tree | undefined {
  return entry?.node.kind === 'tree' ? entry.node : undefined;
}
