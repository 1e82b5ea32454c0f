// What each branch changed of a text, kept as line numbers: whether two changes come near each other is then a look at a few numbers.
import { diffLines } from '../line/diff-lines.ts';
import { idsOf, scratchFor, type Scratch } from '../line/line-ids.ts';
import { linesOf } from '../line/region.ts';
import type { Span } from '../line/span.ts';
import type { Shelf } from '../merge/outcome.ts';
import type { Blob } from '../object/node.ts';

/** Known lines; beyond it the book starts anew. */
const LINES_MAX = 1_000_000;
/** Texts whose lines are kept as ids. */
const TEXTS_MAX = 2_000;
const SPANS_MAX = 50_000;
/** A larger one is for the whole merge to judge. */
const TEXT_BYTES_MAX = 1024 * 1024;
/** Git looks for a NUL in so much of a file and calls it binary. */
const BINARY_LOOK = 8000;
const NEWLINE = 10;

type Text = { readonly bytes: Uint8Array; readonly ids: Int32Array };

export class LineBook {
  #known = new Map<string, number>();
  #scratch: Scratch = scratchFor(0);
  #texts = new Map<string, Text>();
  #spans = new Map<string, readonly Span[]>();

  /** True: no change of one comes near a change of the other, so that git merges them. False: the merge has to be made. Null: their bytes are not in memory. */
  areApart(base: Blob, one: Blob, other: Blob, shelf: Shelf): boolean | null {
    const [ours, theirs] = [this.#changed(base, one, shelf), this.#changed(base, other, shelf)];
    if (ours === null || theirs === null) return null;
    return ours !== 'no-text' && theirs !== 'no-text' && isApart(ours, theirs);
  }

  #changed(base: Blob, own: Blob, shelf: Shelf): readonly Span[] | 'no-text' | null {
    const key = `${base.id} ${own.id}`;
    const spans = this.#spans.get(key);
    if (spans !== undefined) return spans;
    if (this.#known.size > LINES_MAX || this.#texts.size > TEXTS_MAX || this.#spans.size > SPANS_MAX) this.#forget();
    const [before, after] = [this.#textOf(base, shelf), shelf.bytes(own)];
    if (before === null || after === null) return null;
    if (before === 'no-text' || !isText(after)) return 'no-text';
    const ids = this.#idsBeside(before, after);
    if (this.#scratch.first.length < this.#known.size) this.#scratch = scratchFor(2 * this.#known.size);
    const found = diffLines(before.ids, ids, this.#scratch);
    this.#spans.set(key, found);
    return found;
  }

  #textOf(blob: Blob, shelf: Shelf): Text | 'no-text' | null {
    const kept = this.#texts.get(blob.id);
    if (kept !== undefined) return kept;
    const bytes = shelf.bytes(blob);
    if (bytes === null) return null;
    if (!isText(bytes)) return 'no-text';
    const text = { bytes, ids: this.#intern(bytes) };
    this.#texts.set(blob.id, text);
    return text;
  }

  /** Most lines of an edited text are those of the text before: only those between the first and the last difference are looked up. */
  #idsBeside(before: Text, after: Uint8Array): Int32Array {
    const one = before.bytes;
    const shorter = Math.min(one.length, after.length);
    let [same, start, above] = [0, 0, 0];
    for (; same < shorter && one[same] === after[same]; same += 1) if (one[same] === NEWLINE) [start, above] = [same + 1, above + 1];
    let [back, end, below] = [0, 0, 0];
    // A line at the end is whole only where the one before it ended, too.
    for (; back < shorter - start && one[one.length - 1 - back] === after[after.length - 1 - back]; back += 1) if (one[one.length - 1 - back] === NEWLINE && back > 0) [end, below] = [back, below + 1];
    const middle = this.#intern(after.subarray(start, after.length - end));
    const ids = new Int32Array(above + middle.length + below);
    ids.set(before.ids.subarray(0, above));
    ids.set(middle, above);
    ids.set(before.ids.subarray(before.ids.length - below), above + middle.length);
    return ids;
  }

  #intern(bytes: Uint8Array): Int32Array {
    return idsOf(linesOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')), this.#known);
  }

  #forget(): void {
    [this.#known, this.#scratch, this.#texts, this.#spans] = [new Map(), scratchFor(0), new Map(), new Map()];
  }
}

function isText(bytes: Uint8Array): boolean {
  return bytes.length <= TEXT_BYTES_MAX && !bytes.subarray(0, BINARY_LOOK).includes(0);
}

/** At least one line that both left alone lies between any two changes. */
function isApart(ours: readonly Span[], theirs: readonly Span[]): boolean {
  for (let [at, to] = [0, 0]; at < ours.length && to < theirs.length;) {
    const [one, other] = [ours[at], theirs[to]];
    if (one === undefined || other === undefined) break;
    if (one.aEnd < other.aStart) at += 1;
    else if (other.aEnd < one.aStart) to += 1;
    else return false;
  }
  return true;
}
