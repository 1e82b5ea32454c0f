// From one tree to the next by hand, where they differ by little and nothing but bytes: no process, and only what changed is written.
// The caller has just seen that the folder holds exactly the first tree, so no link leads a write astray.
import { hash } from 'node:crypto';
import { lstatSync, mkdirSync, rmdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import type { Oid } from '../../merge/branch.ts';
import type { MirrorObjects, TreeChange } from './checkout.ts';
import { entryOf, type Entries, type Entry } from './index-file.ts';

const CHANGES_MAX = 200;
const BLOB_BYTES_MAX = 4 * 1024 * 1024;
const NONE = '000000';
const MODES: readonly string[] = [NONE, '100644', '100755', '120000'];
// git looks closer at other names than we do; whatever it would refuse or convert is left to it.
const PLAIN_NAME = /^(?!\.{1,2}$)(?!\.git(?:attributes|modules)?$)(?!git~)[ !-.0-9;-[\]-~]+$/i;
const ATTRIBUTES = /(?:^|\/)\.gitattributes$/i;

export type Step = { readonly changes: readonly TreeChange[]; readonly contents: ReadonlyMap<string, Buffer> };

/** null: this step is for git. */
export async function planStep(objects: MirrorObjects, from: Oid, to: Oid, held: Entries): Promise<Step | null> {
  // Attributes may turn line ends and run filters.
  for (const path of held.keys()) if (ATTRIBUTES.test(path)) return null;
  const changes = await objects.changes(from, to);
  if (changes.length > CHANGES_MAX || !changes.every(isPlain)) return null;
  const contents = new Map<string, Buffer>();
  for (const { path, newMode, newOid } of changes) {
    if (newMode === NONE) continue;
    const content = await objects.blob(newOid, BLOB_BYTES_MAX);
    if (content === null || blobId(content, newOid.length) !== newOid) return null;
    contents.set(path, content);
  }
  return { changes, contents };
}

/** The entries after it. What throws half way leaves a folder that must be written anew. */
export function takeStep(root: string, { changes, contents }: Step, held: Entries): Entries {
  const entries = new Map<string, Entry>(held);
  // Away first: a folder may come where a file was, and a file where a folder was.
  for (const { path, oldMode } of changes) if (oldMode !== NONE) takeAway(root, path);
  for (const { path } of changes) entries.delete(path);
  for (const { path, newMode, newOid } of changes) {
    const content = contents.get(path);
    if (content !== undefined) entries.set(path, write(root, path, newMode, newOid, content));
  }
  return entries;
}

function isPlain({ path, oldMode, newMode }: TreeChange): boolean {
  return MODES.includes(oldMode) && MODES.includes(newMode) && path.split('/').every((name) => PLAIN_NAME.test(name));
}

function takeAway(root: string, path: string): void {
  unlinkSync(`${root}/${path}`);
  // git keeps no empty folders.
  for (let slash = path.lastIndexOf('/'); slash !== -1; slash = path.lastIndexOf('/', slash - 1)) {
    try {
      rmdirSync(`${root}/${path.slice(0, slash)}`);
    } catch {
      return;
    }
  }
}

function write(root: string, path: string, mode: string, oid: string, content: Buffer): Entry {
  const file = `${root}/${path}`;
  const slash = path.lastIndexOf('/');
  if (slash !== -1) mkdirSync(`${root}/${path.slice(0, slash)}`, { recursive: true });
  if (mode === '120000') symlinkSync(content, file);
  else writeFileSync(file, content, { flag: 'wx', mode: mode === '100755' ? 0o777 : 0o666 });
  return entryOf(path, Number.parseInt(mode, 8), oid, lstatSync(file, { bigint: true }));
}

function blobId(content: Buffer, digits: number): string {
  return hash(digits === 40 ? 'sha1' : 'sha256', Buffer.concat([Buffer.from(`blob ${content.length}\0`), content]));
}
