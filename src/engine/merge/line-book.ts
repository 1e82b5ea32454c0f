// What each branch changed of a text, kept as line numbers: whether two changes come near each other is then a look at a few numbers.
import { diffLines } from '../line/diff-lines.ts';
import { beforeOf, besideOf, scratchFor, type Before, type Scratch } from '../line/line-ids.ts';
import type { Span } from '../line/span.ts';
import { spliced, type Side } from '../line/splice.ts';
import type { Blob } from '../object/node.ts';
import type { Shelf } from './outcome.ts';

/** Known lines; beyond it the book starts anew. */
const LINES_MAX = 1_000_000;
/** Texts whose lines are kept as ids. */
const TEXTS_MAX = 2_000;
const SPANS_MAX = 50_000;
/** Of all that is kept: a line may be as long as its text. */
const BYTES_MAX = 128 * 1024 * 1024;
/** A larger one is for the whole merge to judge. */
const TEXT_BYTES_MAX = 1024 * 1024;
/** Git looks for a NUL in so much of a file and calls it binary. */
const BINARY_LOOK = 8000;

/** What a line and a change take in memory beside the texts, about. */
const LINE_BYTES = 100;
const SPAN_BYTES = 64;

export class LineBook {
  #known = new Map<string, number>();
  #scratch: Scratch = scratchFor(0);
  #texts = new Map<string, Before>();
  #spans = new Map<string, readonly Span[]>();
  #bytes = 0;

  /** About; whoever needs them back lets the book forget. */
  get bytes(): number {
    return this.#bytes + this.#known.size * LINE_BYTES;
  }

  forget(): void {
    [this.#known, this.#scratch, this.#texts, this.#spans, this.#bytes] = [new Map(), scratchFor(0), new Map(), new Map(), 0];
  }

  /** True: no change of one comes near a change of the other, so that git merges them. False: the merge has to be made. Null: their bytes are not in memory. */
  areApart(base: Blob, one: Blob, other: Blob, shelf: Shelf): boolean | null {
    const [ours, theirs] = [this.#changed(base, one, shelf), this.#changed(base, other, shelf)];
    if (ours === null || theirs === null) return null;
    return ours !== 'no-text' && theirs !== 'no-text' && isApart(ours, theirs);
  }

  /** The merged text where the changes are apart. Null: the whole merge has to be made. */
  merged(base: Blob, one: Blob, other: Blob, shelf: Shelf): Uint8Array | null {
    if (this.areApart(base, one, other, shelf) !== true) return null;
    const [ours, theirs, before] = [this.#sideOf(base, one, shelf), this.#sideOf(base, other, shelf), this.#textOf(base, shelf)];
    const bytes = shelf.bytes(base);
    if (ours === null || theirs === null || bytes === null || before === null || before === 'no-text') return null;
    return spliced(bytes, before.ends, ours, theirs);
  }

  #sideOf(base: Blob, own: Blob, shelf: Shelf): Side | null {
    const [spans, bytes] = [this.#changed(base, own, shelf), shelf.bytes(own)];
    return spans === null || spans === 'no-text' || bytes === null ? null : { spans, bytes };
  }

  #changed(base: Blob, own: Blob, shelf: Shelf): readonly Span[] | 'no-text' | null {
    const key = `${base.id} ${own.id}`;
    const spans = this.#spans.get(key);
    if (spans !== undefined) return spans;
    if (this.#known.size > LINES_MAX || this.#texts.size > TEXTS_MAX || this.#spans.size > SPANS_MAX || this.bytes > BYTES_MAX) this.forget();
    const [before, after] = [this.#textOf(base, shelf), shelf.bytes(own)];
    if (before === null || after === null) return null;
    if (before === 'no-text' || !isText(after)) return 'no-text';
    const { ids } = besideOf(before, charsOf(after), this.#known, (line) => this.#ownLine(line));
    if (this.#scratch.first.length < this.#known.size) this.#scratch = scratchFor(2 * this.#known.size);
    const found = diffLines(before.ids, ids, this.#scratch);
    this.#spans.set(key, found);
    this.#bytes += 2 * key.length + found.length * SPAN_BYTES;
    return found;
  }

  /** A copy: a part of a text keeps all of that text in memory. */
  #ownLine(line: string): string {
    this.#bytes += line.length;
    return Buffer.from(line, 'latin1').toString('latin1');
  }

  #textOf(blob: Blob, shelf: Shelf): Before | 'no-text' | null {
    const kept = this.#texts.get(blob.id);
    if (kept !== undefined) return kept;
    const bytes = shelf.bytes(blob);
    if (bytes === null) return null;
    if (!isText(bytes)) return 'no-text';
    const text = beforeOf(charsOf(bytes), this.#known);
    this.#texts.set(blob.id, text);
    this.#bytes += text.text.length + text.ends.byteLength + text.ids.byteLength;
    return text;
  }
}

/** One char a byte. */
function charsOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
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
