// What was renamed on one side is renamed on the other and in base too, and then merges as if it had always had that name.
import { editTree, type Change } from '../object/edit.ts';
import { MODE } from '../object/node.ts';
import type { Entry, Tree } from '../object/node.ts';
import type { ObjectId } from '../object/id.ts';
import { deltaOf, type Delta } from './delta.ts';
import type { Clash, Decline, Shelf } from './outcome.ts';
import { MovedFolders } from './moved-folders.ts';
import { findRenames, type Renames } from './renames.ts';
import { surelyTaken, takenBy, type Folders } from './taken-along.ts';
import type { Left } from './walk.ts';

type Sides = { readonly base: Tree; readonly ours: Tree; readonly theirs: Tree };

export type Followed =
  | { readonly kind: 'none' }
  | { readonly kind: 'moved'; readonly base: Tree; readonly ours: Tree; readonly theirs: Tree; readonly clashes: readonly Clash[] }
  /** Whatever else was renamed. */
  | { readonly kind: 'conflict'; readonly clashes: readonly Clash[] }
  | { readonly kind: 'declined'; readonly why: Decline }
  | { readonly kind: 'missing'; readonly objects: readonly ObjectId[] };

export function followRenames(trees: Sides, left: Left, shelf: Shelf): Followed {
  const ours = deltaOf(trees.base, trees.ours, shelf);
  const theirs = deltaOf(trees.base, trees.theirs, shelf);
  const missing = [ours, theirs].flatMap((delta) => delta.kind === 'missing' ? delta.objects : []);
  if (missing.length > 0) return { kind: 'missing', objects: [...new Set(missing)] };
  if (ours.kind !== 'known') return ours;
  if (theirs.kind !== 'known') return theirs;
  const folders = { ours: new MovedFolders(left.ours, ours, theirs), theirs: new MovedFolders(left.theirs, theirs, ours) };
  const sure = surelyTaken(ours, theirs, folders);
  const followed = follow(trees, ours, theirs, sure.length > 0 ? null : folders, shelf);
  return sure.length > 0 ? withTaken(followed, sure) : followed;
}

/** `folders` null: it is known already what they come to. */
function follow(trees: Sides, ours: Delta, theirs: Delta, folders: Folders | null, shelf: Shelf): Followed {
  const mine = renamesOf(ours, theirs, folders?.ours ?? null, shelf);
  const yours = renamesOf(theirs, ours, folders?.theirs ?? null, shelf);
  if (mine.kind === 'missing' || yours.kind === 'missing') return { kind: 'missing', objects: [...new Set([...mine.kind === 'missing' ? mine.objects : [], ...yours.kind === 'missing' ? yours.objects : []])] };
  if (mine.kind === 'declined') return mine;
  if (yours.kind === 'declined') return yours;
  const taken = folders === null ? [] : takenBy(folders, mine.pairs, yours.pairs);
  if (taken === null) return { kind: 'declined', why: { kind: 'directory-rename', path: [...mine.pairs.keys(), ...yours.pairs.keys()][0] ?? '' } };
  const [asked, askedToo] = [onlyAsked(mine.pairs, theirs), onlyAsked(yours.pairs, ours)];
  const followed: Followed = asked.size + askedToo.size === 0 ? { kind: 'none' } : new Mover(ours, theirs).move(trees, asked, askedToo, shelf);
  return taken.length > 0 ? withTaken(followed, taken) : followed;
}

function withTaken(followed: Followed, clashes: readonly Clash[]): Followed {
  switch (followed.kind) {
    case 'missing': return followed;
    case 'moved': return { ...followed, clashes: [...clashes, ...followed.clashes] };
    case 'none': case 'conflict': case 'declined': return { kind: 'conflict', clashes };
  }
}

/** Only where this side took away a file that the other did not leave alone, or one whose folder may have been moved. */
function renamesOf(side: Delta, other: Delta, folders: MovedFolders | null, shelf: Shelf): Renames {
  const relevant = new Set([...side.gone.keys()].filter((path) => isAsked(path, other) || folders?.isBelow(path) === true));
  if (relevant.size === 0 || side.added.size === 0) return { kind: 'found', pairs: new Map() };
  const found = findRenames(side, relevant, shelf);
  return found.kind === 'found' ? { kind: 'found', pairs: new Map([...found.pairs].filter(([path]) => relevant.has(path))) } : found;
}

function isAsked(path: string, other: Delta): boolean {
  return other.gone.has(path) || other.changed.has(path);
}

function onlyAsked(pairs: ReadonlyMap<string, string>, other: Delta): ReadonlyMap<string, string> {
  return new Map([...pairs].filter(([path]) => isAsked(path, other)));
}

class Mover {
  readonly #clashes: Clash[] = [];
  readonly #base: Change[] = [];
  readonly #ours: Change[] = [];
  readonly #theirs: Change[] = [];
  readonly #mine: Delta;
  readonly #yours: Delta;
  #declined: Decline | null = null;

  constructor(mine: Delta, yours: Delta) {
    this.#mine = mine;
    this.#yours = yours;
  }

  move(trees: Sides, mine: ReadonlyMap<string, string>, yours: ReadonlyMap<string, string>, shelf: Shelf): Followed {
    for (const [from, to] of mine) this.#follow(from, to, yours, this.#mine, this.#yours, this.#theirs);
    for (const [from, to] of yours) if (!mine.has(from)) this.#follow(from, to, mine, this.#yours, this.#mine, this.#ours);
    if (this.#declined !== null) return { kind: 'declined', why: this.#declined };
    const [base, ours, theirs] = [editTree(trees.base, this.#base, shelf), editTree(trees.ours, this.#ours, shelf), editTree(trees.theirs, this.#theirs, shelf)];
    for (const edited of [base, ours, theirs]) {
      if (edited.kind === 'in-the-way') return { kind: 'declined', why: { kind: 'file-directory', path: edited.path } };
      if (edited.kind === 'missing') return { kind: 'missing', objects: [edited.tree.id] };
    }
    if (base.kind !== 'edited' || ours.kind !== 'edited' || theirs.kind !== 'edited') return { kind: 'none' };
    return { kind: 'moved', base: base.tree, ours: ours.tree, theirs: theirs.tree, clashes: this.#clashes };
  }

  #follow(from: string, to: string, others: ReadonlyMap<string, string>, side: Delta, other: Delta, changes: Change[]): void {
    const was = side.gone.get(from);
    const moved = side.added.get(to);
    const there = other.changed.get(from);
    if (was === undefined || moved === undefined) return;
    const twin = others.get(from);
    if (twin !== undefined && twin !== to) {
      this.#clashes.push({ path: from, kind: 'rename', hunks: [] });
    } else if (twin === to) {
      put(this.#base, from, to, was);
    } else if (other.added.has(to) || [...others.values()].includes(to)) {
      this.#declined ??= { kind: 'rename', path: to };
    } else if (there === undefined) {
      this.#clashes.push({ path: from, kind: 'rename', hunks: [] });
    } else if (kindOf(there) !== kindOf(was) || kindOf(there) !== kindOf(moved)) {
      this.#declined ??= { kind: 'type', path: from };
    } else {
      put(this.#base, from, to, was);
      put(changes, from, to, there);
    }
  }
}

function put(changes: Change[], from: string, to: string, { mode, node }: Entry): void {
  if (mode === MODE.tree || node.kind === 'tree') return;
  changes.push({ path: from, entry: null }, { path: to, entry: { mode, node } });
}

function kindOf({ mode }: Entry): number {
  return mode === MODE.executable ? MODE.file : mode;
}
