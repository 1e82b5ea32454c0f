// What a line merge leaves: lines that are settled, and hunks that are not. A line keeps its end, so that joining is exact.

export type Region =
  | { readonly kind: 'stable'; readonly lines: readonly string[] }
  | { readonly kind: 'hunk'; readonly base: readonly string[]; readonly ours: readonly string[]; readonly theirs: readonly string[] };

/** As git counts them: only `\n` ends a line (a `\r` before it belongs to the line), and the last may have no end. */
export function linesOf(text: string): readonly string[] {
  const lines: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start) + 1 || text.length;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

/** The merged text, or null while a hunk is open. */
export function settledText(regions: readonly Region[]): string | null {
  const settled: string[] = [];
  for (const region of regions) {
    if (region.kind === 'hunk') return null;
    settled.push(region.lines.join(''));
  }
  return settled.join('');
}
