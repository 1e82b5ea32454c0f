// `maestro resolve` in a work tree that is in the middle of a merge: what the ladder would make of each conflicted file, and with --write makes.
import { join, relative, resolve } from 'node:path';
import { unmergedIn, type Unmerged } from '../../adapter/git/unmerged.ts';
import { openView } from '../../adapter/git/view.ts';
import type { Ladder } from '../../adapter/ladder/ladder.ts';
import { MaestroError } from '../../error.ts';
import { ask, cleanEnvironment } from '../../hook/git.ts';
import { findRepository } from '../../hook/repository.ts';
import { printable } from '../../merge/branch.ts';
import { line, type Line } from '../render/line.ts';
import { fit } from '../render/width.ts';
import { findingOf, nothing, sureText, type Finding } from './finding.ts';
import { backgroundOfMerge } from './background.ts';
import { putResolved, type Put, type WorkTree } from './work-file.ts';

/** `written` null: --write was not given, or it was not sure. */
export type Row = { readonly path: string; readonly finding: Finding; readonly sure: boolean; readonly written: Put | null };
export type WorkTreeChoices = { readonly repo: string; /** Folders stand for all below them; empty: all. */ readonly files: readonly string[]; readonly threshold: number; readonly write: boolean };

export async function resolveWorkTree(choices: WorkTreeChoices, ladder: Pick<Ladder, 'resolve'>): Promise<readonly Row[]> {
  const { root, commonDir, bare } = findRepository(choices.repo);
  if (bare) throw new MaestroError('usage', 'a bare repository has no conflicted files', { next: 'maestro resolve --help' });
  const there = { cwd: root, env: cleanEnvironment() };
  const index = resolve(root, ask(['rev-parse', '--git-path', 'index'], there) ?? join(commonDir, 'index'));
  const view = openView(commonDir);
  try {
    const tree = { root, there: { ...there, env: { ...there.env, GIT_OBJECT_DIRECTORY: join(view.git.directory, 'objects') } } };
    const rows: Row[] = [];
    for (const one of wanted(await unmergedIn(view, index, (paths) => backgroundOfMerge(view, there, paths)), choices.files, root)) rows.push(await rowFor(one, tree, ladder, choices));
    return rows;
  } finally {
    await view.close();
  }
}

function wanted(unmerged: readonly Unmerged[], files: readonly string[], root: string): readonly Unmerged[] {
  const paths = files.map((file) => relative(root, resolve(file)));
  const isIn = (one: Unmerged, path: string): boolean => path === '' || one.path === path || one.path.startsWith(`${path}/`);
  const strange = files.find((_file, at) => !unmerged.some((one) => isIn(one, paths[at] ?? '')));
  if (strange !== undefined) throw new MaestroError('usage', `${printable(strange)} is not in conflict here`, { next: 'git status' });
  return paths.length === 0 ? unmerged : unmerged.filter((one) => paths.some((path) => isIn(one, path)));
}

async function rowFor({ path, bytes, file, why }: Unmerged, tree: WorkTree, ladder: Pick<Ladder, 'resolve'>, { threshold, write }: WorkTreeChoices): Promise<Row> {
  if (file === null) return { path, finding: nothing(why), sure: false, written: null };
  const finding = findingOf(await ladder.resolve('', file));
  const text = sureText(finding, threshold);
  return { path, finding, sure: text !== null, written: write && text !== null ? putResolved(tree, bytes, file, text) : null };
}

export function tableLines(rows: readonly Row[], write: boolean): readonly Line[] {
  if (rows.length === 0) return [line('good', 'No file is in conflict here.')];
  const settled = rows.filter(({ sure, written }) => write ? written === 'yes' : sure).length;
  return [
    ...rows.map((row) => line(isLeft(row) ? 'ask' : 'good', `${fit(words(row, write), 22)} ${sureness(row)}  ${fit(row.finding.rung, 24)} ${printable(row.path)}`)),
    line('plain', ''),
    line('plain', write ? `${settled} of ${rows.length} settled.${settled === 0 ? '' : ' git add them once you have looked.'}` : `${settled} of ${rows.length} would be settled${settled === 0 ? '' : '; --write does it'}. Nothing was changed.`),
  ];
}

function sureness({ finding: { confidence } }: Row): string {
  return `${(100 * confidence).toFixed(0).padStart(3)} %`;
}

/** To a person. */
function isLeft({ sure, written }: Row): boolean {
  return !sure || (written !== null && written !== 'yes');
}

const LEFT: Readonly<Record<Exclude<Put, 'yes'>, string>> = { 'edited-already': 'edited already: left', 'not-a-file': 'no file there: left', 'unwritable': 'cannot be written' };

function words({ sure, written, finding }: Row, write: boolean): string {
  if (!sure) return finding.why === null ? 'not sure: yours' : `${finding.why}: yours`;
  return !write || written === null ? 'would be settled' : written === 'yes' ? 'settled' : LEFT[written];
}
