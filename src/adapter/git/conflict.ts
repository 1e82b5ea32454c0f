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
/** Of one file: where many had the same content each of their names may be meant. */
const NAMES_MAX = 20;

type Tools = { readonly git: GitRunner; readonly reader: Reader };
/** The commits that were merged, and the first of their bases. */
type Merged = { readonly base: Oid | null; readonly ours: Oid; readonly theirs: Oid };

export async function describeConflict({ git, reader }: Tools, units: readonly Unit[], merged: Merged): Promise<Conflict> {
  const alsoOf = await otherNames(reader, units, merged);
  const paths: PathConflict[] = [];
  const texts = new Set(units.filter(isText).slice(0, TEXTS_WITH_HUNKS_MAX));
  for (const unit of units) paths.push(await describeUnit(git, reader, unit, alsoOf(unit), texts.has(unit)));
  return { fingerprint: fingerprintOf(units), paths, partners: await partnersOf(git, reader, merged.base, merged.ours, paths) };
}

/** Equal for equal sides at equal paths, whatever commits they came from. */
export function fingerprintOf(units: readonly Unit[]): string {
  const lines = units.flatMap((unit) => [
    `unit ${unit.kind} ${unit.path}`,
    ...unit.entries.map((entry) => [entry.path, entry.base, entry.ours, entry.theirs].map((side) => typeof side === 'string' ? side : side === null ? '-' : `${side.mode} ${side.oid}`).join('\t')),
  ]);
  return createHash('sha256').update(lines.toSorted().join('\0'), 'latin1').digest('hex');
}

async function describeUnit(git: GitRunner, reader: Reader, unit: Unit, also: readonly string[], withHunks: boolean): Promise<PathConflict> {
  const first = (side: 'base' | 'ours' | 'theirs'): PathConflict['base'] => unit.entries.find((entry) => entry[side] !== null)?.[side] ?? null;
  const sides = { base: first('base'), ours: first('ours'), theirs: first('theirs') };
  return { path: shownPath(unit.path), ...(also.length === 0 ? {} : { also }), kind: unit.kind, ...sides, hunks: withHunks ? await hunks(git, reader, sides) : [], message: unit.message };
}

function isText({ kind, entries }: Unit): boolean {
  return (kind === 'content' || kind === 'add/add') && entries.length === 1;
}

/** Every name of the unit but the one it is shown by. Where it was before a rename git tells only where it minds the name. */
async function otherNames(reader: Reader, units: readonly Unit[], merged: Merged): Promise<(unit: Unit) => readonly string[]> {
  const gone = await leftBehind(reader, units, merged);
  return (unit) => {
    const names = [...unit.named, ...unit.entries.flatMap((entry) => [entry.path, ...gone.get(entry.base?.oid ?? '') ?? []])];
    return [...new Set(names)].filter((name) => name !== unit.path).slice(0, NAMES_MAX).map(shownPath);
  };
}

/** Names that a side gave up, by what the file was; none where every file in conflict has kept its own. */
async function leftBehind(reader: Reader, units: readonly Unit[], { base, ours, theirs }: Merged): Promise<ReadonlyMap<string, readonly string[]>> {
  const before = base === null ? null : await reader.commit(base);
  if (before === null || !await isAnyRenamed(reader, units, before.tree)) return new Map();
  const changes = await Promise.all([ours, theirs].map(async (oid) => {
    const side = await reader.commit(oid);
    return side === null ? [] : reader.changes(before.tree, side.tree);
  }));
  const gone = Map.groupBy(changes.flat().filter(({ status }) => status === 'D'), ({ oldOid }) => oldOid);
  return new Map([...gone].map(([oid, some]) => [oid, some.map(({ path }) => path)]));
}

async function isAnyRenamed(reader: Reader, units: readonly Unit[], before: Oid): Promise<boolean> {
  for (const { base, path } of units.flatMap((unit) => unit.entries)) if (base !== null && (await reader.info(`${before}:${path}`))?.oid !== base.oid) return true;
  return false;
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
