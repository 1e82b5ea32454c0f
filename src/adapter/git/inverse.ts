// Taking a landed merge back, and bringing a rolled back one in again: three-way merges whose base is the merge itself.
import type { Oid } from '../../merge/branch.ts';
import type { Inverse } from '../../merge/effect.ts';
import { withoutUnion } from './attributes.ts';
import type { Merger } from './merge.ts';
import type { Reader } from './read.ts';
import { shownPath } from './tree.ts';
import { unitsOf } from './unit.ts';

export type Undone = { readonly kind: 'clean'; readonly tree: Oid; readonly paths: readonly string[] } | { readonly kind: 'conflict'; readonly paths: readonly string[] };
export type Restored = { readonly kind: 'clean'; readonly tree: Oid; readonly restores: readonly Oid[]; readonly paths: readonly string[] } | { readonly kind: 'conflict'; readonly paths: readonly string[] };

type Tools = { readonly reader: Reader; readonly merger: Merger };

/** The tree `onto` without what `commit` brought against its first parent. `paths` are bytes as latin1 when clean. */
export async function undo(tools: Tools, commit: Oid, onto: Oid, attributes: string): Promise<Undone> {
  const { reader, merger } = tools;
  const merged = await reader.commit(commit);
  const before = merged?.parents[0] === undefined ? null : await reader.commit(merged.parents[0]);
  if (merged === null || before === null) return { kind: 'conflict', paths: [] };
  const { result, ours, theirs } = await merger.mergeWithBase(merged.tree, onto, before.tree, withoutUnion(attributes));
  if (result.kind === 'clean') return { kind: 'clean', tree: result.tree, paths: (await reader.changes(before.tree, merged.tree)).map((change) => change.path) };
  const units = unitsOf(result, { ours, theirs, oursName: 'the target', theirsName: 'the state before' });
  return { kind: 'conflict', paths: units.map((unit) => shownPath(unit.path)) };
}

/**
 * `tree` with every rollback taken back that `tip` asks for again; newest first, as they lie on top of one another.
 * Asked for: the last the branch shares with the target is the rolled back tip itself. A branch cut from the target
 * while the landing was in holds that tip too, but does not ask for it: there the rollback stays in force, as git sees it.
 */
export async function restore(tools: Tools, inverses: readonly Inverse[], tip: Oid, onto: Oid, tree: Oid, attributes: string): Promise<Restored> {
  const restores: Oid[] = [];
  const paths: string[] = [];
  let current = tree;
  for (const inverse of inverses.toReversed()) {
    if (!(await isWanted(tools.reader, inverse, tip, onto))) continue;
    const undone = await undo(tools, inverse.revert, current, attributes);
    if (undone.kind === 'conflict') return undone;
    current = undone.tree;
    restores.push(inverse.revert);
    paths.push(...undone.paths);
  }
  return { kind: 'clean', tree: current, restores, paths };
}

async function isWanted(reader: Reader, inverse: Inverse, tip: Oid, onto: Oid): Promise<boolean> {
  const before = (await reader.commit(inverse.revert))?.parents[0];
  if (before === undefined || !(await reader.mergeBases(before, tip)).includes(inverse.tip)) return false;
  return reader.isAncestor(inverse.revert, onto);
}
