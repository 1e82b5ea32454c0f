// Which branches touched the same paths: those alone can collide, and are worth a merge. Knows no trees and no merges.

export class Touched {
  readonly #branchesAt = new Map<string, Set<string>>();
  /** Those that touched something below a folder. */
  readonly #branchesBelow = new Map<string, Set<string>>();
  readonly #keysOf = new Map<string, Set<string>>();

  watch(branch: string): void {
    if (!this.#keysOf.has(branch)) this.#keysOf.set(branch, new Set());
  }

  unwatch(branch: string): void {
    for (const key of this.#keysOf.get(branch) ?? []) {
      leave(this.#branchesAt, key, branch);
      leave(this.#branchesBelow, key, branch);
    }
    this.#keysOf.delete(branch);
  }

  isWatched(branch: string): boolean {
    return this.#keysOf.has(branch);
  }

  /** The other branches this touch may collide with. `isGone`: the file was removed, and with it maybe its folder was renamed. */
  touch(branch: string, path: string, isGone: boolean, others: Set<string>): void {
    const keys = this.#keysOf.get(branch);
    if (keys === undefined) return;
    this.#touchOne(branch, path, keys, others);
    if (isGone && path.includes('/')) this.#touchOne(branch, path.slice(0, path.lastIndexOf('/')), keys, others);
  }

  #touchOne(branch: string, path: string, keys: Set<string>, others: Set<string>): void {
    join(this.#branchesAt, path, branch, others);
    for (const other of this.#branchesBelow.get(path) ?? []) if (other !== branch) others.add(other);
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const folder = path.slice(0, slash);
      for (const other of this.#branchesAt.get(folder) ?? []) if (other !== branch) others.add(other);
      if (keys.has(path)) continue;
      let below = this.#branchesBelow.get(folder);
      if (below === undefined) this.#branchesBelow.set(folder, below = new Set());
      below.add(branch);
      keys.add(folder);
    }
    keys.add(path);
  }
}

function join(index: Map<string, Set<string>>, key: string, branch: string, others: Set<string>): void {
  const there = index.get(key);
  if (there === undefined) {
    index.set(key, new Set([branch]));
    return;
  }
  for (const other of there) if (other !== branch) others.add(other);
  there.add(branch);
}

function leave(index: Map<string, Set<string>>, key: string, branch: string): void {
  const there = index.get(key);
  if (there?.delete(branch) === true && there.size === 0) index.delete(key);
}
