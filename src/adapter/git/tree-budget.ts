// Is a tree of a size, a depth and with names that anything may walk? Every distinct subtree is read once, so a bomb costs its objects, not its files.
import type { Reason } from '../../merge/reason.ts';
import { MODE_SUBMODULE, MODE_SYMLINK, MODE_TREE, shownPath } from './tree.ts';
import type { TreeEntry } from './tree.ts';
import type { Reader } from './read.ts';

/** More distinct trees than this in one commit is refused like too many entries. */
const TREES_MAX = 200_000;
const KEPT_MAX = 400_000;
const READ_AT_ONCE_MAX = 512;
const ATTRIBUTES_MAX = 2000;
const NOT_HERE = 'one of its trees is not in the mirror';
const UNLIMITED: TreeLimits = { treeEntriesMax: Infinity, treeDepthMax: Infinity };

export type TreeLimits = { readonly treeEntriesMax: number; readonly treeDepthMax: number };

/** `folder` is bytes as latin1, '' for the root. */
export type AttributeFile = { readonly folder: string; readonly oid: string };

export type TreeBudget = {
  /** Every .gitattributes that git would read; a text says why there is no telling. The tree is the target's own. */
  attributes(tree: string): Promise<readonly AttributeFile[] | string>;
  /** Null: fine. `trusted` is the target's own tree: a name it already holds is its owners' affair. */
  refusal(tree: string, trusted: string, limits: TreeLimits): Promise<Reason | null>;
};

/** `entries` counts files below with repeats, as a walk would meet them; `hostile` names the first bad entry. */
type Weight = { readonly entries: number; readonly depth: number; readonly hostile: string | null; readonly attributes: readonly AttributeFile[] };
type Folder = { readonly own: number; readonly hostile: string | null; readonly attributes: string | null; readonly inner: readonly { readonly name: string; readonly bytes: string; readonly oid: string }[] };

export function treeBudget(reader: Reader): TreeBudget {
  const weights = new Map<string, Weight>();
  const weigh = async (tree: string, limits: TreeLimits): Promise<Weight | string> => {
    const known = weights.get(tree);
    if (known !== undefined) return known;
    if (weights.size > KEPT_MAX) weights.clear();
    const folders = await readFolders(reader, tree, weights, limits);
    return typeof folders === 'string' ? folders : weighFolders(tree, folders, weights);
  };

  return {
    attributes: async (tree) => {
      const weight = await weigh(tree, UNLIMITED);
      if (typeof weight === 'string') return weight;
      return weight.attributes.length > ATTRIBUTES_MAX ? `its tree has more than ${ATTRIBUTES_MAX} .gitattributes` : weight.attributes;
    },
    refusal: async (tree, trusted, limits) => {
      const weight = await weigh(tree, limits);
      if (typeof weight === 'string') return refusalFor(weight);
      if (weight.entries > limits.treeEntriesMax) return refusalFor(tooMany(limits));
      if (weight.depth > limits.treeDepthMax) return refusalFor(tooDeep(limits));
      if (weight.hostile === null) return null;
      const before = await weigh(trusted, limits);
      return typeof before !== 'string' && before.hostile !== null ? null : refusalFor(`its tree has an entry named ${weight.hostile}`);
    },
  };
}

/** What the mirror lost is no fault of the branch: the remote let nobody push it without its trees. */
function refusalFor(detail: string): Reason {
  return { code: detail === NOT_HERE ? 'gave-up' : 'unsafe-content', detail };
}

/** Every distinct tree below `root` not weighed yet, level by level, given up as soon as a limit is passed. */
async function readFolders(reader: Reader, root: string, weights: ReadonlyMap<string, Weight>, limits: TreeLimits): Promise<ReadonlyMap<string, Folder> | string> {
  const folders = new Map<string, Folder>();
  const seen = new Set([root]);
  let entries = 0;
  for (let level = [root], depth = 1; level.length > 0; depth += 1) {
    if (depth > limits.treeDepthMax) return tooDeep(limits);
    const next: string[] = [];
    for (const [oid, folder] of await readLevel(reader, level)) {
      if (folder === null) return await reader.info(oid) === null ? NOT_HERE : 'one of its trees is broken or too large';
      folders.set(oid, folder);
      entries += folder.own;
      for (const inner of folder.inner) if (!seen.has(inner.oid) && !weights.has(inner.oid)) next.push(inner.oid);
      for (const inner of folder.inner) seen.add(inner.oid);
    }
    if (entries > limits.treeEntriesMax) return tooMany(limits);
    if (seen.size > TREES_MAX) return `its tree has more than ${TREES_MAX} folders`;
    level = [...new Set(next)];
  }
  return folders;
}

async function readLevel(reader: Reader, level: readonly string[]): Promise<readonly (readonly [string, Folder | null])[]> {
  const read: (readonly [string, Folder | null])[] = [];
  for (let at = 0; at < level.length; at += READ_AT_ONCE_MAX) {
    const folders = await Promise.all(level.slice(at, at + READ_AT_ONCE_MAX).map(async (oid) => {
      const entries = await reader.tree(oid);
      return [oid, entries === null ? null : parseFolder(entries)] as const;
    }));
    read.push(...folders);
  }
  return read;
}

function tooMany(limits: TreeLimits): string {
  return `its tree has more than ${limits.treeEntriesMax} files`;
}

function tooDeep(limits: TreeLimits): string {
  return `its folders are nested deeper than ${limits.treeDepthMax}`;
}

/** Children before parents, without recursion: 3,000 nested folders must not reach the stack. */
function weighFolders(root: string, folders: ReadonlyMap<string, Folder>, weights: Map<string, Weight>): Weight | string {
  const stack = [root];
  const entered = new Set<string>();
  for (let oid = stack.at(-1); oid !== undefined; oid = stack.at(-1)) {
    const folder = folders.get(oid);
    const open = folder?.inner.filter((inner) => !weights.has(inner.oid)) ?? [];
    if (folder === undefined || weights.has(oid)) stack.pop();
    else if (open.length === 0) weights.set(oid, sum(folder, weights));
    else if (entered.has(oid)) return 'its trees contain one another';
    else {
      entered.add(oid);
      for (const inner of open) stack.push(inner.oid);
    }
  }
  return weights.get(root) ?? 'its tree cannot be read';
}

function sum(folder: Folder, weights: ReadonlyMap<string, Weight>): Weight {
  let { own: entries, hostile } = folder;
  let depth = 0;
  const attributes: AttributeFile[] = folder.attributes === null ? [] : [{ folder: '', oid: folder.attributes }];
  for (const { name, bytes, oid } of folder.inner) {
    const inner = weights.get(oid) ?? { entries: 0, depth: 0, hostile: null, attributes: [] };
    for (const file of inner.attributes) if (attributes.length <= ATTRIBUTES_MAX) attributes.push({ folder: file.folder === '' ? bytes : `${bytes}/${file.folder}`, oid: file.oid });
    entries += inner.entries;
    depth = Math.max(depth, inner.depth);
    if (hostile === null && inner.hostile !== null) hostile = `${name}/${inner.hostile}`.slice(-200);
  }
  return { entries, depth: depth + 1, hostile, attributes };
}

function parseFolder(entries: readonly TreeEntry[]): Folder {
  const inner = entries.filter((entry) => entry.mode === MODE_TREE).map((entry) => ({ name: shownPath(entry.name), bytes: entry.name, oid: entry.oid }));
  const bad = entries.find((entry) => isHostile(entry));
  // As git: a link is not followed, a folder not read.
  const attributes = entries.find((entry) => entry.name === '.gitattributes' && entry.mode.startsWith('100'))?.oid ?? null;
  return { own: entries.length - inner.length, attributes, hostile: bad === undefined ? null : JSON.stringify(shownPath(bad.name)), inner };
}

/** Names that a checkout on some system would take for git's own folder or for a way out of the tree. */
export function isHostile(entry: Pick<TreeEntry, 'mode' | 'name'>): boolean {
  const { mode, name } = entry;
  if (name === '' || name.includes('/')) return true;
  if (![MODE_TREE, MODE_SYMLINK, MODE_SUBMODULE, '100644', '100755', '100664'].includes(mode)) return true;
  if (PLAIN_NAME.test(name)) return false;
  const plain = shownPath(name).replaceAll(HFS_IGNORED, '').toLowerCase();
  return plain.split('\\').some((part) => isWayOut(part, mode));
}

// Nothing in it that any system reads as something else: no hidden character, separator, stream or short name. Most names are like that.
const PLAIN_NAME = /^\w[\w.-]*$/;

// Characters HFS+ does not see: `.g<U+200C>it` is .git there.
const HFS_IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

function isWayOut(part: string, mode: string): boolean {
  if (part === '.' || part === '..') return true;
  // NTFS drops trailing dots and spaces and reads `name:stream` as `name`.
  const [name = ''] = part.split(':');
  const bare = name.replace(/[ .]{1,200}$/, '');
  if (bare === '.git' || bare === 'git~1') return true;
  return mode === MODE_SYMLINK && (bare === '.gitmodules' || bare === 'gitmod~1');
}
