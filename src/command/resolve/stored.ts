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
export type StoredFile = Pair & { readonly gitDir: string; readonly path: string };
export type StoredTrouble = { readonly code: 'not-a-repository' | 'not-readable' | 'not-in-conflict'; readonly message: string };
export type FromStore = { readonly kind: 'file'; readonly file: ConflictFile } | { readonly kind: 'unread'; readonly why: Unread } | ({ readonly kind: 'trouble' } & StoredTrouble);

type Met = { readonly sides: readonly Sides[]; readonly background: Background };
type Opened = { readonly gitDir: string; readonly view: View };

/** Keeps what was read last: questions come merge by merge. */
export class Store {
  #opened: Opened | null = null;
  #met: { readonly key: string; readonly found: Met } | null = null;

  /** Whatever goes wrong with one repository costs only this question. */
  async file(asked: StoredFile): Promise<FromStore> {
    if (!existsSync(join(asked.gitDir, 'objects'))) return trouble('not-a-repository', `${printable(asked.gitDir)} is no git directory: give what git rev-parse --git-common-dir prints`);
    try {
      return await this.#read(asked);
    } catch (error) {
      if (!(error instanceof MaestroError)) throw error;
      await this.close();
      return trouble('not-readable', error.message);
    }
  }

  async close(): Promise<void> {
    await this.#opened?.view.close();
    [this.#opened, this.#met] = [null, null];
  }

  async #read({ gitDir, ours, theirs, path }: StoredFile): Promise<FromStore> {
    const view = await this.#view(gitDir);
    const found = await this.#meet(view, { ours, theirs });
    if (found === null) return trouble('not-readable', 'git cannot merge these two: one is missing there or is no commit, or they share no history');
    const sides = found.sides.find((one) => shownPath(one.path) === path);
    if (sides === undefined) return trouble('not-in-conflict', `${printable(path)} is not in conflict between these two commits`);
    const texts = await readSides(view, sides);
    if (typeof texts === 'string') return { kind: 'unread', why: texts };
    const { intent, ...rest } = found.background(sides.path);
    return { kind: 'file', file: { path, ...texts, intent: { ...intent, merge: `${ours} ${theirs}` }, ...rest } };
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
  const sides = result.kind === 'clean' ? [] : sidesIn(result.stages);
  return { sides, background: await backgroundOf(view, pair.ours, pair.theirs, sides.map(({ path }) => path)) };
}

function trouble(code: StoredTrouble['code'], message: string): FromStore {
  return { kind: 'trouble', code, message };
}
