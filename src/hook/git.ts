// One short, synchronous call of the git that is on PATH, as hooks and their installer need it. Knows no repository layout.
// Not adapter/git: a hook speaks to the person's own repository under the person's own settings, and must start fast on node 20.
import { spawnSync, type SpawnSyncOptions } from 'node:child_process';

const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 10_000;

type GitAnswer = { readonly code: number; readonly stdout: string; readonly stderr: string };
export type GitOptions = {
  readonly cwd?: string;
  readonly input?: string | Buffer;
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
};

/** Never throws: a git that is missing or takes too long answers with code -1. */
export function git(args: readonly string[], options: GitOptions = {}): GitAnswer {
  const done = spawnSync('git', [...args], { ...callOf(options), encoding: 'utf8' });
  const code = done.error === undefined ? done.status ?? -1 : -1;
  return { code, stdout: done.stdout ?? '', stderr: done.stderr ?? done.error?.message ?? '' };
}

function callOf({ cwd, env, input, timeoutMs }: GitOptions): Pick<SpawnSyncOptions, 'cwd' | 'env' | 'input' | 'timeout' | 'maxBuffer'> {
  return { cwd, env: env ?? process.env, input: input ?? '', timeout: timeoutMs ?? DEFAULT_TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX };
}

/** stdout without its one last newline (paths may hold others), or null when git said no. */
export function ask(args: readonly string[], options: GitOptions = {}): string | null {
  const answer = git(args, options);
  return answer.code === 0 ? answer.stdout.replace(/\n$/, '') : null;
}

/** stdout as it is, or null when git said no. */
export function askBytes(args: readonly string[], options: GitOptions = {}): Buffer | null {
  const done = spawnSync('git', [...args], { ...callOf(options), encoding: 'buffer' });
  return done.error === undefined && done.status === 0 ? done.stdout : null;
}

/** The environment without what a surrounding hook set for its own repository (`git rev-parse --local-env-vars`). */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  const names = ask(['rev-parse', '--local-env-vars']) ?? '';
  for (const name of names.split('\n')) delete env[name];
  return env;
}
