// Git's names for objects: the hash of a short header and the body. Knows no object's inner form.
import { hash } from 'node:crypto';

/** 40 hex digits, lower case. */
export type ObjectId = string;

export type ObjectKind = 'blob' | 'tree' | 'commit' | 'tag';

export const ID_BYTES = 20;

/** The id that git gives an object of this kind with this body. */
export function objectId(kind: ObjectKind, body: Uint8Array): ObjectId {
  const header = Buffer.from(`${kind} ${body.length}\0`, 'latin1');
  return hash('sha1', Buffer.concat([header, body]), 'hex');
}
