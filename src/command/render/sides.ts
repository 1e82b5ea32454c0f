// Both sides of every conflicting place, with line numbers: next to each other where the terminal is wide, else one under the other.
import { printable, shortName } from '../../merge/branch.ts';
import type { MergeRequest } from '../../merge/request.ts';
import { sideWords } from '../../merge/side-words.ts';
import type { Conflict, Hunk, PathConflict } from '../../resolution/conflict.ts';
import { line, untabbed, type Line } from './line.ts';
import { partnerWords } from './question.ts';
import { cut, fit } from './width.ts';

const SIDE_BY_SIDE_COLUMNS = 110;
const LINES_OF_A_SIDE_MAX = 60;
const PATHS_SHOWN = 20;
const TEXT_CHARS_MAX = 400;

export function sidesOf(request: MergeRequest, conflict: Conflict, columns: number): readonly Line[] {
  const partners = partnerWords(conflict.partners);
  const names = { ours: `[A] ${printable(shortName(request.target))}${partners === '' ? '' : ` (${partners})`}`, theirs: `[B] ${printable(shortName(request.branch))}` };
  const shown = conflict.paths.slice(0, PATHS_SHOWN).flatMap((path, at) => pathLines(path, at, conflict.paths.length, names, columns));
  const hidden = conflict.paths.length - PATHS_SHOWN;
  return hidden > 0 ? [...shown, line('quiet', `${hidden} more files are not shown; maestro explain ${request.id} --json has them`)] : shown;
}

type Names = { readonly ours: string; readonly theirs: string };

function pathLines(path: PathConflict, at: number, total: number, names: Names, columns: number): readonly Line[] {
  const head = line('head', `${total > 1 ? `${at + 1}. ` : ''}${printable(path.path)}  (${path.kind})`);
  if (path.hunks.length === 0) return [head, line('plain', `  ${printable(path.message)}`), line('plain', `  ${names.ours}: ${printable(sideWords(path, 'ours'))}`), line('plain', `  ${names.theirs}: ${printable(sideWords(path, 'theirs'))}`), ...wayToSee(path), line('plain', '')];
  return [head, ...path.hunks.flatMap((hunk, index) => [
    ...(path.hunks.length > 1 ? [line('quiet', `  place ${index + 1} of ${path.hunks.length}`)] : []),
    ...(columns >= SIDE_BY_SIDE_COLUMNS ? besides(hunk, names, columns) : below(hunk, names, columns)),
    line('plain', ''),
  ])];
}

/** A text among so many that its lines were not worked out. */
function wayToSee({ kind, ours, theirs }: PathConflict): readonly Line[] {
  return (kind === 'content' || kind === 'add/add') && ours !== null && theirs !== null ? [line('quiet', `  after git fetch: git diff ${ours.oid.slice(0, 12)} ${theirs.oid.slice(0, 12)}`)] : [];
}

function besides(hunk: Hunk, names: Names, columns: number): readonly Line[] {
  const half = Math.floor((columns - 3) / 2);
  const left = numbered(hunk.ours, hunk.oursLine);
  const right = numbered(hunk.theirs, hunk.theirsLine);
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, at) => line('plain', `${fit(left[at] ?? '', half)} │ ${cut(right[at] ?? '', half)}`.trimEnd()));
  return [line('ask', `${fit(names.ours, half)} │ ${cut(names.theirs, half)}`), ...rows];
}

function below(hunk: Hunk, names: Names, columns: number): readonly Line[] {
  const side = (name: string, lines: readonly string[], first: number): readonly Line[] => [line('ask', `  ${name}`), ...numbered(lines, first).map((text) => line('plain', cut(text, columns)))];
  return [...side(names.ours, hunk.ours, hunk.oursLine), ...side(names.theirs, hunk.theirs, hunk.theirsLine)];
}

function numbered(lines: readonly string[], first: number): readonly string[] {
  if (lines.length === 0) return ['       (these lines are gone)'];
  const shown = lines.slice(0, LINES_OF_A_SIDE_MAX).map((text, at) => `${String(first + at).padStart(5)}  ${printable(untabbed(text.replace(/\r?\n$/, '')), TEXT_CHARS_MAX)}`);
  return lines.length > LINES_OF_A_SIDE_MAX ? [...shown, `       (${lines.length - LINES_OF_A_SIDE_MAX} more lines)`] : shown;
}
