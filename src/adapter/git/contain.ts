// Does a merge change only what its branch changed? Looks at paths alone and decides nothing but that.
import { parseOid } from '../../merge/branch.ts';
import type { Oid } from '../../merge/branch.ts';
import type { Change } from './change.ts';
import type { Reader } from './read.ts';
import type { GitRunner } from './run.ts';
import { shownPath } from './tree.ts';
import { openTest } from './unit.ts';

// As many as git's merge looks at; diff-tree alone would give up at 1,000.
const RENAME_LIMIT = '-l7000';

/** Trees: the merge goes from `onto` to `merged`; the branch went from each of `bases` to `tip`. */
export type Containment = {
  readonly onto: Oid;
  readonly merged: Oid;
  readonly bases: readonly Oid[];
  readonly tip: Oid;
  /** What the branch changed since each base, where it was already asked for. */
  readonly own: Promise<readonly Change[]>;
  /** Paths a recorded decision or a restored landing may change too, bytes as latin1; as `openPaths` has them. */
  readonly allowed: readonly string[];
};

/** `stray` is a path the merge changed and the branch did not; null when there is none. */
export async function checkContainment(git: GitRunner, reader: Reader, what: Containment): Promise<{ readonly changes: readonly Change[]; readonly stray: string | null }> {
  const [changes, branch] = await Promise.all([reader.changes(what.onto, what.merged), what.own]);
  const own = new Set(branch.map((change) => change.path));
  const isAllowed = openTest(what.allowed);
  const strays = changes.filter((change) => !own.has(change.path) && !isAllowed(change.path));
  if (strays.length === 0) return { changes, stray: null };
  // The target may have renamed what the branch changed: then the change lands at the new name.
  for (const base of what.bases) {
    for (const [from, to] of await renames(git, base, what.onto)) if (own.has(from) || isAllowed(from)) own.add(to);
    for (const [from, to] of await renames(git, base, what.tip)) if (own.has(to) || isAllowed(to)) own.add(from);
  }
  const stray = strays.find((change) => !own.has(change.path));
  return { changes, stray: stray === undefined ? null : shownPath(stray.path) };
}

async function renames(git: GitRunner, from: Oid, to: Oid): Promise<readonly (readonly [string, string])[]> {
  if (parseOid(from) === null || parseOid(to) === null) return [];
  const listed = await git.run(['diff-tree', '-r', '-z', '-M', RENAME_LIMIT, '--raw', '--no-abbrev', '--diff-filter=R', from, to]);
  const fields = listed.stdout.toString('latin1').split('\0');
  const pairs: (readonly [string, string])[] = [];
  for (let at = 0; at + 2 < fields.length; at += 3) pairs.push([fields[at + 1] ?? '', fields[at + 2] ?? '']);
  return pairs;
}
