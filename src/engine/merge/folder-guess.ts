// Where git expects a file of a folder that is gone, when several files have its name: in the folder that most of its neighbours went to, by
// those of them that went there unchanged.
import { folderOf, nameOf } from './path.ts';

/** 'nowhere': git has no guess. 'unclear': it may have one, which it is hangs on its inner order. */
export type Expected = { readonly path: string } | 'nowhere' | 'unclear';

export class FolderGuess {
  readonly #gone: ReadonlySet<string>;
  /** By folder: how many files went where. */
  readonly #own = new Map<string, Map<string, number>>();
  readonly #withBelow = new Map<string, Map<string, number>>();
  readonly #doubted = new Map<string, number>();

  /** `gone`: the folders this side no longer has, without a slash at the end. */
  constructor(gone: ReadonlySet<string>) {
    this.#gone = gone;
  }

  saw(from: string, to: string): void {
    let [old, fresh] = [folderOf(from), folderOf(to)];
    count(this.#own, old, fresh);
    count(this.#withBelow, old, fresh);
    while (old !== '' && fresh !== '' && nameOf(old) === nameOf(fresh)) {
      [old, fresh] = [folderOf(old), folderOf(fresh)];
      count(this.#withBelow, old, fresh);
    }
  }

  /** It went somewhere, or not. */
  doubts(from: string): void {
    for (let folder = folderOf(from); ; folder = folderOf(folder)) {
      this.#doubted.set(folder, (this.#doubted.get(folder) ?? 0) + 1);
      if (folder === '') return;
    }
  }

  /** The path that the file is expected at, be there a file or not. */
  of(path: string): Expected {
    const folder = folderOf(path);
    if (!this.#gone.has(folder)) return 'nowhere';
    // Whether those below count as neighbours hangs on what the other side did.
    const [own, withBelow] = [best(this.#own.get(folder)), best(this.#withBelow.get(folder))];
    if (own?.folder !== withBelow?.folder) return 'unclear';
    if (Math.min(own?.lead ?? 0, withBelow?.lead ?? 0) <= (this.#doubted.get(folder) ?? 0)) return own === null && !this.#doubted.has(folder) ? 'nowhere' : 'unclear';
    return own === null ? 'nowhere' : { path: `${own.folder}${own.folder === '' ? '' : '/'}${nameOf(path)}` };
  }
}

function count(counts: Map<string, Map<string, number>>, old: string, fresh: string): void {
  const to = counts.get(old) ?? new Map<string, number>();
  counts.set(old, to.set(fresh, (to.get(fresh) ?? 0) + 1));
}

/** `lead`: by how many it is before the next. */
function best(counts: ReadonlyMap<string, number> | undefined): { readonly folder: string; readonly lead: number } | null {
  const [first, second] = [...counts ?? []].toSorted(([, one], [, other]) => other - one);
  return first === undefined ? null : { folder: first[0], lead: first[1] - (second?.[1] ?? 0) };
}
