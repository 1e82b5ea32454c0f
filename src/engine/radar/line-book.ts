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

export class LineBook {
  #known = new Map<string, number>();
  #scratch: Scratch = scratchFor(0);
  #texts = new Map<string, Int32Array>();
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
    const [before, after] = [this.#idsOf(base, shelf), this.#idsOf(own, shelf)];
    if (before === null || after === null) return null;
    if (before === 'no-text' || after === 'no-text') return 'no-text';
    if (this.#scratch.first.length < this.#known.size) this.#scratch = scratchFor(2 * this.#known.size);
    const found = diffLines(before, after, this.#scratch);
    this.#spans.set(key, found);
    return found;
  }

  #idsOf(blob: Blob, shelf: Shelf): Int32Array | 'no-text' | null {
    const kept = this.#texts.get(blob.id);
    if (kept !== undefined) return kept;
    const bytes = shelf.bytes(blob);
    if (bytes === null) return null;
    if (bytes.length > TEXT_BYTES_MAX || bytes.subarray(0, BINARY_LOOK).includes(0)) return 'no-text';
    const ids = idsOf(linesOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')), this.#known);
    this.#texts.set(blob.id, ids);
    return ids;
  }

  #forget(): void {
    [this.#known, this.#scratch, this.#texts, this.#spans] = [new Map(), scratchFor(0), new Map(), new Map()];
  }
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
