// A conflict of git as data for the ledger and for people. Reads; decides nothing.
import { createHash } from 'node:crypto';
import type { Oid } from '../../merge/branch.ts';
import type { Conflict, Hunk, PathConflict, Side } from '../../resolution/conflict.ts';
import { hunksOf } from './hunk.ts';
import type { Version } from './hunk.ts';
import { partnersOf } from './partner.ts';
import type { Reader } from './read.ts';
import type { GitRunner } from './run.ts';
import { TEXT_BYTES_MAX } from './settle.ts';
import { shownPath } from './tree.ts';
import type { Unit } from './unit.ts';

/** Texts whose hunks are worked out; the others are named without. */
const TEXTS_WITH_HUNKS_MAX = 10;

export async function describeConflict(git: GitRunner, reader: Reader, units: readonly Unit[], base: Oid | null, ours: Oid): Promise<Conflict> {
  const paths: PathConflict[] = [];
  const texts = new Set(units.filter(isText).slice(0, TEXTS_WITH_HUNKS_MAX));
  for (const unit of units) paths.push(await describeUnit(git, reader, unit, texts.has(unit)));
  return { fingerprint: fingerprintOf(units), paths, partners: await partnersOf(git, reader, base, ours, paths.map((path, at) => ({ path, named: units[at]?.named.map(shownPath) ?? [] }))) };
}

/** Equal for equal sides at equal paths, whatever commits they came from. */
export function fingerprintOf(units: readonly Unit[]): string {
  const lines = units.flatMap((unit) => [
    `unit ${unit.kind} ${unit.path}`,
    ...unit.entries.map((entry) => [entry.path, entry.base, entry.ours, entry.theirs].map((side) => typeof side === 'string' ? side : side === null ? '-' : `${side.mode} ${side.oid}`).join('\t')),
  ]);
  return createHash('sha256').update(lines.toSorted().join('\0'), 'latin1').digest('hex');
}

async function describeUnit(git: GitRunner, reader: Reader, unit: Unit, withHunks: boolean): Promise<PathConflict> {
  const first = (side: 'base' | 'ours' | 'theirs'): PathConflict['base'] => unit.entries.find((entry) => entry[side] !== null)?.[side] ?? null;
  const sides = { base: first('base'), ours: first('ours'), theirs: first('theirs') };
  return { path: shownPath(unit.path), kind: unit.kind, ...sides, hunks: withHunks ? await hunks(git, reader, sides) : [], message: unit.message };
}

function isText({ kind, entries }: Unit): boolean {
  return (kind === 'content' || kind === 'add/add') && entries.length === 1;
}

async function hunks(git: GitRunner, reader: Reader, sides: Pick<PathConflict, 'base' | 'ours' | 'theirs'>): Promise<readonly Hunk[]> {
  const read = async (side: Side | null): Promise<Version | null> => {
    const content = side === null ? null : await reader.blob(side.oid, TEXT_BYTES_MAX);
    return side === null || content === null || content.includes(0) ? null : { oid: side.oid, text: content.toString('utf8') };
  };
  const [base, ours, theirs] = await Promise.all([read(sides.base), read(sides.ours), read(sides.theirs)]);
  if (ours === null || theirs === null || (sides.base !== null && base === null)) return [];
  return hunksOf(git, { base, ours, theirs });
}
