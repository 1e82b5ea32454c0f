// Where a repository keeps its hooks: the shared git directory, the hooks directory and who owns it. Changes nothing.
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { MaestroError } from '../error.ts';
import { printable } from '../merge/branch.ts';
import { ask, cleanEnvironment } from './git.ts';
import type { GitOptions } from './git.ts';

/**
 * `own`: the repository's hooks directory. `husky`: husky 9 owns `.husky/_` and calls `.husky/<hook>`. `in-tree`: core.hooksPath
 * names a folder of this repository. `outside`: core.hooksPath names a folder other repositories use too.
 */
export type Layout = 'own' | 'husky' | 'in-tree' | 'outside';

export type Repository = {
  /** Root of this worktree; the git directory itself when there is none. */
  readonly root: string;
  readonly bare: boolean;
  /** Shared by all worktrees. */
  readonly commonDir: string;
  readonly hooksDir: string;
  /** core.hooksPath as written, or null. */
  readonly hooksPath: string | null;
  readonly layout: Layout;
  readonly gitVersion: string;
  readonly remotes: readonly string[];
};

/** Everything of ours below the shared git directory. */
export function maestroDir(repository: Pick<Repository, 'commonDir'>): string {
  return join(repository.commonDir, 'maestro');
}

export function findRepository(cwd: string): Repository {
  if (!existsSync(cwd)) throw new MaestroError('not-a-repository', `there is no folder ${printable(cwd)}`, { next: 'give the folder of a clone: --repo <folder>' });
  const here: GitOptions = { cwd, env: cleanEnvironment() };
  const gitVersion = ask(['version'], here)?.replace(/^git version /, '');
  if (gitVersion === undefined) throw new MaestroError('git-failed', 'git did not answer', { next: 'install git and put it on PATH' });
  const bare = ask(['rev-parse', '--is-bare-repository'], here);
  if (bare === null) throw new MaestroError('not-a-repository', `${printable(resolve(cwd))} is not inside a git repository`, { next: 'cd into your clone, or `git clone` it first' });
  const root = ask(['rev-parse', '--show-toplevel'], here) ?? resolve(cwd, must(['rev-parse', '--absolute-git-dir'], here));
  // From the root on: git prints a relative core.hooksPath as written, and means it from there.
  const there = { ...here, cwd: root };
  const commonDir = resolve(root, must(['rev-parse', '--git-common-dir'], there));
  const hooksDir = resolve(root, must(['rev-parse', '--git-path', 'hooks'], there));
  const hooksPath = ask(['config', '--get', 'core.hooksPath'], there);
  const remotes = (ask(['remote'], there) ?? '').split('\n').filter((name) => name !== '');
  return { root, bare: bare === 'true', commonDir, hooksDir, hooksPath, layout: layoutOf(root, commonDir, hooksDir, hooksPath), gitVersion, remotes };
}

function must(args: readonly string[], options: GitOptions): string {
  const answer = ask(args, options);
  if (answer === null) throw new MaestroError('git-failed', `git ${args.join(' ')} failed`);
  return answer;
}

function layoutOf(root: string, commonDir: string, hooksDir: string, hooksPath: string | null): Layout {
  if (hooksPath === null || same(hooksDir, join(commonDir, 'hooks'))) return 'own';
  if (basename(hooksDir) === '_' && basename(dirname(hooksDir)) === '.husky') return 'husky';
  const main = basename(commonDir) === '.git' ? dirname(commonDir) : commonDir;
  return [root, commonDir, main].some((folder) => isInside(hooksDir, folder)) ? 'in-tree' : 'outside';
}

function same(one: string, other: string): boolean {
  return real(one) === real(other);
}

function isInside(path: string, folder: string): boolean {
  const way = relative(real(folder), real(path));
  return !isAbsolute(way) && way !== '..' && !way.startsWith('../');
}

function real(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

/** Older gits have no reference-transaction hook. */
export function knowsTransactions(gitVersion: string): boolean {
  const [major = 0, minor = 0] = gitVersion.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 28);
}

export function readIfThere(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}
