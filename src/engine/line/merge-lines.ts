// A three-way merge by lines that gives git's verdict and, when clean, git's bytes (`git merge`, strategy ort, no attributes).
import { diffLines } from './diff-lines.ts';
import { textsOf, type Text, type Texts } from './line-ids.ts';
import type { Region } from './region.ts';
import type { Span } from './span.ts';

/**
 * `eager`: hunks as the sides' changes overlap or touch (git's style diff3); both sides may have made the same of one.
 * `zealous`: lines equal on both sides are cut out of the hunks (git's default, and the verdict that counts); a hunk carries the
 * base of the whole hunk it was cut from, since git knows no smaller one.
 */
export type Level = 'eager' | 'zealous';

/** Hunks with no more lines between them are one hunk when read. */
const GAP_MAX = 3;

/** Lines from `start` to before `end`, counted from 0. */
export type Range = { readonly start: number; readonly end: number };

/** One stretch that is not as in base. `same`: both sides made the same of it. */
type Block = { readonly kind: 'ours' | 'theirs' | 'same' | 'conflict'; readonly base: Range; readonly ours: Range; readonly theirs: Range };

/** Texts must be exact decodings (no replacement characters), `base` is empty where both sides added the file, binary ones are not for here. */
export function mergeLines(base: string, ours: string, theirs: string, level: Level): readonly Region[] {
  const texts = textsOf(base, ours, theirs);
  return regionsOf(texts, level === 'eager' ? eagerBlocks(texts) : zealousBlocks(texts));
}

/** The clean merge as one text; null: the sides clash. */
export function mergedText(base: string, ours: string, theirs: string): string | null {
  const texts = textsOf(base, ours, theirs);
  const parts: string[] = [];
  let at = 0;
  for (const block of zealousBlocks(texts)) {
    if (block.kind === 'conflict') return null;
    if (block.kind === 'same') continue;
    const range = block.kind === 'ours' ? linesIn(texts.ours, block.ours) : linesIn(texts.theirs, block.theirs);
    parts.push(texts.ours.lines.slice(at, block.ours.start).join(''), range.join(''));
    at = block.ours.end;
  }
  return parts.join('') + texts.ours.lines.slice(at).join('');
}

/** Where the sides clash, by the lines of each: the hunks of level `zealous`. */
export function clashRanges(base: string, ours: string, theirs: string): readonly { readonly ours: Range; readonly theirs: Range }[] {
  return zealousBlocks(textsOf(base, ours, theirs)).filter(({ kind }) => kind === 'conflict');
}

function zealousBlocks(texts: Texts): readonly Block[] {
  return joinNear(eagerBlocks(texts).flatMap((block) => refine(texts, block)));
}

function eagerBlocks(texts: Texts): readonly Block[] {
  return overlay(texts, diffLines(texts.base.ids, texts.ours.ids, texts.scratch), diffLines(texts.base.ids, texts.theirs.ids, texts.scratch));
}

/** Both lists of changes over base as one list of blocks; what overlaps or touches is one block. */
function overlay(texts: Texts, oursChanges: readonly Span[], theirsChanges: readonly Span[]): readonly Block[] {
  const blocks: Block[] = [];
  let [atOurs, atTheirs] = [0, 0];
  for (;;) {
    const [ours, theirs] = [oursChanges[atOurs], theirsChanges[atTheirs]];
    if (ours !== undefined && (theirs === undefined || ours.aEnd < theirs.aStart)) {
      append(blocks, { kind: 'ours', base: baseOf(ours), ours: sideOf(ours), theirs: unchanged(ours, shift(theirs, texts.base, texts.theirs)) });
      atOurs += 1;
    } else if (theirs !== undefined && (ours === undefined || theirs.aEnd < ours.aStart)) {
      append(blocks, { kind: 'theirs', base: baseOf(theirs), ours: unchanged(theirs, shift(ours, texts.base, texts.ours)), theirs: sideOf(theirs) });
      atTheirs += 1;
    } else if (ours !== undefined && theirs !== undefined) {
      if (!isSameChange(texts, ours, theirs)) append(blocks, bothChanged(ours, theirs));
      if (ours.aEnd <= theirs.aEnd) atOurs += 1;
      if (theirs.aEnd <= ours.aEnd) atTheirs += 1;
    } else {
      return blocks;
    }
  }
}

function append(blocks: Block[], block: Block): void {
  const last = blocks.at(-1);
  if (last !== undefined && (block.ours.start <= last.ours.end || block.theirs.start <= last.theirs.end)) {
    blocks[blocks.length - 1] = joined(last, block, last.kind === block.kind ? last.kind : 'conflict');
  } else {
    blocks.push(block);
  }
}

function joined(first: Block, second: Block, kind: Block['kind']): Block {
  const reach = (side: 'base' | 'ours' | 'theirs'): Range => ({ start: first[side].start, end: second[side].end });
  return { kind, base: reach('base'), ours: reach('ours'), theirs: reach('theirs') };
}

/** How much lower than in base the lines above the next change lie: above the end of the text when there is none. */
function shift(next: Span | undefined, base: Text, side: Text): number {
  return next === undefined ? side.lines.length - base.lines.length : next.bStart - next.aStart;
}

function baseOf(change: Span): Range {
  return { start: change.aStart, end: change.aEnd };
}

function sideOf(change: Span): Range {
  return { start: change.bStart, end: change.bEnd };
}

/** Where the other side, which left them alone, has the lines of this change. */
function unchanged(change: Span, by: number): Range {
  return { start: change.aStart + by, end: change.aEnd + by };
}

function isSameChange({ ours, theirs }: Texts, mine: Span, yours: Span): boolean {
  if (mine.aStart !== yours.aStart || mine.aEnd !== yours.aEnd || mine.bEnd - mine.bStart !== yours.bEnd - yours.bStart) return false;
  for (let at = mine.bStart; at < mine.bEnd; at += 1) if (ours.ids[at] !== theirs.ids[at - mine.bStart + yours.bStart]) return false;
  return true;
}

/** Each side's part reaches as far over its change as the other's change reaches over it in base. */
function bothChanged(ours: Span, theirs: Span): Block {
  const base = { start: Math.min(ours.aStart, theirs.aStart), end: Math.max(ours.aEnd, theirs.aEnd) };
  const reach = (side: Span): Range => ({ start: side.bStart - (side.aStart - base.start), end: side.bEnd + (base.end - side.aEnd) });
  return { kind: 'conflict', base, ours: reach(ours), theirs: reach(theirs) };
}

/** A hunk as the differences between its two sides. Where one side is empty there is nothing to cut. */
function refine({ ours, theirs, scratch }: Texts, block: Block): readonly Block[] {
  if (block.kind !== 'conflict' || block.ours.start === block.ours.end || block.theirs.start === block.theirs.end) return [block];
  const changes = diffLines(ours.ids.subarray(block.ours.start, block.ours.end), theirs.ids.subarray(block.theirs.start, block.theirs.end), scratch);
  if (changes.length === 0) return [{ ...block, kind: 'same' }];
  return changes.map((change) => ({
    ...block,
    ours: { start: block.ours.start + change.aStart, end: block.ours.start + change.aEnd },
    theirs: { start: block.theirs.start + change.bStart, end: block.theirs.start + change.bEnd },
  }));
}

function joinNear(blocks: readonly Block[]): readonly Block[] {
  const apart: Block[] = [];
  for (const block of blocks) {
    const last = apart.at(-1);
    if (last?.kind === 'conflict' && block.kind === 'conflict' && block.ours.start - last.ours.end <= GAP_MAX) {
      apart[apart.length - 1] = joined(last, block, 'conflict');
    } else {
      apart.push(block);
    }
  }
  return apart;
}

function regionsOf({ base, ours, theirs }: Texts, blocks: readonly Block[]): readonly Region[] {
  const regions: Region[] = [];
  let stable: (readonly string[])[] = [];
  let at = 0;
  const settle = (): void => {
    const lines = stable.flat();
    if (lines.length > 0) regions.push({ kind: 'stable', lines });
    stable = [];
  };
  for (const block of blocks) {
    if (block.kind === 'same') continue;
    stable.push(ours.lines.slice(at, block.ours.start));
    at = block.ours.end;
    if (block.kind === 'conflict') {
      settle();
      regions.push({ kind: 'hunk', base: linesIn(base, block.base), ours: linesIn(ours, block.ours), theirs: linesIn(theirs, block.theirs) });
    } else {
      stable.push(block.kind === 'ours' ? linesIn(ours, block.ours) : linesIn(theirs, block.theirs));
    }
  }
  stable.push(ours.lines.slice(at));
  settle();
  return regions;
}

function linesIn(text: Text, range: Range): readonly string[] {
  return text.lines.slice(range.start, range.end);
}
