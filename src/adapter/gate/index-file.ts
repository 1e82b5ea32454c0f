// Git's index file, version 2: read so that no process is needed to know what belongs into a folder, and written after a small step.
import { hash } from 'node:crypto';
import type { BigIntStats, Stats } from 'node:fs';
import { MaestroError } from '../../error.ts';

/** One file of a tree and how it looked on disk when it was written. `path` is bytes as latin1; `raw` is git's entry as it stands in the file, padding and all. */
export type Entry = { readonly path: string; readonly raw: Buffer };
/** By path. */
export type Entries = ReadonlyMap<string, Entry>;

export type Kind = 'file' | 'link' | 'folder' | 'submodule';
/** `entry` is null for a folder. */
export type Expected = { readonly kind: Kind; readonly entry: Entry | null };
/** Every folder of a tree with what must be in it. Paths are bytes as latin1, '' is the root. */
export type Listing = ReadonlyMap<string, ReadonlyMap<string, Expected>>;

const VERSION = 2;
const HEADER_BYTES = 12;
const STAT_BYTES = 40;
const AT = { ctime: 0, mtime: 8, dev: 16, ino: 20, mode: 24, uid: 28, gid: 32, size: 36 } as const;
const EXTENDED = 0x4000;
const NAME_LENGTH_MAX = 0xfff;
const TYPE_BITS = 12;
const TYPE_LINK = 0o12;
const TYPE_SUBMODULE = 0o16;
const SHA1_BYTES = 20;
const UINT32 = 0x1_0000_0000;

/** `oidBytes` is 20 or 32. Throws when the bytes are no such index. */
export function parseIndex(index: Buffer, oidBytes: number): Entries {
  if (index.length < HEADER_BYTES || index.toString('latin1', 0, 4) !== 'DIRC' || index.readUInt32BE(4) !== VERSION) throw unreadable();
  const entries = new Map<string, Entry>();
  let at = HEADER_BYTES;
  for (let left = index.readUInt32BE(8); left > 0; left -= 1) {
    const flagsAt = at + STAT_BYTES + oidBytes;
    const nameEnd = index.indexOf(0, flagsAt + 2);
    if (nameEnd === -1 || (index.readUInt16BE(flagsAt) & EXTENDED) !== 0) throw unreadable();
    const path = index.toString('latin1', flagsAt + 2, nameEnd);
    const end = at + padded(nameEnd - at);
    entries.set(path, { path, raw: index.subarray(at, end) });
    at = end;
  }
  return entries;
}

export function writeIndex(entries: Entries, oidBytes: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('DIRC', 0, 'latin1');
  header.writeUInt32BE(VERSION, 4);
  header.writeUInt32BE(entries.size, 8);
  const sorted = [...entries.values()].toSorted((a, b) => byBytes(a.path, b.path)).map(({ raw }) => raw);
  const index = Buffer.concat([header, ...joined(sorted), Buffer.alloc(oidBytes)]);
  const body = index.subarray(0, -oidBytes);
  hash(oidBytes === SHA1_BYTES ? 'sha1' : 'sha256', body, 'buffer').copy(index, body.length);
  return index;
}

/** Entries that already lie one behind the other, as most do after a small step, are copied as one. */
function joined(parts: readonly Buffer[]): readonly Buffer[] {
  const runs: { readonly first: Buffer; bytes: number }[] = [];
  for (const part of parts) {
    const last = runs.at(-1);
    if (last !== undefined && last.first.buffer === part.buffer && last.first.byteOffset + last.bytes === part.byteOffset) last.bytes += part.length;
    else runs.push({ first: part, bytes: part.length });
  }
  return runs.map(({ first, bytes }) => Buffer.from(first.buffer, first.byteOffset, bytes));
}

/** A file as it was just written. */
export function entryOf(path: string, mode: number, oid: string, seen: BigIntStats): Entry {
  const flagsAt = STAT_BYTES + oid.length / 2;
  const raw = Buffer.alloc(padded(flagsAt + 2 + path.length));
  const low = (value: bigint, at: number): number => raw.writeUInt32BE(Number(BigInt.asUintN(32, value)), at);
  const time = (ns: bigint, at: number): void => {
    low(ns / 1_000_000_000n, at);
    low(ns % 1_000_000_000n, at + 4);
  };
  time(seen.ctimeNs, AT.ctime);
  time(seen.mtimeNs, AT.mtime);
  for (const [field, at] of [[seen.dev, AT.dev], [seen.ino, AT.ino], [BigInt(mode), AT.mode], [seen.uid, AT.uid], [seen.gid, AT.gid], [seen.size, AT.size]] as const) low(field, at);
  raw.write(oid, STAT_BYTES, 'hex');
  raw.writeUInt16BE(Math.min(path.length, NAME_LENGTH_MAX), flagsAt);
  raw.write(path, flagsAt + 2, 'latin1');
  return { path, raw };
}

/** Whether nobody touched the file since: a ctime cannot be set by hand. git itself compares whole seconds only. */
export function isUntouched({ raw }: Entry, seen: Stats): boolean {
  return seen.ctimeMs === msAt(raw, AT.ctime) && seen.size % UINT32 === raw.readUInt32BE(AT.size) && seen.ino % UINT32 === raw.readUInt32BE(AT.ino);
}

export function listingOf(entries: Entries): Listing {
  const folders = new Map<string, Map<string, Expected>>([['', new Map()]]);
  for (const entry of entries.values()) place(folders, entry.path, { kind: kindOf(entry), entry });
  return folders;
}

function kindOf({ raw }: Entry): Kind {
  switch (raw.readUInt32BE(AT.mode) >>> TYPE_BITS) {
    case TYPE_LINK: return 'link';
    case TYPE_SUBMODULE: return 'submodule';
    default: return 'file';
  }
}

function place(folders: Map<string, Map<string, Expected>>, path: string, what: Expected): void {
  const slash = path.lastIndexOf('/');
  const folder = slash === -1 ? '' : path.slice(0, slash);
  const known = folders.get(folder);
  if (known !== undefined) {
    known.set(path.slice(slash + 1), what);
    return;
  }
  folders.set(folder, new Map([[path.slice(slash + 1), what]]));
  place(folders, folder, { kind: 'folder', entry: null });
}

/** As node makes its own milliseconds of seconds and nanoseconds, so that equal times are equal numbers. */
function msAt(raw: Buffer, at: number): number {
  return raw.readUInt32BE(at) * 1000 + raw.readUInt32BE(at + 4) / 1_000_000;
}

/** Entries are padded with 1 to 8 NULs to a multiple of 8. */
function padded(bytes: number): number {
  return (bytes + 8) & ~7;
}

/** Latin1 text compares as its bytes do. */
function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function unreadable(): MaestroError {
  return new MaestroError('internal', 'the index of a gate slot cannot be read', { retryable: true });
}
