// Lines as numbers: equal lines, equal ids. Comparing is then one machine word, and counting one array.
import { linesOf } from './region.ts';
import { endsOf, sharedEnds } from './shared-ends.ts';

/** Tables by line id, shared by every diff over these texts. Whoever writes into one puts the zeros back. */
export type Scratch = { readonly first: Int32Array; readonly count: Int32Array; readonly otherCount: Int32Array };

export type Text = { readonly lines: readonly string[]; readonly ids: Int32Array };

export type Texts = { readonly base: Text; readonly ours: Text; readonly theirs: Text; readonly scratch: Scratch };

export function textsOf(base: string, ours: string, theirs: string): Texts {
  const known = new Map<string, number>();
  const lines = linesOf(base);
  const ids = idsOf(lines, known);
  const before = { text: base, ends: endsOf(lines), ids };
  const beside = (text: string): Text => {
    const { ids: own, middle, above, below } = besideOf(before, text, known);
    return { lines: [...lines.slice(0, above), ...middle, ...lines.slice(lines.length - below)], ids: own };
  };
  const texts = { base: { lines, ids }, ours: beside(ours), theirs: beside(theirs) };
  return { ...texts, scratch: scratchFor(known.size) };
}

/** A text that others are held against. `ends`: where its lines end. */
export type Before = { readonly text: string; readonly ends: Int32Array; readonly ids: Int32Array };

type Beside = { readonly ids: Int32Array; readonly above: number; readonly middle: readonly string[]; readonly below: number };

/** Most lines of an edited text are those of the text before: only those between the first and the last difference are looked up. */
export function besideOf(before: Before, text: string, known: Map<string, number>, kept = asItIs): Beside {
  const { above, start, below, end } = sharedEnds(before.text, before.ends, text);
  const middle = linesOf(text.slice(start, text.length - end));
  const ids = new Int32Array(above + middle.length + below);
  ids.set(before.ids.subarray(0, above));
  ids.set(idsOf(middle, known, kept), above);
  ids.set(before.ids.subarray(before.ids.length - below), above + middle.length);
  return { ids, above, middle, below };
}

export function beforeOf(text: string, known: Map<string, number>): Before {
  const lines = linesOf(text);
  return { text, ends: endsOf(lines), ids: idsOf(lines, known) };
}

/** Equal items, equal ids; `known` is shared by all lists that are compared, and grows. `kept`: what goes into it of one that is new. */
export function idsOf(items: readonly string[], known: Map<string, number>, kept = asItIs): Int32Array {
  const ids = new Int32Array(items.length);
  for (let at = 0; at < items.length; at += 1) {
    const item = items[at] ?? '';
    let id = known.get(item);
    if (id === undefined) known.set(kept(item), id = known.size);
    ids[at] = id;
  }
  return ids;
}

function asItIs(item: string): string {
  return item;
}

export function scratchFor(size: number): Scratch {
  return { first: new Int32Array(size), count: new Int32Array(size), otherCount: new Int32Array(size) };
}
