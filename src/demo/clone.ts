// Git for the demo's people: clones, commits, pushes, as a person would type them. Their own git settings stay out of it.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { simpleGit, type SimpleGit } from 'simple-git';

const ENVIRONMENT_KEPT = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'LANG', 'SYSTEMROOT'];
const CALM = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' };
const SILENT_MS_MAX = 120_000;

/** One person's or agent's work tree. */
export type Clone = { readonly name: string; readonly path: string; readonly git: SimpleGit };

/** Nothing of this machine's git configuration reaches it: no signing, no hooks path, no templates. */
export function gitAt(directory: string, abort: AbortSignal): SimpleGit {
  return simpleGit({ baseDir: directory, abort, timeout: { block: SILENT_MS_MAX }, unsafe: { allowUnsafeConfigPaths: true }, allowEnvironment: Object.keys(CALM) }).env(demoEnvironment());
}

/** For the one step that reads the user's own repository, which may need the user's own access to it. */
export function usersGitAt(directory: string, abort: AbortSignal): SimpleGit {
  return simpleGit({ baseDir: directory, abort, timeout: { block: SILENT_MS_MAX } });
}

/** For every process of the demo: a stray MAESTRO_HOOKS=0 or GIT_DIR of the caller must not reach it. */
export function demoEnvironment(): Record<string, string> {
  const kept = ENVIRONMENT_KEPT.flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(kept), ...CALM };
}

export async function cloneFor(name: string, remote: string, root: string, abort: AbortSignal): Promise<Clone> {
  const folder = name.toLowerCase();
  const path = join(root, folder);
  const who = ['-c', `user.name=${name}`, '-c', `user.email=${folder}@example.org`];
  await gitAt(root, abort).raw(['clone', '--quiet', ...who, '--', remote, folder]);
  return { name, path, git: gitAt(path, abort) };
}

/** Writes the files (null deletes), commits everything. Returns the commit's id. */
export async function commitFiles(clone: Clone, files: Readonly<Record<string, string | null>>, message: string): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(clone.path, path);
    mkdirSync(dirname(file), { recursive: true });
    if (text === null) rmSync(file);
    else writeFileSync(file, text);
    if (text?.startsWith('#!') === true) chmodSync(file, 0o755);
  }
  await clone.git.raw(['add', '--all', '--', ...Object.keys(files)]);
  await clone.git.raw(['commit', '--quiet', '-m', message]);
  return (await clone.git.raw(['rev-parse', 'HEAD'])).trim();
}
