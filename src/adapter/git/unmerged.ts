// What the index of a work tree holds of conflicts. Reads; the repository's config is not alive.
import type { ConflictFile } from '../../resolution/conflict-file.ts';
import type { Background } from './background.ts';
import { textIn } from './text.ts';
import { shownPath } from './tree.ts';
import type { View } from './view.ts';

const TEXT_BYTES_MAX = 1_500_000;
const STAGED = /^(\d{6}) ([0-9a-f]+) ([123])\t([^]+)$/;

export type Unmerged = { readonly path: string; readonly file: ConflictFile | null; /** Why there is no file. */ readonly why: 'one side deleted it' | 'not a text file' | null };

/** `index`: the work tree's own, which need not be the shared git directory's. `about`: paths as git says them, bytes as latin1. */
export async function unmergedIn(view: View, index: string, about: (paths: readonly string[]) => Promise<Background>): Promise<readonly Unmerged[]> {
  const listed = await view.git.run(['ls-files', '--unmerged', '-z'], { env: { GIT_INDEX_FILE: index, GIT_WORK_TREE: view.git.directory } });
  const stages = listed.stdout.toString('latin1').split('\0').flatMap((line) => {
    const [, mode = '', oid = '', stage = '', path = ''] = STAGED.exec(line) ?? [];
    return path === '' ? [] : [{ mode, oid, stage: Number(stage), path }];
  });
  const paths = Map.groupBy(stages, (one) => one.path);
  const background = await about([...paths.keys()]);
  const found: Unmerged[] = [];
  for (const [path, some] of paths) found.push(await unmerged(view, path, some, background));
  return found;
}

type Staged = { readonly mode: string; readonly oid: string; readonly stage: number };

async function unmerged(view: View, bytes: string, stages: readonly Staged[], background: Background): Promise<Unmerged> {
  const path = shownPath(bytes);
  const at = (stage: number): Staged | null => stages.find((one) => one.stage === stage) ?? null;
  const [base, ours, theirs] = [at(1), at(2), at(3)];
  if (ours === null || theirs === null) return { path, file: null, why: 'one side deleted it' };
  const [before, left, right] = await Promise.all([base === null ? null : textOf(view, base), textOf(view, ours), textOf(view, theirs)]);
  if (left === null || right === null || (base !== null && before === null)) return { path, file: null, why: 'not a text file' };
  return { path, file: { path, base: before, ours: left, theirs: right, ...background(bytes) }, why: null };
}

async function textOf(view: View, { mode, oid }: Staged): Promise<string | null> {
  const bytes = mode.startsWith('100') ? await view.reader.blob(oid, TEXT_BYTES_MAX) : null;
  return bytes === null ? null : textIn(bytes);
}
