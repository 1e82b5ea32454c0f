// Finds whom a verb speaks to: the running coordinator of this repository, or its ledger when none runs.
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { stateNear } from '../adapter/local/near.ts';
import type { Place } from '../adapter/local/place.ts';
import { connectControl, type ControlClient } from '../adapter/socket/client.ts';
import { MaestroError } from '../error.ts';
import { ask } from '../hook/git.ts';
import type { RadarReport } from '../merge/radar.ts';
import type { Call } from './verb.ts';

const SPOOLS_MAX = 10;

/** Throws `not-running` when nobody answers. */
export async function withControl<T>(call: Call, work: (control: ControlClient) => Promise<T>): Promise<T> {
  const found = await findCoordinator(call);
  if (found.control === null) throw notRunning(found.place);
  const { control } = found;
  try {
    return await work(control);
  } finally {
    control.close();
  }
}

export type Readable = Pick<ControlClient, 'status' | 'explain' | 'tasks' | 'lessons'> & Partial<Pick<ControlClient, 'radar'>>;

/** The coordinator, or the ledger as it was left: `live` says which. */
export async function withReadable<T>(call: Call, work: (source: Readable, live: boolean) => Promise<T>): Promise<T> {
  const found = await findCoordinator(call);
  if (found.control === null) {
    const { readLedger } = await import('./ledger.ts');
    const ledger = await readLedger(found.place, Date.now());
    if (ledger === null) throw notRunning(found.place);
    return work(ledger, false);
  }
  const { control } = found;
  try {
    return await work(control, true);
  } finally {
    control.close();
  }
}

/** The coordinator's radar, or this clone's own: `live` says which. */
export async function withRadar<T>(call: Call, work: (look: () => Promise<RadarReport>, live: boolean) => Promise<T>): Promise<T> {
  const { control } = await findCoordinator(call);
  if (control !== null) {
    try {
      return await work(() => control.radar(null), true);
    } finally {
      control.close();
    }
  }
  const { openCloneRadar } = await import('./clone-radar.ts');
  const own = openCloneRadar(call.repo);
  try {
    return await work(() => own.look(), false);
  } finally {
    await own.close();
  }
}

type Found = { readonly control: ControlClient } | { readonly control: null; readonly place: Place };

/** The coordinator of this clone, or else the one its pushes are told to. */
async function findCoordinator(call: Call): Promise<Found> {
  const near = call.state ?? stateNear(call.repo);
  const nearest = near === null ? null : await connectControl(join(resolve(near), 'socket'));
  if (nearest !== null) return { control: nearest };
  // Not there, or its socket is elsewhere: git knows, and says what is wrong.
  const { findPlace } = await import('../adapter/local/place.ts');
  const own = await findPlace(call.repo, call.state);
  const control = await connectControl(own.socket);
  if (control !== null) return { control };
  for (const spool of call.state === null ? spoolsOf(own) : []) {
    const other = await connectControl((await findPlace(call.repo, dirname(spool))).socket);
    if (other !== null) return { control: other };
  }
  return { control, place: own };
}

/** As `maestro-hooks install --spool` left them: one folder a line, each in the state of its coordinator. */
function spoolsOf(place: Place): readonly string[] {
  try {
    return readFileSync(join(place.state, 'spool-dir'), 'utf8').split('\n').filter((path) => path !== '').slice(0, SPOOLS_MAX);
  } catch {
    return [];
  }
}

export function notRunning(place: Place): MaestroError {
  return new MaestroError('not-running', `no coordinator is running on ${place.state}`, { retryable: true, next: 'maestro start' });
}

export const NOT_LIVE = 'no coordinator is running: this is the ledger as the last one left it (maestro start goes on from here)';

/** Who gives the command: the clone's git identity, or the user's name. */
export function whoAsks(repo: string): string {
  const listed = ask(['config', '--get-regexp', '^user\\.(name|email)$'], { cwd: existsSync(repo) ? repo : '.' }) ?? '';
  const entry = (key: string): string | null => listed.split('\n').findLast((line) => line.startsWith(`${key} `))?.slice(key.length + 1) ?? null;
  const [name, email] = [entry('user.name'), entry('user.email')];
  if (name !== null) return email === null ? name : `${name} <${email}>`;
  return email ?? process.env['USER'] ?? userInfo().username;
}

export function required(call: Call, at: number, what: string): string {
  const given = call.arg(at);
  if (given === null || given === '') throw new MaestroError('usage', `${what} is missing`);
  return given;
}
