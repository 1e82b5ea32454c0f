// A coordinator as its own process, started from the bin as a user starts it, and the words to meet it. Shared with the benchmarks.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { connectControl, type ControlClient } from '../../src/adapter/socket/client.ts';

const BIN = resolve(import.meta.dirname, '../../bin/maestro.mjs');
/** Far above what a start takes on any machine: one that is slow is not one that fails. */
const START_TIMEOUT_MS = 60_000;
const LOOK_MS = 5;

export type Coordinator = {
  readonly child: ChildProcess;
  readonly state: string;
  readonly output: () => string;
  /** Throws when it ends before its socket is up. */
  connected(): Promise<ControlClient>;
  /** The exit code; -1 when a signal ended it. */
  ended(): Promise<number>;
};

export type Start = { readonly remote: string; readonly state: string; readonly cwd: string; readonly args?: readonly string[]; readonly env?: NodeJS.ProcessEnv; readonly ownGroup?: boolean };

export function startCoordinator({ remote, state, cwd, args = [], env = {}, ownGroup = false }: Start): Coordinator {
  mkdirSync(state, { recursive: true });
  const child = spawn(process.execPath, [BIN, 'start', '--repo', remote, '--state', state, '--json', ...args], { cwd, env: { ...cleanEnvironment(), ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: ownGroup });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    child, state,
    output: () => output,
    connected: () => connectWhenUp(join(state, 'socket'), hasEnded, () => output),
    ended: () => new Promise((settle) => (hasEnded() ? settle(child.exitCode ?? -1) : child.once('exit', (code) => settle(code ?? -1)))),
  };
}

/** The environment of a plain git: nobody's config, one identity. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_AUTHOR_NAME: 'bench', GIT_AUTHOR_EMAIL: 'bench@example.com', GIT_COMMITTER_NAME: 'bench', GIT_COMMITTER_EMAIL: 'bench@example.com' };
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

async function connectWhenUp(socket: string, hasEnded: () => boolean, output: () => string): Promise<ControlClient> {
  const end = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < end) {
    const client = existsSync(socket) ? await connectControl(socket) : null;
    if (client !== null) return client;
    if (hasEnded()) throw new Error(`the coordinator ended before it was up: ${output().slice(-1000)}`);
    await new Promise((settle) => setTimeout(settle, LOOK_MS));
  }
  throw new Error('the coordinator did not come up');
}
