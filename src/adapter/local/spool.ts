// Hints from Git hooks: one small file a push, in a folder that is watched. A hint is never believed, only looked into.
import { mkdirSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { parseBranch, type RefName } from '../../merge/branch.ts';

const HINT_BYTES_MAX = 4096;
const FILES_AT_ONCE_MAX = 10_000;

/** Calls `onHint` for each spooled push, `null` where a file says nothing usable. The returned function stops watching. */
export function watchSpool(directory: string, onHint: (branch: RefName | null) => void): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const drain = (): void => {
    for (const name of readdirSync(directory).slice(0, FILES_AT_ONCE_MAX)) {
      if (name.startsWith('.') || name.startsWith('tmp')) continue;
      const hint = takeHint(join(directory, name));
      if (hint !== undefined) onHint(hint);
    }
  };
  // Watch first, then read what is there: a file written in between is seen by one of the two.
  const watcher = watch(directory, drain);
  watcher.on('error', () => undefined);
  drain();
  return () => watcher.close();
}

function takeHint(file: string): RefName | null | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').slice(0, HINT_BYTES_MAX);
    rmSync(file, { force: true });
  } catch {
    // Another reader took it, or it is no file: the sweep finds whatever it stood for.
    return undefined;
  }
  const [version, , ref] = text.trim().split(' ');
  const branch = version === 'v1' && ref !== undefined ? parseBranch(ref) : null;
  return branch?.ok === true ? branch.ref : null;
}
