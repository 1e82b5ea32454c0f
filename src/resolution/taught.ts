// What one side did to the words of the base, done to the other side's lines as well: a rename, a new type, a version moved everywhere.
import { diffLists } from '../engine/line/diff-lists.ts';
import { linesOf } from './line.ts';
import { isName, tokensOf } from './token.ts';

type Lines = readonly string[];
type Sides = { readonly ours: Lines; readonly base: Lines; readonly theirs: Lines };
/** A token that is not space, with the space before it. */
type Ink = { readonly space: string; readonly token: string };
type Inked = { readonly inks: readonly Ink[]; readonly end: string };
/** `from` becomes `to` between the neighbours it had, or `anywhere`. `space`: before what follows an insertion. */
type Substitution = { readonly from: Lines; readonly to: readonly Ink[]; readonly between: readonly [string, string]; readonly anywhere: boolean; readonly space: string };

const TOKENS_MAX = 3000;
const FROM_MAX = 12;
const TO_MAX = 24;

/** The region as if the base and ours had been written after theirs' substitutions; null where theirs made none. */
export function taughtByTheirs({ ours, base, theirs }: Sides): Sides | null {
  const [o, b, t] = [inked(ours), inked(base), inked(theirs)];
  if (o.inks.length + b.inks.length + t.inks.length > TOKENS_MAX) return null;
  const known = substitutions(b.inks, t.inks);
  return known.length === 0 ? null : { ours: rewritten(o, known), base: rewritten(b, known), theirs };
}

function inked(lines: Lines): Inked {
  const inks: Ink[] = [];
  let space = '';
  for (const token of tokensOf(lines.join(''))) {
    if (token.trim() === '') space += token;
    else {
      inks.push({ space, token });
      space = '';
    }
  }
  return { inks, end: space };
}

function substitutions(base: readonly Ink[], side: readonly Ink[]): readonly Substitution[] {
  const [before, after] = [tokensIn(base), tokensIn(side)];
  return diffLists(before, after).flatMap(({ aStart, aEnd, bStart, bEnd }) => {
    const from = before.slice(aStart, aEnd);
    if (from.length > FROM_MAX || bEnd - bStart > TO_MAX) return [];
    const neighbours = [before[aStart - 1] ?? '', before[aEnd] ?? ''] as const;
    // What is gone for good may be replaced wherever it stands; all else only where it stood.
    const isGone = from.some(tells) && !from.every((token) => after.includes(token));
    return isGone || [...neighbours, ...from].some(tells) ? [{ from, to: side.slice(bStart, bEnd), between: neighbours, anywhere: isGone, space: side[bEnd]?.space ?? '' }] : [];
  });
}

function tokensIn(inks: readonly Ink[]): Lines {
  return inks.map(({ token }) => token);
}

function tells(token: string): boolean {
  return isName(token) || /\d/.test(token);
}

function rewritten({ inks, end }: Inked, known: readonly Substitution[]): Lines {
  const out: string[] = [];
  const put = (some: readonly Ink[]): void => { for (const { space, token } of some) out.push(space, token); };
  let [at, space] = [0, null as string | null];
  while (at < inks.length) {
    const here = inks[at];
    const fitting = known.filter((one) => fits(one, inks, at));
    const found = fitting.find((one) => standsBetween(one, inks, at)) ?? fitting.find(({ anywhere }) => anywhere);
    const lead = space ?? here?.space ?? '';
    space = null;
    if (found !== undefined) {
      const [first, ...rest] = found.to;
      // Indentation is the line's own, the space within a line comes with the words.
      put(first === undefined ? [] : [at === 0 || lead.includes('\n') ? { ...first, space: lead } : first, ...rest]);
      // What follows takes the space of what is gone, or the one it had behind what was put in.
      if (first === undefined) space = lead;
      else if (found.from.length === 0) space = found.space;
      at += found.from.length;
    }
    if (found === undefined || found.from.length === 0) {
      const own = inks[at];
      if (own !== undefined) put([{ ...own, space: space ?? lead }]);
      space = null;
      at += 1;
    }
  }
  return linesOf(out.join('') + end);
}

function fits({ from }: Substitution, inks: readonly Ink[], at: number): boolean {
  return from.every((token, index) => inks[at + index]?.token === token);
}

function standsBetween({ from, between }: Substitution, inks: readonly Ink[], at: number): boolean {
  return (inks[at - 1]?.token ?? '') === between[0] && (inks[at + from.length]?.token ?? '') === between[1];
}
