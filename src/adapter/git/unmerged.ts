// What the index of a work tree holds of conflicts. Reads; the repository's config is not alive.
import type { ConflictFile } from '../../resolution/conflict-file.ts';
import type { Background } from './background.ts';
import type { Stage } from './merge-output.ts';
import { readSides, sidesIn, type Unread } from './pair.ts';
import { gitFailed } from './run.ts';
import { shownPath } from './tree.ts';
import type { View } from './view.ts';

/** As much as the ladder reads. */
const TEXT_BYTES_MAX = 1_500_000;
const LIST = ['ls-files', '--unmerged', '-z'];
const STAGED = /^(\d{6}) ([0-9a-f]+) ([123])\t([^]+)$/;

/** `bytes`: the path as git says it, as latin1. `why` there is no file. */
export type Unmerged = { readonly path: string; readonly bytes: string } & ({ readonly file: ConflictFile; readonly why: null } | { readonly file: null; readonly why: Unread });

/** `index`: the work tree's own, which need not be the shared git directory's. `about`: paths as git says them, bytes as latin1. */
export async function unmergedIn(view: View, index: string, about: (paths: readonly string[]) => Promise<Background>): Promise<readonly Unmerged[]> {
  const listed = await view.git.run(LIST, { env: { GIT_INDEX_FILE: index, GIT_WORK_TREE: view.git.directory } });
  if (listed.code !== 0) throw gitFailed(LIST, listed);
  const sides = sidesIn(listed.stdout.toString('latin1').split('\0').flatMap(stageOn));
  const background = await about(sides.map(({ path }) => path));
  const found: Unmerged[] = [];
  for (const one of sides) {
    const [path, bytes, texts] = [shownPath(one.path), one.path, await readSides(view, one, TEXT_BYTES_MAX)];
    found.push(typeof texts === 'string' ? { path, bytes, file: null, why: texts } : { path, bytes, file: { path, ...texts, ...background(bytes) }, why: null });
  }
  return found;
}

function stageOn(line: string): readonly Stage[] {
  const [, mode = '', oid = '', stage = '', path = ''] = STAGED.exec(line) ?? [];
  return path === '' ? [] : [{ mode, oid, stage: stage === '1' ? 1 : stage === '2' ? 2 : 3, path }];
}
