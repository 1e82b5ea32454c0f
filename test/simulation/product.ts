// The code under test: today's, or a copy of it with one line changed. Knows no seed.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { openEmbeddedInbox } from '../../src/adapter/embedded/inbox.ts';
import { openMemoryStore } from '../../src/adapter/embedded/memory-store.ts';
import { startService } from '../../src/coordinator/service.ts';
import { fold } from '../../src/merge/lane.ts';
import type { Product } from '../harness/world.ts';

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url));

/** All that the coordinator and the embedded adapters stand on. */
const ROOMS = ['engine', 'resolution', 'consensus', 'merge', 'queue', 'port', 'coordinator', 'adapter/embedded'];

/** A bug of the product: this text in this file is replaced. The text must be there, or the bug has rotted. */
export type Patch = { readonly file: string; readonly find: string; readonly replace: string };

/** No bug: the same product with hardly any memory of what is over, no more than the longest chain of a simulation. */
export const FORGETFUL: readonly Patch[] = [
  { file: 'merge/lane.ts', find: 'const CLOSED_MAX = 500;', replace: 'const CLOSED_MAX = 8;' },
  { file: 'merge/lane.ts', find: 'const FORGOTTEN_AT_ONCE = 100;', replace: 'const FORGOTTEN_AT_ONCE = 1;' },
];

export function today(): Product {
  return { fold, startService, openMemoryStore, openEmbeddedInbox };
}

/** The product with these patches, loaded from a copy that is removed again at once. */
export async function patched(patches: readonly Patch[]): Promise<Product> {
  const directory = mkdtempSync(join(tmpdir(), 'maestro-planted-'));
  try {
    const copy = join(directory, 'src');
    for (const room of ROOMS) cpSync(join(SOURCE, room), join(copy, room), { recursive: true });
    // One class of errors for both: the ports throw today's.
    writeFileSync(join(copy, 'error.ts'), `export * from ${JSON.stringify(pathToFileURL(join(SOURCE, 'error.ts')).href)};\n`);
    for (const patch of patches) apply(copy, patch);
    const [service, store, inbox, lane] = await Promise.all(['coordinator/service.ts', 'adapter/embedded/memory-store.ts', 'adapter/embedded/inbox.ts', 'merge/lane.ts'].map((file) => import(pathToFileURL(join(copy, file)).href)));
    return { fold: lane.fold, startService: service.startService, openMemoryStore: store.openMemoryStore, openEmbeddedInbox: inbox.openEmbeddedInbox };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function apply(copy: string, { file, find, replace }: Patch): void {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(find).length !== 2) throw new Error(`${file} does not hold exactly once: ${find}`);
  writeFileSync(path, text.replace(find, () => replace));
}
