// Whose state a folder's coordinator keeps, told from the folder alone: prompts and watch loops wait for it, and git takes its time.
import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const FOLDERS_MAX = 64;

/** The state of the repository that git would find from `repo` on; null: only git can tell (a worktree, a URL, somebody else's). */
export function stateNear(repo: string): string | null {
  let folder = resolve(repo);
  if (!existsSync(folder)) return null;
  for (let looked = 0; looked < FOLDERS_MAX; looked += 1) {
    const common = [join(folder, '.git'), folder].find((path) => existsSync(join(path, 'HEAD')));
    if (common !== undefined) return isOwnRepository(common) ? join(common, 'maestro') : null;
    // A file: of a worktree or a submodule.
    if (existsSync(join(folder, '.git')) || folder === dirname(folder)) return null;
    folder = dirname(folder);
  }
  return null;
}

/** As git: what belongs to another user is not trusted. */
function isOwnRepository(common: string): boolean {
  return existsSync(join(common, 'objects')) && existsSync(join(common, 'refs')) && !existsSync(join(common, 'commondir')) && statSync(common).uid === process.getuid?.();
}
