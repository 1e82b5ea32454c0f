// Git looks for renames before it merges. Where one could change the result, the merge is git's: these are the places, and who could have renamed there.
import type { Entry, Tree } from '../object/node.ts';
import type { Decline } from './outcome.ts';
import { entriesOf, inside, isEqual, least, present } from './walk.ts';
import type { Suspect, Walk } from './walk.ts';

type Sides = { readonly base: Tree; readonly ours: Tree; readonly theirs: Tree };

/** Paths of files, with what they hold where they are new. */
type Change = { readonly added: ReadonlyMap<string, string>; readonly hasDeleted: boolean };

/** null: no rename matters here. */
export function doubtOf(suspects: readonly Suspect[], { base, ours, theirs }: Sides, walk: Pick<Walk, 'shelf' | 'missing'>): Decline | null {
  const changes = { ours: changeOf(walk, base, ours), theirs: changeOf(walk, base, theirs) };
  for (const suspect of suspects) if (matters(suspect, changes, walk)) return { kind: suspect.kind === 'removed-folder' ? 'directory-rename' : 'rename', path: suspect.path };
  return null;
}

function matters(suspect: Suspect, changes: { readonly ours: Change; readonly theirs: Change }, walk: Pick<Walk, 'shelf' | 'missing'>): boolean {
  switch (suspect.kind) {
    case 'deleted': return changes[suspect.side].added.size > 0;
    case 'alike': return !isSameMap(changes.ours.added, changes.theirs.added) && hasLost(walk, suspect.base, suspect.now);
    case 'added': return changes.ours.hasDeleted || changes.theirs.hasDeleted;
    case 'removed-folder': return changes[suspect.side].added.size > 0 && changeOf(walk, suspect.base, suspect.changed).added.size > 0;
  }
}

function hasLost(walk: Pick<Walk, 'shelf' | 'missing'>, base: Entry, now: Entry | undefined): boolean {
  if (base.node.kind !== 'tree') return now === undefined;
  return changeOf(walk, base.node, now?.node.kind === 'tree' ? now.node : undefined).hasDeleted;
}

function changeOf(walk: Pick<Walk, 'shelf' | 'missing'>, base: Tree, side: Tree | undefined): Change {
  const added = new Map<string, string>();
  let hasDeleted = false;
  const compare = (path: string, before: Tree | undefined, after: Tree | undefined): void => {
    const [old, now] = [entriesOf(walk, before), entriesOf(walk, after)];
    if (old === null || now === null) return;
    let [atOld, atNow] = [0, 0];
    for (;;) {
      const first = least(old[atOld], now[atNow]);
      if (first === undefined) return;
      const [was, is] = [present(old[atOld], first), present(now[atNow], first)];
      if (was !== undefined) atOld += 1;
      if (is !== undefined) atNow += 1;
      if (isEqual(was, is)) continue;
      if (first.node.kind === 'tree') {
        compare(inside(path, first), was?.node.kind === 'tree' ? was.node : undefined, is?.node.kind === 'tree' ? is.node : undefined);
      } else if (was === undefined) {
        added.set(inside(path, first), first.node.id);
      } else if (is === undefined) {
        hasDeleted = true;
      }
    }
  };
  compare('', base, side);
  return { added, hasDeleted };
}

function isSameMap(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}
