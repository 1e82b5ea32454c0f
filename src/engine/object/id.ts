// Git's names for objects: the hash of a short header and the body. Knows no object's inner form.
import { createHash, hash } from 'node:crypto';

/** 40 hex digits, lower case. */
export type ObjectId = string;

export type ObjectKind = 'blob' | 'tree' | 'commit' | 'tag';

export const ID_BYTES = 20;

/** Up to here header and body are put together, so that one call hashes both; above, copying costs more than a second call. */
const JOINED_BYTES_MAX = 16 * 1024;

const joined = Buffer.alloc(JOINED_BYTES_MAX + 32);

/** The id that git gives an object of this kind with this body. */
export function objectId(kind: ObjectKind, body: Uint8Array): ObjectId {
  const header = `${kind} ${body.length}\0`;
  if (body.length > JOINED_BYTES_MAX) return createHash('sha1').update(header).update(body).digest('hex');
  const start = joined.write(header, 0, 'latin1');
  joined.set(body, start);
  return hash('sha1', joined.subarray(0, start + body.length), 'hex');
}

/** The same for a body that is text. */
export function textObjectId(kind: ObjectKind, text: string): ObjectId {
  return hash('sha1', `${kind} ${Buffer.byteLength(text)}\0${text}`, 'hex');
}

export function isObjectId(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}
