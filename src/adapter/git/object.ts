// Writes single Git objects without a process. Reading stays git's; an object already there is left alone.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Oid } from '../../merge/branch.ts';
import { onDisk } from './disk.ts';
import type { TreeEntry } from './tree.ts';

export type ObjectWriter = {
  commit(fields: CommitFields): Oid;
  /** An annotated tag object, not a ref. */
  tag(fields: TagFields): Oid;
  blob(content: Buffer): Oid;
  /** In git's order. */
  tree(entries: readonly TreeEntry[]): Oid;
};

export type CommitFields = { readonly tree: Oid; readonly parents: readonly Oid[]; readonly identity: string; readonly atMs: number; readonly message: string };
export type TagFields = { readonly object: Oid; readonly name: string; readonly identity: string; readonly atMs: number; readonly message: string };

/** `algorithm` is the repository's own: SHA-256 repositories have 64-digit ids. */
export function objectWriter(directory: string, algorithm: 'sha1' | 'sha256'): ObjectWriter {
  const write = (type: string, body: Buffer): Oid => writeLoose(directory, algorithm, type, body);
  return {
    commit: (fields) => write('commit', Buffer.from(commitText(fields), 'utf8')),
    tag: (fields) => write('tag', Buffer.from(tagText(fields), 'utf8')),
    blob: (content) => write('blob', content),
    tree: (entries) => write('tree', Buffer.concat(entries.flatMap(({ mode, name, oid }) => [Buffer.from(`${mode.replace(/^0+/, '')} ${name}\0`, 'latin1'), Buffer.from(oid, 'hex')]))),
  };
}

function commitText(fields: CommitFields): string {
  const parents = fields.parents.map((parent) => `parent ${parent}\n`).join('');
  const who = `${fields.identity} ${Math.floor(fields.atMs / 1000)} +0000`;
  return `tree ${fields.tree}\n${parents}author ${who}\ncommitter ${who}\n\n${endedByNewline(fields.message)}`;
}

function tagText(fields: TagFields): string {
  const who = `${fields.identity} ${Math.floor(fields.atMs / 1000)} +0000`;
  return `object ${fields.object}\ntype commit\ntag ${fields.name}\ntagger ${who}\n\n${endedByNewline(fields.message)}`;
}

function writeLoose(directory: string, algorithm: string, type: string, body: Buffer): Oid {
  const content = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
  const oid = createHash(algorithm).update(content).digest('hex') as Oid;
  const folder = join(directory, 'objects', oid.slice(0, 2));
  const file = join(folder, oid.slice(2));
  if (existsSync(file)) return oid;
  const temporary = join(folder, `tmp_obj_${randomBytes(6).toString('hex')}`);
  onDisk(temporary, () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(temporary, deflateSync(content, { level: 1 }), { mode: 0o444 });
    renameSync(temporary, file);
  });
  return oid;
}

function endedByNewline(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
