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

const MOVED: RefOutcome = { kind: 'moved' };

export const BRANCHES_MAX = 100_000;

export class RefTable {
  readonly #tips = new Map<string, Commit>();
  /** How many branches there are below `a/`, for each `a` that is a part of a branch's name. */
  readonly #folders = new Map<string, number>();

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
    const folders = foldersOf(branch);
    if (!SIMPLE.test(branch) || this.#tips.has(branch) || this.#folders.has(branch) || this.#tips.size >= BRANCHES_MAX || this.#holdsOneOf(folders)) return this.update([{ branch, from: null, to: at }]);
    this.#enter(branch, folders, at);
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

  #holdsOneOf(names: readonly string[]): boolean {
    for (let at = 0; at < names.length; at += 1) if (this.#tips.has(names[at] ?? '')) return true;
    return false;
  }

  #put(branch: string, commit: Commit): void {
    if (this.#tips.has(branch)) this.#tips.set(branch, commit);
    else this.#enter(branch, foldersOf(branch), commit);
  }

  #enter(branch: string, folders: readonly string[], commit: Commit): void {
    for (let at = 0; at < folders.length; at += 1) this.#folders.set(folders[at] ?? '', (this.#folders.get(folders[at] ?? '') ?? 0) + 1);
    this.#tips.set(branch, commit);
  }

  #remove(branch: string): void {
    this.#tips.delete(branch);
    for (const folder of foldersOf(branch)) {
      const left = (this.#folders.get(folder) ?? 1) - 1;
      if (left === 0) this.#folders.delete(folder);
      else this.#folders.set(folder, left);
    }
  }
}

/** `git check-ref-format --branch`, and short enough for a file's name. */
function isBranchName(name: string): boolean {
  return name.length <= NAME_CHARS_MAX && name !== 'HEAD' && PLAIN.test(name) && !BROKEN.test(name);
}

/** Names of letters, digits and dashes, which need no second look. */
const SIMPLE = /^(?!HEAD$)[a-zA-Z0-9][\w-]{0,60}(?:\/[a-zA-Z0-9][\w-]{0,60}){0,2}$/;
const NAME_CHARS_MAX = 240;
const PLAIN = /^[^-\0-\x20~^:?*[\\\x7f][^\0-\x20~^:?*[\\\x7f]*$/;
const BROKEN = /^\/|\/$|\/\/|\.\.|@\{|^@$|\.$|(?:^|\/)\.|\.lock(?:\/|$)/;
