// A region merged line by line, where a line that a side reworded is still that line: with what the other side took out it is gone, and what both reworded is merged by word.
import { diffLists } from '../engine/line/diff-lists.ts';
import type { HunkLines } from './hunk.ts';
import { bare, joined } from './line.ts';
import { bagOf, likeness, mergeTokens, touching } from './token.ts';

type Lines = readonly string[];
/** By line of the base: what it became on a side, null where it was taken out; and what was put in before it, at last behind all. */
type Fate = { readonly became: readonly (string | null)[]; readonly added: readonly Lines[] };

/** Of the words of two lines; less alike are two lines, not one reworded. */
const LIKENESS_MIN = 0.3;
/** Beyond, a changed run is taken for lines taken out and others put in. */
const PAIRS_MAX = 1600;
const TOKENS_MAX = 2000;

/** Where both reworded the very same words, as ours has them, and as theirs has. Null where neither side reworded a line. */
export function mergedByLine({ ours, base, theirs }: HunkLines): { readonly ours: Lines; readonly theirs: Lines } | null {
  const [left, right] = [fateOf(base, ours), fateOf(base, theirs)];
  if (base.every((line, at) => isKept(line, left.became[at]) && isKept(line, right.became[at]))) return null;
  const out: { ours: string; theirs: string }[] = [];
  for (let at = 0; at <= base.length; at += 1) {
    const [mine = [], other = []] = [left.added[at], right.added[at]];
    const known = new Set(mine.map(bare));
    for (const line of [...mine, ...other.filter((line) => bare(line) === '' || !known.has(bare(line)))]) out.push({ ours: line, theirs: line });
    const line = base[at];
    const merged = line === undefined ? null : mergedLine(line, left.became[at] ?? null, right.became[at] ?? null);
    if (merged !== null) out.push(merged);
  }
  return { ours: joined([out.map((line) => line.ours)]), theirs: joined([out.map((line) => line.theirs)]) };
}

function mergedLine(base: string, ours: string | null, theirs: string | null): { readonly ours: string; readonly theirs: string } | null {
  if (ours === null || theirs === null) return null;
  const one = bare(ours) === bare(base) ? theirs : bare(theirs) === bare(base) || bare(ours) === bare(theirs) ? ours : mergeTokens(base, ours, theirs, [touching], TOKENS_MAX)[0] ?? null;
  return one === null ? { ours, theirs } : { ours: one, theirs: one };
}

/** As it was, or taken out. */
function isKept(line: string, became: string | null | undefined): boolean {
  return became === null || became === undefined || bare(became) === bare(line);
}

function fateOf(base: Lines, side: Lines): Fate {
  const became: (string | null)[] = [...base];
  const added: string[][] = Array.from({ length: base.length + 1 }, () => []);
  for (const { aStart, aEnd, bStart, bEnd } of diffLists(base.map(bare), side.map(bare))) {
    became.fill(null, aStart, aEnd);
    let at = bStart;
    for (const [from, to] of reworded(base.slice(aStart, aEnd), side.slice(bStart, bEnd))) {
      added[aStart + from]?.push(...side.slice(at, bStart + to));
      became[aStart + from] = side[bStart + to] ?? null;
      at = bStart + to + 1;
    }
    added[aEnd]?.push(...side.slice(at, bEnd));
  }
  return { became, added };
}

/** Which line became which, in order: the pairs that are most alike together. */
function reworded(before: Lines, after: Lines): readonly (readonly [from: number, to: number])[] {
  if (before.length === 0 || after.length === 0 || before.length * after.length > PAIRS_MAX) return [];
  const [left, right] = [before, after].map((lines) => lines.map((line) => bagOf([line])));
  const alike = (from: number, to: number): number => {
    const [one, other] = [left?.[from], right?.[to]];
    const value = one === undefined || other === undefined || one.size === 0 || other.size === 0 ? 0 : likeness(one, other);
    return value < LIKENESS_MIN ? 0 : value;
  };
  const width = after.length + 1;
  const [worth, pair] = [new Float64Array((before.length + 1) * width), new Float64Array((before.length + 1) * width)];
  for (let from = before.length - 1; from >= 0; from -= 1) for (let to = after.length - 1; to >= 0; to -= 1) {
    const at = from * width + to;
    pair[at] = alike(from, to);
    worth[at] = Math.max(worth[at + width] ?? 0, worth[at + 1] ?? 0, (pair[at] ?? 0) + (worth[at + width + 1] ?? 0));
  }
  const pairs: (readonly [number, number])[] = [];
  for (let [from, to] = [0, 0]; from < before.length && to < after.length;) {
    const at = from * width + to;
    if ((pair[at] ?? 0) > 0 && worth[at] === (pair[at] ?? 0) + (worth[at + width + 1] ?? 0)) pairs.push([from++, to++]);
    else if (worth[at] === worth[at + width]) from += 1;
    else to += 1;
  }
  return pairs;
}
