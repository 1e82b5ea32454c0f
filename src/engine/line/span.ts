// A stretch of one text beside a stretch of another; ends are exclusive. And which lines of two texts are not shared.

export type Span = { readonly aStart: number; readonly aEnd: number; readonly bStart: number; readonly bEnd: number };

/** 1 where the line has no partner in the other text. */
export type Changed = { readonly a: Uint8Array; readonly b: Uint8Array };

export function markChanged(changed: Changed, span: Span): void {
  changed.a.fill(1, span.aStart, span.aEnd);
  changed.b.fill(1, span.bStart, span.bEnd);
}

/** What is left of the span once the lines equal at its front and at its back are cut off. */
export function withoutEqualEnds(a: Int32Array, b: Int32Array, span: Span): Span {
  let { aStart, aEnd, bStart, bEnd } = span;
  while (aStart < aEnd && bStart < bEnd && a[aStart] === b[bStart]) { aStart += 1; bStart += 1; }
  while (aStart < aEnd && bStart < bEnd && a[aEnd - 1] === b[bEnd - 1]) { aEnd -= 1; bEnd -= 1; }
  return { aStart, aEnd, bStart, bEnd };
}
