// What becomes of two branches that went near each other, by a real three-way merge; of text both only edited, no more of it than is needed.
import { judgeTrees } from '../merge/merge-trees.ts';
import type { Clash, Shelf, Verdict } from '../merge/outcome.ts';
import { isSame, MODE, Tree } from '../object/node.ts';
import type { Blob, Entry } from '../object/node.ts';
import type { ObjectId } from '../object/id.ts';
import type { Difference } from '../object/difference.ts';
import type { LineBook } from '../merge/line-book.ts';

/** `edits`: by path what the branch changed; `hasMoves`: it began, ended or retyped something. */
export type Side = { readonly tree: Tree; readonly base: Tree; readonly edits: ReadonlyMap<string, Difference>; readonly removed: readonly string[] };

/** `base`: what both tips have in common. */
export function mergePair(base: Tree, one: Side, other: Side, book: LineBook, shelf: Shelf): Verdict {
  const edited = editedByBoth(base, one, other, shelf);
  if (edited === null) return judgeTrees(base, one.tree, other.tree, shelf, book);
  const missing: ObjectId[] = [];
  const near = edited.filter(({ before, ours, theirs }) => {
    const apart = book.areApart(before, ours, theirs, shelf);
    if (apart === null) missing.push(...[before, ours, theirs].filter((blob) => shelf.bytes(blob) === null).map((blob) => blob.id));
    return apart === false;
  });
  if (missing.length > 0) return { kind: 'missing', objects: [...new Set(missing)] };
  return near.length === 0 ? { kind: 'clean' } : mergeFiles(near, shelf, book);
}

type Edited = { readonly path: string; readonly mode: Entry['mode']; readonly before: Blob; readonly ours: Blob; readonly theirs: Blob };

/** The files both edited where that is all there is between them, or null: then the whole trees have to be merged. */
function editedByBoth(base: Tree, one: Side, other: Side, shelf: Shelf): readonly Edited[] | null {
  if (!isSame(base, one.base) && !isSame(base, other.base)) return null;
  if (one.removed.length + other.removed.length > 0) return null;
  const edited: Edited[] = [];
  const [few, many] = one.edits.size <= other.edits.size ? [one, other] : [other, one];
  for (const path of few.edits.keys()) {
    const [left, right] = [one.edits.get(path), other.edits.get(path)];
    if (left === undefined || right === undefined) {
      if (startsOrEnds(few.edits.get(path)) && meetsFolder(path, many)) return null;
      continue;
    }
    const file = shelf.isOdd?.(path) === true ? null : plainEdit(path, left, right);
    if (file === null) return null;
    edited.push(file);
  }
  for (const [path, change] of many.edits) if (startsOrEnds(change) && !few.edits.has(path) && meetsFolder(path, few)) return null;
  return edited;
}

function startsOrEnds(change: Difference | undefined): boolean {
  return change === undefined || change.from === null || change.to === null;
}

/** A file beside a folder of its name. */
function meetsFolder(path: string, other: Side): boolean {
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) if (other.edits.has(path.slice(0, at))) return true;
  return false;
}

function plainEdit(path: string, left: Difference, right: Difference): Edited | null {
  const [before, ours, theirs] = [left.from, left.to, right.to];
  if (before === null || ours === null || theirs === null || right.from === null) return null;
  if (before.node.kind !== 'blob' || ours.node.kind !== 'blob' || theirs.node.kind !== 'blob' || !isSame(before.node, right.from.node)) return null;
  if ((before.mode !== MODE.file && before.mode !== MODE.executable) || [ours, theirs, right.from].some(({ mode }) => mode !== before.mode)) return null;
  return { path, mode: before.mode, before: before.node, ours: ours.node, theirs: theirs.node };
}

/** As if the files were all there is: what else the branches changed has no part in the verdict. */
function mergeFiles(files: readonly Edited[], shelf: Shelf, book: LineBook): Verdict {
  // Names of one length, so that they are in git's order.
  const names = files.map((_, at) => `file${String(at).padStart(8, '0')}`);
  const treeOf = (pick: (file: Edited) => Blob): Tree => Tree.of(files.map((file, at) => ({ name: names[at] ?? '', mode: file.mode, node: pick(file) })));
  const outcome = judgeTrees(treeOf(({ before }) => before), treeOf(({ ours }) => ours), treeOf(({ theirs }) => theirs), shelf, book);
  if (outcome.kind !== 'conflict') return outcome;
  return { kind: 'conflict', clashes: outcome.clashes.map((clash): Clash => ({ ...clash, path: files[names.indexOf(clash.path)]?.path ?? clash.path })) };
}
