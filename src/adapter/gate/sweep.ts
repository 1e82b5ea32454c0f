// Finds everything in a slot's folder that its tree does not name: ignored files, nested .git folders, what lies in submodules.
// `git clean` would leave the last two. Reads names and types only; content is git's question.
import { readdir } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import type { Kind, Listing } from './checkout.ts';
import { removeAll } from './remove.ts';

/** `strangers` were removed; `incomplete` says that something of the tree is missing or of the wrong type. */
export type Sweeping = { readonly strangers: number; readonly incomplete: boolean };

const AT_ONCE = 32;
const NOTHING: ReadonlyMap<string, Kind> = new Map();

export async function sweep(root: string, listing: Listing): Promise<Sweeping> {
  const strangers: Buffer[] = [];
  let incomplete = false;
  let level: string[] = [''];
  while (level.length > 0) {
    const next: string[] = [];
    for (let at = 0; at < level.length; at += AT_ONCE) {
      const looks = await Promise.all(level.slice(at, at + AT_ONCE).map((folder) => look(root, folder, listing.get(folder) ?? NOTHING)));
      for (const seen of looks) {
        strangers.push(...seen.strangers);
        next.push(...seen.folders);
        incomplete ||= seen.incomplete;
      }
    }
    level = next;
  }
  await removeAll(strangers);
  return { strangers: strangers.length, incomplete };
}

type Look = { readonly strangers: readonly Buffer[]; readonly folders: readonly string[]; readonly incomplete: boolean };

async function look(root: string, folder: string, expected: ReadonlyMap<string, Kind>): Promise<Look> {
  const path = folder === '' ? Buffer.from(root) : Buffer.concat([Buffer.from(`${root}/`), Buffer.from(folder, 'latin1')]);
  const strangers: Buffer[] = [];
  const folders: string[] = [];
  let found = 0;
  for (const entry of await readdir(path, { withFileTypes: true, encoding: 'buffer' })) {
    const name = entry.name.toString('latin1');
    const kind = expected.get(name);
    if (kind === undefined || !isA(kind, entry)) {
      strangers.push(Buffer.concat([path, Buffer.from('/'), entry.name]));
      continue;
    }
    found += 1;
    // A submodule's folder is walked too: nothing is expected in it.
    if (entry.isDirectory()) folders.push(folder === '' ? name : `${folder}/${name}`);
  }
  return { strangers, folders, incomplete: found < expected.size };
}

function isA(kind: Kind, entry: Dirent<Buffer>): boolean {
  switch (kind) {
    case 'file': return entry.isFile();
    case 'link': return entry.isSymbolicLink();
    case 'folder': case 'submodule': return entry.isDirectory();
  }
}
