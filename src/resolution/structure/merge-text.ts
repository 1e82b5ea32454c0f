// Three-way merge of one piece of text: by line, then by token, then by the stance taken towards what both sides changed.
import diff3 from 'diff3';
import { mergeLines } from '../../engine/line/merge-lines.ts';
import { bare, linesOf } from '../line.ts';
import { spacedTokensOf } from '../token.ts';
import { compareVersionsIn, withoutVersions } from '../version.ts';

/** What to do where both sides changed the same: each stance makes a candidate of its own. */
export type Stance = { readonly first: 'ours' | 'theirs'; readonly clash: 'give-up' | 'higher' | 'ours' | 'theirs' | 'both' };

/** What is merged already, and what is left to a stance. */
type Piece = string | { readonly base: string; readonly ours: string; readonly theirs: string };
export type PiecesOf = (base: string, ours: string, theirs: string) => readonly Piece[];

const TOKENS_TEXT_MAX = 16_000;

/** Null where the stance gives up. */
export function mergeText(base: string, ours: string, theirs: string, stance: Stance, piecesOf: PiecesOf): string | null {
  const plain = untouched(base, ours, theirs);
  if (plain !== null) return plain;
  const out: string[] = [];
  for (const piece of piecesOf(base, ours, theirs)) {
    const text = typeof piece === 'string' ? piece : settle(piece.base, piece.ours, piece.theirs, stance);
    if (text === null) return null;
    out.push(text);
  }
  return out.join('');
}

/** Each text is taken apart once, however many stances ask for it. */
export function piecesKept(): PiecesOf {
  const kept = new Map<string, readonly Piece[]>();
  return (base, ours, theirs) => {
    const key = [base.length, ours.length, base, ours, theirs].join('\0');
    const known = kept.get(key) ?? pieces(base, ours, theirs);
    kept.set(key, known);
    return known;
  };
}

function pieces(base: string, ours: string, theirs: string): readonly Piece[] {
  return mergeLines(base, ours, theirs, 'eager').map((region) => {
    if (region.kind === 'stable') return region.lines.join('');
    const hunk = { base: region.base.join(''), ours: region.ours.join(''), theirs: region.theirs.join('') };
    return oneSided(hunk.base, hunk.ours, hunk.theirs) ?? mergeTokens(hunk.base, hunk.ours, hunk.theirs) ?? hunk;
  });
}

/** The side that changed something, where only one did, or both did the same. */
export function untouched(base: string, ours: string, theirs: string): string | null {
  if (ours === theirs || theirs === base) return ours;
  return ours === base ? theirs : null;
}

/** The same where white space does not count. */
export function oneSided(base: string, ours: string, theirs: string): string | null {
  const plain = untouched(base, ours, theirs);
  if (plain !== null) return plain;
  const [b, o, t] = [squeezed(base), squeezed(ours), squeezed(theirs)];
  return o === b ? theirs : o === t || t === b ? ours : null;
}

/** Any amount of text without white space; `bare` is for lines. */
export function squeezed(text: string): string {
  return text.replace(/\s+/g, '');
}

/** Edits that touch are left to the stance. */
function mergeTokens(base: string, ours: string, theirs: string): string | null {
  if (base.trim() === '' || ours.trim() === '' || theirs.trim() === '') return null;
  if (base.length + ours.length + theirs.length > TOKENS_TEXT_MAX) return null;
  const out: string[] = [];
  for (const block of diff3(spacedTokensOf(ours), spacedTokensOf(base), spacedTokensOf(theirs))) {
    const text = 'ok' in block ? block.ok.join('') : oneSided(block.conflict.o.join(''), block.conflict.a.join(''), block.conflict.b.join(''));
    if (text === null) return null;
    out.push(text);
  }
  return out.join('');
}

function settle(base: string, ours: string, theirs: string, { first, clash }: Stance): string | null {
  switch (clash) {
    case 'give-up': return null;
    case 'higher': return higherVersion(ours, theirs);
    case 'ours': return ours;
    case 'theirs': return theirs;
    case 'both': return first === 'ours' ? both(base, ours, theirs) : both(base, theirs, ours);
  }
}

function higherVersion(ours: string, theirs: string): string | null {
  if (withoutVersions(ours) !== withoutVersions(theirs)) return null;
  return compareVersionsIn(ours, theirs) >= 0 ? ours : theirs;
}

/** Both sides' lines, those both have once, and those of the base that one side deleted left out. */
function both(base: string, first: string, second: string): string {
  const inBase = new Set(linesOf(base).map(bare));
  const [one, two] = [linesOf(first), linesOf(second)];
  const [inOne, inTwo] = [new Set(one.map(bare)), new Set(two.map(bare))];
  const kept = one.filter((line) => !inBase.has(bare(line)) || inTwo.has(bare(line)));
  const text = kept.join('');
  const more = two.filter((line) => bare(line) === '' || !inBase.has(bare(line)) && !inOne.has(bare(line))).join('');
  return text === '' || more === '' || text.endsWith('\n') ? text + more : `${text}\n${more}`;
}
