// A tree with some entries changed: in memory where files only get another content, else through a private index that nobody else sees.
// Paths are bytes as latin1.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { MaestroError } from '../../error.ts';
import { parseOid } from '../../merge/branch.ts';
import type { Oid } from '../../merge/branch.ts';
import type { Side } from '../../resolution/conflict.ts';
import type { ObjectWriter } from './object.ts';
import type { Reader } from './read.ts';
import type { GitRunner } from './run.ts';
import { MODE_SUBMODULE, MODE_TREE } from './tree.ts';
import type { TreeEntry } from './tree.ts';

/** `to` null removes the path. */
export type TreeEdit = { readonly path: string; readonly to: Side | null };

export type TreeTools = { readonly git: GitRunner; readonly reader: Pick<Reader, 'tree'>; readonly writer: Pick<ObjectWriter, 'tree'> };

export async function editTree(tools: TreeTools, from: Oid, edits: readonly TreeEdit[]): Promise<Oid> {
  if (edits.length === 0) return from;
  const plain = edits.flatMap(({ path, to }) => to === null ? [] : [{ parts: path.split('/'), to }]);
  return (plain.length === edits.length ? await replaceFiles(tools, from, plain) : null) ?? editIndex(tools.git, from, edits);
}

type Replacement = { readonly parts: readonly string[]; readonly to: Side };

/** Names and kinds stay, so the order of entries does. null: a path is not there, or is or becomes something else than a file. */
async function replaceFiles(tools: TreeTools, tree: string, edits: readonly Replacement[]): Promise<Oid | null> {
  const inside = Map.groupBy(edits, ({ parts }) => parts[0] ?? '');
  const entries: TreeEntry[] = [];
  for (const entry of await tools.reader.tree(tree) ?? []) {
    const here = inside.get(entry.name);
    inside.delete(entry.name);
    const next = here === undefined ? entry : await replaceIn(tools, entry, here);
    if (next === null) return null;
    entries.push(next);
  }
  return inside.size === 0 ? tools.writer.tree(entries) : null;
}

async function replaceIn(tools: TreeTools, entry: TreeEntry, edits: readonly Replacement[]): Promise<TreeEntry | null> {
  const [first, ...more] = edits;
  if (first !== undefined && more.length === 0 && first.parts.length === 1) return isFile(entry.mode) && isFile(first.to.mode) ? { name: entry.name, mode: first.to.mode, oid: first.to.oid } : null;
  if (entry.mode !== MODE_TREE || edits.some(({ parts }) => parts.length === 1)) return null;
  const oid = await replaceFiles(tools, entry.oid, edits.map(({ parts, to }) => ({ parts: parts.slice(1), to })));
  return oid === null ? null : { ...entry, oid };
}

function isFile(mode: string): boolean {
  return mode !== MODE_TREE && mode !== MODE_SUBMODULE;
}

async function editIndex(git: GitRunner, from: Oid, edits: readonly TreeEdit[]): Promise<Oid> {
  const index = join(git.directory, `maestro-index-${randomUUID()}`);
  const env = { GIT_INDEX_FILE: index };
  try {
    await git.must(['read-tree', from], { env });
    // Removals first: a file may take the place of a folder, and the other way round.
    const lines = edits.toSorted((a, b) => Number(a.to !== null) - Number(b.to !== null)).map((edit) => indexLine(edit, from.length));
    await git.must(['update-index', '--add', '--replace', '-z', '--index-info'], { env, input: Buffer.from(lines.join(''), 'latin1') });
    const tree = parseOid((await git.must(['write-tree'], { env })).trim());
    if (tree === null) throw new MaestroError('git-failed', 'git write-tree printed no tree');
    return tree;
  } finally {
    rmSync(index, { force: true });
    rmSync(`${index}.lock`, { force: true });
  }
}

function indexLine(edit: TreeEdit, oidDigits: number): string {
  const { mode, oid } = edit.to ?? { mode: '0', oid: '0'.repeat(oidDigits) };
  return `${mode} ${oid}\t${edit.path}\0`;
}
