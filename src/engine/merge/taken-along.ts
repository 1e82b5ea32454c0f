// New files of one side that git takes along into a folder that the other side moved: each of them is a conflict, by git's defaults.
import type { Delta } from './delta.ts';
import type { MovedFolders } from './moved-folders.ts';
import type { Clash } from './outcome.ts';
import { equalFiles } from './renames.ts';

/** By the side that took the folders away. */
export type Folders = { readonly ours: MovedFolders; readonly theirs: MovedFolders };

/** Told by equal files alone, without a look into any: enough of them went that one of a folder with new files must be among them. None: it is not so easily told. */
export function surelyTaken(ours: Delta, theirs: Delta, folders: Folders): readonly Clash[] {
  // Where both sides took folders away, one move may undo the other.
  if (folders.ours.isAsked && folders.theirs.isAsked) return [];
  return [...takenWithEqual(ours, folders.ours), ...takenWithEqual(theirs, folders.theirs)];
}

/** By all renames out of the folders. Null: git may say what is not modelled here. */
export function takenBy(folders: Folders, mine: ReadonlyMap<string, string>, yours: ReadonlyMap<string, string>): readonly Clash[] | null {
  const [byUs, byThem] = [[...mine].flatMap((pair) => folders.ours.movedBy(pair)), [...yours].flatMap((pair) => folders.theirs.movedBy(pair))];
  if (byUs.length + byThem.length === 0) return [];
  // Nothing goes along into a folder that was moved as well.
  if (byUs.some(([, to]) => folders.theirs.isBelow(to)) || byThem.some(([, to]) => folders.ours.isBelow(to))) return null;
  const clashes = clashesOf([...byUs.flatMap(([from]) => folders.ours.followers(from)), ...byThem.flatMap(([from]) => folders.theirs.followers(from))]);
  return clashes.length > 0 ? clashes : null;
}

function takenWithEqual(side: Delta, folders: MovedFolders): readonly Clash[] {
  if (!folders.isAsked) return [];
  return clashesOf(equalFiles(side.gone, side.added).flatMap(({ from, to }) => {
    const [source = '', target = ''] = [from[0], to[0]];
    if (from.length === 1 && to.length === 1) return folders.movedBy([source, target]).flatMap(([folder]) => folders.followers(folder));
    const [first, ...more] = from.filter((path) => folders.isFed(path));
    return first !== undefined && to.length + more.length >= from.length ? folders.followersOf(first) : [];
  }));
}

function clashesOf(paths: readonly string[]): readonly Clash[] {
  return [...new Set(paths)].map((path) => ({ path, kind: 'rename', hunks: [] }));
}
