// Which branches may meet: those that changed one path, and where folders are at stake those that went near them. All others merge cleanly with
// each other, unless one of them does not even merge with the target.
import type { Difference } from '../object/difference.ts';
import { foldersOf } from '../object/folders.ts';

/** Ends a key that stands for a folder's place; no path holds it. */
const FOLDER = '\0';

export class PathIndex {
  readonly #branches = new Map<string, Set<string>>();
  readonly #keys = new Map<string, Keys>();

  put(branch: string, changes: Changes): void {
    this.remove(branch);
    const keys = keysOf(changes);
    this.#keys.set(branch, keys);
    for (const key of keys.left) {
      const there = this.#branches.get(key);
      if (there === undefined) this.#branches.set(key, new Set([branch]));
      else there.add(branch);
    }
  }

  remove(branch: string): void {
    for (const key of this.#keys.get(branch)?.left ?? []) {
      const there = this.#branches.get(key);
      there?.delete(branch);
      if (there?.size === 0) this.#branches.delete(key);
    }
    this.#keys.delete(branch);
  }

  partnersOf(branch: string): ReadonlySet<string> {
    const found = new Set<string>();
    for (const key of this.#keys.get(branch)?.sought ?? []) for (const other of this.#branches.get(key) ?? []) found.add(other);
    found.delete(branch);
    return found;
  }
}

/** What a branch changed since it left its target; a renamed file is one path that ended and one that began. `removed`: folders. */
type Changes = { readonly differences: readonly Difference[]; readonly removed: readonly string[] };

/** Two branches meet when one left what the other seeks; both directions are in the keys. */
type Keys = { readonly left: ReadonlySet<string>; readonly sought: ReadonlySet<string> };

function keysOf({ differences, removed }: Changes): Keys {
  const paths = differences.map(({ path }) => path);
  const added = differences.filter(({ from }) => from === null).map(({ path }) => path);
  // A file that begins in a folder another removed may have to follow it, and cannot stand where another made a file of the folder's name.
  const entered = new Set(added.flatMap(foldersOf));
  const claimed = [...removed, ...added];
  return {
    left: new Set([...paths, ...[...entered].map((folder) => `${folder}${FOLDER}in`), ...claimed.map((folder) => `${folder}${FOLDER}at`)]),
    sought: new Set([...paths, ...claimed.map((folder) => `${folder}${FOLDER}in`), ...[...entered].map((folder) => `${folder}${FOLDER}at`)]),
  };
}
