// Whether one side moved a folder into which the other put something new. Git takes the new file along and calls that a conflict, by its
// defaults, and calls it one as well where it cannot tell where to. So what has to be known here is only that some file went out of the folder.

/** `from` and `to` of one renamed file. */
export type Moved = readonly [from: string, to: string];

export class MovedFolders {
  readonly #left: ReadonlySet<string>;
  /** Folders, up to the root, below which the other side puts something new. */
  readonly #fed: ReadonlySet<string>;
  readonly #added: readonly string[];

  /** `left`: folders with a slash at the end, gone on this side, into which the other side puts a new file. `added`: all new files of the other side. */
  constructor(left: ReadonlySet<string>, added: Iterable<string>) {
    this.#left = left;
    this.#added = left.size === 0 ? [] : [...added];
    this.#fed = new Set(this.#added.flatMap(foldersOf));
  }

  get isAsked(): boolean {
    return this.#left.size > 0;
  }

  /** It was in one of the folders that were left, or below. */
  isBelow(path: string): boolean {
    return this.isAsked && foldersOf(path).some((folder) => this.#left.has(folder));
  }

  /** Wherever this file went, new files go after it. */
  isFed(path: string): boolean {
    return this.isBelow(path) && this.#fed.has(folderOf(path));
  }

  /** The folders that this rename moves in git's eyes, each with the folder it moved to: the file's own, and those above as long as they have the same name on both ends. */
  movedBy([from, to]: Moved): readonly Moved[] {
    if (!this.isBelow(from)) return [];
    let [old, fresh] = [folderOf(from), folderOf(to)];
    const moved: Moved[] = [[old, fresh]];
    while (old !== '' && fresh !== '' && nameOf(old) === nameOf(fresh)) {
      [old, fresh] = [folderOf(old.slice(0, -1)), folderOf(fresh.slice(0, -1))];
      if (this.#left.has(old)) moved.push([old, fresh]);
    }
    return moved;
  }

  followersOf(path: string): readonly string[] {
    return this.followers(folderOf(path));
  }

  /** The other side's new files that go along with this folder. */
  followers(folder: string): readonly string[] {
    return this.#fed.has(folder) ? this.#added.filter((path) => path.startsWith(folder)) : [];
  }
}

/** With its slash; '' for the root. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function nameOf(folder: string): string {
  return folder.slice(folder.lastIndexOf('/', folder.length - 2) + 1);
}

/** Those the path is in, without the root. */
function foldersOf(path: string): readonly string[] {
  const folders: string[] = [];
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) folders.push(path.slice(0, at + 1));
  return folders;
}
