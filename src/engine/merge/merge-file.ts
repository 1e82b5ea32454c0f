// One path that both sides changed: mode and content of the three versions into one, or what stands in the way. Knows no tree.
import { clashRanges, mergedText } from '../line/merge-lines.ts';
import { Blob, MODE, isSame } from '../object/node.ts';
import type { Entry, Mode, Node } from '../object/node.ts';
import type { ObjectId } from '../object/id.ts';
import type { LineBook } from './line-book.ts';
import type { Clash, ClashKind, Decline, LineRange, Shelf } from './outcome.ts';

export const BLOB_BYTES_MAX = 4 * 1024 * 1024;
/** As many bytes git looks at for a zero before it takes a file for text. */
const SNIFFED_BYTES = 8000;
const NO_BYTES = new Uint8Array();

/** `book`: of texts that were compared before. Of a `verdict` nobody takes the tree, and texts that the book knows to merge are not made. */
export type Lines = { readonly book: LineBook | null; readonly wanted: 'tree' | 'verdict'; /** Takes the files that neither side had. */ readonly made: Blob[] };

export type FileOutcome =
  | { readonly kind: 'merged'; readonly entry: Entry }
  | { readonly kind: 'clash'; readonly clash: Clash }
  | { readonly kind: 'declined'; readonly why: Decline }
  | { readonly kind: 'missing'; readonly objects: readonly ObjectId[] };

/** Neither side is as in base, nor as the other. `base` undefined: both added it. */
export function mergeFile(base: Entry | undefined, ours: Entry, theirs: Entry, path: string, shelf: Shelf, lines: Lines): FileOutcome {
  if (ours.mode === MODE.module || theirs.mode === MODE.module || base?.mode === MODE.module) return { kind: 'declined', why: { kind: 'module', path } };
  if (isLink(ours) !== isLink(theirs)) return clash(path, 'type');
  const twoWay = base === undefined || isLink(base) !== isLink(ours);
  const mode = mergeMode(base, ours, theirs);
  // What did not change is told by content alone: a link that became a file of the same bytes has not.
  const node = isSame(ours.node, theirs.node) || isSame(base?.node, theirs.node) ? ours.node : isSame(base?.node, ours.node) ? theirs.node : null;
  if (node !== null) return mode === null ? clash(path, 'mode') : { kind: 'merged', entry: { name: ours.name, mode, node } };
  if (isLink(ours)) return clash(path, 'content');
  if (shelf.isOdd?.(path) === true) return { kind: 'declined', why: { kind: 'attribute', path } };
  const known = twoWay || mode === null ? null : mergeByBook(base.node, ours.node, theirs.node, shelf, lines);
  const merged = known ?? mergeContent(twoWay ? null : base, ours, theirs, path, shelf);
  if (!(merged instanceof Blob)) return merged;
  if (mode === null) return clash(path, 'mode');
  lines.made.push(merged);
  return { kind: 'merged', entry: { name: ours.name, mode, node: merged } };
}

/** null: the book cannot tell. */
function mergeByBook(base: Node, ours: Node, theirs: Node, shelf: Shelf, { book, wanted }: Lines): Blob | null {
  if (book === null || base.kind !== 'blob' || ours.kind !== 'blob' || theirs.kind !== 'blob') return null;
  if (wanted === 'verdict') return book.areApart(base, ours, theirs, shelf) === true ? ours : null;
  const bytes = book.merged(base, ours, theirs, shelf);
  return bytes === null ? null : Blob.of(bytes);
}

function isLink({ mode }: Entry): boolean {
  return mode === MODE.link;
}

/** null: both changed it, to different ones. */
function mergeMode(base: Entry | undefined, ours: Entry, theirs: Entry): Mode | null {
  if (ours.mode === theirs.mode || ours.mode === base?.mode) return theirs.mode;
  return theirs.mode === base?.mode ? ours.mode : null;
}

function clash(path: string, kind: ClashKind): FileOutcome {
  return { kind: 'clash', clash: { path, kind, hunks: [] } };
}

function mergeContent(base: Entry | null, ours: Entry, theirs: Entry, path: string, shelf: Shelf): Blob | FileOutcome {
  const missing: ObjectId[] = [];
  const read = (entry: Entry | null): Uint8Array => {
    if (entry === null || entry.node.kind !== 'blob') return NO_BYTES;
    const bytes = shelf.bytes(entry.node);
    if (bytes === null) missing.push(entry.node.id);
    return bytes ?? NO_BYTES;
  };
  const versions = [read(base), read(ours), read(theirs)] as const;
  if (missing.length > 0) return { kind: 'missing', objects: missing };
  if (versions.some((bytes) => bytes.length > BLOB_BYTES_MAX)) return { kind: 'declined', why: { kind: 'too-large', path, bound: `${BLOB_BYTES_MAX} bytes a file` } };
  if (versions.some(isBinary)) return clash(path, 'binary');
  const [was, mine, yours] = versions.map(textOf);
  const merged = mergedText(was ?? '', mine ?? '', yours ?? '');
  if (merged !== null) return Blob.of(Buffer.from(merged, 'latin1'));
  return { kind: 'clash', clash: { path, kind: base === null ? 'add-add' : 'content', hunks: clashRanges(was ?? '', mine ?? '', yours ?? '').map((range) => ({ ours: counted(range.ours), theirs: counted(range.theirs) })) } };
}

/** From 1, the last one included. */
function counted({ start, end }: LineRange): LineRange {
  return { start: start + 1, end };
}

export function isBinary(bytes: Uint8Array): boolean {
  const zero = bytes.indexOf(0);
  return zero !== -1 && zero < SNIFFED_BYTES;
}

/** One char a byte: any bytes survive, and only they count. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
