// Trouble of the disk that the mirror is on: no branch is to blame for it, and it passes once there is room again.
import { rmSync } from 'node:fs';
import { MaestroError } from '../../error.ts';

const ERRNO: readonly string[] = ['ENOSPC', 'EDQUOT', 'EROFS', 'EFBIG', 'EIO', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE'];
const WORDS = /no space left|disk quota|read-only file system|unable to (?:create|write)|file too large/i;

/** What git says where it cannot write. */
export function speaksOfDisk(stderr: string): boolean {
  return WORDS.test(stderr);
}

export function diskTrouble(said: string, cause?: unknown): MaestroError {
  return new MaestroError('disk', said, { retryable: true, cause, next: 'maestro doctor' });
}

/** `write` puts a file there; of one that could not be put there whole nothing stays. */
export function onDisk<T>(file: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && ERRNO.includes(String(cause.code)))) throw cause;
    removeQuietly(file);
    throw diskTrouble(`The mirror cannot be written: ${cause.message}`, cause);
  }
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // A disk that became read-only keeps it.
  }
}
