// What the gate asks of git: put a tree into a folder, and say whether the folder still is that tree. Knows no slot and no command.
import type { Oid } from '../../merge/branch.ts';

/** git bound to the mirror with the hardened profile: resolves to stdout, rejects on a non-zero exit. */
export type MirrorGit = (args: readonly string[], more: { readonly env?: Readonly<Record<string, string>>; readonly input?: string }) => Promise<string>;

export type Place = { readonly tree: string; readonly index: string };
export type Kind = 'file' | 'link' | 'folder' | 'submodule';
/** Every folder of a tree with what must be in it. Paths are bytes as latin1, '' is the root. */
export type Listing = ReadonlyMap<string, ReadonlyMap<string, Kind>>;

// Stat data decide what is rewritten, so every part of it must count; a shared or sparse index would hide entries from us.
const SETTINGS: readonly string[] = ['core.trustctime=true', 'core.checkStat=default', 'core.fileMode=true', 'core.splitIndex=false', 'core.untrackedCache=false', 'core.sparseCheckout=false', 'core.quotePath=true']
  .flatMap((setting) => ['-c', setting]);

/** Rewrites every file whose content or stat data is not the tree's, and removes those the index had and the tree has not. */
export async function writeTree(git: MirrorGit, place: Place, tree: Oid): Promise<void> {
  await git([...SETTINGS, `--work-tree=${place.tree}`, 'read-tree', '--reset', '-u', tree], inIndex(place));
}

/** False when any file of `tree` is missing or changed in the folder, or the index is of another tree. */
export async function isTree(git: MirrorGit, place: Place, tree: Oid): Promise<boolean> {
  return (await git([...SETTINGS, `--work-tree=${place.tree}`, 'diff-index', '--raw', '--ignore-submodules=none', tree, '--'], inIndex(place))) === '';
}

export async function treeOf(git: MirrorGit, commit: Oid): Promise<string> {
  return (await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{tree}`], {})).trim();
}

/** From the object store, not from the index: a second opinion on what belongs into the folder. */
export async function listTree(git: MirrorGit, tree: Oid): Promise<Listing> {
  const folders = new Map<string, Map<string, Kind>>([['', new Map()]]);
  for (const line of (await git([...SETTINGS, 'ls-tree', '-r', tree], {})).split('\n')) {
    const tab = line.indexOf('\t');
    if (tab > 0) place(folders, unquote(line.slice(tab + 1)), kindOf(line.slice(0, 6)));
  }
  return folders;
}

function inIndex(place: Place): { readonly env: Readonly<Record<string, string>> } {
  return { env: { GIT_INDEX_FILE: place.index } };
}

function kindOf(mode: string): Kind {
  if (mode === '120000') return 'link';
  return mode === '160000' ? 'submodule' : 'file';
}

function place(folders: Map<string, Map<string, Kind>>, path: string, kind: Kind): void {
  const slash = path.lastIndexOf('/');
  const folder = slash === -1 ? '' : path.slice(0, slash);
  const known = folders.get(folder);
  if (known !== undefined) {
    known.set(path.slice(slash + 1), kind);
    return;
  }
  folders.set(folder, new Map([[path.slice(slash + 1), kind]]));
  place(folders, folder, 'folder');
}

const LETTERS: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r', '"': '"', '\\': '\\' };

/** git's C-style quoting undone. It is asked for because stdout comes as UTF-8, which a path need not be. */
function unquote(path: string): string {
  if (!path.startsWith('"')) return path;
  return path.slice(1, -1).replaceAll(/\\([0-7]{3}|.)/g, (_, code: string) => LETTERS[code] ?? String.fromCharCode(Number.parseInt(code, 8)));
}
