// What SQLite refuses, in Maestro's words. Knows result codes, not what was being written.
import { MaestroError } from '../../error.ts';

// Primary result codes of sqlite3.h; extended codes carry them in the low byte.
const BUSY = 5;
const LOCKED = 6;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;
const DISK: ReadonlyMap<number, string> = new Map([
  [3, 'permission was denied'],
  [8, 'it is read-only'],
  [10, 'the disk reported an error'],
  [13, 'the disk is full'],
  [14, 'it cannot be opened'],
]);

/** Runs `work`; whatever SQLite throws inside comes out as a MaestroError that names `file`. */
export function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof MaestroError ? error : translate(file, error);
  }
}

export function corrupt(file: string, detail: string, cause?: unknown): MaestroError {
  return new MaestroError('state-corrupt', `The state file ${file} is damaged: ${detail}.`, {
    next: `mv '${file}' '${file}.damaged' && maestro start   (what landed is on the remote; marked branches are found again)`,
    cause,
  });
}

export function isBusy(error: unknown): boolean {
  const code = codeOf(error);
  return code === BUSY || code === LOCKED;
}

function translate(file: string, error: unknown): MaestroError {
  const code = codeOf(error);
  const text = error instanceof Error ? error.message : String(error);
  if (code === CORRUPT || code === NOT_A_DATABASE) return corrupt(file, text, error);
  if (isBusy(error))
    return new MaestroError('disk', `The state file ${file} is locked by another program.`, { retryable: true, next: 'close the program that has it open', cause: error });
  const trouble = code === null ? undefined : DISK.get(code);
  if (trouble !== undefined)
    return new MaestroError('disk', `The state file ${file} cannot be used: ${trouble}.`, { retryable: true, next: `check free space and permissions of ${file}`, cause: error });
  return new MaestroError('internal', `The state file ${file}: ${text}`, { cause: error });
}

function codeOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return null;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : null;
}
