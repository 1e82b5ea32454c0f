// What the learned ranking is told about one region and one way to fill it. Numbers only; their names stand beside them.
import { balanceOf } from './candidate.ts';
import type { Candidate } from './candidate.ts';
import type { HunkLines, Surroundings } from './hunk.ts';
import type { FileView } from './feature-file.ts';
import { definedIn, keptOf, wordChange } from './feature-word.ts';
import type { WordChange } from './feature-word.ts';
import { bare, bareLines, isSorted, speaks } from './line.ts';
import { RULES } from './rule.ts';
import { bagOf, likeness, namesIn } from './token.ts';
import { withoutVersions } from './version.ts';

const IMPORT = /^\s*(?:import\b|from\s+\S+\s+import|use |using |#include|export (?:\*|\{[^}]*\}) from|(?:const|let|var) .*=\s*require\(|"[\w./@-]+",?$)/;
const COMMENT = /^\s*(?:\/\/|#|\/?\*|<!--|--)/;

export const HUNK_FEATURES: readonly string[] = [
  'ours', 'base', 'theirs', 'added ours', 'added theirs', 'deleted ours', 'deleted theirs', 'place', 'share of file',
  'space ours', 'space theirs', 'same', 'superset ours', 'superset theirs', 'imports', 'comments', 'versions', 'like ours base', 'like theirs base', 'like ours theirs',
  'used added ours', 'used added theirs', 'used deleted ours', 'used deleted theirs', 'moved ours', 'moved theirs', 'ours elsewhere in theirs', 'theirs elsewhere in ours', 'subset tokens ours', 'subset tokens theirs',
  'balance ours', 'balance theirs', 'balance base', 'blank before', 'ends file', 'candidates', 'order', 'sorted around',
  'deleted by both', 'base tokens kept ours', 'base tokens kept theirs', 'tokens from base ours', 'tokens from base theirs',
];

export type HunkView = {
  readonly hunk: HunkLines;
  readonly around: Surroundings;
  readonly sides: Readonly<Record<'ours' | 'base' | 'theirs', SideView>>;
  readonly changes: { readonly ours: WordChange; readonly theirs: WordChange };
  readonly features: readonly number[];
};
type SideView = { readonly bare: readonly string[]; readonly set: ReadonlySet<string>; readonly bag: ReadonlyMap<string, number>; readonly words: ReadonlySet<string>; readonly balance: number; /** Names defined twice, alone and with the agreed rest. */ readonly twice: readonly [number, number] };

export function hunkView(view: FileView, hunk: HunkLines, around: Surroundings, at: number, candidateCount: number): HunkView {
  const sides = { ours: sideView(view, hunk.ours), base: sideView(view, hunk.base), theirs: sideView(view, hunk.theirs) };
  const { ours, base, theirs } = sides;
  const [addedOurs, addedTheirs] = [minus(ours.bare, base.set), minus(theirs.bare, base.set)];
  const [deletedOurs, deletedTheirs] = [minus(base.bare, ours.set), minus(base.bare, theirs.set)];
  const text = { ours: ours.bare.join(''), base: base.bare.join(''), theirs: theirs.bare.join('') };
  const all = [...hunk.ours, ...hunk.theirs].filter((line) => line.trim() !== '');
  const total = Math.max(1, view.ours.lines.size);
  const features = [
    Math.log1p(ours.bare.length), Math.log1p(base.bare.length), Math.log1p(theirs.bare.length), Math.log1p(addedOurs.length), Math.log1p(addedTheirs.length), Math.log1p(deletedOurs.length), Math.log1p(deletedTheirs.length),
    at / Math.max(1, view.hunkCount), ours.bare.length / total,
    Number(text.ours === text.base), Number(text.theirs === text.base), Number(text.ours === text.theirs),
    Number(addedTheirs.every((line) => ours.set.has(line)) && deletedTheirs.every((line) => !ours.set.has(line))), Number(addedOurs.every((line) => theirs.set.has(line)) && deletedOurs.every((line) => !theirs.set.has(line))),
    ratio(all, (line) => IMPORT.test(line)), ratio(all, (line) => COMMENT.test(line)), Number(text.ours !== '' && withoutVersions(text.ours) === withoutVersions(text.theirs)),
    likeness(ours.bag, base.bag), likeness(theirs.bag, base.bag), likeness(ours.bag, theirs.bag),
    used(view, ours.words, base.words), used(view, theirs.words, base.words), used(view, base.words, ours.words), used(view, base.words, theirs.words),
    ratio(deletedOurs.filter(speaks), (line) => view.ours.lines.has(line)), ratio(deletedTheirs.filter(speaks), (line) => view.theirs.lines.has(line)),
    ratio(addedOurs.filter(speaks), (line) => view.theirs.lines.has(line)), ratio(addedTheirs.filter(speaks), (line) => view.ours.lines.has(line)),
    contained(ours.bag, theirs.bag), contained(theirs.bag, ours.bag),
    ours.balance, theirs.balance, base.balance, Number((around.before.at(-1) ?? '').trim() === ''), Number(around.after.length === 0), candidateCount, orderOf(ours.bare[0], theirs.bare[0]), Number(isSorted(bareLines([...around.before.slice(-4), ...around.after.slice(0, 4)]))),
    ratio(deletedOurs, (line) => !theirs.set.has(line)), contained(base.bag, ours.bag), contained(base.bag, theirs.bag), contained(ours.bag, base.bag), contained(theirs.bag, base.bag),
  ];
  return { hunk, around, sides, changes: { ours: wordChange(base.bag, ours.bag), theirs: wordChange(base.bag, theirs.bag) }, features };
}

/** Whether ours comes first by the alphabet: -1, later: 1. */
function orderOf(ours: string | undefined, theirs: string | undefined): number {
  return ours === undefined || theirs === undefined || ours === theirs ? 0 : ours.toLowerCase() < theirs.toLowerCase() ? -1 : 1;
}

function sideView(view: FileView, lines: readonly string[]): SideView {
  const said = bareLines(lines);
  const bag = bagOf(lines);
  return { bare: said, set: new Set(said), bag, words: namesIn(bag), balance: balanceOf(lines), twice: twiceIn(view, said) };
}

function minus(lines: readonly string[], known: ReadonlySet<string>): readonly string[] {
  return lines.filter((line) => !known.has(line));
}

function ratio<T>(items: readonly T[], test: (item: T) => boolean): number {
  return items.length === 0 ? -1 : items.filter(test).length / items.length;
}

/** Of the words that `words` has and `known` has not: how many the agreed rest of the file uses. */
function used(view: FileView, words: ReadonlySet<string>, known: ReadonlySet<string>): number {
  return ratio([...words].filter((word) => !known.has(word)), (word) => view.stableWords.has(word));
}

/** How much of `a` is in `b`, 0..1, as bags. */
function contained(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let [common, all] = [0, 0];
  for (const [token, count] of a) {
    common += Math.min(count, b.get(token) ?? 0);
    all += count;
  }
  return all === 0 ? 1 : common / all;
}

export const CANDIDATE_FEATURES: readonly string[] = [
  ...RULES.map((rule) => `rule:${rule}`), 'rules', 'lines', 'more lines than sides', 'kept ours', 'kept theirs', 'obeyed ours', 'obeyed theirs', 'from nowhere', 'tokens from nowhere',
  'like ours', 'like theirs', 'like base', 'doubled', 'doubled in file', 'unbalanced', 'unknown words', 'dangling comma', 'missing comma', 'order ours', 'order theirs', 'is side', 'dropped words used', 'kept words unused', 'equals context', 'sorted', 'sorted in place',
  'kept tokens ours', 'kept tokens theirs', 'obeyed tokens ours', 'obeyed tokens theirs', 'defined twice', 'defined again',
];

export function candidateFeatures(view: FileView, { sides, around, changes }: HunkView, candidate: Candidate): readonly number[] {
  const { ours, base, theirs } = sides;
  const lines = candidate.key === '' ? [] : candidate.key.split('\n');
  const set = new Set(lines);
  const bag = bagOf(candidate.lines);
  const words = namesIn(bag);
  const balance = balanceOf(candidate.lines);
  const added = (side: SideView, other: SideView): readonly string[] => side.bare.filter((line) => speaks(line) && !base.set.has(line) && !other.set.has(line));
  const deleted = (side: SideView): readonly string[] => base.bare.filter((line) => speaks(line) && !side.set.has(line));
  const next = around.after.find((line) => line.trim() !== '')?.trim() ?? '';
  const last = candidate.lines.findLast((line) => line.trim() !== '')?.trim() ?? '';
  const [[keptOurs, obeyedOurs], [keptTheirs, obeyedTheirs]] = [keptOf(changes.ours, base.bag, bag), keptOf(changes.theirs, base.bag, bag)];
  const twice = twiceIn(view, lines);
  const longest = Math.max(ours.bare.length, theirs.bare.length);
  return [
    ...RULES.map((rule) => Number(candidate.rules.has(rule))), candidate.rules.size, Math.log1p(lines.length), lines.length - longest,
    ratio(added(ours, theirs), (line) => set.has(line)), ratio(added(theirs, ours), (line) => set.has(line)), ratio(deleted(ours), (line) => !set.has(line)), ratio(deleted(theirs), (line) => !set.has(line)),
    lines.filter((line) => !ours.set.has(line) && !theirs.set.has(line) && !base.set.has(line)).length, nowhere(bag, [ours.bag, theirs.bag, base.bag]),
    likeness(bag, ours.bag), likeness(bag, theirs.bag), likeness(bag, base.bag),
    doubled(lines) - Math.max(doubled(ours.bare), doubled(theirs.bare)), lines.filter((line) => line.length > 3 && speaks(line) && view.stableLines.has(line)).length,
    Math.min(Math.abs(balance - ours.balance), Math.abs(balance - theirs.balance)) + (ours.balance === theirs.balance && balance !== ours.balance ? 1 : 0),
    ratio([...words], (word) => view.stableWords.has(word)),
    Number(last.endsWith(',') && /^[}\])]/.test(next)), Number(/["\d\w]$/.test(last) && /^["']/.test(next) && (ours.bare.at(-1) ?? theirs.bare.at(-1) ?? '').endsWith(',')),
    inOrder(lines, ours.bare), inOrder(lines, theirs.bare), Number(candidate.rules.has('ours')) - Number(candidate.rules.has('theirs')),
    droppedUsed(view, words, ours.words, theirs.words), keptUnused(view, words, base.words), Number(lines[0] !== undefined && lines[0].length > 3 && lines[0] === bare(around.before.findLast((line) => line.trim() !== '') ?? '')) + Number(last.length > 3 && bare(last) === bare(next)),
    Number(isSorted(lines)), Number(lines.length > 0 && isSorted([...bareLines(around.before.slice(-3)), ...lines, ...bareLines(around.after.slice(0, 3))])),
    keptOurs, keptTheirs, obeyedOurs, obeyedTheirs, ...twice.map((count, at) => count - Math.max(ours.twice[at] ?? 0, theirs.twice[at] ?? 0)),
  ];
}

/** How many names the lines define more than once, and how many the agreed rest defines as well. */
function twiceIn(view: FileView, lines: readonly string[]): readonly [number, number] {
  const names = definedIn(lines);
  const all = new Set(names);
  let again = 0;
  for (const name of all) if (view.stableNames.has(name)) again += 1;
  return [names.length - all.size, again];
}

function nowhere(bag: ReadonlyMap<string, number>, known: readonly ReadonlyMap<string, number>[]): number {
  let count = 0;
  for (const token of bag.keys()) if (!known.some((one) => one.has(token))) count += 1;
  return count;
}

function doubled(lines: readonly string[]): number {
  const long = lines.filter((line) => line.length > 5 && speaks(line));
  return long.length - new Set(long).size;
}

/** How much of the longest of the candidate's lines common with a side stands in that side's order; 1 when all does. */
function inOrder(lines: readonly string[], side: readonly string[]): number {
  const at = new Map(side.map((line, index) => [line, index]));
  let [last, good, all] = [-1, 0, 0];
  for (const line of lines) {
    const index = at.get(line);
    if (index === undefined) continue;
    all += 1;
    if (index > last) good += 1;
    last = index;
  }
  return all === 0 ? -1 : good / all;
}

/** Words that either side has and the candidate lost, though the agreed rest uses them. */
function droppedUsed(view: FileView, words: ReadonlySet<string>, ours: ReadonlySet<string>, theirs: ReadonlySet<string>): number {
  let count = 0;
  for (const side of [ours, theirs]) for (const word of side) if (!words.has(word) && view.stableWords.has(word)) count += 1;
  return Math.log1p(count);
}

/** New words of the candidate that nothing else in the agreed rest uses. */
function keptUnused(view: FileView, words: ReadonlySet<string>, base: ReadonlySet<string>): number {
  let count = 0;
  for (const word of words) if (!base.has(word) && !view.stableWords.has(word)) count += 1;
  return Math.log1p(count);
}
