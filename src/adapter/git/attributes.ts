// Merge attributes, taken from what is merged into: a bare repository ignores .gitattributes, a branch must not choose how it is merged.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MaestroError } from '../../error.ts';
import type { Oid } from '../../merge/branch.ts';
import { folderLines, macrosOf, oddFolders, rootLines } from './attribute-lines.ts';
import { onDisk } from './disk.ts';
import { MARKER_BYTES } from './marker.ts';
import type { Reader } from './read.ts';
import type { AttributeFile, TreeBudget } from './tree-budget.ts';
import { shownPath } from './tree.ts';

const BYTES_MAX = 256 * 1024;
const ALL_BYTES_MAX = 4 * 1024 * 1024;
const HASH_DIGITS = 16;
const KEPT_MAX = 64;

/** Without a file nothing is merged: what the target says of its merges is never left out. `why` is for people. */
export type Attributes = { readonly kind: 'file'; readonly file: string; /** Where texts may merge otherwise than by git's own defaults. */ readonly odd: readonly string[] } | { readonly kind: 'unusable'; readonly why: string };

export type AttributeSource = {
  /** The attributes file for merges into this commit. */
  of(onto: Oid): Promise<Attributes>;
};

export function attributeSource(directory: string, reader: Reader, budget: TreeBudget): AttributeSource {
  // The same files are the same answer, and targets seldom change theirs.
  const known = new Map<string, Attributes>();
  return {
    of: async (onto) => {
      const commit = await reader.commit(onto);
      if (commit === null) throw new MaestroError('git-failed', `commit ${onto} is not in the mirror`, { retryable: true });
      const files = await budget.attributes(commit.tree);
      if (typeof files === 'string') return { kind: 'unusable', why: files };
      const key = files.map(({ folder, oid }) => `${oid} ${folder}`).join('\0');
      const answer = known.get(key) ?? await read(directory, reader, files);
      if (known.size >= KEPT_MAX) known.clear();
      known.set(key, answer);
      return answer;
    },
  };
}

/** A file deeper down has the last word over its own folder. */
async function read(directory: string, reader: Reader, files: readonly AttributeFile[]): Promise<Attributes> {
  const lines: string[] = [];
  let macros: ReadonlySet<string> = new Set();
  let bytes = 0;
  for (const { folder, oid } of files.toSorted((a, b) => depthOf(a.folder) - depthOf(b.folder))) {
    const name = shownPath(folder === '' ? '.gitattributes' : `${folder}/.gitattributes`);
    const info = await reader.info(oid);
    const blob = await reader.blob(oid, BYTES_MAX);
    if (info === null) throw new MaestroError('git-failed', `${name} is not in the mirror`, { retryable: true });
    bytes += info.bytes;
    if (blob === null) return { kind: 'unusable', why: `${name} is larger than ${BYTES_MAX / 1024} KiB` };
    if (bytes > ALL_BYTES_MAX) return { kind: 'unusable', why: `its .gitattributes are larger than ${ALL_BYTES_MAX / 1024} KiB together` };
    const text = blob.toString('latin1');
    if (folder === '') macros = macrosOf(text);
    lines.push(...folder === '' ? rootLines(text, macros) : folderLines(text, folder, macros));
  }
  return { kind: 'file', file: attributesFile(directory, lines), odd: oddFolders(lines) };
}

function depthOf(folder: string): number {
  return folder === '' ? 0 : folder.split('/').length;
}

/** The same lines are the same file. */
export function attributesFile(directory: string, lines: readonly string[]): string {
  // Long markers, so that no line of a file can be taken for one.
  return written(join(directory, 'maestro-attributes'), `${lines.join('\n')}\n* conflict-marker-size=${MARKER_BYTES}\n`);
}

/** For taking work back: a union keeps the lines of both sides, also those that were to go, and calls that clean. */
export function withoutUnion(file: string): string {
  const content = readFileSync(file, 'latin1');
  const strict = content.replaceAll(/ merge=union(?= |$)/gm, ' merge=text');
  return strict === content ? file : written(dirname(file), strict);
}

function written(folder: string, content: string): string {
  const file = join(folder, createHash('sha256').update(content, 'latin1').digest('hex').slice(0, HASH_DIGITS));
  if (existsSync(file)) return file;
  // Under its own name only when whole: another process may be about to read it.
  const temporary = `${file}.${process.pid}`;
  onDisk(temporary, () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(temporary, content, 'latin1');
    renameSync(temporary, file);
  });
  return file;
}
