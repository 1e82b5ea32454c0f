// What is asked of a remote over the wire, and what its answers say, as values. `null`: it did not say so in so many words. Sends nothing.
import { parseOid } from '../../merge/branch.ts';
import type { Oid, RefName } from '../../merge/branch.ts';
import { DELIMITER, FLUSH, linesUntilFlush, packet, sectionsUntilFlush } from './packet.ts';

/** `old` null: there must be none yet. */
export type RefMove = { readonly ref: string; readonly old: Oid | null; readonly new: Oid };
type Heads = ReadonlyMap<RefName, Oid>;
/** `symref`: the ref that this one is another name of. */
export type Listed = { readonly name: string; readonly oid: Oid; readonly symref: string | null };

export type PushReport = 'accepted' | 'unclear' | { readonly kind: 'refused'; readonly refs: readonly { readonly ref: string; readonly why: string }[]; readonly said: string };

const BAND_PACK = 1;
const BAND_PROGRESS = 2;
const BAND_FATAL = 3;
const NOTHING = '0'.repeat(40);
const PACK_COUNT_AT = 8;
const PACK_HEADER_BYTES = 12;
const SYMREF = 'symref-target:';

/** The remote answers with all whose names begin with one of these. */
export function listing(prefixes: readonly string[]): Buffer {
  return Buffer.from(`${packet('command=ls-refs\n')}${DELIMITER}${packet('symrefs\n')}${prefixes.map((prefix) => packet(`ref-prefix ${prefix}\n`)).join('')}${FLUSH}`);
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
  const lines = moves.map(({ ref, old, new: next }, at) => packet(`${old ?? NOTHING} ${next} ${ref}${at === 0 ? '\0report-status side-band-64k atomic' : ''}`));
  return Buffer.concat([Buffer.from(`${lines.join('')}${FLUSH}`), pack]);
}

export function readList(answer: Buffer): readonly Listed[] | null {
  const lines = linesUntilFlush(answer);
  return lines === null ? null : listOf(lines);
}

function listOf(lines: readonly Buffer[]): readonly Listed[] | null {
  const found = lines.map((line): Listed | null => {
    const [id = '', name = '', ...more] = line.toString('utf8').trimEnd().split(' ');
    const oid = parseOid(id);
    const symref = more.find((word) => word.startsWith(SYMREF))?.slice(SYMREF.length) ?? null;
    return oid === null || name === '' ? null : { name, oid, symref };
  });
  const known = found.filter((one) => one !== null);
  return known.length < found.length ? null : known;
}

/** Of what was asked for only: the remote was asked for all that begin so. */
export function headsAmong(listed: readonly Listed[], refs: readonly RefName[]): Heads {
  const asked = new Map(refs.map((ref) => [String(ref), ref]));
  return new Map(listed.flatMap(({ name, oid }) => {
    const ref = asked.get(name);
    return ref === undefined ? [] : [[ref, oid] as const];
  }));
}

/** After `done` nothing comes but the pack, in bands. */
export function readPack(answer: Buffer): Buffer | null {
  return packOf(linesUntilFlush(answer) ?? []);
}

function packOf([head, ...lines]: readonly Buffer[]): Buffer | null {
  if (head?.toString('latin1') !== 'packfile\n') return null;
  if (lines.some((line) => line[0] !== BAND_PACK && line[0] !== BAND_PROGRESS)) return null;
  return band(BAND_PACK, lines);
}

/** Where each of these was found, and what leads there: null where that is nothing new. */
export function readNamed(answer: Buffer, refs: readonly RefName[]): { readonly heads: Heads; readonly pack: Buffer | null } | null {
  const [named, packed] = sectionsUntilFlush(answer) ?? [];
  const listed = named?.[0]?.toString('latin1') === 'wanted-refs\n' ? listOf(named.slice(1)) : null;
  const heads = headsAmong(listed ?? [], refs);
  const pack = packOf(packed ?? []);
  if (pack === null || pack.length < PACK_HEADER_BYTES || !refs.every((ref) => heads.has(ref))) return null;
  return { heads, pack: pack.readUInt32BE(PACK_COUNT_AT) === 0 ? null : pack };
}

/** Everything went through, or the remote says of each ref why not, and what its hooks printed. `unclear`: no word on what became of it. */
export function readReport(answer: Buffer, moves: readonly RefMove[]): PushReport | null {
  const lines = linesUntilFlush(answer);
  if (lines === null) return 'unclear';
  // One that knows no bands answers with the bare report.
  const isBanded = lines.every((line) => (line[0] ?? 0) <= BAND_FATAL);
  const report = isBanded ? linesUntilFlush(band(BAND_PACK, lines)) : lines;
  if (report === null) return 'unclear';
  const said = report.map((line) => line.toString('utf8').trimEnd());
  if (!said.includes('unpack ok')) return null;
  if (moves.every(({ ref }) => said.includes(`ok ${ref}`))) return 'accepted';
  const refs = said.flatMap((line) => {
    const [, ref, why] = /^ng (\S+) (.*)$/.exec(line) ?? [];
    return ref === undefined || why === undefined ? [] : [{ ref, why }];
  });
  return { kind: 'refused', refs, said: isBanded ? band(BAND_PROGRESS, lines).toString('utf8') : '' };
}

function band(which: number, lines: readonly Buffer[]): Buffer {
  return Buffer.concat(lines.filter((line) => line[0] === which).map((line) => line.subarray(1)));
}
