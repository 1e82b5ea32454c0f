// Where things are: which remote is meant, and which folder holds Maestro's state for it. Reads the user's own clone, changes nothing.
import { execFile } from 'node:child_process';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { MaestroError } from '../../error.ts';
import { digest, socketPath } from '../../hook/socket.ts';

// A partial clone names its filter behind it.
const FETCHED = / \(fetch\)(?: \[[^\]]*\])?$/;

export type Place = {
  /** What git fetches from and pushes to: an absolute path or a URL. */
  readonly remote: string;
  readonly state: string;
  readonly ledger: string;
  readonly mirror: string;
  readonly gate: string;
  readonly spool: string;
  readonly socket: string;
  /** The clone this was asked in, or null when `--repo` named the remote itself. */
  readonly clone: string | null;
};

/** `repo`: a clone (its `origin`, or only remote, is meant), a bare repository, or a URL. `state` overrides the folder. */
export async function findPlace(repo: string, state: string | null): Promise<Place> {
  if (isUrl(repo)) return layOut(repo, state ?? join(stateHome(), digest(repo)), null);
  const path = resolve(repo);
  if (!existsSync(path) || !statSync(path).isDirectory()) throw new MaestroError('not-a-repository', `there is no folder ${path}`, { next: 'maestro start --repo <path or URL>' });
  // Side by side: prompts and watch loops wait for it.
  const [facts, remotes] = await Promise.all([git(path, ['rev-parse', '--is-bare-repository', '--path-format=absolute', '--git-common-dir']), git(path, ['remote', '-v'])]);
  if (facts === null) throw new MaestroError('not-a-repository', `${path} is not a Git repository`, { next: 'run it inside a clone, or give --repo <path or URL>' });
  const [bare, common] = facts.split('\n');
  if (common === undefined) throw new MaestroError('not-a-repository', `${path} is not a Git repository`);
  if (bare === 'true') return layOut(realpathSync(common), state ?? join(common, 'maestro'), null);
  return layOut(await remoteOf(path, remotes ?? ''), state ?? join(common, 'maestro'), path);
}

/** `listed` as `git remote -v` does: what URLs are rewritten to, and nothing behind the name where there is none. */
async function remoteOf(clone: string, listed: string): Promise<string> {
  const names = [...new Set(listed.split('\n').flatMap((line) => line.split('\t')[0] || []))];
  const name = names.includes('origin') ? 'origin' : names.length === 1 ? names[0] : undefined;
  if (name === undefined) {
    const why = names.length === 0 ? 'has no remote' : `has ${names.length} remotes and none is called origin`;
    throw new MaestroError('no-remote', `${clone} ${why}`, { next: names.length === 0 ? 'git remote add origin <URL>' : 'maestro start --repo <URL of the remote>' });
  }
  const url = listed.split('\n').find((line) => line.startsWith(`${name}\t`) && FETCHED.test(line))?.slice(name.length + 1).replace(FETCHED, '') ?? '';
  if (url === '') throw new MaestroError('no-remote', `the remote ${name} of ${clone} has no URL`);
  if (isUrl(url) || isAbsolute(url)) return url;
  // git resolves a relative remote against the top of the work tree.
  const top = await git(clone, ['rev-parse', '--show-toplevel']);
  return resolve(top ?? clone, url);
}

function layOut(remote: string, state: string, clone: string | null): Place {
  const root = resolve(state);
  return { remote, state: root, ledger: join(root, 'ledger.sqlite'), mirror: join(root, 'mirror.git'), gate: join(root, 'gate'), spool: join(root, 'spool'), socket: socketPath(root), clone };
}

function stateHome(): string {
  return join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'maestro');
}

/** `scheme://...` or `user@host:path`. */
function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || (/^[^/\\:]+:(?!\\)/.test(text) && !existsSync(text));
}

/** Null when git says no. Nothing the clone's config could start is left on. */
function git(directory: string, args: readonly string[]): Promise<string | null> {
  const calm = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '--no-optional-locks'];
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_COMMON_DIR', 'GIT_PREFIX']) delete (env as Record<string, string | undefined>)[name];
  return new Promise((settle, reject) => {
    execFile('git', [...calm, '-C', directory, ...args], { env, maxBuffer: 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) settle(stdout.trim());
      else if ('code' in error && error.code === 'ENOENT') reject(new MaestroError('git-too-old', 'git is not installed', { next: 'install git 2.38 or newer' }));
      else if (stderr.includes('dubious ownership')) reject(new MaestroError('not-a-repository', `${directory} belongs to another user, so git does not open it`, { next: `git config --global --add safe.directory ${directory}` }));
      else settle(null);
    });
  });
}
