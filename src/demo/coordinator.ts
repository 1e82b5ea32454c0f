// Maestro as the demo runs it: a process of its own, started through the same door a person uses, spoken to over its socket.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPlace, type Place } from '../adapter/local/place.ts';
import { connectControl, type ControlClient } from '../adapter/socket/client.ts';
import { MaestroError } from '../error.ts';
import { demoEnvironment } from './clone.ts';

/** Both doors as shipped; a checkout and a built package have them at the same distance. */
export const MAESTRO = resolve(import.meta.dirname, '..', '..', 'bin', 'maestro.mjs');
export const MAESTRO_HOOKS = resolve(import.meta.dirname, '..', '..', 'bin', 'maestro-hooks.mjs');

const START_MS_MAX = 15_000;
const LOOK_AGAIN_MS = 15;
const STOP_MS_MAX = 5_000;
const VERB_MS_MAX = 60_000;
const TAIL_CHARS_MAX = 600;

export type Coordinator = {
  readonly pid: number;
  readonly place: Place;
  /** Waits until it answers. Throws with its last words when it ended instead. */
  connect(abort: AbortSignal): Promise<ControlClient>;
  /** Asked first, then killed. */
  stop(): Promise<void>;
  /** For the moment when nothing can be waited for any more. */
  killNow(): void;
  /** It goes on after this process ends. */
  release(): void;
};

/** `maestro start` in that clone. Its words go to the file `log`, so that nothing breaks when nobody reads them. */
export async function startCoordinator(clone: string, log: string): Promise<Coordinator> {
  const place = await findPlace(clone, null);
  const out = openSync(log, 'a');
  // A group of its own: Ctrl-C in the demo's terminal is the demo's to handle.
  const child = spawn(process.execPath, [MAESTRO, 'start', '--repo', clone, '--json'], { cwd: clone, detached: true, stdio: ['ignore', out, out], env: demoEnvironment() });
  closeSync(out);
  const ended = new Promise<void>((settle) => {
    child.once('exit', () => settle());
    child.once('error', () => settle());
  });
  return {
    pid: child.pid ?? 0,
    place,
    connect: (abort) => connectTo(place, child, log, abort),
    stop: () => stop(child, ended),
    killNow: () => void (isAlive(child) && child.kill('SIGKILL')),
    release: () => child.unref(),
  };
}

async function connectTo(place: Place, child: ChildProcess, log: string, abort: AbortSignal): Promise<ControlClient> {
  for (const end = Date.now() + START_MS_MAX; Date.now() < end && isAlive(child);) {
    const client = await connectControl(place.socket);
    if (client !== null) return client;
    await sleep(LOOK_AGAIN_MS, undefined, { signal: abort });
  }
  throw new MaestroError('internal', `the coordinator did not start: ${readFileSync(log, 'utf8').slice(-TAIL_CHARS_MAX).trim() || 'it said nothing'}`, { next: 'maestro doctor' });
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (!isAlive(child)) return;
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await ended;
  clearTimeout(killer);
}

function isAlive(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** A verb of the command line, as a person would type it in that folder. Returns what it printed. */
export function runVerb(door: string, args: readonly string[], cwd: string, abort: AbortSignal): Promise<string> {
  return new Promise((settle, reject) => {
    execFile(process.execPath, [door, ...args], { cwd, env: demoEnvironment(), timeout: VERB_MS_MAX, signal: abort }, (error, stdout, stderr) => {
      if (error === null) settle(stdout);
      else reject(new MaestroError('internal', `${args.slice(0, 2).join(' ')} failed: ${(stderr || stdout || error.message).trim().slice(0, TAIL_CHARS_MAX)}`));
    });
  });
}

export function logOf(root: string): string {
  return join(root, 'coordinator.log');
}
