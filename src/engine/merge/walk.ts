// Three trees side by side, name by name, as if no file had ever been renamed; tells when that has to be asked. Equal subtrees are never entered.
import { MODE, Tree, compareEntries, isKnownSame } from '../object/node.ts';
import type { Entry } from '../object/node.ts';
import type { ObjectId } from '../object/id.ts';
import { mergeFile, type Lines } from './merge-file.ts';
import type { Clash, Decline, Shelf } from './outcome.ts';

export const DEPTH_MAX = 200;
export const ENTRIES_MAX = 1_000_000;
const NO_ENTRIES: readonly Entry[] = [];

/** What a walk came to. `tree` counts only where nothing else is said, and where it was wanted. */
export type Walked = {
  readonly tree: Tree;
  readonly clashes: readonly Clash[];
  /** Those of the clashes that stand whatever was renamed: the path is in all three trees. */
  readonly sure: readonly Clash[];
  readonly missing: readonly ObjectId[];
  readonly declined: Decline | null;
  /** A file is gone on one side and not as in base on the other: it may have been renamed. */
  readonly mayRename: boolean;
  /** Folders of base that a side took away and into which the other side puts a new file. */
  readonly left: Left;
};

/** By the side that took them away, each with a slash at its end. */
export type Left = { readonly ours: ReadonlySet<string>; readonly theirs: ReadonlySet<string> };

/** A folder of base that a side no longer has. */
type Gone = { readonly ours: boolean; readonly theirs: boolean };

const NO_CLASHES: readonly Clash[] = [];
const NOTHING_LEFT: Left = { ours: new Set(), theirs: new Set() };
const NOTHING_GONE: Gone = { ours: false, theirs: false };
const EMPTY = Tree.of(NO_ENTRIES);

export function walk(base: Tree, ours: Tree, theirs: Tree, shelf: Shelf, lines: Lines): Walked {
  const walker = new Walker(shelf, lines);
  const tree = walker.folder(base, ours, theirs, '', 0, NOTHING_GONE) ?? EMPTY;
  const { clashes, sure, missing, declined, mayRename, left } = walker;
  return { tree, clashes, sure: sure ?? NO_CLASHES, missing, declined, mayRename, left: left ?? NOTHING_LEFT };
}

class Walker {
  readonly clashes: Clash[] = [];
  readonly missing: ObjectId[] = [];
  /** Most merges have none, and begin with nothing to be thrown away. */
  sure: Clash[] | null = null;
  left: { readonly ours: Set<string>; readonly theirs: Set<string> } | null = null;
  declined: Decline | null = null;
  mayRename = false;
  #entries = 0;
  readonly #shelf: Shelf;
  readonly #lines: Lines;

  constructor(shelf: Shelf, lines: Lines) {
    this.#shelf = shelf;
    this.#lines = lines;
  }

  /** null: nothing is left of it. */
  folder(base: Tree | null, ours: Tree | null, theirs: Tree | null, path: string, depth: number, gone: Gone): Tree | null {
    const was = this.#read(base);
    const mine = this.#read(ours);
    const yours = this.#read(theirs);
    this.#entries += (was?.length ?? 0) + (mine?.length ?? 0) + (yours?.length ?? 0);
    if (this.#entries > ENTRIES_MAX) this.declined ??= { kind: 'too-large', path, bound: `${ENTRIES_MAX} entries` };
    if (depth > DEPTH_MAX) this.declined ??= { kind: 'too-large', path, bound: `${DEPTH_MAX} folders deep` };
    if (this.declined !== null || was === null || mine === null || yours === null) return null;
    const merged = this.#merge(was, mine, yours, path, depth, gone);
    if (merged === null) return ours;
    return merged.length === 0 ? null : ours === null ? Tree.of(merged) : ours.with(merged);
  }

  #read(tree: Tree | null): readonly Entry[] | null {
    if (tree === null) return NO_ENTRIES;
    const entries = this.#shelf.entries(tree);
    if (entries === null) this.missing.push(tree.id);
    return entries;
  }

  /** null: as on our side. */
  #merge(was: readonly Entry[], mine: readonly Entry[], yours: readonly Entry[], path: string, depth: number, gone: Gone): readonly Entry[] | null {
    let merged: Entry[] | null = null;
    let hasAdded = false;
    let [b, o, t] = [0, 0, 0];
    for (;;) {
      let base = was[b];
      let ours = mine[o];
      let theirs = yours[t];
      if (base === undefined && ours === undefined && theirs === undefined) break;
      if (base === undefined || ours === undefined || theirs === undefined || !isOneName(base, ours) || !isOneName(base, theirs)) {
        const first = firstOf(base, ours, theirs);
        if (base !== undefined && !isOneName(base, first)) base = undefined;
        if (ours !== undefined && !isOneName(ours, first)) ours = undefined;
        if (theirs !== undefined && !isOneName(theirs, first)) theirs = undefined;
        hasAdded ||= base === undefined;
      }
      const kept = this.#entry(base, ours, theirs, path, depth, gone);
      if (kept !== ours) merged ??= mine.slice(0, o);
      if (merged !== null && kept !== undefined) merged.push(kept);
      if (base !== undefined) b += 1;
      if (ours !== undefined) o += 1;
      if (theirs !== undefined) t += 1;
    }
    if (hasAdded) this.#checkNames(merged ?? mine, path);
    return merged;
  }

  /** undefined: not in the merge. */
  #entry(base: Entry | undefined, ours: Entry | undefined, theirs: Entry | undefined, path: string, depth: number, gone: Gone): Entry | undefined {
    if (base === undefined && (gone.ours || gone.theirs) && (ours ?? theirs)?.mode !== MODE.tree) (this.left ??= { ours: new Set(), theirs: new Set() })[ours === undefined ? 'ours' : 'theirs'].add(path);
    if (isEqual(base, theirs)) return ours;
    if (isEqual(base, ours)) return theirs;
    if (ours !== undefined && isEqual(ours, theirs)) {
      // What both took out of this folder may have gone two ways.
      if (base?.mode === MODE.tree) this.mayRename = true;
      return ours;
    }
    const some = ours ?? theirs ?? base;
    if (some === undefined) return undefined;
    if (some.mode === MODE.tree) return this.#tree(base, ours, theirs, some, path, depth);
    return this.#file(base, ours, theirs, `${path}${some.name}`);
  }

  #tree(base: Entry | undefined, ours: Entry | undefined, theirs: Entry | undefined, some: Entry, path: string, depth: number): Entry | undefined {
    const below = base === undefined || (ours !== undefined && theirs !== undefined) ? NOTHING_GONE : { ours: ours === undefined, theirs: theirs === undefined };
    const tree = this.folder(treeOf(base), treeOf(ours), treeOf(theirs), `${path}${some.name}/`, depth + 1, below);
    if (tree === null) return undefined;
    if (tree === ours?.node) return ours;
    if (tree === theirs?.node) return theirs;
    return tree.name === some.name ? tree : { name: some.name, mode: MODE.tree, node: tree };
  }

  #file(base: Entry | undefined, ours: Entry | undefined, theirs: Entry | undefined, path: string): Entry | undefined {
    if (ours === undefined || theirs === undefined) {
      this.mayRename = true;
      const left = ours ?? theirs;
      if (left !== undefined) this.clashes.push({ path, kind: 'modify-delete', hunks: [] });
      return left;
    }
    const outcome = mergeFile(base, ours, theirs, path, this.#shelf, this.#lines);
    switch (outcome.kind) {
      case 'merged': return outcome.entry;
      case 'clash':
        this.clashes.push(outcome.clash);
        if (base !== undefined) (this.sure ??= []).push(outcome.clash);
        return ours;
      case 'declined': this.declined ??= outcome.why; return ours;
      case 'missing': this.missing.push(...outcome.objects); return ours;
    }
  }

  /** A file and a folder of one name: git puts the file aside and calls it a conflict. */
  #checkNames(entries: readonly Entry[], path: string): void {
    const names = new Set<string>();
    for (const { name } of entries) {
      if (names.has(name)) this.clashes.push({ path: `${path}${name}`, kind: 'type', hunks: [] });
      names.add(name);
    }
  }
}

function treeOf(entry: Entry | undefined): Tree | null {
  return entry?.node.kind === 'tree' ? entry.node : null;
}

/** A file and a folder of one name are two. */
function isOneName(one: Entry, other: Entry): boolean {
  return one === other || (one.name === other.name && (one.mode === MODE.tree) === (other.mode === MODE.tree));
}

function firstOf(base: Entry | undefined, ours: Entry | undefined, theirs: Entry | undefined): Entry {
  let first = base ?? ours ?? theirs;
  if (first === undefined) throw new RangeError('no entry to begin with');
  if (ours !== undefined && compareEntries(ours, first) < 0) first = ours;
  if (theirs !== undefined && compareEntries(theirs, first) < 0) first = theirs;
  return first;
}

function isEqual(one: Entry | undefined, other: Entry | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && one.mode === other.mode && isKnownSame(one.node, other.node));
}
