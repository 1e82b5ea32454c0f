// What an answer drops, as patches for whoever takes the work up again. Works from the conflict's own blobs: no commit is needed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Oid } from '../../merge/branch.ts';
import type { OptionLetter } from '../../merge/request.ts';
import type { Conflict, PathConflict, Side } from '../../resolution/conflict.ts';
import { ledgerOf } from '../../resolution/line-ledger.ts';
import type { ObjectWriter } from './object.ts';
import type { Reader } from './read.ts';
import type { GitRunner } from './run.ts';
import { TEXT_BYTES_MAX } from './settle.ts';

const PATCH_BYTES_MAX = 64 * 1024;

export type Dropped = { readonly path: string; readonly side: 'ours' | 'theirs'; readonly patch: string };
type Tools = { readonly git: GitRunner; readonly reader: Reader; readonly writer: ObjectWriter };

/** One entry for each path and side that lost lines. Each patch applies on top of the answer. `proposed`: the commit with what letters from C on
 *  stand for; null where that is the merge by diff3, which drops nothing. `made`: by a command, so that nobody's work is in them. */
export async function droppedBy(tools: Tools, conflict: Conflict, choices: readonly OptionLetter[], proposed: Oid | null, made: readonly string[] = []): Promise<readonly Dropped[]> {
  const dropped: Dropped[] = [];
  for (const [at, path] of conflict.paths.entries()) {
    if (made.includes(path.path)) continue;
    const letter = choices.length === 1 ? choices[0] : choices[at];
    if (letter !== 'A' && letter !== 'B') {
      if (proposed !== null) dropped.push(...await leftOut(tools, path, proposed));
      continue;
    }
    const side = letter === 'A' ? 'theirs' : 'ours';
    const patch = await patchOf(tools, path, side);
    if (patch !== '') dropped.push({ path: path.path, side, patch });
  }
  return dropped;
}

async function patchOf(tools: Tools, path: PathConflict, lost: 'ours' | 'theirs'): Promise<string> {
  const kept = lost === 'ours' ? 'theirs' : 'ours';
  const [from, to] = isText(path) ? await bothResults(tools, path, kept, lost) : [blobOf(path[kept]), blobOf(path[lost])];
  if (path.kind === 'submodule' && from !== to) return `${path.path}: ${path[kept]?.oid ?? 'nothing'} was kept, ${path[lost]?.oid ?? 'nothing'} was dropped\n`;
  return diffOf(tools, path, from, to);
}

async function diffOf(tools: Tools, path: PathConflict, from: string | null, to: string | null): Promise<string> {
  if (from === to) return '';
  const empty = tools.writer.blob(Buffer.alloc(0));
  const diff = await tools.git.must(['diff', '--no-ext-diff', '--no-textconv', '--no-color', from ?? empty, to ?? empty]);
  return headed(path, diff, from === null, to === null).slice(0, PATCH_BYTES_MAX);
}

/** A proposal may leave out lines of either side, which its ledger knows. */
async function leftOut(tools: Tools, path: PathConflict, proposed: Oid): Promise<readonly Dropped[]> {
  const chosen = await tools.reader.info(`${proposed}:${Buffer.from(path.path, 'utf8').toString('latin1')}`);
  if (!isText(path) || chosen?.type !== 'blob') return [];
  const read = async (oid: string | undefined): Promise<string | null> => oid === undefined ? null : (await tools.reader.blob(oid, TEXT_BYTES_MAX))?.toString('utf8') ?? null;
  const [base, ours, theirs, text] = await Promise.all([path.base?.oid, path.ours?.oid, path.theirs?.oid, chosen.oid].map(read));
  if (base === undefined || typeof ours !== 'string' || typeof theirs !== 'string' || typeof text !== 'string') return [];
  const lines = ledgerOf({ path: path.path, base, ours, theirs }, text, null).dropped;
  const dropped: Dropped[] = [];
  for (const side of ['ours', 'theirs'] as const) {
    if (!lines.some((line) => line.side === side || line.side === 'both')) continue;
    const [, whole] = await bothResults(tools, path, side === 'ours' ? 'theirs' : 'ours', side);
    dropped.push({ path: path.path, side, patch: await diffOf(tools, path, chosen.oid, whole) });
  }
  return dropped;
}

function isText({ kind }: PathConflict): boolean {
  return kind === 'content' || kind === 'add/add';
}

/** The file with every hunk taken from one side, both ways: what differs is exactly the hunks, not what merged by itself. */
async function bothResults(tools: Tools, path: PathConflict, kept: 'ours' | 'theirs', lost: 'ours' | 'theirs'): Promise<readonly [string | null, string | null]> {
  const read = (side: Side | null): Promise<Buffer | null> => side === null ? Promise.resolve(Buffer.alloc(0)) : tools.reader.blob(side.oid, TEXT_BYTES_MAX);
  const [base, ours, theirs] = await Promise.all([read(path.base), read(path.ours), read(path.theirs)]);
  if (base === null || ours === null || theirs === null) return [blobOf(path[kept]), blobOf(path[lost])];
  const folder = mkdtempSync(join(tools.git.directory, 'maestro-scratch-'));
  try {
    const files = ['ours', 'base', 'theirs'].map((name) => join(folder, name));
    for (const [at, content] of [ours, base, theirs].entries()) writeFileSync(files[at] ?? '', content);
    const resultOf = async (side: 'ours' | 'theirs'): Promise<string> => tools.writer.blob((await tools.git.run(['merge-file', '-p', '-q', `--${side}`, ...files])).stdout);
    return await Promise.all([resultOf(kept), resultOf(lost)]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function blobOf(side: Side | null): string | null {
  return side?.oid ?? null;
}

/** git names the blobs; whoever applies the patch needs the path. */
function headed(path: PathConflict, diff: string, added: boolean, removed: boolean): string {
  const body = diff.indexOf('\n@@ ');
  const name = path.path;
  if (body === -1) return `diff --git a/${name} b/${name}\nBinary files differ\n`;
  const mode = (path.theirs ?? path.ours ?? path.base)?.mode ?? '100644';
  const kind = added ? `new file mode ${mode}\n` : removed ? `deleted file mode ${mode}\n` : '';
  return `diff --git a/${name} b/${name}\n${kind}--- ${added ? '/dev/null' : `a/${name}`}\n+++ ${removed ? '/dev/null' : `b/${name}`}${diff.slice(body)}`;
}
