// Is Maestro's own folder in order: writable, its ledger as it was written, its hooks in place, somebody running. Changes nothing.
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from '../../adapter/local/place.ts';
import { connectControl } from '../../adapter/socket/client.ts';
import { openSqliteStoreReadOnly } from '../../adapter/sqlite/read-only.ts';
import { MaestroError } from '../../error.ts';
import { printable } from '../../merge/branch.ts';
import { hooksState } from '../hooks-state.ts';
import { found, ok, type Check } from './check.ts';

const ANSWER_TIMEOUT_MS = 5_000;

export async function stateChecks(place: Place): Promise<readonly Check[]> {
  const [ledger, coordinator] = await Promise.all([ledgerCheck(place), coordinatorCheck(place)]);
  return [folderCheck(place), ledger, ...(place.clone === null ? [] : [hooksCheck(place.clone)]), coordinator];
}

function folderCheck(place: Place): Check {
  const folder = nearest(place.state);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return ok('state', printable(place.state));
  } catch {
    return found('state', 'fatal', `${printable(folder)} cannot be written by this user`, 'maestro start --state <a folder of yours>');
  }
}

/** What is not there yet is made in the nearest folder that is. */
function nearest(path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

async function ledgerCheck(place: Place): Promise<Check> {
  try {
    const store = await openSqliteStoreReadOnly(place.ledger);
    if (store === null) return ok('ledger', 'none yet');
    const damage = await store.verify();
    await store.close();
    return damage === null ? ok('ledger', 'every event is as it was written') : found('ledger', 'fatal', `${printable(place.ledger)} is damaged: ${printable(damage)}`, `move ${place.ledger} away: Maestro starts a new ledger and asks the remote what has landed`);
  } catch (error) {
    if (!(error instanceof MaestroError)) throw error;
    return found('ledger', 'fatal', printable(error.message), error.next);
  }
}

function hooksCheck(clone: string): Check {
  switch (hooksState(clone)) {
    case 'installed': return ok('hooks', 'installed in this clone');
    case 'partly': return found('hooks', 'warn', 'not all hooks of this clone are installed or up to date', 'maestro-hooks install');
    case 'missing': return found('hooks', 'note', 'not installed in this clone: its pushes are seen by the sweep only, up to 30 s later', 'maestro-hooks install');
    case 'unknown': return found('hooks', 'warn', 'it cannot be told whether hooks are installed here', 'maestro-hooks status');
  }
}

/** A stopped process keeps its socket open; the doctor does not wait as long as a verb does. */
async function tooLate(): Promise<never> {
  await sleep(ANSWER_TIMEOUT_MS, undefined, { ref: false });
  throw new MaestroError('timeout', `no answer in ${ANSWER_TIMEOUT_MS / 1000} s`);
}

async function coordinatorCheck(place: Place): Promise<Check> {
  const control = await connectControl(place.socket);
  if (control === null) return found('coordinator', 'note', 'none is running', 'maestro start');
  try {
    const { trouble, lanes } = await Promise.race([control.status(), tooLate()]);
    const alarmed = lanes.find((lane) => lane.alarm !== null);
    if (trouble !== null) return found('coordinator', 'warn', `running, with trouble: ${printable(trouble)}`, 'maestro status');
    if (alarmed !== undefined) return found('coordinator', 'warn', `running, but ${printable(alarmed.target)} stands still: ${printable(alarmed.alarm?.detail ?? '')}`, `maestro resume ${printable(alarmed.target)}`);
    return ok('coordinator', 'running');
  } catch (error) {
    if (!(error instanceof MaestroError)) throw error;
    return found('coordinator', 'warn', `it holds ${printable(place.socket)} but does not answer (${error.message})`, 'end that process and run maestro start');
  } finally {
    control.close();
  }
}
