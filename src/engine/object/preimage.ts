// Text on its way to its hash, written where it is hashed. Put together as a string first, it would take more memory than its commit keeps, and
// memory is what commits wait for. Knows no object's inner form.
import { hash } from 'node:crypto';
import { headerLength, writeHeader } from './header.ts';
import type { ObjectId, ObjectKind } from './id.ts';

/** What takes a text piece by piece. */
export type Sink = { write(piece: string): void };

/** Before the body, for a header that ends where the body begins: its length is known last. */
const HEADER_BYTES_MAX = 32;
const BODY_BYTES_MAX = 1024;
const BYTES_MAX = HEADER_BYTES_MAX + BODY_BYTES_MAX;
const ASCII_MAX = 127;

export class Preimage implements Sink {
  readonly #bytes = Buffer.alloc(BYTES_MAX);
  /** From each start to each end; kept, as making one takes as long as hashing it. */
  readonly #views: Buffer[][] = Array.from({ length: HEADER_BYTES_MAX }, () => []);
  #end = HEADER_BYTES_MAX;
  /** All bits of all chars. */
  #chars = 0;

  begin(): void {
    this.#end = HEADER_BYTES_MAX;
    this.#chars = 0;
  }

  write(piece: string): void {
    const start = this.#end;
    this.#end += piece.length;
    if (this.#end <= BYTES_MAX) this.#put(piece, start);
  }

  /** The id git gives an object of this kind with what was written since `begin`; null: it is long, or has more than one byte a char. */
  id(kind: ObjectKind): ObjectId | null {
    if (this.#end > BYTES_MAX || this.#chars > ASCII_MAX) return null;
    const bytes = this.#end - HEADER_BYTES_MAX;
    const start = HEADER_BYTES_MAX - headerLength(kind, bytes);
    writeHeader(this.#bytes, start, kind, bytes);
    return hash('sha1', this.#view(start), 'hex');
  }

  #put(piece: string, start: number): void {
    const bytes = this.#bytes;
    let chars = this.#chars;
    for (let at = 0; at < piece.length; at += 1) {
      const char = piece.charCodeAt(at);
      chars |= char;
      bytes[start + at] = char;
    }
    this.#chars = chars;
  }

  #view(start: number): Buffer {
    const views = this.#views[start] ?? [];
    return views[this.#end] ??= this.#bytes.subarray(start, this.#end);
  }
}
