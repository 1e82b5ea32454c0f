// What merges in memory read of a repository: trees and blobs by id, brought in in bursts, kept within a budget. An id is its content,
// so nothing kept is ever out of date, after a fetch as before. Knows no ref and no attribute; decides nothing about a merge.
import { MaestroError } from '../../error.ts';
import type { MergeOutcome, Shelf } from '../../engine/merge/outcome.ts';
import { decodeTree } from '../../engine/object/decode-tree.ts';
import { objectId } from '../../engine/object/id.ts';
import type { ObjectId } from '../../engine/object/id.ts';
import type { Blob, Entry, Tree } from '../../engine/object/node.ts';
import type { Reader, StoredObject } from './read.ts';
import { Recent } from './recent.ts';

export type LibraryLimits = {
  /** Kept in memory, all together. */
  readonly keptBytesMax: number;
  readonly blobBytesMax: number;
  readonly treeBytesMax: number;
  /** One merge, or one answer: objects and bytes that may be read for it, and how often it may ask. */
  readonly objectsMax: number;
  readonly readBytesMax: number;
  readonly roundsMax: number;
};

export const LIBRARY_LIMITS: LibraryLimits = {
  keptBytesMax: 64 * 1024 * 1024,
  blobBytesMax: 1024 * 1024,
  treeBytesMax: 4 * 1024 * 1024,
  objectsMax: 20_000,
  readBytesMax: 32 * 1024 * 1024,
  roundsMax: 64,
};

/** `unread`: something the merge needs is not there, broken or over a limit; that says nothing of the merge. */
export type Unread = { readonly kind: 'unread'; readonly why: string; readonly code: 'object-missing' | 'object-corrupt' | 'engine-full' | 'git-failed' };

type Missing = Extract<MergeOutcome, { kind: 'missing' }>;

export type Library = {
  readonly shelf: Shelf;
  /** Whatever can be told from the shelf, asked until nothing is missing: that is read in between. */
  answer<T extends { readonly kind: string }>(ask: (shelf: Shelf) => T | Missing): Promise<T | Unread>;
  /** Onto the shelf; null: all of them are there. */
  bring(ids: readonly ObjectId[]): Promise<Unread | null>;
};

type Held = { readonly kind: 'tree'; readonly entries: readonly Entry[] } | { readonly kind: 'blob'; readonly bytes: Uint8Array };

const BURST_MAX = 512;
/** What an entry in memory takes beside its name, about. */
const ENTRY_BYTES = 160;

export function openLibrary(reader: Pick<Reader, 'object'>, limits: LibraryLimits = LIBRARY_LIMITS): Library {
  const kept = new Recent<ObjectId, Held>(limits.keptBytesMax);
  const shelf: Shelf = {
    entries: (tree: Tree) => tree.entries ?? entriesOf(kept.get(tree.id)),
    bytes: (blob: Blob) => blob.bytes ?? bytesOf(kept.get(blob.id)),
  };
  const bytesMax = { tree: limits.treeBytesMax, blob: limits.blobBytesMax };

  const read = async (ids: readonly ObjectId[], purse: Purse): Promise<Unread | null> => {
    for (let at = 0; at < ids.length; at += BURST_MAX) {
      const burst = ids.slice(at, at + BURST_MAX).filter((id) => kept.get(id) === undefined);
      const found = await Promise.all(burst.map((id) => reader.object(id, bytesMax)));
      for (const [index, id] of burst.entries()) {
        const unread = take(kept, id, found[index] ?? { kind: 'absent' }, purse);
        if (unread !== null) return unread;
      }
    }
    return null;
  };

  const bring = async (ids: readonly ObjectId[], purse: Purse): Promise<Unread | null> => {
    purse.objects -= ids.length;
    if (purse.objects < 0) return unread('engine-full', `more than ${limits.objectsMax} objects`);
    if (ids.every((id) => kept.get(id) !== undefined)) return unread('object-corrupt', 'an object of another kind than its tree says');
    try {
      return await read(ids, purse);
    } catch (error) {
      if (error instanceof MaestroError) return unread('git-failed', error.message);
      throw error;
    }
  };

  const answer = async <T extends { readonly kind: string }>(ask: (from: Shelf) => T | Missing): Promise<T | Unread> => {
    const purse = { objects: limits.objectsMax, bytes: limits.readBytesMax };
    for (let round = 0; round < limits.roundsMax; round += 1) {
      const said = ask(shelf);
      if (!isMissing(said)) return said;
      const failed = await bring(said.objects, purse);
      if (failed !== null) return failed;
    }
    return unread('engine-full', `more than ${limits.roundsMax} looks`);
  };

  return {
    shelf,
    bring: async (ids) => {
      const wanted = ids.filter((id) => kept.get(id) === undefined);
      return wanted.length === 0 ? null : bring(wanted, { objects: limits.objectsMax, bytes: limits.readBytesMax });
    },
    answer,
  };
}

/** What one merge may still have read. */
type Purse = { objects: number; bytes: number };

/** Checked against its id: a damaged object is never merged. */
function take(kept: Recent<ObjectId, Held>, id: ObjectId, found: StoredObject, purse: Purse): Unread | null {
  if (found.kind === 'absent') return unread('object-missing', `${id} is not there`);
  if (found.kind === 'large') return unread('engine-full', `${id} has ${found.bytes} bytes`);
  purse.bytes -= found.body.length;
  if (purse.bytes < 0) return unread('engine-full', 'too many bytes for one merge');
  if (found.type !== 'tree' && found.type !== 'blob') return unread('object-corrupt', `${id} is a ${found.type}`);
  if (objectId(found.type, found.body) !== id) return unread('object-corrupt', `${id} is damaged`);
  if (found.type === 'blob') {
    kept.set(id, { kind: 'blob', bytes: found.body }, found.body.length + ENTRY_BYTES);
    return null;
  }
  const entries = decodeTree(found.body);
  if (entries === null) return unread('object-corrupt', `${id} is no tree that git would write`);
  kept.set(id, { kind: 'tree', entries }, found.body.length + ENTRY_BYTES * (entries.length + 1));
  return null;
}

function isMissing(said: { readonly kind: string }): said is Missing {
  return said.kind === 'missing';
}

function entriesOf(held: Held | undefined): readonly Entry[] | null {
  return held?.kind === 'tree' ? held.entries : null;
}

function bytesOf(held: Held | undefined): Uint8Array | null {
  return held?.kind === 'blob' ? held.bytes : null;
}

function unread(code: Unread['code'], why: string): Unread {
  return { kind: 'unread', why, code };
}
