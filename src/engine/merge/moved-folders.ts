// Whether one side moved a folder into which the other put something new. Git takes the new file along and calls that a conflict, by its
// defaults, and calls it one as well where it cannot tell where to. So what has to be known here is only that some file went out of the folder.

/** `from` and `to` of one renamed file. */
export type Moved = readonly [from: string, to: string];

type Paths = { readonly gone: ReadonlyMap<string, unknown>; readonly added: ReadonlyMap<string, unknown> };

export class MovedFolders {
  readonly #left: ReadonlySet<string>;
  readonly #side: Paths;
  readonly #other: Paths;
  readonly #followers = new Map<string, readonly string[]>();
  #returning: ReadonlySet<string> | null = null;

  /** `left`: folders with a slash at the end, gone on this side, into which the other side puts a new file. */
  constructor(left: ReadonlySet<string>, side: Paths, other: Paths) {
    this.#left = left;
    this.#side = side;
    this.#other = other;
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
    return this.isBelow(path) && this.followersOf(path).length > 0;
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

  /** The other side's new files that go along with the folder that this file was in. */
  followersOf(path: string): readonly string[] {
    return this.followers(folderOf(path));
  }

  followers(folder: string): readonly string[] {
    const known = this.#followers.get(folder) ?? [...this.#other.added.keys()].filter((path) => path.startsWith(folder) && !this.#mayReturn(path.slice(folder.length)));
    this.#followers.set(folder, known);
    return known;
  }

  /** The other side may have brought the file from the very place it would go to: git sees then that nothing happened to it, or stops. */
  #mayReturn(rest: string): boolean {
    this.#returning ??= this.#restsOfGone();
    return this.#returning.has(rest);
  }

  #restsOfGone(): ReadonlySet<string> {
    const filled = new Set([...this.#side.added.keys()].flatMap(foldersOf));
    if (this.#reachesRoot()) filled.add('');
    return new Set([...this.#other.gone.keys()].flatMap((path) => ['', ...foldersOf(path)].filter((folder) => filled.has(folder)).map((folder) => path.slice(folder.length))));
  }

  /** A file may have lost the first folders of its path, and no more. */
  #reachesRoot(): boolean {
    const tails = new Set([...this.#side.gone.keys()].flatMap((path) => foldersOf(path).map((folder) => folderOf(path).slice(folder.length))));
    return [...this.#side.added.keys()].some((path) => tails.has(folderOf(path)));
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
