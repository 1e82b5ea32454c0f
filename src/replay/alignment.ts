// Where a whole text answers each hunk of a conflict. Pure; white space does not count.
import { diffLists } from '../engine/diff-lists.ts';
import type { Region } from '../engine/region.ts';
import { bare, linesOf } from '../resolution/line.ts';

/** For each hunk the lines that stand in its place, or null where the lines around it are not there to tell. */
export function answersIn(text: string, regions: readonly Region[]): readonly (readonly string[] | null)[] {
  const lines = linesOf(text);
  const settled = regions.flatMap((region) => region.kind === 'stable' ? region.lines : []);
  const partner = partnersOf(settled, lines);
  return gapsOf(regions).map((at) => {
    const from = at === 0 ? 0 : after(partner[at - 1]);
    const to = at === settled.length ? lines.length : partner[at] ?? null;
    return from === null || to === null || to < from ? null : lines.slice(from, to);
  });
}

/** For each hunk how many settled lines stand before it. */
function gapsOf(regions: readonly Region[]): readonly number[] {
  const gaps: number[] = [];
  let settled = 0;
  for (const region of regions) {
    if (region.kind === 'hunk') gaps.push(settled);
    else settled += region.lines.length;
  }
  return gaps;
}

/** For each line the index of its partner in the other text, or null. */
function partnersOf(lines: readonly string[], others: readonly string[]): readonly (number | null)[] {
  const partners: (number | null)[] = Array.from({ length: lines.length }, () => null);
  let [at, other] = [0, 0];
  for (const span of [...diffLists(lines.map(bare), others.map(bare)), { aStart: lines.length, aEnd: lines.length, bStart: 0, bEnd: 0 }]) {
    while (at < span.aStart) partners[at++] = other++;
    [at, other] = [span.aEnd, span.bEnd];
  }
  return partners;
}

function after(partner: number | null | undefined): number | null {
  return partner === null || partner === undefined ? null : partner + 1;
}
