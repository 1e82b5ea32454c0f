// What went wrong around a gate, sorted into "the machine, try again" and "this tree cannot be checked out". A red gate is neither.
import { MaestroError } from '../../error.ts';

const DISK_ERRNO: readonly string[] = ['ENOSPC', 'EDQUOT', 'EROFS'];
const DISK_WORDS = /No space left on device|Disk quota exceeded|Read-only file system/;
const MACHINE_WORDS = /Too many open files|Cannot allocate memory|Resource temporarily unavailable|Input\/output error/;

/** Trouble of the machine: always retryable. */
export function machineTrouble(error: unknown, doing: string): MaestroError {
  if (error instanceof MaestroError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  if (DISK_ERRNO.includes(code)) return new MaestroError('disk', `${doing}: ${cause.message}`, { retryable: true, cause, next: 'free some space' });
  return new MaestroError('internal', `${doing}: ${cause.message}`, { retryable: true, cause });
}

/** A checkout that git refused in an empty folder: the tree's fault, unless git's words blame the machine. */
export function checkoutTrouble(error: unknown): MaestroError {
  if (error instanceof MaestroError && error.retryable) return error;
  const message = error instanceof Error ? error.message : String(error);
  const said = `the candidate could not be checked out for its gate: ${message}`;
  if (DISK_WORDS.test(message)) return new MaestroError('disk', said, { retryable: true, cause: error, next: 'free some space' });
  return new MaestroError('git-failed', said, { retryable: MACHINE_WORDS.test(message), cause: error });
}

export function stoppedEarly(): MaestroError {
  return new MaestroError('internal', 'the gate was stopped: nobody waits for it any more', { retryable: true });
}
