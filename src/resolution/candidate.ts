// Every way to fill one conflicting region that costs little to make. Which of them is right is judged elsewhere.
import { diffLists } from '../engine/line/diff-lists.ts';
import { atomsOf, chosen, natural, type Choice } from './atom.ts';
import { endsInComment, hasLineComment, withComma } from './comma.ts';
import type { HunkLines, Surroundings } from './hunk.ts';
import { mergedByKey } from './keyed.ts';
import { bare, bareKey, bareLines, isSorted, joined, linesOf } from './line.ts';
import { mergedByLine } from './reworded.ts';
import type { Rule } from './rule.ts';
import { taughtByTheirs } from './taught.ts';
import { mergeTokens, touching } from './token.ts';
import type { TokenRule } from './token.ts';
import { compareVersionsIn, isVersion, withoutVersions } from './version.ts';

/** A filling and all rules that lead to it; equal fillings, white space ignored, are one. */
export type Candidate = { readonly lines: readonly string[]; readonly key: string; readonly rules: ReadonlySet<Rule> };

const LINES_MAX = 3000;
const SORTED_MAX = 40;
const TOKENS_MAX = 6000;
export const CANDIDATES_MAX = 48;

/** `replayed`: what people took for an equal hunk before. `parted`: what both sides had there later than the base. */
export function candidatesOf(hunk: HunkLines, around: Surroundings, replayed: readonly string[] | null = null, parted: readonly string[] | null = null): readonly Candidate[] {
  const found = new Map<string, { lines: readonly string[]; key: string; rules: Set<Rule> }>();
  const add = (rule: Rule, lines: readonly string[] | null): void => {
    if (lines === null) return;
    const key = bareKey(lines);
    const known = found.get(key);
    if (known !== undefined) {
      // Of texts that differ in white space alone the one merged by token has that of both sides.
      if (BY_TOKEN.has(rule) && !known.rules.has('ours') && !known.rules.has('theirs')) known.lines = lines;
      known.rules.add(rule);
    }
    else if (found.size < CANDIDATES_MAX) found.set(key, { lines, key, rules: new Set([rule]) });
  };
  whole(hunk, add);
  add('replayed', replayed);
  if (hunk.ours.length + hunk.base.length + hunk.theirs.length <= LINES_MAX) {
    weaves(hunk, add);
    tokens(hunk, add);
    versions(hunk, add);
    bridges(hunk, around, add);
    commas(hunk, add);
    aligned(hunk, add);
    reworded(hunk, add);
    keyed(hunk, add);
    taught(hunk, add);
    picks(hunk, add);
    sinceParting(hunk, parted, add);
  }
  return [...found.values()];
}

const BY_TOKEN: ReadonlySet<Rule> = new Set(['token', 'token-touching', 'aligned']);

type Add = (rule: Rule, lines: readonly string[] | null) => void;

function whole({ ours, base, theirs }: HunkLines, add: Add): void {
  add('ours', ours);
  add('theirs', theirs);
  add('ours+theirs', joined([ours, theirs]));
  add('theirs+ours', joined([theirs, ours]));
  add('base', base);
  add('empty', []);
  add('ours+new', joined([ours, missingFrom(theirs, ours)]));
  add('theirs+new', joined([theirs, missingFrom(ours, theirs)]));
}

function missingFrom(lines: readonly string[], from: readonly string[]): readonly string[] {
  const known = new Set(from.map((line) => bare(line)));
  return lines.filter((line) => bare(line) === '' || !known.has(bare(line)));
}

/** Both sides' insertions where they stand in the base, both sides' deletions obeyed. */
function weaves(hunk: HunkLines, add: Add): void {
  const { ours, theirs } = hunk;
  add('weave', weave(hunk, false, false));
  add('weave-reversed', weave({ ...hunk, ours: theirs, theirs: ours }, false, false));
  add('weave-once', weave(hunk, true, false));
  add('weave-once-reversed', weave({ ...hunk, ours: theirs, theirs: ours }, true, false));
  add('weave-keep', weave(hunk, true, true));
  add('union', union(ours, theirs));
  add('union-reversed', union(theirs, ours));
  const both = weave(hunk, true, false);
  const once = [...new Map(both.map((line) => [bare(line), line])).values()];
  if (isSorted(bareLines(ours)) && isSorted(bareLines(theirs))) add('sorted-union', once.toSorted(byBare));
  if (once.length <= SORTED_MAX) for (const by of [byBare, byQuoted]) add('sorted-any', joined([once.toSorted(by)]));
}

/** Merged once more, from what both had. Where one side is just that, the other is what became of it. Last, for what came by another way is written as the sides write it. */
function sinceParting(hunk: HunkLines, parted: readonly string[] | null, add: Add): void {
  if (parted === null) return;
  const base = writtenAs(parted, hunk.ours);
  add('parted', weave({ ...hunk, base }, true, false));
  const text = mergeTokens(base.join(''), hunk.ours.join(''), hunk.theirs.join(''), [GIVE_UP], TOKENS_MAX)[0] ?? null;
  add('parted', text === null ? null : linesOf(text));
}

/** The lines that a side has, too, with its white space. */
function writtenAs(lines: readonly string[], side: readonly string[]): readonly string[] {
  const out: string[] = [];
  let at = 0;
  for (const edit of [...diffLists(lines.map(bare), side.map(bare)), { aStart: lines.length, aEnd: lines.length, bStart: side.length, bEnd: side.length }]) {
    out.push(...side.slice(at, edit.bStart), ...lines.slice(edit.aStart, edit.aEnd));
    at = edit.bEnd;
  }
  return out;
}

/** `kept`: the lines of the base as the side writes them. */
type Gaps = { readonly inserted: readonly (readonly string[])[]; readonly deleted: readonly boolean[]; readonly kept: readonly string[] };

export function weave({ ours, base, theirs }: HunkLines, once: boolean, keepBase: boolean): readonly string[] {
  const [left, right] = [gapsOf(base, ours), gapsOf(base, theirs)];
  // A last line that only the base left open is closed, as both sides have it.
  const isOpen = !ours.at(-1)?.endsWith('\n') || !theirs.at(-1)?.endsWith('\n');
  const out: string[] = [];
  for (let at = 0; at <= base.length; at += 1) {
    const mine = left.inserted[at] ?? [];
    const other = right.inserted[at] ?? [];
    out.push(...mine, ...(once ? missingFrom(other, mine) : other));
    const line = spacedBy(base[at], left.kept[at], right.kept[at]);
    if (line !== undefined && (keepBase ? !(left.deleted[at] && right.deleted[at]) : !left.deleted[at] && !right.deleted[at])) out.push(isOpen || line.endsWith('\n') ? line : `${line}\n`);
  }
  return joined([out]);
}

/** A line that a side moved in or out stands where it moved it. */
function spacedBy(line: string | undefined, ours = line, theirs = line): string | undefined {
  return ours === line ? theirs : ours;
}

function gapsOf(base: readonly string[], side: readonly string[]): Gaps {
  const inserted: string[][] = Array.from({ length: base.length + 1 }, () => []);
  const [deleted, kept] = [base.map(() => false), [...base]];
  let [at, shift] = [0, 0];
  const keep = (end: number): void => { for (; at < end; at += 1) kept[at] = side[at + shift] ?? kept[at] ?? ''; };
  for (const edit of diffLists(base.map(bare), side.map(bare))) {
    keep(edit.aStart);
    inserted[edit.aStart]?.push(...side.slice(edit.bStart, edit.bEnd));
    deleted.fill(true, edit.aStart, edit.aEnd);
    [at, shift] = [edit.aEnd, edit.bEnd - edit.aEnd];
  }
  keep(base.length);
  return { inserted, deleted, kept };
}

/** Lines both have once, the others where they stand. */
function union(first: readonly string[], second: readonly string[]): readonly string[] {
  const out: string[] = [];
  let at = 0;
  for (const edit of diffLists(first.map(bare), second.map(bare))) {
    out.push(...first.slice(at, edit.aEnd), ...second.slice(edit.bStart, edit.bEnd));
    at = edit.aEnd;
  }
  return joined([out, first.slice(at)]);
}

function byBare(a: string, b: string): number {
  return order(bare(a), bare(b));
}

/** Imports are kept in the order of what they import. */
function byQuoted(a: string, b: string): number {
  return order(quotedIn(a), quotedIn(b));
}

function quotedIn(line: string): string {
  return /["']([^"']+)["']/.exec(line)?.[1] ?? bare(line);
}

function order(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}

const GIVE_UP: TokenRule = () => null;
const OURS: TokenRule = (ours) => ours;
const THEIRS: TokenRule = (_ours, _base, theirs) => theirs;
const BOTH: TokenRule = (ours, base, theirs) => base.length === 0 ? endsInComment(ours) ? null : [...ours, ...theirs] : startsWith(ours, base) && startsWith(theirs, base) ? [...ours, ...theirs.slice(base.length)] : null;
const BOTH_REVERSED: TokenRule = (ours, base, theirs) => BOTH(theirs, base, ours);
const VERSIONS: TokenRule = (ours, _base, theirs) => isVersion(ours.join('')) && isVersion(theirs.join('')) ? compareVersionsIn(ours.join(''), theirs.join('')) >= 0 ? ours : theirs : null;
const VERSIONS_OURS: TokenRule = (ours, base, theirs) => VERSIONS(ours, base, theirs) ?? ours;
const VERSIONS_THEIRS: TokenRule = (ours, base, theirs) => VERSIONS(ours, base, theirs) ?? theirs;
/** Two renumberings of one base, of a version part by part: both shifts. */
const NUMBERS: TokenRule = (ours, base, theirs) => {
  const [o, b, t] = [ours, base, theirs].map((tokens) => tokens.length === 1 && /^\d{1,9}(?:\.\d{1,9})*$/.test(tokens[0] ?? '') ? (tokens[0] ?? '').split('.').map(Number) : []);
  if (o === undefined || b === undefined || t === undefined || b.length === 0 || o.length !== b.length || t.length !== b.length) return null;
  const shifted = b.map((part, at) => (o[at] ?? 0) + (t[at] ?? 0) - part);
  return shifted.some((part) => part < 0) ? null : [shifted.join('.')];
};
/** Both sides' items of a list, with the comma that the first of them lacks. */
const COMMA: TokenRule = (ours, base, theirs) => {
  if (base.some((token) => token.trim() !== '')) return null;
  const last = ours.findLastIndex((token) => token.trim() !== '');
  const first = theirs.find((token) => token.trim() !== '');
  if (last < 0 || first === undefined || first === ',' || /^[,([{]$/.test(ours[last] ?? '') || endsInComment(ours)) return null;
  return [...ours.slice(0, last + 1), ',', ...theirs];
};
const COMMA_REVERSED: TokenRule = (ours, base, theirs) => COMMA(theirs, base, ours);

function tokens({ ours, base, theirs }: HunkLines, add: Add): void {
  const texts = [base, ours, theirs].map((lines) => lines.join(''));
  const names = ['token', 'token-ours', 'token-theirs', 'token-both', 'token-both-reversed', 'token-version', 'token-version-ours', 'token-version-theirs', 'token-number', 'token-comma', 'token-comma-reversed', 'token-touching'] as const;
  const merged = mergeTokens(texts[0] ?? '', texts[1] ?? '', texts[2] ?? '', [GIVE_UP, OURS, THEIRS, BOTH, BOTH_REVERSED, VERSIONS, VERSIONS_OURS, VERSIONS_THEIRS, NUMBERS, COMMA, COMMA_REVERSED, touching], TOKENS_MAX);
  for (const [at, name] of names.entries()) {
    const text = merged[at] ?? null;
    add(name, text === null ? null : linesOf(text));
  }
}

function startsWith(list: readonly string[], start: readonly string[]): boolean {
  return start.every((one, at) => one === list[at]);
}

function versions({ ours, theirs }: HunkLines, add: Add): void {
  const [left, right] = [ours.join(''), theirs.join('')];
  if (left === right || withoutVersions(left) !== withoutVersions(right)) return;
  const oursIsHigher = compareVersionsIn(left, right) >= 0;
  add('version-high', oursIsHigher ? ours : theirs);
  add('version-low', oursIsHigher ? theirs : ours);
}

const BRIDGE_MAX = 3;

/** Two blocks that share their last lines with what follows: the first one needs a copy of those lines. */
function bridges({ ours, theirs }: HunkLines, { after }: Surroundings, add: Add): void {
  const bridge = (first: readonly string[], second: readonly string[]): readonly string[] | null => {
    const open = balanceOf(first);
    if (open <= 0 || first.length === 0 || second.length === 0) return null;
    for (let count = 1; count <= BRIDGE_MAX; count += 1)
      if (open + balanceOf(after.slice(0, count)) === 0) return joined([first, after.slice(0, count), second]);
    return null;
  };
  add('bridge', bridge(ours, theirs));
  add('bridge-reversed', bridge(theirs, ours));
}

/** Opening less closing brackets. */
export function balanceOf(lines: readonly string[]): number {
  let open = 0;
  for (const line of lines) for (let at = 0; at < line.length; at += 1) open += SIGNS[line.charCodeAt(at)] ?? 0;
  return open;
}

/** For every unit of text: a look past its end is what would cost. */
const SIGNS = new Int8Array(0x10000);
for (const [signs, by] of [['{([', 1], ['})]', -1]] as const) for (const sign of signs) SIGNS[sign.charCodeAt(0)] = by;

/** Two last items of a list: the first one needs a comma. */
function commas({ ours, theirs }: HunkLines, add: Add): void {
  const comma = (first: readonly string[], second: readonly string[]): readonly string[] | null => {
    const last = first.at(-1);
    if (last === undefined || second.length === 0 || !/[\w"'\]})]$/.test(last.trimEnd()) || hasLineComment(last)) return null;
    return joined([[...first.slice(0, -1), withComma(last)], missingFrom(second, first)]);
  };
  add('comma', comma(ours, theirs));
  add('comma-reversed', comma(theirs, ours));
}

const ALIGNED_MAX = 400;

/** Line by line where both sides kept the number of lines: each line as the side that changed it has it, or merged by token. */
function aligned({ ours, base, theirs }: HunkLines, add: Add): void {
  if (ours.length !== base.length || theirs.length !== base.length || base.length < 2 || base.length > ALIGNED_MAX) return;
  const merge = (rule: TokenRule): readonly string[] | null => {
    const out = base.map((line, at) => {
      const [left, right] = [ours[at] ?? '', theirs[at] ?? ''];
      if (bare(left) === bare(line)) return right;
      if (bare(right) === bare(line) || bare(left) === bare(right)) return left;
      return mergeTokens(line, left, right, [rule], TOKENS_MAX)[0] ?? null;
    });
    return out.some((line) => line === null) ? null : out.map((line) => line ?? '');
  };
  add('aligned', merge(GIVE_UP));
  add('aligned-ours', merge(OURS));
  add('aligned-theirs', merge(THEIRS));
}

function reworded(hunk: HunkLines, add: Add): void {
  const merged = mergedByLine(hunk);
  add('reworded-theirs', merged?.theirs ?? null);
  add('reworded-ours', merged?.ours ?? null);
}

function keyed(hunk: HunkLines, add: Add): void {
  for (const [rule, lines] of mergedByKey(hunk)) add(rule, lines);
}

/** One side's substitutions done to the base and to the other side, then what is left merged by line and by token. */
function taught(hunk: HunkLines, add: Add): void {
  for (const [rule, sides] of [['taught-theirs', hunk], ['taught-ours', { ...hunk, ours: hunk.theirs, theirs: hunk.ours }]] as const) {
    const alike = taughtByTheirs(sides);
    if (alike === null) continue;
    const text = mergeTokens(alike.base.join(''), alike.ours.join(''), alike.theirs.join(''), [touching], TOKENS_MAX)[0] ?? null;
    add(rule, weave(alike, true, false));
    add(rule, text === null ? null : linesOf(text));
  }
}

const ATOMS_MAX = 12;
const COMBINED_ATOMS_MAX = 4;

/** Where ours and theirs differ: each place from one side, from both, or from none. */
function picks(hunk: HunkLines, add: Add): void {
  const atoms = atomsOf(hunk);
  const open = atoms.flatMap((atom, at) => atom.kind === 'open' ? [at] : []);
  if (open.length < 2 || open.length > ATOMS_MAX) return;
  const fill = (choose: (at: number) => Choice): readonly string[] => joined(atoms.map((atom, at) => atom.kind === 'open' ? chosen(atom, choose(at)) : atom.lines));
  if (open.length <= COMBINED_ATOMS_MAX) for (let mask = 1; mask < 2 ** open.length - 1; mask += 1) add('pick-few', fill((at) => (mask >> open.indexOf(at)) & 1 ? 'theirs' : 'ours'));
  for (const one of open) for (const rest of ['ours', 'theirs'] as const) for (const pick of ['both', 'none', rest === 'ours' ? 'theirs' : 'ours'] as const)
    add('pick-line', fill((at) => at === one ? pick : rest));
  add('atom', fill((at) => {
    const atom = atoms[at];
    return atom?.kind === 'open' ? natural(atom) : 'both';
  }));
}
