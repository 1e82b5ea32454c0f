// Did a merge that conflicts start from the base that both histories have? A wrong one silently takes back what landed since, and nothing
// in the merge itself shows it: the base is looked up once more, beside the process that merged. Reads only.
import type { Oid } from '../../merge/branch.ts';
import type { Change } from './change.ts';
import type { Reader } from './read.ts';
import { shownPath } from './tree.ts';
import type { Unit } from './unit.ts';

/** Trees: `base` of the one merge base, `ours` what was merged into. `theirs`: what the branch changed since that base. */
export type Footing = { readonly base: Oid; readonly ours: Oid; readonly theirs: readonly Change[] };

/** A path that was merged from another base; null: none was. */
export async function wrongBase(reader: Reader, units: readonly Unit[], { base, ours, theirs }: Footing): Promise<string | null> {
  const before = new Set(theirs.map((change) => change.oldOid));
  const open = units.flatMap(({ kind, entries }) => entries.map((entry) => ({ ...entry, isAdded: kind === 'add/add' })));
  const unknown = open.filter((entry) => entry.base !== null && !before.has(entry.base.oid));
  // Where the branch left it alone the target must have changed it: nothing else conflicts.
  const known = unknown.length === 0 ? before : new Set((await reader.changes(base, ours)).map((change) => change.oldOid));
  const strange = unknown.find((entry) => entry.base !== null && !known.has(entry.base.oid));
  if (strange !== undefined) return shownPath(strange.path);
  for (const { path, isAdded } of open) {
    // Both are said to have added what the base had all along.
    if (isAdded && (await reader.info(`${base}:${path}`))?.type === 'blob') return shownPath(path);
  }
  return null;
}
