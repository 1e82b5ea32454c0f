// What a target that went forward holds now and did not before: its paths, and whether it came nearer to a branch. Reads; decides nothing.
import { MaestroError } from '../../error.ts';
import type { Oid } from '../../merge/branch.ts';
import type { TargetChange } from '../../merge/observation.ts';
import type { Reader } from './read.ts';
import { shownPath } from './tree.ts';

const PATHS_MAX = 10_000;

export async function targetChange(reader: Pick<Reader, 'commit' | 'changes' | 'mergeBases'>, from: Oid, to: Oid, tips: readonly Oid[]): Promise<TargetChange | null> {
  try {
    const [before, after] = await Promise.all([reader.commit(from), reader.commit(to)]);
    const changes = before === null || after === null ? null : await reader.changes(before.tree, after.tree);
    if (changes === null || changes.length > PATHS_MAX) return null;
    const apart: Oid[] = [];
    for (const tip of tips) if (await isApart(reader, from, to, tip)) apart.push(tip);
    return { paths: changes.map(({ path }) => shownPath(path)), apart };
  } catch (error) {
    if (error instanceof MaestroError && error.code === 'git-failed') return null;
    throw error;
  }
}

async function isApart(reader: Pick<Reader, 'mergeBases'>, from: Oid, to: Oid, tip: Oid): Promise<boolean> {
  const [before, after] = await Promise.all([reader.mergeBases(from, tip), reader.mergeBases(to, tip)]);
  return before.length === after.length && before.every((base) => after.includes(base));
}
