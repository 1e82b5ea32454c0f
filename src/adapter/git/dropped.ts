// What an answer drops, as patches for whoever takes the work up again. Works from the conflict's own blobs: no commit is needed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OptionLetter } from '../../merge/request.ts';
import type { Conflict, PathConflict, Side } from '../../resolution/conflict.ts';
import type { ObjectWriter } from './object.ts';
import type { Reader } from './read.ts';
import type { GitRunner } from './run.ts';
import { TEXT_BYTES_MAX } from './settle.ts';

const PATCH_BYTES_MAX = 64 * 1024;

export type Dropped = { readonly path: string; readonly side: 'ours' | 'theirs'; readonly patch: string };
type Tools = { readonly git: GitRunner; readonly reader: Reader; readonly writer: ObjectWriter };

/** One entry for each path where a side lost; [C] drops nothing. Each patch applies on top of the answer. */
export async function droppedBy(tools: Tools, conflict: Conflict, choices: readonly OptionLetter[]): Promise<readonly Dropped[]> {
  const dropped: Dropped[] = [];
  for (const [at, path] of conflict.paths.entries()) {
    const letter = choices.length === 1 ? choices[0] : choices[at];
    if (letter !== 'A' && letter !== 'B') continue;
    const side = letter === 'A' ? 'theirs' : 'ours';
    const patch = await patchOf(tools, path, side);
    if (patch !== '') dropped.push({ path: path.path, side, patch });
  }
  return dropped;
}

async function patchOf(tools: Tools, path: PathConflict, lost: 'ours' | 'theirs'): Promise<string> {
  const kept = lost === 'ours' ? 'theirs' : 'ours';
  const isText = path.kind === 'content' || path.kind === 'add/add';
  const [from, to] = isText ? await bothResults(tools, path, kept, lost) : [blobOf(path[kept]), blobOf(path[lost])];
  if (from === to) return '';
  if (path.kind === 'submodule') return `${path.path}: ${path[kept]?.oid ?? 'nothing'} was kept, ${path[lost]?.oid ?? 'nothing'} was dropped\n`;
  const empty = tools.writer.blob(Buffer.alloc(0));
  const diff = await tools.git.must(['diff', '--no-ext-diff', '--no-textconv', '--no-color', from ?? empty, to ?? empty]);
  return headed(path, diff, from === null, to === null).slice(0, PATCH_BYTES_MAX);
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
