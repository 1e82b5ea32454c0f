// Three-way merge of two block trees against their base: parts are matched by key, merged one by one, and put in order.
import { assembled } from './block.ts';
import type { Block } from './block.ts';
import { mergeText, oneSided, untouched } from './merge-text.ts';
import type { PiecesOf, Stance } from './merge-text.ts';
import { ordered } from './order.ts';
import { withBaseKeys } from './rename.ts';

/** Null where the stance gives up on something both sides changed. */
export function mergeBlocks(base: Block | null, ours: Block, theirs: Block, stance: Stance, piecesOf: PiecesOf): string | null {
  const plain = untouched(base?.text ?? '', ours.text, theirs.text);
  if (plain !== null) return plain;
  if (ours.parts === null || theirs.parts === null || ours.joint !== theirs.joint) return mergeText(base?.text ?? '', ours.text, theirs.text, stance, piecesOf);
  const head = mergeText(base?.head ?? '', ours.head, theirs.head, stance, piecesOf);
  const tail = mergeText(base?.tail ?? '', ours.tail, theirs.tail, stance, piecesOf);
  const parts = mergeParts(base?.parts ?? [], ours.parts, theirs.parts, ours, stance, piecesOf);
  return head === null || tail === null || parts === null ? null : assembled(head, parts, tail, ours.joint);
}

function mergeParts(base: readonly Block[], ours: readonly Block[], theirs: readonly Block[], { joint, sortable }: Block, stance: Stance, piecesOf: PiecesOf): readonly string[] | null {
  const sides = {
    base: byKey(base),
    ours: byKey(joint === '' ? withBaseKeys(base, ours, theirs) : ours),
    theirs: byKey(joint === '' ? withBaseKeys(base, theirs, ours) : theirs),
  };
  const texts = new Map<string, string>();
  for (const key of new Set([...sides.ours.keys(), ...sides.theirs.keys()])) {
    const outcome = mergePart(sides.base.get(key) ?? null, sides.ours.get(key) ?? null, sides.theirs.get(key) ?? null, stance, piecesOf);
    if (outcome === 'clash') return null;
    if (outcome !== null) texts.set(key, outcome.text);
  }
  const order = ordered([...sides.base.keys()], [...sides.ours.keys()], [...sides.theirs.keys()], texts, { first: stance.first, sortable: sortable && stance.first === 'ours' });
  return order.map((key) => texts.get(key) ?? '');
}

/** Null: deleted. */
function mergePart(base: Block | null, ours: Block | null, theirs: Block | null, stance: Stance, piecesOf: PiecesOf): { readonly text: string } | null | 'clash' {
  if (ours !== null && theirs !== null) {
    const text = mergeBlocks(base, ours, theirs, stance, piecesOf);
    return text === null ? 'clash' : { text };
  }
  const left = ours ?? theirs;
  if (left === null || base === null) return left;
  if (oneSided(base.text, left.text, '') === '') return null;
  switch (stance.clash) {
    case 'give-up': case 'higher': return 'clash';
    case 'both': return left;
    case 'ours': return ours;
    case 'theirs': return theirs;
  }
}

function byKey(parts: readonly Block[]): ReadonlyMap<string, Block> {
  return new Map(parts.map((part) => [part.key, part]));
}
