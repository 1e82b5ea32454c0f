// What the gate asks of git: put a tree into a folder, and say whether the folder still is that tree. Knows no slot and no command.
import type { Oid } from '../../merge/branch.ts';

/** git bound to the mirror with the hardened profile: resolves to stdout, rejects on a non-zero exit. */
export type MirrorGit = (args: readonly string[], more: { readonly env?: Readonly<Record<string, string>>; readonly input?: string }) => Promise<string>;

export type Place = { readonly tree: string; readonly index: string };

// Stat data decide what is rewritten, so every part of it must count; a split or sparse index would hide entries from listing.ts.
const SETTINGS: readonly string[] = ['core.trustctime=true', 'core.checkStat=default', 'core.fileMode=true', 'core.splitIndex=false', 'core.untrackedCache=false', 'core.sparseCheckout=false', 'index.version=2', 'index.sparse=false']
  .flatMap((setting) => ['-c', setting]);

/** From one tree to the next without a look at what they share: quick, and blind to what a gate did to the rest. Rejects where it would overwrite. */
export async function switchTree(git: MirrorGit, place: Place, from: Oid, to: Oid): Promise<void> {
  await git([...SETTINGS, `--work-tree=${place.tree}`, 'read-tree', '-m', '-u', from, to], inIndex(place));
}

/** Rewrites every file whose content or stat data is not the tree's, and removes those the index had and the tree has not. */
export async function writeTree(git: MirrorGit, place: Place, tree: Oid): Promise<void> {
  await git([...SETTINGS, `--work-tree=${place.tree}`, 'read-tree', '--reset', '-u', tree], inIndex(place));
}

/** False when any file of the commit's tree is missing or changed in the folder, or the index is of another tree. */
export async function isTreeOf(git: MirrorGit, place: Place, commit: Oid): Promise<boolean> {
  return (await git([...SETTINGS, `--work-tree=${place.tree}`, 'diff-index', '--raw', '--ignore-submodules=none', commit, '--'], inIndex(place))) === '';
}

export async function treeOf(git: MirrorGit, commit: Oid): Promise<string> {
  return (await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{tree}`], {})).trim();
}

function inIndex(place: Place): { readonly env: Readonly<Record<string, string>> } {
  return { env: { GIT_INDEX_FILE: place.index } };
}
