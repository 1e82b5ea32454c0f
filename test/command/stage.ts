// The command line under test: through the bin as a process, or one verb with a scripted person at its terminal.
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Terminal } from '../../src/command/terminal.ts';
import type { Call } from '../../src/command/verb.ts';

export const BIN = resolve(import.meta.dirname, '../../bin/maestro.mjs');
const PERSON = { GIT_AUTHOR_NAME: 'Casey', GIT_AUTHOR_EMAIL: 'casey@example.org', GIT_COMMITTER_NAME: 'Casey', GIT_COMMITTER_EMAIL: 'casey@example.org', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** The bin, as a person would run it in `cwd`. */
export function maestro(cwd: string, args: readonly string[]): Promise<Ran> {
  return new Promise((settle) => {
    execFile(process.execPath, [BIN, ...args], { cwd, env: cleanEnvironment() }, (error, out, err) => settle({ code: error === null ? 0 : Number(error.code), out, err }));
  });
}

export type Running = { readonly child: ChildProcess; readonly said: (text: string) => Promise<string>; readonly ended: Promise<number | null> };

/** A coordinator that goes on running; `said` resolves when its output holds the text. */
export function running(cwd: string, args: readonly string[]): Running {
  const child = spawn(process.execPath, [BIN, ...args], { cwd, env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let output = '';
  const looks = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
    for (const look of looks) look();
  });
  const ended = new Promise<number | null>((settle) => child.once('exit', settle));
  const said = (text: string): Promise<string> => new Promise((settle, reject) => {
    const look = (): void => { if (output.includes(text)) settle(output); };
    looks.add(look);
    look();
    void ended.then(() => reject(new Error(`it ended without saying "${text}":\n${output}`)));
  });
  return { child, said, ended };
}

/** A folder that goes away with the test. */
export function folder(): { readonly path: string; readonly dispose: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'maestro-command-'));
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) };
}

export function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8', env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

/** A bare remote and a clone of it with one commit on main. */
export function cloneIn(root: string, files: Readonly<Record<string, string>> = { 'a.txt': 'one\ntwo\nthree\n' }): string {
  const clone = join(root, 'clone');
  git(root, 'init', '-q', '--bare', '-b', 'main', 'remote.git');
  git(root, 'clone', '-q', join(root, 'remote.git'), clone);
  git(clone, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  commit(clone, files, 'First');
  git(clone, 'push', '-q', 'origin', 'main');
  git(clone, 'remote', 'set-head', 'origin', 'main');
  return clone;
}

export function commit(clone: string, files: Readonly<Record<string, string>>, message: string): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(clone, path)), { recursive: true });
    writeFileSync(join(clone, path), text);
  }
  git(clone, 'add', '--all');
  git(clone, 'commit', '-q', '-m', message);
}

/** A branch off main with one marked commit, on the remote. */
export function ready(clone: string, branch: string, files: Readonly<Record<string, string>>): void {
  git(clone, 'switch', '-q', '-c', branch, 'origin/main');
  commit(clone, files, `Work on ${branch}\n\nREADY_TO_MERGE`);
  git(clone, 'push', '-q', 'origin', branch);
  git(clone, 'switch', '-q', 'main');
}

export type Desk = { readonly call: Call; readonly output: () => string };

/** A call of one verb; `answers` are what the person types, null is the end of input. Without answers nobody is there. */
export function desk(place: { readonly repo: string; readonly state: string | null }, args: readonly string[], more: { readonly flags?: Readonly<Record<string, string | true>>; readonly json?: boolean; readonly answers?: readonly (string | null)[] } = {}): Desk {
  const lines: string[] = [];
  const answers = [...more.answers ?? []];
  const terminal: Terminal = {
    isTerminal: more.answers !== undefined, canAsk: more.answers !== undefined, colour: false, columns: () => 100,
    out: (text) => void lines.push(text),
    err: (text) => void lines.push(`stderr: ${text}`),
    ask: (question) => {
      lines.push(question);
      return Promise.resolve(answers.shift() ?? null);
    },
  };
  const flag = (name: string): string | true | undefined => more.flags?.[name];
  const value = (name: string): string | null => { const given = flag(name); return typeof given === 'string' ? given : null; };
  return { call: { arg: (at) => args[at] ?? null, has: (name) => flag(name) === true, value, ...place, json: more.json ?? false, terminal }, output: () => lines.join('\n') };
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_') && !name.startsWith('MAESTRO_') && !name.startsWith('VITEST') && name !== 'NODE_OPTIONS');
  return { ...Object.fromEntries(kept), ...PERSON };
}
