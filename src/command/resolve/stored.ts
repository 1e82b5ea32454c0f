// Conflicts asked by their commits: the two are merged once more in a borrowed copy, and looked back from. Nothing is written into the repository.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { backgroundOf, type Background } from '../../adapter/git/background.ts';
import { mergePair, readSides, sidesIn, type Pair, type Sides, type Unread } from '../../adapter/git/pair.ts';
import { shownPath } from '../../adapter/git/tree.ts';
import { openView, type View } from '../../adapter/git/view.ts';
import { MaestroError } from '../../error.ts';
import { printable } from '../../merge/branch.ts';
import type { ConflictFile } from '../../resolution/conflict-file.ts';

/** `gitDir`: the shared git directory. */
export type StoredPair = Pair & { readonly gitDir: string };
export type StoredFile = StoredPair & { readonly path: string };
export type StoredTrouble = { readonly code: 'not-a-repository' | 'not-readable' | 'not-in-conflict'; readonly message: string };
type Trouble = { readonly kind: 'trouble' } & StoredTrouble;
export type FromStore = { readonly kind: 'file'; readonly file: ConflictFile } | { readonly kind: 'unread'; readonly why: Unread } | Trouble;
/** What git makes of the two: a tree, or the paths it leaves in conflict. */
export type MergeFromStore = { readonly kind: 'merged'; readonly tree: string | null; readonly conflicts: readonly string[] } | Trouble;

/** `tree` null: it is no merge yet. `background`: looked for once somebody asks. */
type Met = { readonly tree: string | null; readonly sides: readonly Sides[]; readonly background: () => Promise<Background> };
type Opened = { readonly gitDir: string; readonly view: View };

/** Keeps what was read last: questions come merge by merge. */
export class Store {
  #opened: Opened | null = null;
  #met: { readonly key: string; readonly found: Met } | null = null;

  file({ path, ...pair }: StoredFile): Promise<FromStore> {
    return this.#meeting<FromStore>(pair, async (view, { sides, background }) => {
      const one = sides.find((some) => shownPath(some.path) === path);
      if (one === undefined) return trouble('not-in-conflict', `${printable(path)} is not in conflict between these two commits`);
      const texts = await readSides(view, one);
      if (typeof texts === 'string') return { kind: 'unread', why: texts };
      const { intent, ...rest } = (await background())(one.path);
      return { kind: 'file', file: { path, ...texts, intent: { ...intent, merge: `${pair.ours} ${pair.theirs}` }, ...rest } };
    });
  }

  merge(pair: StoredPair): Promise<MergeFromStore> {
    return this.#meeting<MergeFromStore>(pair, (_view, { tree, sides }) => Promise.resolve({ kind: 'merged', tree, conflicts: sides.map(({ path }) => shownPath(path)) }));
  }

  async close(): Promise<void> {
    await this.#opened?.view.close();
    [this.#opened, this.#met] = [null, null];
  }

  /** Whatever goes wrong with one repository costs only this question. */
  async #meeting<Told>({ gitDir, ...pair }: StoredPair, tell: (view: View, met: Met) => Promise<Told | Trouble>): Promise<Told | Trouble> {
    if (!existsSync(join(gitDir, 'objects'))) return trouble('not-a-repository', `${printable(gitDir)} is no git directory: give what git rev-parse --git-common-dir prints`);
    try {
      const view = await this.#view(gitDir);
      const met = await this.#meet(view, pair);
      return met === null ? trouble('not-readable', 'git cannot merge these two: one is missing there or is no commit, or they share no history') : await tell(view, met);
    } catch (error) {
      if (!(error instanceof MaestroError)) throw error;
      await this.close();
      return trouble('not-readable', error.message);
    }
  }

  async #view(gitDir: string): Promise<View> {
    if (this.#opened?.gitDir === gitDir) return this.#opened.view;
    await this.close();
    const view = openView(gitDir);
    this.#opened = { gitDir, view };
    return view;
  }

  async #meet(view: View, pair: Pair): Promise<Met | null> {
    const key = `${pair.ours} ${pair.theirs}`;
    if (this.#met?.key === key) return this.#met.found;
    const found = await meet(view, pair);
    this.#met = found === null ? null : { key, found };
    return found;
  }
}

async function meet(view: View, pair: Pair): Promise<Met | null> {
  const result = await mergePair(view, pair);
  if (result === null) return null;
  const [tree, sides] = result.kind === 'clean' ? [result.tree, []] : [null, sidesIn(result.stages)];
  let known: Promise<Background> | null = null;
  return { tree, sides, background: () => known ??= backgroundOf(view, pair.ours, pair.theirs, sides.map(({ path }) => path)) };
}

function trouble(code: StoredTrouble['code'], message: string): Trouble {
  return { kind: 'trouble', code, message };
}
