// What differs between two trees, as git's raw difference says it. Paths are bytes as latin1; knows no process.
import { MaestroError } from '../../error.ts';
import type { Take } from './session.ts';

/** `path` is bytes as latin1. Modes are six digits, `000000` where a side has nothing. */
export type Change = { readonly path: string; readonly status: 'A' | 'D' | 'M' | 'T'; readonly oldMode: string; readonly newMode: string; readonly oldOid: string; readonly newOid: string };

const RAW = /^:(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) ([ADMT])$/;
const NEWLINE = 10;
const COLON = 58;

/**
 * One answer of `diff-tree --stdin -z --raw`: the two ids on a line, then entry and path in turn, then a line
 * `sentinel`, which git echoes and flushes. Null when git could not read one of the trees.
 */
export function takeChanges(sentinel: string): Take<readonly Change[] | null> {
  const end = Buffer.from(`${sentinel}\n`);
  const changes: Change[] = [];
  let at = 0;
  return (view) => {
    if (at === 0) {
      if (view.length < end.length) return null;
      if (view.subarray(0, end.length).equals(end)) return { value: null, used: end.length };
      at = view.indexOf(NEWLINE) + 1;
    }
    while (at > 0 && at < view.length) {
      if (view[at] !== COLON) return view.length < at + end.length ? null : closed(view, at, end, changes);
      const entryEnd = view.indexOf(0, at);
      const pathEnd = entryEnd === -1 ? -1 : view.indexOf(0, entryEnd + 1);
      if (pathEnd === -1) return null;
      changes.push(parseChange(view.toString('latin1', at, entryEnd), view.toString('latin1', entryEnd + 1, pathEnd)));
      at = pathEnd + 1;
    }
    return null;
  };
}

function closed(view: Buffer, at: number, end: Buffer, changes: readonly Change[]): { readonly value: readonly Change[]; readonly used: number } {
  if (!view.subarray(at, at + end.length).equals(end)) throw unknownWords();
  return { value: changes, used: at + end.length };
}

function parseChange(entry: string, path: string): Change {
  const [, oldMode = '', newMode = '', oldOid = '', newOid = '', status = ''] = RAW.exec(entry) ?? [];
  if (status !== 'A' && status !== 'D' && status !== 'M' && status !== 'T') throw unknownWords();
  return { path, status, oldMode, newMode, oldOid, newOid };
}

function unknownWords(): MaestroError {
  return new MaestroError('git-failed', 'git compared two trees in words nobody knows');
}
