// A conflict as git writes it into a file: the settled lines, and both sides between markers. Pure; text as it comes, also bytes as latin1.
import { mergeLines } from '../../engine/line/merge-lines.ts';
import type { Region } from '../../engine/line/region.ts';

/** `merge.conflictStyle`. */
export type ConflictStyle = 'merge' | 'diff3' | 'zdiff3';
export type Markers = { readonly size: number; readonly style: ConflictStyle; readonly ours: string; readonly base: string; readonly theirs: string };
type Hunk = Extract<Region, { kind: 'hunk' }>;

/** `open`: hunks that are left; none, and the text is the merge. */
export function markerText(base: string, ours: string, theirs: string, markers: Markers): { readonly text: string; readonly open: number } {
  const regions = mergeLines(base, ours, theirs, markers.style === 'merge' ? 'zealous' : 'eager');
  const parts: string[] = [];
  let before: string | null = null;
  let open = 0;
  for (const region of regions) {
    if (region.kind === 'stable') parts.push(...region.lines);
    else {
      open += 1;
      parts.push(...written(region, markers, endFor(before, ours, theirs, base)));
    }
    before = region.kind === 'stable' ? region.lines.at(-1) ?? null : null;
  }
  return { text: parts.join(''), open };
}

function written(hunk: Hunk, { size, style, ours, base, theirs }: Markers, end: string): readonly string[] {
  const marker = (sign: string, label: string): string => `${sign.repeat(size)}${label === '' ? '' : ` ${label}`}${end}`;
  const [head, inner, tail] = style === 'zdiff3' ? trimmed(hunk) : [[], hunk, []];
  return [
    ...head,
    marker('<', ours), ...ended(inner.ours, end),
    ...(style === 'merge' ? [] : [marker('|', base), ...ended(inner.base, end)]),
    marker('=', ''), ...ended(inner.theirs, end), marker('>', theirs),
    ...tail,
  ];
}

/** What both sides begin and end with stands outside the markers. */
function trimmed({ base, ours, theirs }: Hunk): readonly [readonly string[], Omit<Hunk, 'kind'>, readonly string[]] {
  const shorter = Math.min(ours.length, theirs.length);
  let [front, back] = [0, 0];
  while (front < shorter && ours[front] === theirs[front]) front += 1;
  while (back < shorter - front && ours[ours.length - 1 - back] === theirs[theirs.length - 1 - back]) back += 1;
  return [ours.slice(0, front), { base, ours: ours.slice(front, ours.length - back), theirs: theirs.slice(front, theirs.length - back) }, ours.slice(ours.length - back)];
}

function ended(lines: readonly string[], end: string): readonly string[] {
  return lines.map((line) => line.endsWith('\n') ? line : `${line}${end}`);
}

/** CRLF where the first line of the base has it, and the line before the hunk (or else the first of each side), if it ends at all, has no other. */
function endFor(before: string | null, ours: string, theirs: string, base: string): string {
  const [first, ...looked] = [base, ...before === null ? [ours, theirs] : [before]].map((text) => text.slice(0, text.indexOf('\n') + 1));
  return first?.endsWith('\r\n') === true && looked.every((line) => line === '' || line.endsWith('\r\n')) ? '\r\n' : '\n';
}
