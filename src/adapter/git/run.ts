// One call of git under the hardened profile: no shell, no config of anyone else's, no hooks, no prompts. Knows no command by name.
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Writable } from 'node:stream';
import { MaestroError } from '../../error.ts';
import { diskTrouble, speaksOfDisk } from './disk.ts';

const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;
const STDERR_BYTES_MAX = 64 * 1024;
const DEFAULT_TIMEOUT_MS = 120_000;

export type GitResult = { readonly code: number; readonly stdout: Buffer; readonly stderr: string };
type GitInput = string | Buffer;
export type GitCall = {
  /** Of a function: asked while git starts, which takes as long as much of its work. One that fails ends the call. */
  readonly input?: GitInput | (() => GitInput | Promise<GitInput>);
  readonly env?: Readonly<Record<string, string>>;
  /** Extra `-c` settings, e.g. credentials for a network call. */
  readonly config?: readonly string[];
  readonly timeoutMs?: number;
  /** Ends the call and every child of it. */
  readonly signal?: AbortSignal;
};

/** git bound to one bare repository. */
export type GitRunner = {
  readonly directory: string;
  /** Any exit code is an answer; throws only when git could not run or ran too long. */
  run(args: readonly string[], call?: GitCall): Promise<GitResult>;
  /** Like run, but a non-zero exit throws `git-failed` with git's own last words, or `disk`. */
  must(args: readonly string[], call?: GitCall): Promise<string>;
  /** Command line and environment for a persistent process. */
  command(args: readonly string[], config?: readonly string[]): { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> };
};

const SETTINGS: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.attributesFile=/dev/null',
  'core.symlinks=true',
  'core.quotePath=false',
  'core.bigFileThreshold=64m',
  // The mirror is a cache: after a power cut a damaged one is thrown away and fetched again, so no write to it is waited for.
  'core.fsync=none',
  'protocol.allow=never',
  'protocol.https.allow=always',
  'protocol.ssh.allow=always',
  'submodule.recurse=false',
  'fetch.fsckObjects=true',
  'gc.auto=0',
  'maintenance.auto=false',
  'transfer.credentialsInUrl=die',
  'advice.submoduleMergeConflict=false',
  'merge.renames=true',
  'diff.renames=false',
  'commit.gpgSign=false',
  'push.gpgSign=false',
];

/** The environment of every git process: what git needs to run, nothing that could steer it. */
export function gitEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ['PATH', 'HOME', 'USER', 'SSH_AUTH_SOCK', 'TMPDIR', 'SYSTEMROOT', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy']) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return {
    ...kept,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
    ...extra,
  };
}

let program: string | null = null;

/** The whole path, so that not every start tries all of PATH anew. */
export function gitProgram(): string {
  return program ??= (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'git')).find(isProgram) ?? 'git';
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isAbsolute(path) && statSync(path).isFile();
  } catch {
    return false;
  }
}

/** `settings` are added to the profile for every call, e.g. `protocol.file.allow=always` when the remote is a path. */
export function bindGit(directory: string, settings: readonly string[] = []): GitRunner {
  const fixed = [`--git-dir=${directory}`, ...asFlags([...SETTINGS, ...settings])];
  const run = (args: readonly string[], call: GitCall = {}): Promise<GitResult> =>
    execute([...fixed, ...asFlags(call.config ?? []), ...args], gitEnvironment(call.env), call);
  return {
    directory,
    run,
    must: async (args, call) => {
      const result = await run(args, call);
      if (result.code !== 0) throw gitFailed(args, result);
      return result.stdout.toString('utf8');
    },
    command: (args, config = []) => ({ args: [...fixed, ...asFlags(config), ...args], env: gitEnvironment() }),
  };
}

export function gitFailed(args: readonly string[], result: GitResult): MaestroError {
  const words = result.stderr.trim().split('\n').slice(-3).join(' ') || `exit code ${result.code}`;
  const said = `git ${args[0] ?? ''} failed: ${words}`;
  return speaksOfDisk(result.stderr) ? diskTrouble(said) : new MaestroError('git-failed', said);
}

function asFlags(settings: readonly string[]): string[] {
  return settings.flatMap((setting) => ['-c', setting]);
}

function execute(args: readonly string[], env: Record<string, string>, call: GitCall): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(gitProgram(), args, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const out: Buffer[] = [];
    let outBytes = 0;
    let stderr = '';
    const end = (error: unknown): void => {
      killGroup(child.pid);
      reject(error);
    };
    const stop = (): void => end(new MaestroError('timeout', `git ${commandOf(args)} was ended`, { retryable: true }));
    if (call.signal?.aborted === true) stop();
    else call.signal?.addEventListener('abort', stop, { once: true });
    const settled = (): void => {
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', stop);
    };
    const timer = setTimeout(() => end(new MaestroError('timeout', `git ${commandOf(args)} did not end in time`, { retryable: true })), call.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    child.stdout.on('data', (chunk: Buffer) => {
      outBytes += chunk.length;
      if (outBytes > OUTPUT_BYTES_MAX) end(new MaestroError('git-failed', `git ${commandOf(args)} printed more than ${OUTPUT_BYTES_MAX} bytes`));
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < STDERR_BYTES_MAX) stderr += chunk.toString('utf8');
    });
    child.on('error', (cause) => {
      settled();
      reject(new MaestroError('git-failed', 'git could not be started', { retryable: true, cause, next: 'maestro doctor' }));
    });
    child.on('close', (code) => {
      settled();
      resolve({ code: code ?? 128, stdout: Buffer.concat(out), stderr });
    });
    // A git that exits without reading its input closes the pipe; its exit code says why.
    child.stdin.on('error', () => undefined);
    feed(child.stdin, call.input ?? '').catch((error: unknown) => {
      if (child.exitCode === null) end(error);
    });
  });
}

export async function feed(stdin: Writable, input: NonNullable<GitCall['input']>): Promise<void> {
  const made = typeof input === 'function' ? input() : input;
  // What is there goes at once: git has something to read while the caller does the next thing.
  stdin.end(typeof made === 'string' || Buffer.isBuffer(made) ? made : await made);
}

function commandOf(args: readonly string[]): string {
  return args.find((arg, index) => !arg.startsWith('-') && args[index - 1] !== '-c') ?? '';
}

/** git's transports and helpers are its children: the group goes, not only the leader. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}
