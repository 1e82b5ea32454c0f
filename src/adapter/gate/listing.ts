// The names in git's index file, so that no process is needed to know what belongs into a folder. Reads versions 2 and 3, names and modes only.
import { MaestroError } from '../../error.ts';

export type Kind = 'file' | 'link' | 'folder' | 'submodule';
/** Every folder of a tree with what must be in it. Paths are bytes as latin1, '' is the root. */
export type Listing = ReadonlyMap<string, ReadonlyMap<string, Kind>>;
/** When files were written, in nanoseconds since 1970, by path. */
export type Stamps = ReadonlyMap<string, bigint>;

const HEADER_BYTES = 12;
const MODE_AT = 24;
const OID_AT = 40;
const NS_PER_S = 1_000_000_000n;
const EXTENDED = 0x4000;
const TYPE_BITS = 12;
const TYPE_LINK = 0o12;
const TYPE_SUBMODULE = 0o16;

/**
 * `oidBytes` is 20 or 32; `recent` are the files written in second `sinceS` or later. git compares whole seconds only, so what
 * changes within the second of its writing, content apart, is for us to see. Throws when the bytes are no such index.
 */
export function parseIndex(index: Buffer, oidBytes: number, sinceS: number): { readonly listing: Listing; readonly recent: Stamps } {
  const version = index.length < HEADER_BYTES || index.toString('latin1', 0, 4) !== 'DIRC' ? 0 : index.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw new MaestroError('internal', 'the index of a gate slot cannot be read', { retryable: true });
  const folders = new Map<string, Map<string, Kind>>([['', new Map()]]);
  const recent = new Map<string, bigint>();
  let at = HEADER_BYTES;
  for (let left = index.readUInt32BE(8); left > 0; left -= 1) {
    const flagsAt = at + OID_AT + oidBytes;
    const nameAt = flagsAt + ((index.readUInt16BE(flagsAt) & EXTENDED) === 0 ? 2 : 4);
    const nameEnd = index.indexOf(0, nameAt);
    if (nameEnd === -1) throw new MaestroError('internal', 'the index of a gate slot is cut off', { retryable: true });
    const path = index.toString('latin1', nameAt, nameEnd);
    place(folders, path, kindOf(index.readUInt32BE(at + MODE_AT)));
    if (index.readUInt32BE(at) >= sinceS) recent.set(path, BigInt(index.readUInt32BE(at)) * NS_PER_S + BigInt(index.readUInt32BE(at + 4)));
    // Entries are padded with 1 to 8 NULs to a multiple of 8.
    at += (nameEnd - at + 8) & ~7;
  }
  return { listing: folders, recent };
}

function kindOf(mode: number): Kind {
  switch (mode >>> TYPE_BITS) {
    case TYPE_LINK: return 'link';
    case TYPE_SUBMODULE: return 'submodule';
    default: return 'file';
  }
}

function place(folders: Map<string, Map<string, Kind>>, path: string, kind: Kind): void {
  const slash = path.lastIndexOf('/');
  const folder = slash === -1 ? '' : path.slice(0, slash);
  const known = folders.get(folder);
  if (known !== undefined) {
    known.set(path.slice(slash + 1), kind);
    return;
  }
  folders.set(folder, new Map([[path.slice(slash + 1), kind]]));
  place(folders, folder, 'folder');
}
