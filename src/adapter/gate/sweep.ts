// Finds everything in a slot's folder that its tree does not name: ignored files, nested .git folders, what lies in submodules.
// `git clean` would leave the last two. Looks at names, types and times only; content is git's question.
import { chmodSync, lstatSync, readdirSync, type Dirent } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Kind, Listing, Stamps } from './listing.ts';
import { removeAll } from './remove.ts';

/** `strangers` were removed; `incomplete` says that something of the tree is missing or of the wrong type. */
export type Sweeping = { readonly strangers: number; readonly incomplete: boolean };

/** Made anew for each run, after the last one's was taken away. */
const OURS = '.git';
/** Folders between two turns of the event loop: read one after another they cost half of what they do side by side. */
const FOLDERS_A_TURN = 64;
const MODE_BITS = 0o777;
const NOTHING: ReadonlyMap<string, Kind> = new Map();

/** A file of `recent` that was touched since counts as a stranger: git alone would not see it. */
export async function sweep(root: string, listing: Listing, recent: Stamps): Promise<Sweeping> {
  const strangers: Buffer[] = [];
  const folders = [''];
  const mode = MODE_BITS & ~process.umask();
  let incomplete = false;
  // Only folders of the tree are entered, so this ends with the tree however much a gate left.
  for (let at = 0; at < folders.length; at += 1) {
    if (at % FOLDERS_A_TURN === FOLDERS_A_TURN - 1) await setImmediate();
    const folder = folders[at] ?? '';
    open(bytesOf(root, folder), mode);
    const seen = look(root, folder, listing.get(folder) ?? NOTHING, recent);
    strangers.push(...seen.strangers.map((name) => bytesOf(root, pathOf(folder, name))));
    folders.push(...seen.folders.map((name) => pathOf(folder, name)));
    incomplete ||= seen.incomplete;
  }
  await removeAll(strangers);
  return { strangers: strangers.length, incomplete };
}

/** git keeps no modes of folders: one that a gate closed would make the next ones red. */
function open(folder: Buffer, mode: number): void {
  if ((lstatSync(folder).mode & MODE_BITS) !== mode) chmodSync(folder, mode);
}

type Look = { readonly strangers: readonly string[]; readonly folders: readonly string[]; readonly incomplete: boolean };

function look(root: string, folder: string, expected: ReadonlyMap<string, Kind>, recent: Stamps): Look {
  const strangers: string[] = [];
  const folders: string[] = [];
  let found = 0;
  for (const entry of readdirSync(bytesOf(root, folder), { withFileTypes: true, encoding: 'latin1' })) {
    if (folder === '' && entry.name === OURS) continue;
    const kind = expected.get(entry.name);
    if (kind === undefined || !isA(kind, entry) || isTouched(root, pathOf(folder, entry.name), recent)) {
      strangers.push(entry.name);
      continue;
    }
    found += 1;
    // A submodule's folder is entered too: nothing is expected in it.
    if (entry.isDirectory()) folders.push(entry.name);
  }
  return { strangers, folders, incomplete: found < expected.size };
}

function isA(kind: Kind, entry: Dirent): boolean {
  switch (kind) {
    case 'file': return entry.isFile();
    case 'link': return entry.isSymbolicLink();
    case 'folder': case 'submodule': return entry.isDirectory();
  }
}

/** Asked only below folders that were just seen to be folders: no link is followed on the way. */
function isTouched(root: string, path: string, recent: Stamps): boolean {
  const written = recent.get(path);
  return written !== undefined && lstatSync(bytesOf(root, path), { bigint: true }).ctimeNs !== written;
}

function pathOf(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** Names are bytes, not text: two that differ must not look alike. */
function bytesOf(root: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')]);
}
