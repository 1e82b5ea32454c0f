// Git's names for objects: the hash of a short header and the body. Knows no object's inner form.
import { createHash, hash } from 'node:crypto';
import { writeHeader } from './header.ts';

/** 40 hex digits, lower case. */
export type ObjectId = string;

/** An id as its 40 hex digits or as its 20 bytes, one char a byte: most are only written into a tree, and there it is bytes. */
export type Digest = string;

export type ObjectKind = 'blob' | 'tree' | 'commit' | 'tag';

export const ID_BYTES = 20;

/** Up to here header and body are put together, so that one call hashes both; above, copying costs more than a second call. */
const JOINED_BYTES_MAX = 16 * 1024;

/** Up to here a loop is faster than a call. */
const LOOPED_BYTES_MAX = 64;

const idBytes = Buffer.alloc(ID_BYTES);
const joined = Buffer.alloc(JOINED_BYTES_MAX + 32);

/** The first so many bytes of `joined`; made once, as making one takes as long as hashing a short text. */
const views: Buffer[] = [];
const VIEW_BYTES_MAX = 1024;

/** The id that git gives an object of this kind with this body. */
export function objectId(kind: ObjectKind, body: Uint8Array): ObjectId {
  return objectDigest(kind, body, 'hex');
}

export function hexOf(digest: Digest): ObjectId {
  if (digest.length !== ID_BYTES) return digest;
  for (let at = 0; at < ID_BYTES; at += 1) idBytes[at] = digest.charCodeAt(at);
  return idBytes.toString('hex');
}

/** In whichever form each is. */
export function isOneDigest(one: Digest, other: Digest): boolean {
  return one === other || (one.length !== other.length && hexOf(one) === hexOf(other));
}

export function objectDigest(kind: ObjectKind, body: Uint8Array, form: 'hex' | 'binary'): Digest {
  const start = writeHeader(joined, 0, kind, body.length);
  if (body.length > JOINED_BYTES_MAX) return createHash('sha1').update(joined.subarray(0, start)).update(body).digest(form);
  if (body.length > LOOPED_BYTES_MAX) joined.set(body, start);
  else for (let at = 0; at < body.length; at += 1) joined[start + at] = body[at] ?? 0;
  return joinedDigest(start + body.length, form);
}

function joinedDigest(bytes: number, form: 'hex' | 'binary'): Digest {
  return hash('sha1', bytes > VIEW_BYTES_MAX ? joined.subarray(0, bytes) : views[bytes] ??= joined.subarray(0, bytes), form);
}

export function isObjectId(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}
