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

/** The pieces of a file with the bytes in each, made once for all comparisons. `bySum`: those that git may take for one are one. */
export type Pieces = { readonly size: number; readonly bytesOf: ReadonlyMap<string, number>; readonly bySum: ReadonlyMap<number, number> };

export function piecesOf(bytes: Uint8Array): Pieces {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  // Where git takes a file for text, a line's end counts the same with and without \r.
  const counted = isBinary(bytes) ? text : text.replaceAll('\r\n', '\n');
  const bytesOf = new Map<string, number>();
  const bySum = new Map<number, number>();
  for (let at = 0; at < counted.length;) {
    const newline = counted.indexOf('\n', at);
    const end = Math.min(newline === -1 ? counted.length : newline + 1, at + PIECE_CHARS_MAX);
    // What ends neither in a line's end nor as a full piece, git leaves out.
    if (end === counted.length && newline === -1 && end - at < PIECE_CHARS_MAX) break;
    const piece = counted.slice(at, end);
    bytesOf.set(piece, (bytesOf.get(piece) ?? 0) + piece.length);
    at = end;
  }
  for (const [piece, length] of bytesOf) {
    const sum = sumOf(piece);
    bySum.set(sum, (bySum.get(sum) ?? 0) + length);
  }
  return { size: bytes.length, bytesOf, bySum };
}

/**
 * Git's hash turns by seven bits a byte in a word of 64, as can be seen from the lines it takes for equal: two bytes nine apart, one larger by two,
 * the other smaller by one. Sums to that base modulo factors of 2^64 - 1 are equal wherever such hashes are.
 */
function sumOf(piece: string): number {
  let [one, other] = [0, 0];
  for (let at = 0; at < piece.length; at += 1) {
    const byte = piece.charCodeAt(at);
    one = (one * 128 + byte) % 65_537;
    other = (other * 128 + byte) % 164_737;
  }
  return one * 164_737 + other;
}

/** By size alone, without a look inside. */
export function mayBeSimilar(source: number, target: number): boolean {
  return target > 0 && Math.min(source, target) >= Math.max(source, target) * SIMILAR;
}

export function similarity(source: Pieces, target: Pieces): Similarity {
  const largest = Math.max(source.size, target.size);
  if (!mayBeSimilar(source.size, target.size)) return NOT_SIMILAR;
  const [sure, likely] = [shared(source.bytesOf, target.bytesOf), shared(source.bySum, target.bySum)];
  if (sure === largest) return { score: 1, margin: 0 };
  return { score: likely / largest, margin: (likely - sure) / largest + 0.01 + 2 * Math.max(source.bytesOf.size, target.bytesOf.size) / GIT_HASHES };
}

function shared<Key>(source: ReadonlyMap<Key, number>, target: ReadonlyMap<Key, number>): number {
  let bytes = 0;
  for (const [key, count] of source) bytes += Math.min(count, target.get(key) ?? 0);
  return bytes;
}
