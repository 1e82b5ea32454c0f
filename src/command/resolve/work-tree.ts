// `maestro resolve` in a work tree that is in the middle of a merge: what the ladder would make of each conflicted file, and with --write makes.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { unmergedIn, type Unmerged } from '../../adapter/git/unmerged.ts';
import { openView } from '../../adapter/git/view.ts';
import type { Ladder } from '../../adapter/ladder/ladder.ts';
import { MaestroError } from '../../error.ts';
import { ask } from '../../hook/git.ts';
import { findRepository } from '../../hook/repository.ts';
import { printable } from '../../merge/branch.ts';
import { line, type Line } from '../render/line.ts';
import { fit } from '../render/width.ts';
import { findingOf, nothing, sureText, type Finding } from './finding.ts';
import { backgroundOfMerge } from './background.ts';

/** `written` null: --write was not given, or it was not sure. */
export type Row = { readonly path: string; readonly finding: Finding; readonly sure: boolean; readonly written: 'yes' | 'edited-already' | null };
export type WorkTreeChoices = { readonly repo: string; /** Empty: all. */ readonly files: readonly string[]; readonly threshold: number; readonly write: boolean };

const MARKED = /^<{7}/m;

export async function resolveWorkTree(choices: WorkTreeChoices, ladder: Pick<Ladder, 'resolve'>): Promise<readonly Row[]> {
  const { root, commonDir, bare } = findRepository(choices.repo);
  if (bare) throw new MaestroError('usage', 'a bare repository has no conflicted files', { next: 'maestro resolve --help' });
  const index = resolve(root, ask(['rev-parse', '--git-path', 'index'], { cwd: root }) ?? join(commonDir, 'index'));
  const view = openView(commonDir);
  try {
    const rows: Row[] = [];
    for (const one of wanted(await unmergedIn(view, index, (paths) => backgroundOfMerge(view, root, paths)), choices.files, root)) rows.push(await rowFor(one, root, ladder, choices));
    return rows;
  } finally {
    await view.close();
  }
}

function wanted(unmerged: readonly Unmerged[], files: readonly string[], root: string): readonly Unmerged[] {
  const paths = files.map((file) => relative(root, resolve(file)));
  const strange = paths.find((path) => unmerged.every((one) => one.path !== path));
  if (strange !== undefined) throw new MaestroError('usage', `${strange} is not in conflict here`, { next: 'git status' });
  return paths.length === 0 ? unmerged : unmerged.filter(({ path }) => paths.includes(path));
}

async function rowFor({ path, file, why }: Unmerged, root: string, ladder: Pick<Ladder, 'resolve'>, { threshold, write }: WorkTreeChoices): Promise<Row> {
  const finding = file === null ? nothing(why ?? 'not a text file') : findingOf(await ladder.resolve('', file));
  const text = sureText(finding, threshold);
  return { path, finding, sure: text !== null, written: write && text !== null ? put(join(root, path), text) : null };
}

/** Only over what git left: a file without markers is somebody's work. */
function put(file: string, text: string): Row['written'] {
  if (!existsSync(file) || !MARKED.test(readFileSync(file, 'latin1'))) return 'edited-already';
  writeFileSync(file, text);
  return 'yes';
}

export function tableLines(rows: readonly Row[], write: boolean): readonly Line[] {
  if (rows.length === 0) return [line('good', 'No file is in conflict here.')];
  const sure = rows.filter((row) => row.sure).length;
  return [
    ...rows.map((row) => line(row.sure ? 'good' : 'ask', `${fit(words(row, write), 22)} ${sureness(row)}  ${fit(row.finding.rung, 24)} ${printable(row.path)}`)),
    line('plain', ''),
    line('plain', write ? `${sure} of ${rows.length} settled. git add them once you have looked.` : `${sure} of ${rows.length} would be settled; --write does it. Nothing was changed.`),
  ];
}

function sureness({ finding: { confidence } }: Row): string {
  return `${(100 * confidence).toFixed(0).padStart(3)} %`;
}

function words({ sure, written, finding }: Row, write: boolean): string {
  if (!sure) return finding.why === null ? 'not sure: yours' : `${finding.why}: yours`;
  if (!write) return 'would be settled';
  return written === 'yes' ? 'settled' : 'edited already: left';
}
