// What is kept of a delivery's body. Runs on the event loop for small bodies, in a thread for large ones. Knows no socket and no signature.
import { isUtf8 } from 'node:buffer';
import type { PushedRef } from '../../port/mailbox.ts';

/** The most that is parsed on the event loop (about 5 ms), and the most that is kept whole. Two comments of full length fit. */
export const SMALL_BYTES_MAX = 1024 * 1024;
/** No ref, id or name that anybody reads is longer. */
const SCALAR_CHARS_MAX = 1000;
const HEADER_OBJECTS = ['repository', 'organization', 'installation', 'sender', 'owner'];

export type Body = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly event: string;
  /** False for an event nobody handles: of that only the header is kept. */
  readonly handled: boolean;
};

export type Reading =
  | { readonly kind: 'read'; readonly repository: string; readonly push: PushedRef | null; readonly payload: string }
  | { readonly kind: 'unreadable'; readonly why: string };

type Json = Readonly<Record<string, unknown>>;

/** The caller knows that it does not nest too deep. */
export function readPayload({ bytes, event, handled }: Body): Reading {
  if (!isUtf8(bytes)) return unreadable('the body is not UTF-8');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const parsed = parse(text);
  if (parsed === null) return unreadable('the body is not a JSON object');
  // Of a push only the header: what it says about commits may be cut off or out of date, Git is asked instead.
  const whole = handled && event !== 'push' && bytes.length <= SMALL_BYTES_MAX;
  const payload = whole ? text : JSON.stringify(headerOf(parsed));
  if (payload.length > SMALL_BYTES_MAX) return unreadable('the body has too many members');
  return { kind: 'read', repository: repositoryOf(parsed), push: event === 'push' ? pushOf(parsed) : null, payload };
}

function unreadable(why: string): Reading {
  return { kind: 'unreadable', why };
}

function parse(text: string): Json | null {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return null;
  }
}

function repositoryOf(payload: Json): string {
  const id = objectOf(payload['repository'])?.['id'];
  return typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : '';
}

function pushOf({ ref, after }: Json): PushedRef | null {
  return isShortText(ref) && isShortText(after) ? { ref, after } : null;
}

/** What says where and who: short values, and those of the objects that name a place or a person. */
function headerOf(payload: Json): Json {
  return Object.fromEntries(Object.entries(payload).flatMap(([key, value]): [string, unknown][] => {
    if (isShort(value)) return key.endsWith('url') ? [] : [[key, value]];
    const object = HEADER_OBJECTS.includes(key) ? objectOf(value) : null;
    return object === null ? [] : [[key, headerOf(object)]];
  }));
}

function isShort(value: unknown): boolean {
  return value === null || typeof value === 'number' || typeof value === 'boolean' || isShortText(value);
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= SCALAR_CHARS_MAX;
}

function objectOf(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}
