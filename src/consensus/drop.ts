// Why a line that one side added may be missing. A drop that nothing explains is never settled without a person.
import type { ConflictFile } from '../resolution/conflict-file.ts';
import { beforeOf, isSuccessor } from '../resolution/earlier.ts';
import type { LedgerLine } from '../resolution/line-ledger.ts';
import { mergeTokens } from '../resolution/token.ts';
import { isBallot, favourites, type Abstention, type Ballot, type OptionId } from './ballot.ts';
import type { Case, Option } from './option.ts';

/** How a ballot names the reason for what its favourite drops. */
export const DROP_REASON = /^drop:\s*\S/i;

/** Lines of a side that the option drops without a reason that was found or named. */
export function unexplainedDrops(option: Option, subject: Case, votes: readonly (Ballot | Abstention)[], familiesMin: number): readonly LedgerLine[] {
  if (option.ledger.dropped.length === 0) return [];
  if (subject.precedent?.by === 'person' && subject.precedent.fingerprint === option.fingerprint) return [];
  if (namedBy(option.id, votes).size >= familiesMin) return [];
  // The side that had all of the other's text and went on from just there.
  if (isSuccessor(beforeOf(subject.file), option.text)) return [];
  const rewrites = contested(subject.file);
  return option.ledger.dropped.filter((line) => !rewrites.some((rewrite) => stands(rewrite, line, option)));
}

/** Families that want this option and say why it drops something. */
function namedBy(id: OptionId, votes: readonly (Ballot | Abstention)[]): ReadonlySet<string> {
  const named = votes.filter(isBallot).filter((ballot) => favourites(ballot).includes(id) && ballot.reasons.some((reason) => DROP_REASON.test(reason)));
  return new Set(named.map((ballot) => ballot.family));
}

/** A line of base that both sides rewrote: only one of the forms can stand, or one line in which both are. */
type Rewrite = { readonly base: string; readonly ours: readonly string[]; readonly theirs: readonly string[] };

function stands(rewrite: Rewrite, dropped: LedgerLine, option: Option): boolean {
  const [own, other] = dropped.side === 'ours' ? [rewrite.ours, rewrite.theirs] : [rewrite.theirs, rewrite.ours];
  const result = new Set(linesOf(option.text));
  const line = squeezed(dropped.text);
  return own.includes(line) && other.some((form) => result.has(form) || result.has(bothIn(rewrite.base, line, form) ?? form));
}

const TOKENS_MAX = 2_000;

/** What the two forms change of the line, in one line; null where they change the same words. */
function bothIn(base: string, one: string, other: string): string | null {
  return mergeTokens(base, one, other, [() => null], TOKENS_MAX)[0] ?? null;
}

/** Bounds the comparison of every contested line with every new one. */
const LINES_MAX = 400;
const WORDS_MAX = 40;

function contested({ base, ...sides }: ConflictFile): readonly Rewrite[] {
  if (base === null) return [];
  const [before, left, right] = [base, sides.ours, sides.theirs].map((text) => new Set(linesOf(text)));
  if (before === undefined || left === undefined || right === undefined) return [];
  const gone = worded([...before].filter((line) => !left.has(line) && !right.has(line)));
  const [ours, theirs] = [left, right].map((side) => worded([...side].filter((line) => !before.has(line))));
  const formsOf = (line: Worded, side: readonly Worded[]): readonly string[] => side.filter((one) => alike(one.words, line.words)).map((one) => one.line);
  return gone.map((line) => ({ base: line.line, ours: formsOf(line, ours ?? []), theirs: formsOf(line, theirs ?? []) }));
}

/** Share of words two lines have in common from which one counts as the other rewritten. */
const ALIKE = 0.5;

function alike(a: readonly string[], b: readonly string[]): boolean {
  const shared = a.filter((word) => b.includes(word)).length;
  return a.length + b.length > 0 && (2 * shared) / (a.length + b.length) >= ALIKE;
}

type Worded = { readonly line: string; readonly words: readonly string[] };

function worded(lines: readonly string[]): readonly Worded[] {
  return lines.slice(0, LINES_MAX).map((line) => ({ line, words: [...new Set(line.match(/[\p{L}\p{N}_]+/gu) ?? [])].slice(0, WORDS_MAX) }));
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').map(squeezed).filter((line) => line !== '');
}

function squeezed(line: string): string {
  return line.trim().replaceAll(/\s+/g, ' ');
}
