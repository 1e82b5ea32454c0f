// Is a tree of a size, a depth and with names that anything may walk? Every distinct subtree is read once, so a bomb costs its objects, not its files.
import { MODE_SUBMODULE, MODE_SYMLINK, MODE_TREE, shownPath } from './tree.ts';
import type { TreeEntry } from './tree.ts';
import type { Reader } from './read.ts';

/** More distinct trees than this in one commit is refused like too many entries. */
const TREES_MAX = 200_000;
const KEPT_MAX = 400_000;
const READ_AT_ONCE_MAX = 512;

export type TreeLimits = { readonly treeEntriesMax: number; readonly treeDepthMax: number };

export type TreeBudget = {
  /** Null: fine. Else what is wrong with it, for people. `trusted` is the target's own tree: a name it already holds is its owners' affair. */
  refusal(tree: string, trusted: string, limits: TreeLimits): Promise<string | null>;
};

/** `entries` counts files below with repeats, as a walk would meet them; `hostile` names the first bad entry. */
type Weight = { readonly entries: number; readonly depth: number; readonly hostile: string | null };
type Folder = { readonly own: number; readonly hostile: string | null; readonly inner: readonly { readonly name: string; readonly oid: string }[] };

export function treeBudget(reader: Reader): TreeBudget {
  const weights = new Map<string, Weight>();
  const weigh = async (tree: string): Promise<Weight | string> => {
    const known = weights.get(tree);
    if (known !== undefined) return known;
    if (weights.size > KEPT_MAX) weights.clear();
    const folders = await readFolders(reader, tree, weights);
    return typeof folders === 'string' ? folders : weighFolders(tree, folders, weights);
  };

  return {
    refusal: async (tree, trusted, limits) => {
      const weight = await weigh(tree);
      if (typeof weight === 'string') return weight;
      if (weight.entries > limits.treeEntriesMax) return `its tree has more than ${limits.treeEntriesMax} files`;
      if (weight.depth > limits.treeDepthMax) return `its folders are nested deeper than ${limits.treeDepthMax}`;
      if (weight.hostile === null) return null;
      const before = await weigh(trusted);
      return typeof before !== 'string' && before.hostile !== null ? null : `its tree has an entry named ${weight.hostile}`;
    },
  };
}

/** Every distinct tree below `root` not weighed yet, breadth first. */
async function readFolders(reader: Reader, root: string, weights: ReadonlyMap<string, Weight>): Promise<ReadonlyMap<string, Folder> | string> {
  const folders = new Map<string, Folder>();
  const seen = new Set([root]);
  const open = [root];
  while (open.length > 0) {
    const now = open.splice(0, READ_AT_ONCE_MAX);
    const trees = await Promise.all(now.map((oid) => reader.tree(oid)));
    for (const [at, entries] of trees.entries()) {
      const folder = entries === null ? null : parseFolder(entries ?? []);
      if (folder === null) return 'one of its trees is missing, broken or too large';
      folders.set(now[at] ?? '', folder);
      for (const { oid } of folder.inner) {
        if (seen.has(oid) || weights.has(oid)) continue;
        seen.add(oid);
        open.push(oid);
      }
      if (seen.size > TREES_MAX) return `its tree has more than ${TREES_MAX} folders`;
    }
  }
  return folders;
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
  for (const { name, oid } of folder.inner) {
    const inner = weights.get(oid) ?? { entries: 0, depth: 0, hostile: null };
    entries += inner.entries;
    depth = Math.max(depth, inner.depth);
    if (hostile === null && inner.hostile !== null) hostile = `${name}/${inner.hostile}`.slice(-200);
  }
  return { entries, depth: depth + 1, hostile };
}

function parseFolder(entries: readonly TreeEntry[]): Folder {
  const inner = entries.filter((entry) => entry.mode === MODE_TREE).map((entry) => ({ name: shownPath(entry.name), oid: entry.oid }));
  const bad = entries.find((entry) => isHostile(entry));
  return { own: entries.length - inner.length, hostile: bad === undefined ? null : JSON.stringify(shownPath(bad.name)), inner };
}

/** Names that a checkout on some system would take for git's own folder or for a way out of the tree. */
export function isHostile(entry: Pick<TreeEntry, 'mode' | 'name'>): boolean {
  const { mode, name } = entry;
  if (name === '' || name.includes('/')) return true;
  if (![MODE_TREE, MODE_SYMLINK, MODE_SUBMODULE, '100644', '100755', '100664'].includes(mode)) return true;
  const plain = shownPath(name).replaceAll(HFS_IGNORED, '').toLowerCase();
  return plain.split('\\').some((part) => isWayOut(part, mode));
}

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
