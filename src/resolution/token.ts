// Tokens of text: words, numbers with their points, runs of space, single signs. For comparing and for merging finer than a line.
import { diffLists } from '../engine/line/diff-lists.ts';
import { keptByLine } from './kept.ts';

const TOKEN = /[\p{L}_$][\p{L}\p{N}_$]*|\p{N}+(?:\.\p{N}+)*|\s+|[^\s]/gu;
const WORD = /^[\p{L}_$]/u;

export function tokensOf(text: string): readonly string[] {
  return text.match(TOKEN) ?? [];
}

/**
 * Words, numbers and single signs, each with the white space behind it. Edits that touch are a conflict to diff3, so two
 * edits are accepted only with a whole unchanged token between them, never with mere space.
 */
export function spacedTokensOf(text: string): readonly string[] {
  return text.match(/(?:[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_])\s*|\s+/gu) ?? [];
}

const inkKept = keptByLine((line) => tokensOf(line).filter((token) => token.trim() !== ''));

/** The tokens of a line that are not space. */
export function inkOf(line: string): readonly string[] {
  return inkKept(line);
}

/** Whether a token is a name worth following: letters, and more than two. */
export function isName(token: string): boolean {
  return token.length > 2 && WORD.test(token);
}

/** How often each token occurs. */
export function bagOf(lines: readonly string[]): ReadonlyMap<string, number> {
  const bag = new Map<string, number>();
  for (const line of lines) for (const token of inkOf(line)) bag.set(token, (bag.get(token) ?? 0) + 1);
  return bag;
}

/** The names among them. */
export function namesIn(bag: ReadonlyMap<string, number>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const token of bag.keys()) if (isName(token)) names.add(token);
  return names;
}

/** Dice coefficient of two bags, 0..1; two empty ones are equal. */
export function likeness(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let common = 0;
  let all = 0;
  for (const [token, count] of a) {
    all += count;
    common += Math.min(count, b.get(token) ?? 0);
  }
  for (const count of b.values()) all += count;
  return all === 0 ? 1 : (2 * common) / all;
}

/** What to do where both sides changed the same tokens. `null` gives up. */
export type TokenRule = (ours: readonly string[], base: readonly string[], theirs: readonly string[]) => readonly string[] | null;

function isWord(token: string | undefined): boolean {
  return token !== undefined && /[\p{L}\p{N}_$]/u.test(token);
}

/** Edits that touch but do not overlap, both done. */
export function touching(ours: readonly string[], base: readonly string[], theirs: readonly string[]): readonly string[] | null {
  const edits = [...diffLists(base, ours).map((edit) => ({ ...edit, side: ours })), ...diffLists(base, theirs).map((edit) => ({ ...edit, side: theirs }))].toSorted((a, b) => a.aStart - b.aStart || a.aEnd - b.aEnd);
  const out: string[] = [];
  let at = 0;
  for (const [index, { aStart, aEnd, bStart, bEnd, side }] of edits.entries()) {
    const last = edits[index - 1];
    if (last !== undefined && aStart === last.aStart && aEnd === last.aEnd) {
      if (sameList(side.slice(bStart, bEnd), last.side.slice(last.bStart, last.bEnd))) continue;
      return null;
    }
    if (aStart < at) return null;
    out.push(...base.slice(at, aStart));
    // Two words that nothing holds apart any more would be one.
    if (aStart === at && index > 0 && isWord(out.at(-1)) && isWord(side[bStart])) return null;
    out.push(...side.slice(bStart, bEnd));
    at = aEnd;
  }
  return [...out, ...base.slice(at)];
}

/** The texts merged token by token; null where the rule gave up, or the texts are too long. */
export function mergeTokens(base: string, ours: string, theirs: string, rules: readonly TokenRule[], tokensMax: number): readonly (string | null)[] {
  const [o, b, t] = [tokensOf(ours), tokensOf(base), tokensOf(theirs)];
  if (o.length + b.length + t.length > tokensMax) return rules.map(() => null);
  const regions = threeWay(b, o, t);
  return rules.map((rule) => {
    const out: string[] = [];
    for (const region of regions) {
      const tokens = region.kind === 'stable' ? region.tokens : rule(region.ours, region.base, region.theirs);
      if (tokens === null) return null;
      out.push(...tokens);
    }
    return out.join('');
  });
}

export type TokenRegion =
  | { readonly kind: 'stable'; readonly tokens: readonly string[] }
  | { readonly kind: 'conflict'; readonly ours: readonly string[]; readonly base: readonly string[]; readonly theirs: readonly string[] };

/** Three-way over any sequence of strings; edits that touch are one conflict. */
export function threeWay(base: readonly string[], ours: readonly string[], theirs: readonly string[]): readonly TokenRegion[] {
  const [left, right] = [diffLists(base, ours), diffLists(base, theirs)];
  const regions: TokenRegion[] = [];
  let [i, j, at, leftShift, rightShift] = [0, 0, 0, 0, 0];
  while (i < left.length || j < right.length) {
    const start = Math.min(left[i]?.aStart ?? Infinity, right[j]?.aStart ?? Infinity);
    let end = start;
    const [i0, j0] = [i, j];
    for (;;) {
      const [l, r] = [left[i], right[j]];
      if (l !== undefined && l.aStart <= end) { end = Math.max(end, l.aEnd); i += 1; }
      else if (r !== undefined && r.aStart <= end) { end = Math.max(end, r.aEnd); j += 1; }
      else break;
    }
    if (start > at) regions.push({ kind: 'stable', tokens: base.slice(at, start) });
    const [oursFrom, theirsFrom] = [start + leftShift, start + rightShift];
    const [lastLeft, lastRight] = [left[i - 1], right[j - 1]];
    if (i > i0 && lastLeft !== undefined) leftShift = lastLeft.bEnd - lastLeft.aEnd;
    if (j > j0 && lastRight !== undefined) rightShift = lastRight.bEnd - lastRight.aEnd;
    const [o, t] = [ours.slice(oursFrom, end + leftShift), theirs.slice(theirsFrom, end + rightShift)];
    if (j === j0 || sameList(o, t)) regions.push({ kind: 'stable', tokens: o });
    else if (i === i0) regions.push({ kind: 'stable', tokens: t });
    else regions.push({ kind: 'conflict', ours: o, base: base.slice(start, end), theirs: t });
    at = end;
  }
  if (at < base.length) regions.push({ kind: 'stable', tokens: base.slice(at) });
  return regions;
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}
