// What a directory's hash is taken of: header and body of a tree as git writes them. The versions of one directory share an image: the
// next one is drawn over the last one, so that a change costs the twenty bytes of one id. Knows no tree.
import { createHash, hash, type Hash } from 'node:crypto';
import { ID_BYTES, type Digest, type ObjectId } from './id.ts';

/** One entry of a tree; `name` in latin1, one char a byte. */
export type Line = { readonly name: string; readonly mode: number; readonly node: { readonly digest: Digest } };

/** Of wide directories the hash's state is kept after each of so many bytes: a change far down is hashed from there only. */
const STRIDE_BYTES = 32 * 1024;
const NOTHING = Buffer.alloc(0);
const NO_LINES: readonly Line[] = [];
const NO_PLACES: readonly number[] = [];
const NO_STATES: readonly Hash[] = [];
const COPIED_BYTES_MAX = 4096;
/** To write so many ids anew is cheaper than an image more. */
const PATCHED_MAX = 3;
const TREE_MODE = 0o40000;
const SPACE = 32;
const MODE_TEXT: ReadonlyMap<number, string> = new Map([0o100644, 0o100755, 0o120000, 0o160000, TREE_MODE].map((mode) => [mode, mode.toString(8)]));

/** By char code. A table is faster than `Buffer.write` for as few as forty digits. */
const HEX = Uint8Array.from({ length: 128 }, (_, code) => Math.max(0, '0123456789abcdef'.indexOf(String.fromCharCode(code))));

export class Image {
  #lines = NO_LINES;
  #bytes = NOTHING;
  /** Where the id of each line is in `#bytes`. */
  #idsAt: readonly number[] = NO_PLACES;
  #states: readonly Hash[] = NO_STATES;
  #isBusy = false;

  /** The id of the tree drawn last. */
  get id(): ObjectId {
    return this.digest('hex');
  }

  /** Of the tree drawn last, for whoever keeps it. */
  body(): Uint8Array {
    return Buffer.from(this.#bytes.subarray(this.#bytes.indexOf(0) + 1));
  }

  /** A tree of these entries, in git's order, drawn over this image; or over a copy, where branches that went far apart draw a small directory by turns. */
  draw(lines: readonly Line[]): Image {
    // Asking a folder for its id may lead here again, should it be a version of this very directory.
    if (this.#isBusy) return new Image().draw(lines);
    const image = this.#isFarFrom(lines) ? this.#copy() : this;
    image.#drawOver(lines);
    return image;
  }

  #isFarFrom(lines: readonly Line[]): boolean {
    const before = this.#lines;
    if (this.#bytes.length > COPIED_BYTES_MAX || before.length !== lines.length) return false;
    let changed = 0;
    for (let at = 0; at < lines.length; at += 1) if (before[at] !== lines[at]) changed += 1;
    return changed > PATCHED_MAX;
  }

  #copy(): Image {
    const copy = new Image();
    copy.#lines = this.#lines;
    copy.#bytes = Buffer.from(this.#bytes);
    copy.#idsAt = this.#idsAt;
    return copy;
  }

  #drawOver(lines: readonly Line[]): void {
    const before = this.#lines;
    this.#isBusy = true;
    // Should the id of a node not be found, nothing here is trusted any more.
    this.#lines = NO_LINES;
    try {
      if (!this.#patch(before, lines)) this.#drawAll(lines);
      this.#lines = lines;
    } finally {
      this.#isBusy = false;
    }
  }

  /** Writes the ids of nodes that are others now. False: there are other names, and what was written is worth nothing. */
  #patch(before: readonly Line[], lines: readonly Line[]): boolean {
    if (before.length !== lines.length || lines.length === 0) return false;
    let first = -1;
    for (let at = 0; at < lines.length; at += 1) {
      const [old, now] = [before[at], lines[at]];
      if (old === now) continue;
      if (old === undefined || now === undefined || old.name !== now.name || old.mode !== now.mode) return false;
      if (old.node === now.node) continue;
      const place = this.#idsAt[at] ?? 0;
      writeId(this.#bytes, place, now.node.digest);
      if (first === -1) first = place;
    }
    const same = Math.floor(first / STRIDE_BYTES);
    if (first !== -1 && this.#states.length > same) this.#states = this.#states.slice(0, same);
    return true;
  }

  #drawAll(lines: readonly Line[]): void {
    let size = 0;
    for (const { name, mode } of lines) size += (mode === TREE_MODE ? 7 : 8) + name.length + ID_BYTES;
    const header = `tree ${size}\0`;
    this.#bytes = Buffer.allocUnsafe(header.length + size);
    this.#states = NO_STATES;
    this.#idsAt = writeLines(this.#bytes, this.#bytes.write(header, 0, 'latin1'), lines);
  }

  digest(form: 'hex' | 'binary'): Digest {
    const bytes = this.#bytes;
    if (bytes.length <= STRIDE_BYTES) return hash('sha1', bytes, form);
    const states = [...this.#states];
    const state = states.at(-1)?.copy() ?? createHash('sha1');
    let at = states.length * STRIDE_BYTES;
    for (; at + STRIDE_BYTES <= bytes.length; at += STRIDE_BYTES) states.push(state.update(bytes.subarray(at, at + STRIDE_BYTES)).copy());
    this.#states = states;
    return state.update(bytes.subarray(at)).digest(form);
  }
}

/** Where the id of each line is. */
function writeLines(bytes: Uint8Array, start: number, lines: readonly Line[]): readonly number[] {
  const idsAt: number[] = [];
  let at = start;
  for (const { name, mode, node } of lines) {
    at = writeChars(bytes, at, MODE_TEXT.get(mode) ?? mode.toString(8));
    bytes[at] = SPACE;
    at = writeChars(bytes, at + 1, name);
    bytes[at] = 0;
    idsAt.push(at + 1);
    writeId(bytes, at + 1, node.digest);
    at += 1 + ID_BYTES;
  }
  return idsAt;
}

/** For a name this is far faster than a call of `Buffer.write`. */
function writeChars(bytes: Uint8Array, start: number, text: string): number {
  for (let at = 0; at < text.length; at += 1) bytes[start + at] = text.charCodeAt(at);
  return start + text.length;
}

function writeId(bytes: Uint8Array, at: number, id: Digest): void {
  if (id.length === ID_BYTES) return void writeChars(bytes, at, id);
  for (let digit = 0; digit < 2 * ID_BYTES; digit += 2) {
    bytes[at + (digit >> 1)] = ((HEX[id.charCodeAt(digit)] ?? 0) << 4) | (HEX[id.charCodeAt(digit + 1)] ?? 0);
  }
}
