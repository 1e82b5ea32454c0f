// What the two sides of the merge that is going on here said they were doing. Without a merge, or when Git does not tell, nothing.
import { intentOf } from '../../adapter/git/past-merge.ts';
import { openView, type View } from '../../adapter/git/view.ts';
import { ask } from '../../hook/git.ts';
import { parseOid } from '../../merge/branch.ts';
import { NO_INTENT, type Intent } from '../../resolution/conflict-file.ts';

/** Written once git stops at a conflict; before that, a merge only names its other side in the environment (`GITHEAD_<id>`). */
const OTHER_SIDES = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REBASE_HEAD', 'REVERT_HEAD'];
const GITHEAD = 'GITHEAD_';

export async function intentOfMerge(view: View, cwd: string): Promise<Intent> {
  const named = Object.keys(process.env).filter((name) => name.startsWith(GITHEAD)).map((name) => name.slice(GITHEAD.length));
  const ours = oidOf('HEAD', cwd);
  const theirs = named.length === 1 ? parseOid(named[0] ?? '') : OTHER_SIDES.map((name) => oidOf(name, cwd)).find((oid) => oid !== null) ?? null;
  return ours === null || theirs === null ? NO_INTENT : intentOf(view, { ours, theirs });
}

/** For a driver: whatever goes wrong here must not keep the file from being merged. */
export async function intentOfRunningMerge(): Promise<Intent> {
  const gitDir = ask(['rev-parse', '--path-format=absolute', '--git-common-dir']);
  if (gitDir === null) return NO_INTENT;
  const view = openView(gitDir);
  try {
    return await intentOfMerge(view, '.');
  } catch {
    return NO_INTENT;
  } finally {
    await view.close();
  }
}

function oidOf(name: string, cwd: string): ReturnType<typeof parseOid> {
  return parseOid(ask(['rev-parse', '--verify', '--quiet', name], { cwd }) ?? '');
}
