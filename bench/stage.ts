// The stage of the landing benchmarks: a bare remote with many files, ready branches, agents' clones, a coordinator as its own process.
import { execFileSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { cleanEnvironment, startCoordinator, type Coordinator } from '../test/harness/stage.ts';

const HOOKS_BIN = resolve(import.meta.dirname, '../bin/maestro-hooks.mjs');
const LINES = `${Array.from({ length: 20 }, (_, line) => `line ${line}`).join('\n')}\n`;

export type Change = { readonly branch: string; readonly files: Readonly<Record<string, string>>; readonly message?: string };
export type Stage = {
  readonly folder: string;
  readonly remote: string;
  git(args: readonly string[], cwd?: string): string;
  /** Branches off main, each one marked commit, all in one fast-import. */
  ready(changes: readonly Change[]): void;
  /** The same in a clone, not pushed yet. */
  readyIn(clone: string, changes: readonly Change[]): void;
  /** Value of a remote branch read from its loose ref file or packed-refs; null when there is none. */
  tip(branch: string): string | null;
  clone(name: string, spool: string | null): string;
  start(state: string, more?: readonly string[]): Coordinator;
  dispose(): void;
};
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
    ready: (changes) => importMany(remote, git(['rev-parse', 'refs/heads/main'], remote).trim(), changes),
    readyIn: (clone, changes) => importMany(clone, git(['rev-parse', 'refs/heads/main'], clone).trim(), changes),
    tip: (branch) => readTip(remote, branch),
    clone: (name, spool) => {
      const path = join(folder, name);
      git(['clone', '-q', remote, path]);
      for (const [key, value] of [['user.name', name], ['user.email', `${name}@example.com`]] as const) git(['config', key, value], path);
      if (spool !== null) execFileSync(process.execPath, [HOOKS_BIN, 'install', '--spool', spool], { cwd: path, env: cleanEnvironment() });
      return path;
    },
    start: (state, more = []) => {
      const coordinator = startCoordinator({ remote, state, cwd: folder, args: more });
      running.push(coordinator.child);
      return coordinator;
    },
    dispose: () => {
      for (const child of running) if (child.exitCode === null) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
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
