// How much of one file is in another, as git measures it when it looks for renames: by bytes in equal lines, long lines in pieces.
import { isBinary } from './merge-file.ts';

/** Git's default for a rename: half of the larger file. */
export const SIMILAR = 0.5;
/** For the only two files of one name: half way from there to equal. */
export const SIMILAR_OF_ONE_NAME = 0.75;
/** Git compares hashes with this many values; different lines with one hash count as equal there, here never. */
const GIT_HASHES = 107_927;
const PIECE_CHARS_MAX = 64;

/** `margin`: git's own number is within so much of `score`. */
export type Similarity = { readonly score: number; readonly margin: number };

const NOT_SIMILAR: Similarity = { score: 0, margin: 0 };

/** The pieces of a file with the bytes in each, made once for all comparisons. */
export type Pieces = { readonly size: number; readonly bytesOf: ReadonlyMap<string, number> };

export function piecesOf(bytes: Uint8Array): Pieces {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  // Where git takes a file for text, a line's end counts the same with and without \r.
  const counted = isBinary(bytes) ? text : text.replaceAll('\r\n', '\n');
  const bytesOf = new Map<string, number>();
  for (let at = 0; at < counted.length;) {
    const newline = counted.indexOf('\n', at);
    const end = Math.min(newline === -1 ? counted.length : newline + 1, at + PIECE_CHARS_MAX);
    // What ends neither in a line's end nor as a full piece, git leaves out.
    if (end === counted.length && newline === -1 && end - at < PIECE_CHARS_MAX) break;
    const piece = counted.slice(at, end);
    bytesOf.set(piece, (bytesOf.get(piece) ?? 0) + piece.length);
    at = end;
  }
  return { size: bytes.length, bytesOf };
}

/** By size alone, without a look inside. */
export function mayBeSimilar(source: number, target: number): boolean {
  return target > 0 && Math.min(source, target) >= Math.max(source, target) * SIMILAR;
}

export function similarity(source: Pieces, target: Pieces): Similarity {
  const largest = Math.max(source.size, target.size);
  if (!mayBeSimilar(source.size, target.size)) return NOT_SIMILAR;
  let copied = 0;
  for (const [piece, bytes] of source.bytesOf) copied += Math.min(bytes, target.bytesOf.get(piece) ?? 0);
  const score = copied / largest;
  return { score, margin: score === 1 ? 0 : 0.01 + 2 * Math.max(source.bytesOf.size, target.bytesOf.size) / GIT_HASHES };
}
