// A region cut finer: where the two sides differ, and what lies between. Which part of a place is taken is judged elsewhere.
import { diffLists } from '../engine/line/diff-lists.ts';
import type { HunkLines } from './hunk.ts';
import { bare, bareKey } from './line.ts';

export type Choice = 'ours' | 'theirs' | 'both' | 'none';
export type Atom = { readonly kind: 'common'; readonly lines: readonly string[] } | { readonly kind: 'open'; readonly ours: readonly string[]; readonly base: readonly string[]; readonly theirs: readonly string[] };

export function chosen(atom: Extract<Atom, { kind: 'open' }>, choice: Choice): readonly string[] {
  switch (choice) {
    case 'ours': return atom.ours;
    case 'theirs': return atom.theirs;
    case 'both': return [...atom.ours, ...atom.theirs];
    case 'none': return [];
  }
}

/** What a three-way merge of the place alone would say. */
export function natural({ ours, base, theirs }: Extract<Atom, { kind: 'open' }>): Choice {
  if (bareKey(ours) === bareKey(base)) return 'theirs';
  if (bareKey(theirs) === bareKey(base)) return 'ours';
  return base.length === 0 ? 'both' : ours.length === 0 || theirs.length === 0 ? 'none' : 'ours';
}

/** The region cut where both sides have the same lines, each piece with its part of the base. */
export function atomsOf({ ours, base, theirs }: HunkLines): readonly Atom[] {
  const [o, b, t] = [ours, base, theirs].map((lines) => lines.map(bare));
  const atoms: Atom[] = [];
  let [from, to] = [0, 0];
  const sides = diffLists(o ?? [], t ?? []);
  const kept = baseOf(b ?? [], o ?? []);
  const basePart = (start: number, end: number): readonly string[] => base.slice(kept[start] ?? base.length, kept[end] ?? base.length);
  for (const edit of sides) {
    if (edit.aStart > from) atoms.push({ kind: 'common', lines: ours.slice(from, edit.aStart) });
    atoms.push({ kind: 'open', ours: ours.slice(edit.aStart, edit.aEnd), base: basePart(edit.aStart, edit.aEnd), theirs: theirs.slice(edit.bStart, edit.bEnd) });
    [from, to] = [edit.aEnd, edit.bEnd];
  }
  if (from < ours.length) atoms.push({ kind: 'common', lines: ours.slice(from) });
  return to > theirs.length ? [] : atoms;
}

/** For each position in `side` (and its end) the position in the base it stands at. */
function baseOf(base: readonly string[], side: readonly string[]): readonly number[] {
  const at: number[] = [];
  let [from, shift] = [0, 0];
  for (const edit of diffLists(base, side)) {
    for (; from < edit.bStart; from += 1) at[from] = from - shift;
    for (; from < edit.bEnd; from += 1) at[from] = edit.aStart;
    shift = edit.bEnd - edit.aEnd;
  }
  for (; from <= side.length; from += 1) at[from] = from - shift;
  return at;
}
