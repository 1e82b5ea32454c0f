// A tree with some entries changed, through a private index that nobody else sees. Paths are bytes as latin1.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { MaestroError } from '../../error.ts';
import { parseOid } from '../../merge/branch.ts';
import type { Oid } from '../../merge/branch.ts';
import type { Side } from '../../resolution/conflict.ts';
import type { GitRunner } from './run.ts';

/** `to` null removes the path. */
export type TreeEdit = { readonly path: string; readonly to: Side | null };

export async function editTree(git: GitRunner, from: Oid, edits: readonly TreeEdit[]): Promise<Oid> {
  if (edits.length === 0) return from;
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
