// The stage of the landing benchmarks: a bare remote with many files, ready branches, agents' clones, a coordinator as its own process.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connectControl, type ControlClient } from '../src/adapter/socket/client.ts';

const BIN = resolve(import.meta.dirname, '../bin/maestro.mjs');
const HOOKS_BIN = resolve(import.meta.dirname, '../bin/maestro-hooks.mjs');
const START_TIMEOUT_MS = 20_000;
const LINES = `${Array.from({ length: 20 }, (_, line) => `line ${line}`).join('\n')}\n`;

export type Change = { readonly branch: string; readonly files: Readonly<Record<string, string>>; readonly message?: string };
export type Stage = {
  readonly folder: string;
  readonly remote: string;
  git(args: readonly string[], cwd?: string): string;
  /** Branches off main, each one marked commit, all in one fast-import. */
  ready(changes: readonly Change[]): void;
  /** Value of a remote branch read from its loose ref file or packed-refs; null when there is none. */
  tip(branch: string): string | null;
  clone(name: string, spool: string | null): string;
  start(state: string, more?: readonly string[]): Coordinator;
  dispose(): void;
};
export type Coordinator = { readonly child: ChildProcess; readonly state: string; readonly output: () => string; connected(): Promise<ControlClient>; ended(): Promise<number> };

/** `gate`: null leaves the config out. */
export function stage(files: number, gate: string | null, extra: Readonly<Record<string, string>> = {}): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-bench-'));
  const remote = join(folder, 'origin.git');
  const git = (args: readonly string[], cwd: string = folder): string => execFileSync('git', ['-c', 'gc.auto=0', '-c', 'receive.autogc=false', ...args], { cwd, encoding: 'utf8', env: cleanEnvironment(), stdio: ['pipe', 'pipe', 'pipe'] });
  const running: ChildProcess[] = [];
  git(['init', '-q', '--bare', '-b', 'main', remote]);
  for (const setting of ['gc.auto=0', 'receive.autogc=false']) git(['config', ...setting.split('=')], remote);
  const base: Record<string, string> = { ...extra, ...(gate === null ? {} : { '.github/maestro.yml': `version: 1\ntargets:\n  - target: main\n    gate: ${JSON.stringify(gate)}\n` }) };
  for (let index = 0; index < files; index += 1) base[`src/d${index % 40}/s${index % 5}/f${index}.txt`] = LINES;
  importCommit(remote, 'main', null, base, 'base');
  return {
    folder,
    remote,
    git,
    ready: (changes) => {
      const from = git(['rev-parse', 'refs/heads/main'], remote).trim();
      importMany(remote, from, changes);
    },
    tip: (branch) => readTip(remote, branch),
    clone: (name, spool) => {
      const path = join(folder, name);
      git(['clone', '-q', remote, path]);
      for (const [key, value] of [['user.name', name], ['user.email', `${name}@example.com`]] as const) git(['config', key, value], path);
      if (spool !== null) execFileSync(process.execPath, [HOOKS_BIN, 'install', '--spool', spool], { cwd: path, env: cleanEnvironment() });
      return path;
    },
    start: (state, more = []) => {
      mkdirSync(state, { recursive: true });
      const child = spawn(process.execPath, [BIN, 'start', '--repo', remote, '--state', state, '--json', ...more], { cwd: folder, env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
      running.push(child);
      let output = '';
      child.stdout.on('data', (chunk) => (output += String(chunk)));
      child.stderr.on('data', (chunk) => (output += String(chunk)));
      return { child, state, output: () => output, connected: () => connectWhenUp(join(state, 'socket')), ended: () => new Promise((settle) => (child.exitCode !== null ? settle(child.exitCode) : child.once('exit', (code) => settle(code ?? -1)))) };
    },
    dispose: () => {
      for (const child of running) if (child.exitCode === null) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function cleanEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_AUTHOR_NAME: 'bench', GIT_AUTHOR_EMAIL: 'bench@example.com', GIT_COMMITTER_NAME: 'bench', GIT_COMMITTER_EMAIL: 'bench@example.com' };
  return env;
}

/** Resolves when `seen()` is no longer null, looking each millisecond; the clock's own grain is the figure's error. */
export async function until<T>(seen: () => T | null, timeoutMs: number, what: string): Promise<T> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    const value = seen();
    if (value !== null) return value;
    await new Promise((settle) => setTimeout(settle, 1));
  }
  throw new Error(`${what} did not happen within ${timeoutMs} ms`);
}

async function connectWhenUp(socket: string): Promise<ControlClient> {
  const end = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < end) {
    const client = existsSync(socket) ? await connectControl(socket) : null;
    if (client !== null) return client;
    await new Promise((settle) => setTimeout(settle, 5));
  }
  throw new Error('the coordinator did not come up');
}

function readTip(remote: string, branch: string): string | null {
  try {
    return readFileSync(join(remote, 'refs/heads', branch), 'utf8').trim();
  } catch {
    return null;
  }
}

function importCommit(remote: string, branch: string, from: string | null, files: Readonly<Record<string, string>>, message: string): void {
  fastImport(remote, commitText(branch, from, files, message));
}

function importMany(remote: string, from: string, changes: readonly Change[]): void {
  fastImport(remote, changes.map((change) => commitText(change.branch, from, change.files, change.message ?? `work on ${change.branch}\n\nREADY_TO_MERGE`)).join(''));
}

function fastImport(remote: string, text: string): void {
  execFileSync('git', ['-c', 'fastimport.unpackLimit=0', 'fast-import', '--quiet', '--force'], { cwd: remote, input: text, env: cleanEnvironment() });
}

function commitText(branch: string, from: string | null, files: Readonly<Record<string, string>>, message: string): string {
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const entries = Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`).join('');
  return `commit refs/heads/${branch}\ncommitter Agent <agent@example.com> 1767225600 +0000\n${data(message)}${from === null ? '' : `from ${from}\n`}${entries}\n`;
}
