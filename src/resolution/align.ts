// Where a resolved text answered each conflicting region: found by aligning what was agreed with what was committed.
import { diffLists } from '../engine/line/diff-lists.ts';
import type { Region } from '../engine/line/region.ts';
import { bare } from './line.ts';

/** For each hunk in order the lines that stand in its place, or null where the agreed lines around it are gone. */
export function align(regions: readonly Region[], resolved: readonly string[]): readonly (readonly string[] | null)[] {
  const stable: string[] = [];
  const hunksAt: number[] = [];
  for (const region of regions) {
    if (region.kind === 'stable') for (const line of region.lines) stable.push(bare(line));
    else hunksAt.push(stable.length);
  }
  const place = placesOf(stable, resolved.map((line) => bare(line)));
  // The hunk at `at` stands between the agreed lines before and at that index, or reaches to an end of the text.
  return hunksAt.map((at) => {
    const before = at === 0 ? -1 : place[at - 1] ?? GONE;
    const behind = at === stable.length ? resolved.length : place[at] ?? GONE;
    return before === GONE || behind <= before ? null : resolved.slice(before + 1, behind);
  });
}

/** Told apart from -1, the place before the first line. */
const GONE = -2;

/** For each line of `from` its index in `to`; GONE where it has none. */
function placesOf(from: readonly string[], to: readonly string[]): Int32Array {
  const place = new Int32Array(from.length).fill(GONE);
  let [at, other] = [0, 0];
  for (const edit of [...diffLists(from, to), { aStart: from.length, aEnd: from.length, bStart: to.length, bEnd: to.length }]) {
    for (; at < edit.aStart; at += 1, other += 1) place[at] = other;
    at = edit.aEnd;
    other = edit.bEnd;
  }
  return place;
}
