// Paths as people write them, and as trees hold them: one latin1 char for each byte of UTF-8.
import { MaestroError } from '../../error.ts';
import { isPlain, pathProblem } from '../object/edit.ts';

/** Throws `usage` for what can be no path in a repository. */
export function toTreePath(path: string): string {
  if (isPlain(path)) return path;
  const bytes = isAscii(path) ? path : Buffer.from(path, 'utf8').toString('latin1');
  const problem = pathProblem(bytes);
  if (problem !== null) throw new MaestroError('usage', `${JSON.stringify(path.slice(0, 200))} is no path: ${problem}`);
  return bytes;
}

/** Bytes that are no UTF-8 are shown as what they would be in latin1. */
export function fromTreePath(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  const text = Buffer.from(bytes, 'latin1').toString('utf8');
  return text.includes('\u{FFFD}') ? bytes : text;
}

function isAscii(text: string): boolean {
  return !BEYOND_ASCII.test(text);
}

const BEYOND_ASCII = /[\u0080-\uffff]/;
