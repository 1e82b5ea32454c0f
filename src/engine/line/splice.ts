// Two sides' changes put into the text they both come from, byte by byte, where a line that both left alone lies between any two. Compares nothing.
import type { Span } from './span.ts';

/** One side: its text, and what it changed in base, in order. */
export type Side = { readonly bytes: Uint8Array; readonly spans: readonly Span[] };

/** Bytes of base, and what comes in their place. */
type Patch = { readonly start: number; readonly end: number; readonly bytes: Uint8Array };

const LINE_END = 10;

/** `ends`: where the lines of base end. */
export function spliced(base: Uint8Array, ends: Int32Array, ours: Side, theirs: Side): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { start, end, bytes } of [...patchesOf(ends, ours), ...patchesOf(ends, theirs)].toSorted((one, other) => one.start - other.start)) {
    parts.push(base.subarray(at, start), bytes);
    at = end;
  }
  parts.push(base.subarray(at));
  return Buffer.concat(parts);
}

function patchesOf(ends: Int32Array, { bytes, spans }: Side): readonly Patch[] {
  let shift = 0;
  return spans.map(({ aStart, aEnd, bStart, bEnd }) => {
    const [start, end] = [startOf(ends, aStart), startOf(ends, aEnd)];
    const from = start + shift;
    let to = from;
    for (let line = bStart; line < bEnd; line += 1) to = bytes.indexOf(LINE_END, to) + 1 || bytes.length;
    shift = to - end;
    return { start, end, bytes: bytes.subarray(from, to) };
  });
}

function startOf(ends: Int32Array, line: number): number {
  return line === 0 ? 0 : ends[line - 1] ?? 0;
}
