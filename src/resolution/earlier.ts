// What a file was on each side since the two parted: whether one side had the other's text before and went on from there, what it had and gave
// up since, and the text that both had last. Then the other's text is no other opinion, it is yesterday's. Pure.
import { mergedText } from '../engine/line/merge-lines.ts';
import type { Region } from '../engine/line/region.ts';
import { align } from './align.ts';
import type { HunkLines, Surroundings } from './hunk.ts';
import type { ConflictFile, Earlier } from './conflict-file.ts';
import { bare, bareKey, bareLines, bareTextOf, linesOf, speaks } from './line.ts';
import { endsWith, finderOf, startsWith } from './line-run.ts';

/** `key`: its bare lines, blank ones left out. `lines`: the same, numbered. */
type Text = { readonly text: string; readonly key: string; readonly lines: Int32Array };
type SideEarlier = {
  /** Its key today. */
  readonly now: string;
  /** Newest first; neither today's nor the base. */
  readonly texts: readonly Text[];
  /** What it added since and has no more. */
  readonly givenUp: ReadonlySet<string>;
  /** `now` with a line end on both sides of each line: what stands there whole is found in it. */
  readonly nowLined: string;
  /** Which of its texts is the other side's of today, newest is 0; -1: none. */
  readonly hadOther: number;
};

export type Before = {
  readonly ours: SideEarlier;
  readonly theirs: SideEarlier;
  /** What both had last, later than the base that git knows of; null where that cannot be said: each had the other's. */
  readonly parted: Pick<Text, 'text' | 'key'> | null;
  readonly numbers: ReadonlyMap<string, number>;
};

const known = new WeakMap<ConflictFile, Before | null>();

/** Null where nobody looked. */
export function beforeOf(file: ConflictFile): Before | null {
  const found = known.get(file);
  if (found !== undefined) return found;
  const before = file.earlier === undefined ? null : lookBack(file, file.earlier);
  known.set(file, before);
  return before;
}

function lookBack(file: ConflictFile, earlier: Earlier): Before {
  const numbers = new Map<string, number>();
  const base = keyOf(file.base ?? '');
  const [ours, theirs] = [sideOf(file, 'ours', base, earlier, numbers), sideOf(file, 'theirs', base, earlier, numbers)];
  const had = new Set([theirs.now, ...theirs.texts.map(({ key }) => key)]);
  const isUnclear = ours.now === theirs.now || (ours.hadOther >= 0 && theirs.hadOther >= 0);
  const parted = isUnclear ? undefined : [{ text: file.ours, key: ours.now }, ...ours.texts].find(({ key }) => key !== base && had.has(key));
  return { ours, theirs, parted: parted ?? null, numbers };
}

function keyOf(text: string): string {
  return bareTextOf(text).filter((line) => line !== '').join('\n');
}

function sideOf(file: ConflictFile, side: 'ours' | 'theirs', base: string, earlier: Earlier, numbers: Map<string, number>): SideEarlier {
  const [now, other] = [keyOf(file[side]), keyOf(file[side === 'ours' ? 'theirs' : 'ours'])];
  const kept = new Set([...bareTextOf(file[side]), ...bareTextOf(file.base ?? '')]);
  const texts: Text[] = [];
  const givenUp = new Set<string>();
  for (const text of earlier[side]) {
    const said = bareLines(linesOf(text));
    const key = said.join('\n');
    if (key === now || key === base) continue;
    for (const line of said) if (!kept.has(line) && speaks(line)) givenUp.add(line);
    texts.push({ text, key, lines: Int32Array.from(said, (line) => numberOf(line, numbers)) });
  }
  return { now, nowLined: `\n${now}\n`, texts, givenUp, hadOther: texts.findIndex(({ key }) => key === other) };
}

function numberOf(line: string, numbers: Map<string, number>): number {
  const number = numbers.get(line) ?? numbers.size;
  numbers.set(line, number);
  return number;
}

/** The side that had the other's text of today since they parted, and went on from just there. */
export function successorIn(before: Before | null): 'ours' | 'theirs' | null {
  if (before === null || before.parted === null) return null;
  const { ours, theirs, parted } = before;
  return parted.key === theirs.now && ours.hadOther >= 0 ? 'ours' : parted.key === ours.now && theirs.hadOther >= 0 ? 'theirs' : null;
}

/** Whether a text is what became of the other side's: it drops nothing that was not had before and given up. */
export function isSuccessor(before: Before | null, text: string): boolean {
  const side = successorIn(before);
  return side !== null && before?.[side].now === keyOf(text);
}

/** How one side's past knows the lines that the other has in this place: not, somewhere in the file, or between the same agreed lines. */
export type Known = { readonly how: 0 | 1 | 2; /** In the how many-th of its texts first, newest is 0. */ readonly at: number };

export type EarlierView = Before & {
  /** The text that both had last, in the place of each hunk. */
  readonly places: readonly (readonly string[] | null)[];
  /** What ours knows of theirs in a hunk, and theirs of ours. */
  knownIn(hunk: HunkLines, around: Surroundings): readonly [Known, Known];
};

export function earlierView(file: ConflictFile, regions: readonly Region[]): EarlierView | null {
  const before = beforeOf(file);
  if (before === null) return null;
  const asked = new Map<HunkLines, readonly [Known, Known]>();
  return {
    ...before,
    places: before.parted === null ? [] : align(regions, linesOf(before.parted.text)),
    knownIn: (hunk, around) => {
      const found = asked.get(hunk) ?? [knownTo(before, 'ours', hunk.theirs, around), knownTo(before, 'theirs', hunk.ours, around)];
      asked.set(hunk, found);
      return found;
    },
  };
}

const NOT_KNOWN: Known = { how: 0, at: -1 };

function knownTo(before: Before, side: 'ours' | 'theirs', lines: readonly string[], around: Surroundings): Known {
  const { texts, nowLined } = before[side];
  const said = bareLines(lines);
  const [lead, tail] = [around.before.findLast((line) => bare(line) !== ''), around.after.find((line) => bare(line) !== '')];
  const there = firstWith(texts, before.numbers, [...lead === undefined ? [] : [bare(lead)], ...said, ...tail === undefined ? [] : [bare(tail)]], lead === undefined, tail === undefined);
  if (there >= 0) return { how: 2, at: there };
  if (!said.some(speaks) || nowLined.includes(`\n${said.join('\n')}\n`)) return NOT_KNOWN;
  const somewhere = firstWith(texts, before.numbers, said, false, false);
  return somewhere >= 0 ? { how: 1, at: somewhere } : NOT_KNOWN;
}

/** In which text these lines stand one behind the other: where said at its start, at its end. */
function firstWith(texts: readonly Text[], numbers: ReadonlyMap<string, number>, said: readonly string[], atStart: boolean, atEnd: boolean): number {
  const run = Int32Array.from(said, (line) => numbers.get(line) ?? -1);
  if (run.includes(-1)) return -1;
  const find = atStart || atEnd ? null : finderOf(run);
  return texts.findIndex(({ lines }) => find !== null ? find(lines) >= 0 : (!atStart || startsWith(lines, run)) && (!atEnd || endsWith(lines, run)) && (!(atStart && atEnd) || lines.length === run.length));
}

/** The lines that both sides last agreed on in this place, where that is later than the base: what one of them had of the other. */
export function partedLines(view: EarlierView, hunk: HunkLines, around: Surroundings, at: number): readonly string[] | null {
  const both = view.places[at] ?? null;
  if (both !== null && bareKey(both) !== bareKey(hunk.base)) return both;
  const [mine, other] = view.knownIn(hunk, around);
  if (mine.how === 2 && other.how !== 2) return hunk.theirs;
  return other.how === 2 && mine.how !== 2 ? hunk.ours : null;
}

/** The whole file merged from what both had last; null where there is nothing such, or that conflicts as well. */
export function mergedSinceParting({ parted }: Before, { ours, theirs }: ConflictFile): string | null {
  return parted === null ? null : mergedText(parted.text, ours, theirs);
}
