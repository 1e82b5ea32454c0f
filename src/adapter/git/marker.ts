// A file git left with conflict markers, taken apart into what merged by itself and what did not. Bytes as latin1; knows no process.
import { linesOf } from '../../engine/line/region.ts';
import { endsWith, finderOf, numbering, startsWith } from '../../resolution/line-run.ts';

/** Longer than any marker a file holds by itself; set for every merge through the attributes file. */
export const MARKER_BYTES = 41;
/** A file that holds this was left by a merge. */
export const MARKER_LINE = '<'.repeat(MARKER_BYTES);

export type Segment =
  | { readonly kind: 'merged'; readonly text: string }
  | { readonly kind: 'conflict'; readonly ours: string; readonly theirs: string };

/** Null when the markers do not pair up. */
export function parseMarkers(text: string): readonly Segment[] | null {
  const segments: Segment[] = [];
  let sides: { ours: string; theirs: string; on: 'ours' | 'theirs' } | null = null;
  let merged = '';
  for (const line of linesOf(text)) {
    const marker = markerOf(line);
    if (marker === '<') {
      if (sides !== null) return null;
      if (merged !== '') segments.push({ kind: 'merged', text: merged });
      merged = '';
      sides = { ours: '', theirs: '', on: 'ours' };
    } else if (marker === '=') {
      if (sides?.on !== 'ours') return null;
      sides.on = 'theirs';
    } else if (marker === '>') {
      if (sides?.on !== 'theirs') return null;
      segments.push({ kind: 'conflict', ours: sides.ours, theirs: sides.theirs });
      sides = null;
    } else if (sides === null) merged += line;
    else sides[sides.on] += line;
  }
  if (sides !== null) return null;
  return merged === '' ? segments : [...segments, { kind: 'merged', text: merged }];
}

/** `side` of every conflict. */
export function takeSide(segments: readonly Segment[], side: 'ours' | 'theirs', whole: string): string {
  return partsOf(segments, side, whole).join('');
}

/** The same segment by segment. git ends the last line of a side that had no newline; `whole`, the side's own file, says whether it had. */
export function partsOf(segments: readonly Segment[], side: 'ours' | 'theirs', whole: string): readonly string[] {
  return segments.map((segment, at) => {
    if (segment.kind === 'merged') return segment.text;
    // An empty side at the end of the file leaves what stands before it, which is git's, newline and all.
    return at === segments.length - 1 && !whole.endsWith('\n') ? segment[side].replace(/\r?\n$/, '') : segment[side];
  });
}

/** What a text puts into each segment; null where its lines can be parted in no way, or in several. */
export function partsIn(segments: readonly Segment[], text: string): readonly string[] | null {
  const lines = linesOf(text);
  const parts = segments.map((segment) => segment.kind === 'merged' ? linesOf(segment.text) : null);
  const numbered = numbering();
  const [whole, runs] = [numbered(lines), parts.map((part) => part === null ? null : numbered(part))];
  const starts = startsIn(runs, whole);
  // Found from the other end in the same places: there is no second way.
  const ends = startsIn(runs.toReversed().map((run) => run?.toReversed() ?? null), whole.toReversed())?.toReversed();
  if (starts === null || ends === undefined || parts.some((part, at) => part !== null && (starts[at] ?? 0) + (ends[at] ?? 0) + part.length !== lines.length)) return null;
  return parts.map((part, at) => {
    if (part !== null) return part.join('');
    const [before, after] = [parts[at - 1], starts[at + 1]];
    return lines.slice((starts[at - 1] ?? 0) + (before?.length ?? 0), after ?? lines.length).join('');
  });
}

/** Where each settled run stands first, after those before it; a hunk stands where the run before it ends. */
function startsIn(runs: readonly (Int32Array | null)[], lines: Int32Array): readonly number[] | null {
  const starts: number[] = [];
  let at = 0;
  for (const [index, run] of runs.entries()) {
    if (run === null) {
      // Two hunks side by side: nothing tells them apart.
      if (index > 0 && runs[index - 1] === null) return null;
      starts.push(at);
      continue;
    }
    const start = startOf(run, lines, at, index === runs.length - 1 ? 'end' : index === 0 ? 'start' : 'anywhere');
    if (start < at) return null;
    starts.push(start);
    at = start + run.length;
  }
  return starts;
}

/** -1: nowhere. The first run stands at the start and the last at the end, or they are not settled. */
function startOf(run: Int32Array, lines: Int32Array, from: number, where: 'start' | 'end' | 'anywhere'): number {
  switch (where) {
    case 'start': return startsWith(lines, run) ? 0 : -1;
    case 'end': return endsWith(lines, run) ? lines.length - run.length : -1;
    case 'anywhere': {
      const found = finderOf(run)(lines.subarray(from));
      return found < 0 ? -1 : from + found;
    }
  }
}

export function countLines(text: string): number {
  return linesOf(text).length;
}

function markerOf(line: string): '<' | '=' | '>' | null {
  const first = line[0];
  if (first !== '<' && first !== '=' && first !== '>') return null;
  if (line.length < MARKER_BYTES || line.slice(0, MARKER_BYTES) !== first.repeat(MARKER_BYTES)) return null;
  const rest = line.slice(MARKER_BYTES);
  if (first === '=') return /^\r?\n?$/.test(rest) ? first : null;
  return /^ [0-9a-f]{40}/.test(rest) ? first : null;
}
