// What the two sides of the merge that is going on here said they were doing, and what they did. Without a merge, or when Git does not tell, nothing.
import { backgroundOf, NO_BACKGROUND, type Background } from '../../adapter/git/background.ts';
import { openView, type View } from '../../adapter/git/view.ts';
import { ask, type GitOptions } from '../../hook/git.ts';
import { parseOid } from '../../merge/branch.ts';
import { NO_INTENT, type ConflictFile } from '../../resolution/conflict-file.ts';

/** Written once git stops at a conflict; before that, a merge only names its other side in the environment (`GITHEAD_<id>`). */
const MERGED = 'MERGE_HEAD';
/** One commit of another history, taken or taken back: it does not go on from where the sides parted, so nothing was there before. */
const OTHER_SIDES = ['CHERRY_PICK_HEAD', 'REBASE_HEAD', 'REVERT_HEAD'];
const GITHEAD = 'GITHEAD_';

/** `paths` as git says them, bytes as latin1. */
export async function backgroundOfMerge(view: View, there: GitOptions, paths: readonly string[]): Promise<Background> {
  const named = Object.keys(process.env).filter((name) => name.startsWith(GITHEAD)).map((name) => name.slice(GITHEAD.length));
  const ours = oidOf('HEAD', there);
  const merged = named.length === 1 ? parseOid(named[0] ?? '') : oidOf(MERGED, there);
  const theirs = merged ?? OTHER_SIDES.map((name) => oidOf(name, there)).find((oid) => oid !== null) ?? null;
  return ours === null || theirs === null ? NO_BACKGROUND : backgroundOf(view, ours, theirs, merged === null ? [] : paths);
}

/** For a driver: whatever goes wrong here must not keep the file from being merged. */
export async function backgroundOfRunningMerge(path: string): Promise<Pick<ConflictFile, 'intent' | 'earlier'>> {
  const gitDir = ask(['rev-parse', '--path-format=absolute', '--git-common-dir']);
  if (gitDir === null) return { intent: NO_INTENT };
  let view: View | null = null;
  try {
    view = openView(gitDir);
    const bytes = Buffer.from(path, 'utf8').toString('latin1');
    return (await backgroundOfMerge(view, {}, [bytes]))(bytes);
  } catch {
    return { intent: NO_INTENT };
  } finally {
    await view?.close();
  }
}

function oidOf(name: string, there: GitOptions): ReturnType<typeof parseOid> {
  return parseOid(ask(['rev-parse', '--verify', '--quiet', name], there) ?? '');
}
