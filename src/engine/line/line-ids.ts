// Lines as numbers: equal lines, equal ids. Comparing is then one machine word, and counting one array.
import { linesOf } from './region.ts';

/** Tables by line id, shared by every diff over these texts. Whoever writes into one puts the zeros back. */
export type Scratch = { readonly first: Int32Array; readonly count: Int32Array; readonly otherCount: Int32Array };

export type Text = { readonly lines: readonly string[]; readonly ids: Int32Array };

export type Texts = { readonly base: Text; readonly ours: Text; readonly theirs: Text; readonly scratch: Scratch };

export function textsOf(base: string, ours: string, theirs: string): Texts {
  const known = new Map<string, number>();
  const texts = { base: textOf(base, known), ours: textOf(ours, known), theirs: textOf(theirs, known) };
  return { ...texts, scratch: scratchFor(known.size) };
}

function textOf(text: string, known: Map<string, number>): Text {
  const lines = linesOf(text);
  return { lines, ids: idsOf(lines, known) };
}

/** Equal items, equal ids; `known` is shared by all lists that are compared, and grows. */
export function idsOf(items: readonly string[], known: Map<string, number>): Int32Array {
  const ids = new Int32Array(items.length);
  for (const [at, item] of items.entries()) {
    let id = known.get(item);
    if (id === undefined) known.set(item, id = known.size);
    ids[at] = id;
  }
  return ids;
}

export function scratchFor(size: number): Scratch {
  return { first: new Int32Array(size), count: new Int32Array(size), otherCount: new Int32Array(size) };
}
