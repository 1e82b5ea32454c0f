// Branches whose names are refused: nothing can be queued under such a name, so this is all their authors hear.
import { printable } from '../../merge/branch.ts';
import { count } from '../../merge/wording.ts';
import type { Ignored } from '../../port/control.ts';
import { line, type Line } from './line.ts';

const SHOWN = 10;
export const RENAME = 'push the work under another branch name';

export function ignoredLines(ignored: readonly Ignored[]): readonly Line[] {
  if (ignored.length === 0) return [];
  const hidden = ignored.length - SHOWN;
  return [
    line('ask', `${count(ignored.length, 'branch', 'branches')} left alone, for ${ignored.length === 1 ? 'its name' : 'their names'}:`),
    ...ignored.slice(0, SHOWN).map(({ name, why }) => line('ask', `  ${ignoredName(name)}: ${why}`)),
    ...(hidden > 0 ? [line('quiet', `  and ${hidden} more`)] : []),
    line('plain', `  next: ${RENAME}`),
  ];
}

export function ignoredName(name: string): string {
  return printable(name.replace('refs/heads/', ''), 80);
}
