// Branches and the commits they point at. Moves only from where its mover believes it to be, and several move together or not at all.
import { MaestroError } from '../../error.ts';
import type { Commit } from '../object/commit.ts';
import { foldersOf } from '../object/folders.ts';

/** `from`: where the branch must be now, null: nowhere yet. `to` null: it goes. */
export type RefUpdate = { readonly branch: string; readonly from: Commit | null; readonly to: Commit | null };

export type RefOutcome =
  | { readonly kind: 'moved' }
  /** The first branch that is not where the update said. Nothing was changed. */
  | { readonly kind: 'elsewhere'; readonly branch: string; readonly tip: Commit | null }
  /** `a` and `a/b` cannot both be branches: Git could not store them. */
  | { readonly kind: 'name-taken'; readonly branch: string; readonly by: string };

type Folder = { branches: number };

/** `prefix`: with a slash at its end; '' at the top. `folders`: all it speaks of, so that no branch has their names. */
type Recent = { readonly prefix: string; readonly folders: readonly Folder[] };

const MOVED: RefOutcome = { kind: 'moved' };

export const BRANCHES_MAX = 100_000;

export class RefTable {
  readonly #tips = new Map<string, Commit>();
  /** How many branches there are below `a/`, for each `a` that is a part of a branch's name. */
  readonly #folders = new Map<string, Folder>();
  /** Where the last branch was made: the next one is mostly beside it. */
  #recent: Recent | null = null;

  get(branch: string): Commit | undefined {
    return this.#tips.get(branch);
  }

  entries(): IterableIterator<[string, Commit]> {
    return this.#tips.entries();
  }

  get count(): number {
    return this.#tips.size;
  }

  /** The path every commit takes: one branch, from its tip. */
  advance(branch: string, to: Commit): void {
    this.#tips.set(branch, to);
  }

  /** The path every new branch takes. */
  create(branch: string, at: Commit): RefOutcome {
    const recent = this.#recent;
    if (recent === null || !isBeside(branch, recent) || this.#tips.has(branch) || this.#isFolder(branch, recent) || this.#tips.size >= BRANCHES_MAX) {
      return this.update([{ branch, from: null, to: at }]);
    }
    for (let folder = 0; folder < recent.folders.length; folder += 1) grow(recent.folders[folder]);
    this.#tips.set(branch, at);
    return MOVED;
  }

  update(updates: readonly RefUpdate[]): RefOutcome {
    for (const { branch, from } of updates) {
      const tip = this.#tips.get(branch) ?? null;
      if (tip !== from) return { kind: 'elsewhere', branch, tip };
    }
    // Removals first, as a name may go to another branch in the same step.
    for (const { branch, from, to } of updates) if (to === null && from !== null) this.#remove(branch);
    const taken = this.#taken(updates);
    if (taken !== null) {
      for (const { branch, from, to } of updates) if (to === null && from !== null) this.#put(branch, from);
      return taken;
    }
    for (const { branch, to } of updates) if (to !== null) this.#put(branch, to);
    return MOVED;
  }

  #taken(updates: readonly RefUpdate[]): RefOutcome | null {
    const news = updates.filter(({ branch, to }) => to !== null && !this.#tips.has(branch));
    if (this.#tips.size + news.length > BRANCHES_MAX) throw new MaestroError('engine-full', `more than ${BRANCHES_MAX} branches`);
    for (const { branch } of news) {
      if (!isBranchName(branch)) throw new MaestroError('usage', `${JSON.stringify(branch.slice(0, 200))} is no name for a branch`);
      const below = `${branch}/`;
      const other = this.#folders.has(branch) ? [...this.#tips.keys()].find((name) => name.startsWith(below)) : news.find((one) => one.branch.startsWith(below))?.branch;
      const above = foldersOf(branch).find((folder) => this.#tips.has(folder) || news.some((one) => one.branch === folder));
      const by = other ?? above;
      if (by !== undefined) return { kind: 'name-taken', branch, by };
    }
    return null;
  }

  /** Where there are no folders but those it is in, it is none. */
  #isFolder(branch: string, { folders }: Recent): boolean {
    return this.#folders.size > folders.length && this.#folders.has(branch);
  }

  #put(branch: string, commit: Commit): void {
    if (this.#tips.has(branch)) this.#tips.set(branch, commit);
    else this.#enter(branch, commit);
  }

  #enter(branch: string, commit: Commit): void {
    const folders = foldersOf(branch).map((name) => this.#folder(name));
    folders.forEach(grow);
    this.#tips.set(branch, commit);
    this.#recent = { prefix: branch.slice(0, branch.lastIndexOf('/') + 1), folders };
  }

  #folder(name: string): Folder {
    let folder = this.#folders.get(name);
    if (folder === undefined) this.#folders.set(name, folder = { branches: 0 });
    return folder;
  }

  #remove(branch: string): void {
    this.#tips.delete(branch);
    this.#recent = null;
    for (const name of foldersOf(branch)) {
      const folder = this.#folder(name);
      folder.branches -= 1;
      if (folder.branches === 0) this.#folders.delete(name);
    }
  }
}

/** Of letters, digits and dashes, which need no second look. */
function isBeside(branch: string, { prefix }: Recent): boolean {
  if (branch.length <= prefix.length || branch.length > NAME_CHARS_MAX || (prefix === '' && branch === 'HEAD') || !branch.startsWith(prefix)) return false;
  for (let at = prefix.length; at < branch.length; at += 1) if (!isWordChar(branch.charCodeAt(at)) && (at === prefix.length || branch[at] !== '-')) return false;
  return true;
}

function isWordChar(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95;
}

function grow(folder: Folder | undefined): void {
  if (folder !== undefined) folder.branches += 1;
}

/** `git check-ref-format --branch`, and short enough for a file's name. */
function isBranchName(name: string): boolean {
  return name.length <= NAME_CHARS_MAX && name !== 'HEAD' && PLAIN.test(name) && !BROKEN.test(name);
}

const NAME_CHARS_MAX = 240;
const PLAIN = /^[^-\0-\x20~^:?*[\\\x7f][^\0-\x20~^:?*[\\\x7f]*$/;
const BROKEN = /^\/|\/$|\/\/|\.\.|@\{|^@$|\.$|(?:^|\/)\.|\.lock(?:\/|$)/;
