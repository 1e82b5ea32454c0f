// What a side has of a file that cannot be shown line by line, in a few words. Paths are repeated as they are: whoever shows them makes them safe.
import type { PathConflict } from '../resolution/conflict.ts';

export function sideWords(path: PathConflict, side: 'ours' | 'theirs'): string {
  const its = path[side];
  if (path.kind === 'directory-rename') return its === null ? `moves it to ${path.path}` : `leaves it${path.also?.[0] === undefined ? '' : ` at ${path.also[0]}`}`;
  return its === null ? 'not there' : `${its.oid.slice(0, 12)}, mode ${its.mode}`;
}
