// What the gate asks of git: put a tree into a folder, and what a tree holds. Knows no slot and no command.
import type { Oid } from '../../merge/branch.ts';

/** git bound to the mirror with the hardened profile: resolves to stdout, rejects on a non-zero exit. */
export type MirrorGit = (args: readonly string[], more: { readonly env?: Readonly<Record<string, string>>; readonly input?: string }) => Promise<string>;

/** `path` is bytes as latin1; modes are six digits, `000000` where a side has nothing. */
export type TreeChange = { readonly path: string; readonly oldMode: string; readonly newMode: string; readonly newOid: string };

/** Reads of the mirror that need no process of their own. */
export type MirrorObjects = {
  /** null when there is no such commit. */
  treeOf(commit: Oid): Promise<Oid | null>;
  changes(from: Oid, to: Oid): Promise<readonly TreeChange[]>;
  /** null when there is no such blob, or a larger one. */
  blob(oid: string, bytesMax: number): Promise<Buffer | null>;
};

export type Place = { readonly tree: string; readonly index: string };

// Stat data decide what is rewritten, so every part of it must count; a split or sparse index would hide entries from index-file.ts.
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

function inIndex(place: Place): { readonly env: Readonly<Record<string, string>> } {
  return { env: { GIT_INDEX_FILE: place.index } };
}
