// Where the coordinator of a state folder listens. Opens nothing.
import { createHash } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

// The kernel's limit for a socket's path is 108 bytes with its end mark.
const SOCKET_PATH_BYTES_MAX = 100;

export function socketPath(state: string): string {
  const inside = join(state, 'socket');
  if (Buffer.byteLength(inside) <= SOCKET_PATH_BYTES_MAX) return inside;
  const name = `maestro-${userInfo().uid}-${digest(state)}.sock`;
  const temporary = join(tmpdir(), name);
  return Buffer.byteLength(temporary) <= SOCKET_PATH_BYTES_MAX ? temporary : join('/tmp', name);
}

/** Short, and the same for the same text. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
