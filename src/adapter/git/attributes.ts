// Merge attributes, taken from the target's own tip: a bare repository ignores .gitattributes, a branch must not choose how it is merged.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Oid } from '../../merge/branch.ts';
import { MARKER_BYTES } from './marker.ts';
import type { Reader } from './read.ts';

const ATTRIBUTES_BYTES_MAX = 256 * 1024;
const HASH_DIGITS = 16;
// git's built-in drivers only: one of a configuration nobody controls would be a program to run.
const KEPT = /^(?:merge=(?:text|binary|union)|[-!]?merge|[-!]?text|text=auto|binary)$/;

/** Without a file nothing is merged: what the target says of its merges is never left out. `why` is for people. */
export type Attributes = { readonly kind: 'file'; readonly file: string } | { readonly kind: 'unusable'; readonly why: string };

/** The attributes file for merges into the commit `tip`. Only the root's .gitattributes counts. */
export async function attributesOf(directory: string, reader: Reader, tip: Oid): Promise<Attributes> {
  const written = await reader.file(tip, '.gitattributes', ATTRIBUTES_BYTES_MAX);
  switch (written.kind) {
    case 'text': return { kind: 'file', file: attributesFile(directory, written.text) };
    case 'absent': return { kind: 'file', file: attributesFile(directory, '') };
    case 'unusable': return { kind: 'unusable', why: `.gitattributes is ${written.why}` };
  }
}

/** Writes what of `text` matters to a merge; the same lines are the same file. */
export function attributesFile(directory: string, text: string): string {
  // Long markers, so that no line of a file can be taken for one.
  const content = `${mergeLines(text).join('\n')}\n* conflict-marker-size=${MARKER_BYTES}\n`;
  const folder = join(directory, 'maestro-attributes');
  const file = join(folder, createHash('sha256').update(content).digest('hex').slice(0, HASH_DIGITS));
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  // Under its own name only when whole: another process may be about to read it.
  writeFileSync(`${file}.${process.pid}`, content);
  renameSync(`${file}.${process.pid}`, file);
  return file;
}

function mergeLines(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [, pattern = '', rest = ''] = /^\s*("(?:[^"\\]|\\.)*"|[^\s"#[]\S*)\s+(.*)$/.exec(line.replace(/\r$/, '')) ?? [];
    const kept = rest.split(/\s+/).filter((word) => KEPT.test(word));
    return pattern === '' || kept.length === 0 ? [] : [`${pattern} ${kept.join(' ')}`];
  });
}
