// The regions of a file both sides changed, with line numbers on all three sides: for people to look at, never for a merge.
import { linesOf } from '../../engine/line/region.ts';
import { HUNKS_SHOWN_MAX } from '../../resolution/conflict.ts';
import type { Hunk } from '../../resolution/conflict.ts';
import type { GitRunner } from './run.ts';

const HUNK_LINES_MAX = 60;
const LINE_CHARS_MAX = 300;

/** Lines `start` to `start + count` (0-based) became `to` to `to + toCount`. */
type Edit = { readonly start: number; readonly count: number; readonly to: number; readonly toCount: number };
export type Versions = { readonly base: Version | null; readonly ours: Version; readonly theirs: Version };
export type Version = { readonly oid: string; readonly text: string };

export async function hunksOf(git: GitRunner, versions: Versions): Promise<readonly Hunk[]> {
  const { base, ours, theirs } = versions;
  if (base === null) return addedHunks(await editsOf(git, ours.oid, theirs.oid), ours.text, theirs.text);
  const [left, right] = await Promise.all([editsOf(git, base.oid, ours.oid), editsOf(git, base.oid, theirs.oid)]);
  const lines = { base: linesOf(base.text), ours: linesOf(ours.text), theirs: linesOf(theirs.text) };
  return regions(left, right).slice(0, HUNKS_SHOWN_MAX).map(({ from, to }) => {
    const mine = mapRange(left, from, to);
    const other = mapRange(right, from, to);
    return {
      baseLine: from + 1, base: shown(lines.base.slice(from, to)),
      oursLine: mine.from + 1, ours: shown(lines.ours.slice(mine.from, mine.to)),
      theirsLine: other.from + 1, theirs: shown(lines.theirs.slice(other.from, other.to)),
    };
  });
}

function addedHunks(edits: readonly Edit[], ours: string, theirs: string): readonly Hunk[] {
  const [left, right] = [linesOf(ours), linesOf(theirs)];
  return edits.slice(0, HUNKS_SHOWN_MAX).map((edit) => ({
    baseLine: 1, base: [],
    oursLine: edit.start + 1, ours: shown(left.slice(edit.start, edit.start + edit.count)),
    theirsLine: edit.to + 1, theirs: shown(right.slice(edit.to, edit.to + edit.toCount)),
  }));
}

async function editsOf(git: GitRunner, from: string, to: string): Promise<readonly Edit[]> {
  const patch = await git.must(['diff', '--no-ext-diff', '--no-textconv', '--no-color', '--histogram', '--text', '-U0', from, to]);
  const edits: Edit[] = [];
  for (const [, start = '', count = '1', into = '', intoCount = '1'] of patch.matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm)) {
    // An empty range names the line before it.
    edits.push({ start: Number(start) - (count === '0' ? 0 : 1), count: Number(count), to: Number(into) - (intoCount === '0' ? 0 : 1), toCount: Number(intoCount) });
  }
  return edits;
}

/** Ranges of the base where edits of both sides overlap or touch, grown to whole edits. */
function regions(left: readonly Edit[], right: readonly Edit[]): readonly { readonly from: number; readonly to: number }[] {
  const all = [...left.map((edit) => ({ edit, side: 1 })), ...right.map((edit) => ({ edit, side: 2 }))].toSorted((a, b) => a.edit.start - b.edit.start);
  const found: { from: number; to: number; sides: number }[] = [];
  for (const { edit, side } of all) {
    const last = found.at(-1);
    const end = edit.start + edit.count;
    if (last === undefined || edit.start > last.to) found.push({ from: edit.start, to: end, sides: side });
    else {
      last.to = Math.max(last.to, end);
      last.sides |= side;
    }
  }
  return found.filter((region) => region.sides === 3);
}

function mapRange(edits: readonly Edit[], from: number, to: number): { readonly from: number; readonly to: number } {
  const shift = (upTo: (edit: Edit) => boolean): number => edits.filter(upTo).reduce((sum, edit) => sum + edit.toCount - edit.count, 0);
  return { from: from + shift((edit) => edit.start + edit.count <= from && edit.start < from), to: to + shift((edit) => edit.start <= to) };
}

function shown(lines: readonly string[]): readonly string[] {
  const cut = lines.slice(0, HUNK_LINES_MAX).map((line) => line.replace(/\r?\n$/, '').slice(0, LINE_CHARS_MAX));
  return lines.length > HUNK_LINES_MAX ? [...cut, `... ${lines.length - HUNK_LINES_MAX} more lines`] : cut;
}
