// A repository in a folder of this machine, as far as plain files tell: a branch, an object that lies by itself. Runs nothing of its owner's, writes nothing.
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { objectId } from '../../engine/object/id.ts';
import type { ObjectKind } from '../../engine/object/id.ts';
import { parseOid } from '../../merge/branch.ts';
import type { Oid, RefName } from '../../merge/branch.ts';
import type { Whole } from './gather.ts';

/** null everywhere: these files do not tell, and git has to be asked. */
export type FolderStore = {
  head(ref: RefName): Oid | null;
  /** Checked against its id. */
  object(oid: Oid): Whole | null;
};

const OBJECT_BYTES_MAX = 1024 * 1024;
/** What makes the folder's own history another one than its objects tell, or its git folder another one than it seems. */
const STRANGE = ['shallow', 'commondir'];

export function openFolderStore(path: string): FolderStore {
  const read = (name: string, bytesMax: number): Buffer | null => {
    const folder = gitFolder(path);
    return folder === null ? null : readSmall(join(folder, name), bytesMax);
  };
  return {
    head: (ref) => parseOid(read(ref, 64)?.toString('latin1').trimEnd() ?? ''),
    object: (oid) => {
      const packed = read(join('objects', oid.slice(0, 2), oid.slice(2)), OBJECT_BYTES_MAX);
      return packed === null ? null : parseLoose(oid, packed);
    },
  };
}

/** As git finds it; a `.git` that is a file leads elsewhere. */
function gitFolder(path: string): string | null {
  try {
    const inner = statSync(join(path, '.git'), { throwIfNoEntry: false });
    if (inner !== undefined && !inner.isDirectory()) return null;
    const folder = inner === undefined ? path : join(path, '.git');
    return exists(folder, 'objects') && exists(folder, 'HEAD') && !STRANGE.some((name) => exists(folder, name)) ? folder : null;
  } catch {
    return null;
  }
}

function parseLoose(oid: Oid, packed: Buffer): Whole | null {
  try {
    const whole = inflateSync(packed, { maxOutputLength: OBJECT_BYTES_MAX });
    const end = whole.indexOf(0);
    const [, kind, bytes] = /^(commit|tree|blob|tag) (\d+)$/.exec(whole.toString('latin1', 0, Math.max(0, end))) ?? [];
    const body = whole.subarray(end + 1);
    if (Number(bytes) !== body.length || objectId(kind as ObjectKind, body) !== oid) return null;
    return { kind: kind as ObjectKind, body };
  } catch {
    return null;
  }
}

/** Never waits: what is no plain file (a pipe, a device) is not read. */
function readSmall(path: string, bytesMax: number): Buffer | null {
  let file: number | null = null;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > bytesMax) return null;
    const bytes = Buffer.alloc(stat.size);
    return bytes.subarray(0, readSync(file, bytes, 0, stat.size, 0));
  } catch {
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
}

function exists(folder: string, name: string): boolean {
  return statSync(join(folder, name), { throwIfNoEntry: false }) !== undefined;
}
