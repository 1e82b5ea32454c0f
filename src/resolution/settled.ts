// What git settled by itself stays as it is: both sides of a file with nothing but its hunks filled, and the test for other texts.
import { mergeLines } from '../engine/line/merge-lines.ts';
import type { Region } from '../engine/line/region.ts';
import type { ConflictFile } from './conflict-file.ts';

/** git's own merge of the file, every hunk as one side has it. */
export function sideText(file: Pick<ConflictFile, 'base' | 'ours' | 'theirs'>, side: 'ours' | 'theirs'): string {
  return zealous(file).map((region) => (region.kind === 'stable' ? region.lines : region[side]).join('')).join('');
}

/** The test for texts that may land: the file is merged once, however many are tried. */
export function settledTest(file: Pick<ConflictFile, 'base' | 'ours' | 'theirs'>): (text: string) => boolean {
  const parts = zealous(file).map((region) => region.kind === 'stable' ? region.lines.join('') : null);
  return (text) => keepsSettled(parts, text);
}

/** Whether the settled parts, whole lines, stand in the text, in order and at both ends: only what is inside hunks differs. Null stands for a hunk. */
export function keepsSettled(parts: readonly (string | null)[], text: string): boolean {
  let at = 0;
  for (const [index, settled] of parts.entries()) {
    if (settled === null || settled === '') continue;
    const found = index === parts.length - 1 ? text.length - settled.length : index === 0 ? 0 : lineOf(settled, text, at);
    if (found < at || (index === 0 && found !== 0) || !text.startsWith(settled, found) || !beginsLine(text, found)) return false;
    at = found + settled.length;
  }
  return true;
}

/** Where the lines stand first, from `from` on; -1 for nowhere. */
function lineOf(lines: string, text: string, from: number): number {
  let at = text.indexOf(lines, from);
  while (at !== -1 && !beginsLine(text, at)) at = text.indexOf(lines, at + 1);
  return at;
}

function beginsLine(text: string, at: number): boolean {
  return at === 0 || text[at - 1] === '\n';
}

function zealous({ base, ours, theirs }: Pick<ConflictFile, 'base' | 'ours' | 'theirs'>): readonly Region[] {
  return mergeLines(base ?? '', ours, theirs, 'zealous');
}
