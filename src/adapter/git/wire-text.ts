// What is asked of a remote over the wire, and what its answers say, as values. `null`: it did not say so in so many words. Sends nothing.
import { parseOid } from '../../merge/branch.ts';
import type { Oid, RefName } from '../../merge/branch.ts';
import { DELIMITER, FLUSH, linesUntilFlush, packet, sectionsUntilFlush } from './packet.ts';

/** `old` null: there must be none yet. */
export type RefMove = { readonly ref: string; readonly old: Oid | null; readonly new: Oid };
type Heads = ReadonlyMap<RefName, Oid>;

const BAND_PACK = 1;
const BAND_PROGRESS = 2;
const NOTHING = '0'.repeat(40);
const PACK_COUNT_AT = 8;

/** The remote answers with all that begin so. */
export function askingHeads(refs: readonly RefName[]): Buffer {
  return Buffer.from(`${packet('command=ls-refs\n')}${DELIMITER}${refs.map((ref) => packet(`ref-prefix ${ref}\n`)).join('')}${FLUSH}`);
}

export function wanting(wants: readonly Oid[], haves: readonly Oid[]): Buffer {
  return fetching(wants.map((oid) => `want ${oid}`), haves);
}

export function wantingNames(refs: readonly RefName[], haves: readonly Oid[]): Buffer {
  return fetching(refs.map((ref) => `want-ref ${ref}`), haves);
}

function fetching(wants: readonly string[], haves: readonly Oid[]): Buffer {
  const lines = ['thin-pack', 'no-progress', 'ofs-delta', ...wants, ...haves.map((oid) => `have ${oid}`), 'done'];
  return Buffer.from(`${packet('command=fetch\n')}${DELIMITER}${lines.map((line) => packet(`${line}\n`)).join('')}${FLUSH}`);
}

export function commanding(moves: readonly RefMove[], pack: Buffer): Buffer {
  const lines = moves.map(({ ref, old, new: next }, at) => packet(`${old ?? NOTHING} ${next} ${ref}${at === 0 ? '\0report-status atomic' : ''}`));
  return Buffer.concat([Buffer.from(`${lines.join('')}${FLUSH}`), pack]);
}

/** Of what was asked for only. */
export function readHeads(answer: Buffer, refs: readonly RefName[]): Heads | null {
  const lines = linesUntilFlush(answer);
  return lines === null ? null : headsOf(lines, refs);
}

function headsOf(lines: readonly Buffer[], refs: readonly RefName[]): Heads | null {
  const asked = new Map(refs.map((ref) => [String(ref), ref]));
  const found = new Map<RefName, Oid>();
  for (const line of lines) {
    const [id = '', name = ''] = line.toString('utf8').trimEnd().split(' ');
    const oid = parseOid(id);
    if (oid === null || name === '') return null;
    const ref = asked.get(name);
    if (ref !== undefined) found.set(ref, oid);
  }
  return found;
}

/** After `done` nothing comes but the pack, in bands. */
export function readPack(answer: Buffer): Buffer | null {
  return packOf(linesUntilFlush(answer) ?? []);
}

function packOf([head, ...lines]: readonly Buffer[]): Buffer | null {
  if (head?.toString('latin1') !== 'packfile\n') return null;
  if (lines.some((line) => line[0] !== BAND_PACK && line[0] !== BAND_PROGRESS)) return null;
  return Buffer.concat(lines.filter((line) => line[0] === BAND_PACK).map((line) => line.subarray(1)));
}

/** Where each of these was found, and what leads there: null where that is nothing new. */
export function readNamed(answer: Buffer, refs: readonly RefName[]): { readonly heads: Heads; readonly pack: Buffer | null } | null {
  const [named, packed] = sectionsUntilFlush(answer) ?? [];
  const heads = named?.[0]?.toString('latin1') === 'wanted-refs\n' ? headsOf(named.slice(1), refs) : null;
  const pack = packOf(packed ?? []);
  if (heads === null || pack === null || pack.length <= PACK_COUNT_AT || !refs.every((ref) => heads.has(ref))) return null;
  return { heads, pack: pack.readUInt32BE(PACK_COUNT_AT) === 0 ? null : pack };
}

/** Only where each one went through: what is refused is pushed again by git, which knows the words. */
export function readReport(answer: Buffer, moves: readonly RefMove[]): 'accepted' | 'unclear' | null {
  const lines = linesUntilFlush(answer);
  if (lines === null) return 'unclear';
  const said = new Set(lines.map((line) => line.toString('utf8').trimEnd()));
  return said.has('unpack ok') && moves.every(({ ref }) => said.has(`ok ${ref}`)) ? 'accepted' : null;
}
