// Finds everything in a slot's folder that its tree does not name: ignored files, nested .git folders, what lies in submodules.
// `git clean` would leave the last two. Content is not read: a file whose stamps are those of its writing has the content that was written.
import { chmodSync, lstatSync, readdirSync, type Stats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { isUntouched, type Expected, type Listing } from './index-file.ts';
import { removeAll } from './remove.ts';

/** `strangers` were removed; `incomplete` says that something of the tree is missing, changed or of the wrong type. */
export type Sweeping = { readonly strangers: number; readonly incomplete: boolean };

/** Made anew for each run, after the last one's was taken away. */
const OURS = '.git';
/** Folders between two turns of the event loop: read one after another they cost half of what they do side by side. */
const FOLDERS_A_TURN = 64;
const MODE_BITS = 0o777;
const ASCII = /^[\x20-\x7e]*$/;
const IF_THERE = { throwIfNoEntry: false } as const;
const NOTHING: ReadonlyMap<string, Expected> = new Map();

/** A file of the tree that was touched since it was written is a stranger too. */
export async function sweep(root: string, listing: Listing): Promise<Sweeping> {
  const strangers: string[] = [];
  const folders = [''];
  const mode = MODE_BITS & ~process.umask();
  let incomplete = false;
  open(root, lstatSync(root), mode);
  // Only folders of the tree are entered, so this ends with the tree however much a gate left.
  for (let at = 0; at < folders.length; at += 1) {
    if (at % FOLDERS_A_TURN === FOLDERS_A_TURN - 1) await setImmediate();
    const folder = folders[at] ?? '';
    const seen = look(root, folder, listing.get(folder) ?? NOTHING, mode);
    strangers.push(...seen.strangers);
    folders.push(...seen.folders);
    incomplete ||= seen.incomplete;
  }
  await removeAll(strangers.map((path) => bytesOf(root, path)));
  return { strangers: strangers.length, incomplete };
}

type Look = { readonly strangers: readonly string[]; readonly folders: readonly string[]; readonly incomplete: boolean };

function look(root: string, folder: string, expected: ReadonlyMap<string, Expected>, mode: number): Look {
  const strangers: string[] = [];
  const folders: string[] = [];
  const within = diskPath(root, folder);
  let found = 0;
  for (const name of readdirSync(within, 'latin1')) {
    if (folder === '' && name === OURS) continue;
    const wanted = expected.get(name);
    const place = placeIn(within, name);
    const seen = wanted === undefined ? undefined : lstatSync(place, IF_THERE);
    if (wanted === undefined || seen === undefined || !isAsWritten(wanted, seen)) {
      strangers.push(pathOf(folder, name));
      continue;
    }
    found += 1;
    if (!seen.isDirectory()) continue;
    open(place, seen, mode);
    // A submodule's folder is entered too: nothing is expected in it.
    folders.push(pathOf(folder, name));
  }
  return { strangers, folders, incomplete: found < expected.size };
}

/** git keeps no modes of folders: one that a gate closed would make the next ones red. */
function open(folder: string | Buffer, seen: Stats, mode: number): void {
  if ((seen.mode & MODE_BITS) !== mode) chmodSync(folder, mode);
}

/** Asked only below folders that were just seen to be folders: no link is followed on the way. */
function isAsWritten({ kind, entry }: Expected, seen: Stats): boolean {
  switch (kind) {
    case 'file': return seen.isFile() && entry !== null && isUntouched(entry, seen);
    case 'link': return seen.isSymbolicLink() && entry !== null && isUntouched(entry, seen);
    case 'folder': case 'submodule': return seen.isDirectory();
  }
}

function pathOf(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** Text where the bytes are ASCII, which costs half. */
function diskPath(root: string, path: string): string | Buffer {
  return ASCII.test(path) ? `${root}/${path}` : bytesOf(root, path);
}

function placeIn(folder: string | Buffer, name: string): string | Buffer {
  if (typeof folder === 'string' && ASCII.test(name)) return `${folder}/${name}`;
  return Buffer.concat([Buffer.from(folder), Buffer.from(`/${name}`, 'latin1')]);
}

/** Names are bytes, not text: two that differ must not look alike. */
function bytesOf(root: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')]);
}
