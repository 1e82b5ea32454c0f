// The lock on a state folder. The kernel keeps it while its process lives, also a stopped one, and frees it with the process: nothing is left to clean up.
import { DatabaseSync } from 'node:sqlite';
import { MaestroError } from '../../error.ts';
import { guarded, isBusy } from './failure.ts';

// Two that start in the same moment each hold half of the lock until one steps back; at once, both would be refused.
const WAIT_MS = 100;

/** Throws `state-held` when another one holds `file`. The returned function lets go. */
export function holdState(file: string, state: string): () => void {
  return guarded(file, () => {
    const lock = new DatabaseSync(file, { timeout: WAIT_MS });
    try {
      // Nothing is ever written into it, so it needs no journal beside it.
      lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    } catch (error) {
      lock.close();
      throw isBusy(error) ? new MaestroError('state-held', `a coordinator already runs on ${state}`, { next: 'maestro status' }) : error;
    }
    return () => lock.close();
  });
}
