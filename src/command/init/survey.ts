// What a clone shows of its project before Maestro knows anything: its branches, its default branch, its top folder. Changes nothing.
import { simpleGit, type SimpleGit } from 'simple-git';
import { findPlace } from '../../adapter/local/place.ts';
import { MaestroError } from '../../error.ts';
import { parseBranch } from '../../merge/branch.ts';

const SILENT_MS_MAX = 30_000;
const BRANCHES_MAX = 10_000;
const ENVIRONMENT_KEPT = ['PATH', 'HOME', 'SYSTEMROOT', 'TMPDIR'];

export type Survey = {
  /** Root of the work tree. */
  readonly top: string;
  readonly remote: string;
  readonly defaultBranch: string;
  /** Short names, local ones and the remote's, each once. */
  readonly branches: readonly string[];
};

/** Throws `not-a-repository`, `no-remote`, `no-commits`, and `not-allowed` on a detached HEAD. */
export async function survey(repo: string): Promise<Survey> {
  const place = await findPlace(repo, null);
  if (place.clone === null) throw new MaestroError('usage', 'init writes a file into a clone, and this is none', { next: 'git clone it, then maestro init in the clone' });
  const git = simpleGit({ baseDir: place.clone, timeout: { block: SILENT_MS_MAX } }).env(calmEnvironment());
  const top = (await git.raw(['rev-parse', '--show-toplevel'])).trim();
  const current = await currentBranch(git);
  const remotes = (await git.getRemotes()).map((remote) => remote.name);
  const remote = remotes.includes('origin') ? 'origin' : remotes[0] ?? 'origin';
  const branches = await branchesOf(git, remote);
  const defaultBranch = await defaultBranchOf(git, remote, branches, current);
  if (current === null) throw new MaestroError('not-allowed', 'HEAD is detached: a commit made here would be on no branch', { next: `git switch ${defaultBranch}` });
  return { top, remote, defaultBranch, branches };
}

/** Null on a detached HEAD. */
async function currentBranch(git: SimpleGit): Promise<string | null> {
  const name = await quietly(git, ['symbolic-ref', '--quiet', '--short', 'HEAD']);
  if (await quietly(git, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']) === null)
    throw new MaestroError('no-commits', `this repository has no commit yet${name === null ? '' : ` (${name} is not born)`}`, { next: 'git commit --allow-empty -m "First commit", then push it' });
  return name;
}

async function branchesOf(git: SimpleGit, remote: string): Promise<readonly string[]> {
  const listed = await git.raw(['for-each-ref', `--count=${BRANCHES_MAX}`, '--format=%(refname)', 'refs/heads', `refs/remotes/${remote}`]);
  const names = listed.split('\n').map((ref) => ref.replace(/^refs\/heads\//, '').replace(`refs/remotes/${remote}/`, ''));
  return [...new Set(names)].filter((name) => name !== 'HEAD' && parseBranch(name).ok).toSorted();
}

async function defaultBranchOf(git: SimpleGit, remote: string, branches: readonly string[], current: string | null): Promise<string> {
  const named = (await quietly(git, ['symbolic-ref', '--quiet', '--short', `refs/remotes/${remote}/HEAD`]))?.replace(`${remote}/`, '');
  return [named, 'main', 'master'].find((name) => name !== undefined && branches.includes(name)) ?? current ?? 'main';
}

/** Null when git says no. */
async function quietly(git: SimpleGit, args: readonly string[]): Promise<string | null> {
  try {
    const said = (await git.raw([...args])).trim();
    return said === '' ? null : said;
  } catch {
    return null;
  }
}

/** Only local reading is done, and simple-git refuses to run beside some variables people do set. */
function calmEnvironment(): Record<string, string> {
  const kept = ENVIRONMENT_KEPT.flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}
