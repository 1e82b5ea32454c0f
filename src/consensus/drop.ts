// Why a line that a side has may be missing, and whether anything of it is lost. A drop that nothing explains is never settled without a person.
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
  const isRewritten = rewrittenTest(subject.file, option.text);
  return option.ledger.dropped.filter((line) => !isRewritten(line));
}

/** Whether a dropped line is one form of a line that both sides rewrote, and the other form, or one line in which both are, stands in the text. */
function rewrittenTest(file: Sides, text: string): (line: LedgerLine) => boolean {
  const rewrites = contested(file);
  const byForm = rewritesByForm(rewrites);
  const there = new Set(linesOf(text));
  const standing = (side: Side): ReadonlySet<Rewrite> => new Set(rewrites.filter((rewrite) => rewrite[side].some((form) => there.has(form))));
  const stands = { ours: standing('ours'), theirs: standing('theirs') };
  let pairs = EXPLAINED_PAIRS_MAX;
  return ({ side, text: dropped }) => {
    if (side === 'both') return false;
    const line = squeezed(dropped);
    const other = otherOf(side);
    const own = byForm[side].get(line) ?? [];
    return own.some((rewrite) => stands[other].has(rewrite)) || own.some((rewrite) => rewrite[other].some((form) => {
      pairs -= 1;
      const both = pairs < 0 ? null : bothIn(rewrite.base, line, form);
      return both !== null && there.has(both);
    }));
  };
}

type Sides = Pick<ConflictFile, 'base' | 'ours' | 'theirs'>;
type Side = 'ours' | 'theirs';
export type LostTest = (text: string) => (line: Pick<LedgerLine, 'side' | 'text'>) => boolean;

/**
 * Whether anything of a line that a text drops is lost: nothing is where one line of the text holds what this line changed and what the
 * other side changed of the same line of base. In large files, and where the comparisons run out, it is.
 */
export function lostTest(file: Sides): LostTest {
  const test = tests.get(file) ?? newLostTest(file);
  tests.set(file, test);
  return test;
}

/** Each round of a room asks of the same file. */
const tests = new WeakMap<Sides, LostTest>();

function newLostTest(file: Sides): LostTest {
  let rewrites: RewritesByForm | null = null;
  const isFrom = { ours: originTest(file, 'ours'), theirs: originTest(file, 'theirs') };
  return (text) => {
    let result: ReadonlySet<string> | null = null;
    let pairs = PAIRS_MAX;
    return ({ side, text: dropped }) => {
      if (side === 'both' || isLarge(file)) return true;
      const line = squeezed(dropped);
      const other = otherOf(side);
      rewrites ??= rewritesByForm(contested(file));
      return !(rewrites[side].get(line) ?? []).some((rewrite) => {
        const there = result ??= new Set(linesOf(text));
        return isFrom[side](line, rewrite.base) && rewrite[other].some((form) => {
          pairs -= 1;
          const both = pairs < 0 ? null : bothIn(rewrite.base, line, form);
          return both !== null && there.has(both) && isFrom[other](form, rewrite.base);
        });
      });
    };
  };
}

/** What each form is one of, by side. */
type RewritesByForm = Readonly<Record<Side, ReadonlyMap<string, readonly Rewrite[]>>>;

function rewritesByForm(rewrites: readonly Rewrite[]): RewritesByForm {
  const by = (side: Side): ReadonlyMap<string, readonly Rewrite[]> => {
    const forms = new Map<string, Rewrite[]>();
    for (const rewrite of rewrites) {
      for (const form of rewrite[side]) {
        const known = forms.get(form);
        if (known === undefined) forms.set(form, [rewrite]);
        else known.push(rewrite);
      }
    }
    return forms;
  };
  return { ours: by('ours'), theirs: by('theirs') };
}

function otherOf(side: Side): Side {
  return side === 'ours' ? 'theirs' : 'ours';
}

/** What of an option's dropped lines is lost. */
export function lostLines({ ledger, text }: Pick<Option, 'ledger' | 'text'>, lost: LostTest): readonly LedgerLine[] {
  return ledger.dropped.length === 0 ? [] : ledger.dropped.filter(lost(text));
}

/** Whether the side took a line of base out that stands in these lines all the same, as it was or as the other side rewrote it; in large files: yes. */
export function backTest(file: Sides, side: Side): (lines: string) => boolean {
  let back: ReadonlySet<string> | null = null;
  return (lines) => {
    if (isLarge(file)) return true;
    const there = back ??= new Set([...takenOut(file, side), ...contested(file).flatMap((rewrite) => rewrite[side].length === 0 ? rewrite[otherOf(side)] : [])]);
    return linesOf(lines).some((line) => there.has(line));
  };
}

function takenOut(file: Sides, side: Side): readonly string[] {
  const own = new Set(linesOf(file[side]));
  return linesOf(file.base ?? '').filter((line) => !own.has(line));
}

/** Families that want this option and say why it drops something. */
function namedBy(id: OptionId, votes: readonly (Ballot | Abstention)[]): ReadonlySet<string> {
  const named = votes.filter(isBallot).filter((ballot) => favourites(ballot).includes(id) && ballot.reasons.some((reason) => DROP_REASON.test(reason)));
  return new Set(named.map((ballot) => ballot.family));
}

/** A line of base that both sides rewrote: only one of the forms can stand, or one line in which both are. */
type Rewrite = { readonly base: string; readonly ours: readonly string[]; readonly theirs: readonly string[] };

/** Of all three texts. */
const CHARS_MAX = 1_000_000;

function isLarge({ base, ours, theirs }: Sides): boolean {
  return (base?.length ?? 0) + ours.length + theirs.length > CHARS_MAX;
}

const TOKENS_MAX = 2_000;
/** Merges of two lines for one text. */
const PAIRS_MAX = 300;
/** The same where a drop is to be explained; what they run out on is not. */
const EXPLAINED_PAIRS_MAX = 3_000;

/** What the two forms change of the line, in one line; null where they change the same words. */
function bothIn(base: string, one: string, other: string): string | null {
  return mergeTokens(base, one, other, [() => null], TOKENS_MAX)[0] ?? null;
}

/** Bounds the comparison of every contested line with every new one. */
const LINES_MAX = 400;
const WORDS_MAX = 40;

function contested({ base, ...sides }: Sides): readonly Rewrite[] {
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

function alike(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return sharedWords(a, b) >= ALIKE;
}

/** 0 to 1. */
function sharedWords(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of a) if (b.has(word)) shared += 1;
  return a.size + b.size === 0 ? 0 : (2 * shared) / (a.size + b.size);
}

/** Whether no line of base that the side lacks is more like this line of the side. */
function originTest(file: Sides, side: Side): (line: string, from: string) => boolean {
  let gone: readonly Worded[] | null = null;
  const origins = new Map<string, ReadonlySet<string>>();
  return (line, from) => {
    gone ??= worded([...new Set(takenOut(file, side))]);
    const known = origins.get(line) ?? closestTo(line, gone);
    origins.set(line, known);
    return known.has(from);
  };
}

/** Those that share the most words with it, where any shares one. */
function closestTo(line: string, among: readonly Worded[]): ReadonlySet<string> {
  const words = worded([line])[0]?.words ?? new Set();
  const shares = among.map((one) => ({ line: one.line, share: sharedWords(one.words, words) }));
  const best = shares.reduce((most, { share }) => Math.max(most, share), 0);
  return new Set(best === 0 ? [] : shares.filter(({ share }) => share === best).map((one) => one.line));
}

type Worded = { readonly line: string; readonly words: ReadonlySet<string> };

function worded(lines: readonly string[]): readonly Worded[] {
  return lines.slice(0, LINES_MAX).map((line) => ({ line, words: new Set([...new Set(line.match(/[\p{L}\p{N}_]+/gu) ?? [])].slice(0, WORDS_MAX)) }));
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').map(squeezed).filter((line) => line !== '');
}

function squeezed(line: string): string {
  return line.trim().replaceAll(/\s+/g, ' ');
}
