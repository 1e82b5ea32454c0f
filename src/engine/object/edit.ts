// Paths put into a tree and taken out of it. Trees that no change is below stay the very same nodes.
import { MODE, Tree, compareEntries, isSame } from './node.ts';
import type { Blob, Entry, Mode, Module, Node } from './node.ts';

/** `path` in latin1, components joined by slashes. `entry` null: out with it, whatever is there; `mode` null: as before, a plain file if new. */
export type Change = { readonly path: string; readonly entry: { readonly mode: Exclude<Mode, typeof MODE.tree> | null; readonly node: Blob | Module } | null };

export type Edited =
  | { readonly kind: 'edited'; readonly tree: Tree }
  /** A file where the path needs a folder, or a folder where it puts a file. */
  | { readonly kind: 'in-the-way'; readonly path: string }
  | { readonly kind: 'missing'; readonly tree: Tree };

/** What is in memory of a tree; null: it has to be read first. */
export type TreeShelf = { entries(tree: Tree): readonly Entry[] | null };

export const DEPTH_MAX = 1024;

/** What goes goes first, so that a file may take a folder's place in one step. No path twice; paths are valid (`pathProblem`). */
export function editTree(tree: Tree, changes: readonly Change[], shelf: TreeShelf): Edited {
  if (changes.length === 1) return edit(tree, changes, shelf);
  const gone = changes.filter(({ entry }) => entry === null);
  if (gone.length === 0 || gone.length === changes.length) return edit(tree, byPath(changes), shelf);
  const without = edit(tree, byPath(gone), shelf);
  return without.kind === 'edited' ? edit(without.tree, byPath(changes.filter(({ entry }) => entry !== null)), shelf) : without;
}

/** Why this is no path of a file in a tree; null: it is one. */
export function pathProblem(path: string): string | null {
  if (isPlain(path)) return null;
  if (path.length > PATH_CHARS_MAX) return `longer than ${PATH_CHARS_MAX} bytes`;
  const components = path.split('/');
  if (components.length > DEPTH_MAX) return `deeper than ${DEPTH_MAX} folders`;
  if (path.includes('\0')) return 'a zero byte in it';
  if (components.includes('')) return 'an empty name in it';
  const banned = components.find((name) => NO_NAMES.test(name));
  return banned === undefined ? null : `${banned} is no name for a file`;
}

/** Most paths are short, printable ASCII without hidden folders, and valid at one look. */
export function isPlain(path: string): boolean {
  if (path.length > PLAIN_CHARS_MAX) return false;
  let before = SLASH;
  for (let at = 0; at < path.length; at += 1) {
    const char = path.charCodeAt(at);
    if (char <= SPACE || char >= TILDE || (before === SLASH && (char === SLASH || char === DOT))) return false;
    before = char;
  }
  return before !== SLASH;
}

const [SPACE, DOT, SLASH, TILDE] = [32, 46, 47, 126];
const PLAIN_CHARS_MAX = 200;
const PATH_CHARS_MAX = 4096;
/** As git's fsck: names that some checkout takes for the repository's own folder. */
const NO_NAMES = /^(?:\.|\.\.|\.git[ .]*|git~1)$/i;

function byPath(changes: readonly Change[]): readonly Change[] {
  return changes.length < 2 ? changes : changes.toSorted((one, other) => one.path < other.path ? -1 : 1);
}

function edit(tree: Tree, changes: readonly Change[], shelf: TreeShelf): Edited {
  if (changes.length === 0) return { kind: 'edited', tree };
  const edited = editRange(tree, { changes, shelf }, 0, changes.length, 0, '');
  return edited.kind === 'tree' ? { kind: 'edited', tree: edited } : edited;
}

type Work = { readonly changes: readonly Change[]; readonly shelf: TreeShelf };
type Refused = Exclude<Edited, { kind: 'edited' }>;

/** What comes to the place of one name. */
type Put = Entry | Tree | 'gone' | 'same' | Refused;

/** The changes from `from` to before `to`, all below this tree of this name, whose own path has `depth` chars. */
function editRange(tree: Tree, work: Work, from: number, to: number, depth: number, name: string): Tree | Refused {
  const before = work.shelf.entries(tree);
  if (before === null) return { kind: 'missing', tree };
  return to - from === 1 ? editOne(tree, before, work, from, depth, name) : editMany(tree, before, work, from, to, depth, name);
}

/** Nearly every commit is this at every depth, so nothing is made here but what stays. */
function editOne(tree: Tree, before: readonly Entry[], work: Work, at: number, depth: number, own: string): Tree | Refused {
  const change = work.changes[at];
  if (change === undefined) return tree;
  const slash = change.path.indexOf('/', depth);
  const end = slash === -1 ? change.path.length : slash;
  const place = placeOf(before, change.path, depth, end);
  const old = place === -1 ? undefined : before[place];
  // The name that is there already, so that versions share it and are compared by a look at the pointer.
  const name = old === undefined ? change.path.slice(depth, end) : old.name;
  const put = slash === -1 ? putHere(old, change, name) : putBelow(old, work, at, at + 1, slash + 1, name);
  if (put === 'same') return tree;
  if (put === 'gone') return tree.with(before.toSpliced(place, 1), own);
  if ('kind' in put && put.kind !== 'tree') return put;
  if (old === undefined) return tree.with(before.toSpliced(insertAt(before, put), 0, put), own);
  const after = before.slice();
  after[place] = put;
  return tree.with(after, own);
}

function editMany(tree: Tree, before: readonly Entry[], work: Work, from: number, to: number, depth: number, own: string): Tree | Refused {
  const steps: Step[] = [];
  const files = new Set<string>();
  for (let at = from; at < to;) {
    const change = work.changes[at];
    if (change === undefined) break;
    const slash = change.path.indexOf('/', depth);
    const name = slash === -1 ? change.path.slice(depth) : change.path.slice(depth, slash);
    const place = placeOf(before, name);
    const old = place === -1 ? undefined : before[place];
    const end = slash === -1 ? at + 1 : endOfFolder(work.changes, at, to, change.path.slice(0, slash + 1));
    if (slash === -1 && change.entry !== null) files.add(name);
    if (slash !== -1 && files.has(name)) return { kind: 'in-the-way', path: change.path.slice(0, slash) };
    const kept = old === undefined ? name : old.name;
    const put = slash === -1 ? putHere(old, change, kept) : putBelow(old, work, at, end, slash + 1, kept);
    if (put === 'gone') steps.push({ at: place, entry: null, isNew: false });
    else if (put !== 'same' && 'kind' in put && put.kind !== 'tree') return put;
    else if (put !== 'same') steps.push({ at: old === undefined ? insertAt(before, put) : place, entry: put, isNew: old === undefined });
    at = end;
  }
  return steps.length === 0 ? tree : tree.with(stepped(before, steps), own);
}

/** `entry` null: what is at the place goes. `isNew`: in front of what is at the place. */
type Step = { readonly at: number; readonly entry: Entry | null; readonly isNew: boolean };

function putHere(old: Entry | undefined, { path, entry }: Change, name: string): Put {
  if (entry === null) return old === undefined ? 'same' : 'gone';
  if (old?.mode === MODE.tree) return { kind: 'in-the-way', path };
  const mode = entry.mode ?? (old?.mode === MODE.executable ? MODE.executable : MODE.file);
  if (old !== undefined && old.mode === mode && holdsSame(old.node, entry.node)) return 'same';
  return { name, mode, node: entry.node };
}

/** By bytes where they are in memory: asking a new file for its id would hash it. */
function holdsSame(one: Node, other: Node): boolean {
  if (one.kind !== 'blob' || other.kind !== 'blob' || one.bytes === null || other.bytes === null) return isSame(one, other);
  return one.bytes.length === other.bytes.length && Buffer.compare(one.bytes, other.bytes) === 0;
}

function putBelow(old: Entry | undefined, work: Work, from: number, to: number, depth: number, name: string): Put {
  const change = work.changes[from];
  if (change === undefined || (change.entry === null && old?.node.kind !== 'tree')) return 'same';
  const folder = old?.node ?? EMPTY;
  if (folder.kind !== 'tree') return { kind: 'in-the-way', path: change.path.slice(0, depth - 1) };
  const below = editRange(folder, work, from, to, depth, name);
  if (below.kind !== 'tree') return below;
  if (below === old?.node) return 'same';
  if (below.entries?.length === 0) return old === undefined ? 'same' : 'gone';
  return below;
}

function endOfFolder(changes: readonly Change[], from: number, to: number, prefix: string): number {
  for (let end = from + 1; end < to; end += 1) if (changes[end]?.path.startsWith(prefix) !== true) return end;
  return to;
}

function stepped(before: readonly Entry[], steps: readonly Step[]): readonly Entry[] {
  if (steps.every(({ entry, isNew }) => entry !== null && !isNew)) {
    const after = before.slice();
    for (const { at, entry } of steps) if (entry !== null) after[at] = entry;
    return after;
  }
  const after: Entry[] = [];
  let at = 0;
  // By place in git's order, which is not the order of the paths: `a.b` stands before the folder `a`.
  for (const step of steps.toSorted((one, other) => one.at - other.at || (one.entry === null || other.entry === null ? 0 : compareEntries(one.entry, other.entry)))) {
    for (; at < step.at; at += 1) push(after, before[at]);
    if (step.entry !== null) after.push(step.entry);
    if (!step.isNew) at += 1;
  }
  for (; at < before.length; at += 1) push(after, before[at]);
  return after;
}

function push(entries: Entry[], entry: Entry | undefined): void {
  if (entry !== undefined) entries.push(entry);
}

/** Where the entry of this name is, be it a file or a folder; -1: nowhere. The name may be a part of a path, and no string is made for it in folders of usual size. */
export function placeOf(entries: readonly Entry[], path: string, from = 0, to = path.length): number {
  if (entries.length <= SCANNED_MAX) {
    for (let at = 0; at < entries.length; at += 1) if (isPart(entries[at]?.name ?? '', path, from, to)) return at;
    return -1;
  }
  const name = path.slice(from, to);
  const asFile = lowerBound(entries, name);
  if (entries[asFile]?.name === name) return asFile;
  const asFolder = lowerBound(entries, `${name}/`);
  return entries[asFolder]?.name === name ? asFolder : -1;
}

/** From the end, where names in one folder mostly differ. */
function isPart(name: string, path: string, from: number, to: number): boolean {
  if (name.length !== to - from) return false;
  for (let at = name.length - 1; at >= 0; at -= 1) if (name.charCodeAt(at) !== path.charCodeAt(from + at)) return false;
  return true;
}

function insertAt(entries: readonly Entry[], { name, mode }: Entry): number {
  return lowerBound(entries, mode === MODE.tree ? `${name}/` : name);
}

/** The first entry that is not before this name, as git sorts them. */
function lowerBound(entries: readonly Entry[], name: string): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry !== undefined && (entry.mode === MODE.tree ? `${entry.name}/` : entry.name) < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Below this looking at each is faster than halving. */
const SCANNED_MAX = 16;
const EMPTY = Tree.of([]);
