// Whole files: one candidate for each region, put together. The likeliest compositions, bounded.
import type { FileView } from './feature-file.ts';
import type { Rule } from './rule.ts';
import type { RankedHunk } from './rank.ts';

/** `picks`: for each hunk in order the index into its ranking, best first. */
export type Filling = { readonly picks: readonly number[]; readonly logChance: number };

export const FILLINGS_MAX = 32;
const PICKS_MAX = 24;
/** Where many places are open, no list is long enough for the ways to fill them together; better one with each way to fill each. */
const [MANY_HUNKS, ACROSS_FEW, ACROSS_MANY] = [5, 5, 14];

/** Best first. */
export function likeliest(hunks: readonly RankedHunk[]): readonly Filling[] {
  let fillings: readonly Filling[] = [{ picks: [], logChance: 0 }];
  for (const { ranked } of hunks) {
    const picks = ranked.slice(0, PICKS_MAX);
    fillings = fillings
      .flatMap((filling) => picks.map(({ chance }, pick) => ({ picks: [...filling.picks, pick], logChance: filling.logChance + Math.log(Math.max(chance, 1e-6)) })))
      .toSorted((a, b) => b.logChance - a.logChance)
      .slice(0, FILLINGS_MAX);
  }
  return fillings;
}

/** Every hunk by one rule; null where a hunk has no candidate of it. */
export function fillingBy(hunks: readonly RankedHunk[], rule: 'ours' | 'theirs' | 'replayed'): Filling | null {
  const picks = hunks.map(({ ranked }) => ranked.findIndex(({ candidate }) => candidate.rules.has(rule)));
  return picks.includes(-1) ? null : fillingOf(hunks, picks);
}

/** Every hunk by its second best, then by its third: so each good way to fill one is in some text, however many hunks there are. */
export function fillingsAcross(hunks: readonly RankedHunk[]): readonly Filling[] {
  if (hunks.length < 2) return [];
  return Array.from({ length: hunks.length < MANY_HUNKS ? ACROSS_FEW : ACROSS_MANY }, (_, at) => fillingOf(hunks, hunks.map(({ ranked }) => Math.min(at + 1, ranked.length - 1))));
}

function fillingOf(hunks: readonly RankedHunk[], picks: readonly number[]): Filling {
  return { picks, logChance: picks.reduce((sum, pick, at) => sum + Math.log(Math.max(hunks[at]?.ranked[pick]?.chance ?? 0, 1e-6)), 0) };
}

export type Piece = { readonly text: string; /** Its bare lines. */ readonly key: string };

/** The regions of the file in order, each hunk filled. */
export function piecesOf(view: Pick<FileView, 'pieces'>, hunks: readonly RankedHunk[], filling: Filling): readonly Piece[] {
  let at = -1;
  return view.pieces.map((piece) => {
    if (piece !== null) return piece;
    at += 1;
    const candidate = hunks[at]?.ranked[filling.picks[at] ?? 0]?.candidate;
    return candidate === undefined ? { text: '', key: '' } : { text: candidate.lines.join(''), key: candidate.key };
  });
}

/** A part that ends without newline gets one when another follows. */
export function textOf(pieces: readonly Piece[]): string {
  const parts: string[] = [];
  for (const { text } of pieces) {
    if (text === '') continue;
    if (parts.at(-1)?.endsWith('\n') === false) parts.push('\n');
    parts.push(text);
  }
  return parts.join('');
}

export function keyOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) => piece.key).filter((key) => key !== '').join('\n');
}

/** What the filling is called: the first rule of its least likely pick. */
export function rungOf(hunks: readonly RankedHunk[], filling: Filling): string {
  const picks = hunks.map((hunk, at) => hunk.ranked[filling.picks[at] ?? 0]);
  const weakest = picks.reduce((least, pick) => pick !== undefined && pick.chance < (least?.chance ?? 2) ? pick : least, picks[0]);
  const rule: Rule | 'none' = [...weakest?.candidate.rules ?? []][0] ?? 'none';
  return hunks.length > 1 ? `several:${rule}` : rule;
}
