// Three-way merge of two block trees against their base: parts are matched by key, merged one by one, and put in order.
import { assembled } from './block.ts';
import type { Block } from './block.ts';
import { contestedKeys } from './contested.ts';
import type { Sides } from './contested.ts';
import { ledOnce } from './led-once.ts';
import { mergeText, oneSided, untouched } from './merge-text.ts';
import type { PiecesOf, Stance } from './merge-text.ts';
import { ordered } from './order.ts';
import { withBaseKeys } from './rename.ts';

/** Null where the stance gives up on something both sides changed. */
export function mergeBlocks(base: Block | null, ours: Block, theirs: Block, stance: Stance, piecesOf: PiecesOf): string | null {
  const plain = untouched(base?.text ?? '', ours.text, theirs.text);
  if (plain !== null) return plain;
  // Two values of one key are no value.
  const own: Stance = (ours.isValue || theirs.isValue) && stance.clash === 'both' ? { ...stance, clash: 'give-up' } : stance;
  if (ours.parts === null || theirs.parts === null || ours.joint !== theirs.joint) return mergeText(base?.text ?? '', ours.text, theirs.text, own, piecesOf);
  if (isOther(ours, theirs)) return textOf(chosen(ours, theirs, stance));
  const from = base === null || isOther(base, ours) || isOther(base, theirs) ? null : base;
  const head = mergeText(from?.head ?? '', ours.head, theirs.head, own, piecesOf);
  const tail = mergeText(from?.tail ?? '', ours.tail, theirs.tail, ours.joint === ',' ? own : stance, piecesOf);
  const parts = mergeParts(from, ours, theirs, stance, piecesOf);
  return head === null || tail === null || parts === null ? null : assembled(head, parts, tail, ours);
}

/** A sequence is no mapping; what is empty may become either. */
function isOther(a: Block, b: Block): boolean {
  return a.kind !== '' && b.kind !== '' && a.kind !== b.kind;
}

function mergeParts(base: Block | null, ours: Block, theirs: Block, stance: Stance, piecesOf: PiecesOf): readonly string[] | null {
  const sides = sidesOf(base?.parts ?? [], ours.parts ?? [], theirs.parts ?? [], ours.joint !== ',');
  const [inBase, inOurs, inTheirs] = [byKey(sides.base), byKey(sides.ours), byKey(sides.theirs)];
  const contested = contestedKeys(sides, ours.kind);
  const texts = new Map<string, string>();
  for (const key of new Set([...inOurs.keys(), ...inTheirs.keys()])) {
    const [mine, yours] = [inOurs.get(key) ?? null, inTheirs.get(key) ?? null];
    const outcome = contested.has(key) ? chosen(mine, yours, stance) : mergePart(inBase.get(key) ?? null, mine, yours, stance, piecesOf);
    if (outcome === 'clash') return null;
    if (outcome !== null) texts.set(key, outcome.text);
  }
  const levels = new Map([...texts.keys()].map((key) => [key, levelOf(inBase.get(key), inOurs.get(key), inTheirs.get(key))]));
  const order = ordered([...inBase.keys()], [...inOurs.keys()], [...inTheirs.keys()], { texts, levels }, { first: stance.first, sortable: ours.sortable && stance.first === 'ours' });
  return ledOnce({ base, ours, theirs }, sides, order, texts);
}

function sidesOf(base: readonly Block[], ours: readonly Block[], theirs: readonly Block[], mayRename: boolean): Sides {
  return mayRename ? { base, ours: withBaseKeys(base, ours, theirs), theirs: withBaseKeys(base, theirs, ours) } : { base, ours, theirs };
}

/** Null: deleted. */
type Outcome = { readonly text: string } | null | 'clash';

function mergePart(base: Block | null, ours: Block | null, theirs: Block | null, stance: Stance, piecesOf: PiecesOf): Outcome {
  if (ours !== null && theirs !== null) {
    const text = mergeBlocks(base, ours, theirs, stance, piecesOf);
    return text === null ? 'clash' : { text };
  }
  const left = ours ?? theirs;
  if (left === null || base === null) return left;
  if (oneSided(base.text, left.text, '') === '') return null;
  return chosen(ours, theirs, stance);
}

/** What cannot be merged part by part: one side's as it is. */
function chosen(ours: Block | null, theirs: Block | null, { clash }: Stance): Outcome {
  switch (clash) {
    case 'give-up': case 'higher': return 'clash';
    case 'both': return ours !== null && theirs !== null ? 'clash' : ours ?? theirs;
    case 'ours': return ours;
    case 'theirs': return theirs;
  }
}

function textOf(outcome: Outcome): string | null {
  return outcome === null || outcome === 'clash' ? null : outcome.text;
}

/** The level of the side that changed it. */
function levelOf(base: Block | undefined, ours: Block | undefined, theirs: Block | undefined): number {
  const changed = ours !== undefined && (theirs === undefined || ours.level !== base?.level) ? ours : theirs;
  return changed?.level ?? Infinity;
}

function byKey(parts: readonly Block[]): ReadonlyMap<string, Block> {
  return new Map(parts.map((part) => [part.key, part]));
}
