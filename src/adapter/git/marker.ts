// A file git left with conflict markers, taken apart into what merged by itself and what did not. Bytes as latin1; knows no process.

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

/** `side` of every conflict. git ends the last line of a side that had no newline; `whole`, the side's own file, says whether it had. */
export function takeSide(segments: readonly Segment[], side: 'ours' | 'theirs', whole: string): string {
  const text = segments.map((segment) => segment.kind === 'merged' ? segment.text : segment[side]).join('');
  const last = segments.at(-1);
  if (last?.kind !== 'conflict' || whole.endsWith('\n')) return text;
  // An empty side at the end of the file: what stands before it is git's, newline and all.
  return last[side] === '' ? text : text.replace(/\r?\n$/, '');
}

/** Every line with its end. */
export function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
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
