// One path that both sides changed and that is no folder on any: the text both meant, a clash, or declined.
import { clashRanges, mergeLines } from '../line/merge-lines.ts';
import { settledText } from '../line/region.ts';
import { Blob, MODE, isSame } from '../object/node.ts';
import type { Entry } from '../object/node.ts';
import type { Clash } from './outcome.ts';
import { decline } from './walk.ts';
import type { Triple, Walk } from './walk.ts';

const BYTES_MAX = 4 * 1024 * 1024;
/** Git looks this far for a NUL to tell what is no text. */
const BINARY_WINDOW = 8000;

/** undefined: nothing to put there, or `walk` says what became of it. */
export function mergeFiles(walk: Walk, path: string, { base, ours, theirs }: Triple): Entry | undefined {
  if (ours === undefined || theirs === undefined) return deleted(walk, path, ours === undefined ? 'ours' : 'theirs');
  if (!isFile(base) || !isFile(ours) || !isFile(theirs)) return decline(walk, { kind: kindOf([base, ours, theirs]), path });
  if (base === undefined) return added(walk, path, ours, theirs);
  // Only two modes are left, so that two changes of mode are the same one.
  const mode = ours.mode === base.mode ? theirs.mode : ours.mode;
  if (isSame(ours.node, theirs.node) || isSame(base.node, theirs.node)) return { ...ours, mode };
  if (isSame(base.node, ours.node)) return { ...theirs, mode };
  const node = mergeBlobs(walk, path, [base.node, ours.node, theirs.node]);
  return node === undefined ? undefined : { name: ours.name, mode, node };
}

function deleted(walk: Walk, path: string, side: 'ours' | 'theirs'): undefined {
  walk.suspects.push({ kind: 'deleted', side, path });
  walk.clashes.push({ path, kind: 'modify-delete', hunks: [] });
}

/** Two texts with nothing behind them never agree, where they differ. */
function added(walk: Walk, path: string, ours: Entry, theirs: Entry): undefined {
  walk.suspects.push({ kind: 'added', path });
  if (ours.mode !== theirs.mode) return decline(walk, { kind: 'type', path });
  if (ours.node.kind !== 'blob' || theirs.node.kind !== 'blob') return undefined;
  const texts = [ours.node, theirs.node].map((blob) => textOf(walk, path, blob));
  const [left, right] = texts;
  if (left === undefined || right === undefined) return undefined;
  walk.clashes.push(clash(path, 'add-add', ['', left, right]));
}

function mergeBlobs(walk: Walk, path: string, nodes: readonly Entry['node'][]): Blob | undefined {
  const [base, ours, theirs] = nodes.map((node) => node.kind === 'blob' ? textOf(walk, path, node) : undefined);
  if (base === undefined || ours === undefined || theirs === undefined) return undefined;
  if ([base, ours, theirs].some(isBinary)) {
    walk.clashes.push({ path, kind: 'binary', hunks: [] });
    return undefined;
  }
  const text = settledText(mergeLines(base, ours, theirs, 'zealous'));
  if (text !== null) return Blob.of(Buffer.from(text, 'latin1'));
  walk.clashes.push(clash(path, 'content', [base, ours, theirs]));
  return undefined;
}

function clash(path: string, kind: 'content' | 'add-add', [base, ours, theirs]: readonly [string, string, string]): Clash {
  if ([base, ours, theirs].some(isBinary)) return { path, kind: 'binary', hunks: [] };
  const lines = ({ start, end }: { start: number; end: number }): { start: number; end: number } => ({ start: start + 1, end });
  return { path, kind, hunks: clashRanges(base, ours, theirs).map((range) => ({ ours: lines(range.ours), theirs: lines(range.theirs) })) };
}

/** One char a byte. undefined: not in memory, or too large. */
function textOf(walk: Walk, path: string, blob: Blob): string | undefined {
  const bytes = blob.bytes ?? walk.shelf.bytes(blob);
  if (bytes === null) {
    walk.missing.push(blob.id);
    return undefined;
  }
  if (bytes.length > BYTES_MAX) return decline(walk, { kind: 'too-large', path, bound: `${BYTES_MAX} bytes` });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function isBinary(text: string): boolean {
  const nul = text.indexOf('\0');
  return nul !== -1 && nul < BINARY_WINDOW;
}

function isFile(entry: Entry | undefined): boolean {
  return entry === undefined || entry.mode === MODE.file || entry.mode === MODE.executable;
}

function kindOf(entries: readonly (Entry | undefined)[]): 'link' | 'module' | 'type' {
  const modes = new Set(entries.flatMap((entry) => entry === undefined ? [] : [entry.mode]));
  if (modes.has(MODE.module)) return 'module';
  return modes.size === 1 && modes.has(MODE.link) ? 'link' : 'type';
}
