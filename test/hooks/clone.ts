// The words of the hook tests: a bare remote and a real clone of it, driven by the git on PATH, with its hooks on.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { install, status, uninstall } from '../../src/hook/door.ts';
import type { Choices, PolicyReader } from '../../src/hook/door.ts';
import { DEFAULT_POLICY } from '../../src/merge/policy.ts';
import type { Policy } from '../../src/merge/policy.ts';

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string };
type Env = Readonly<Record<string, string>>;

export type Clone = {
  readonly folder: string;
  readonly remote: string;
  git(args: readonly string[], env?: Env): Ran;
  /** Writes the files and commits them on the branch that is checked out. */
  commit(message: string, files?: Readonly<Record<string, string>>, env?: Env): Ran;
  /** A new branch off origin/main with one commit. */
  branch(name: string, message: string, files?: Readonly<Record<string, string>>): string;
  push(branch: string, env?: Env): Ran;
  head(): string;
  install(choices?: Partial<Choices>, reader?: PolicyReader | null): Promise<string>;
  uninstall(): string;
  states(): Readonly<Record<string, string>>;
  /** Lines of the spool. */
  signals(spool?: string): readonly string[];
  write(path: string, text: string, mode?: number): string;
  read(path: string): string;
  /** A second clone of the same remote. */
  another(name?: string): Clone;
  worktree(name: string): Clone;
};

/** Everything lives in a folder with a space and a line break in its name; `dispose` removes it. */
export function world(): Clone & { dispose(): void } {
  const base = mkdtempSync(join(tmpdir(), 'maestro-hooks-'));
  const odd = join(base, 'odd name\nhere');
  cpSync(template ??= makeTemplate(), odd, { recursive: true });
  const clone = cloneAt(join(odd, 'clone'), join(odd, 'remote.git'));
  clone.git(['remote', 'set-url', 'origin', clone.remote]);
  return { ...clone, dispose: () => rmSync(base, { recursive: true, force: true }) };
}

let template: string | null = null;
afterAll(() => { if (template !== null) rmSync(template, { recursive: true, force: true }); });

function makeTemplate(): string {
  const base = mkdtempSync(join(tmpdir(), 'maestro-hooks-template-'));
  const remote = join(base, 'remote.git');
  call(base, ['init', '-q', '--bare', '--template=', '-b', 'main', remote]);
  call(base, ['clone', '-q', '--template=', remote, join(base, 'clone')]);
  const clone = cloneAt(join(base, 'clone'), remote);
  clone.git(['checkout', '-q', '-b', 'main']);
  clone.commit('start', { 'a.txt': 'one\ntwo\nthree\n' });
  clone.push('main');
  clone.git(['remote', 'set-head', 'origin', 'main']);
  return base;
}

export const choices = (repo: string): Choices => ({ repo, spools: [], intoHooksPath: false, dryRun: false, json: false });

/** As if .github/maestro.yml on HEAD said this. */
export function says(policy: Partial<Policy>): PolicyReader {
  return () => Promise.resolve({ ...DEFAULT_POLICY, ...policy });
}

export function cloneAt(folder: string, remote: string): Clone {
  const git = (args: readonly string[], env: Env = {}): Ran => call(folder, args, env);
  const write = (path: string, text: string, mode = 0o644): string => {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text, 'latin1');
    chmodSync(full, mode);
    return full;
  };
  const commit = (message: string, files: Readonly<Record<string, string>> = {}, env: Env = {}): Ran => {
    for (const [path, text] of Object.entries(files)) write(path, text);
    git(['add', '-A']);
    return git(['commit', '-q', '--allow-empty', '-m', message], env);
  };
  const head = (): string => git(['rev-parse', 'HEAD']).out.trim();
  const commonDir = (): string => git(['rev-parse', '--path-format=absolute', '--git-common-dir']).out.replace(/\n$/, '');
  return {
    folder, remote, git, commit, head, write,
    branch: (name, message, files = {}) => {
      git(['checkout', '-q', '-b', name, 'origin/main', '--no-track']);
      commit(message, files);
      return head();
    },
    push: (branch, env = {}) => git(['push', '-q', 'origin', branch], env),
    install: (more = {}, reader = null) => install({ ...choices(folder), ...more }, reader),
    uninstall: () => uninstall(choices(folder)),
    states: () => {
      const { text } = status({ ...choices(folder), json: true });
      const { hooks } = JSON.parse(text) as { hooks: { name: string; state: string }[] };
      return Object.fromEntries(hooks.map((hook) => [hook.name, hook.state]));
    },
    signals: (spool = join(commonDir(), 'maestro', 'spool')) => existsSync(spool) ? readdirSync(spool).map((name) => readFileSync(join(spool, name), 'utf8')) : [],
    read: (path) => readFileSync(join(folder, path), 'latin1'),
    another: (name = 'another') => {
      call(dirname(folder), ['clone', '-q', '--template=', remote, name]);
      return cloneAt(join(dirname(folder), name), remote);
    },
    worktree: (name) => {
      git(['worktree', 'add', '-q', '--detach', join(dirname(folder), name)]);
      return cloneAt(join(dirname(folder), name), remote);
    },
  };
}

const BASE_ENV: Env = {
  // However slow the machine of the test is.
  MAESTRO_FORECAST_MS: '60000',
  GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Agent', GIT_AUTHOR_EMAIL: 'agent@example.org', GIT_COMMITTER_NAME: 'Agent', GIT_COMMITTER_EMAIL: 'agent@example.org',
};

function call(cwd: string, args: readonly string[], env: Env = {}): Ran {
  const done = spawnSync('git', [...args], { cwd, env: { ...process.env, ...BASE_ENV, ...env }, encoding: 'utf8' });
  return { code: done.status, out: done.stdout, err: done.stderr };
}
