// Bytes of a blob as text. Knows no process.

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Null where it is none: a NUL anywhere, or no UTF-8. */
export function textIn(bytes: Buffer): string | null {
  return bytes.includes(0) ? null : utf8In(bytes);
}

/** NULs and all; null where it is no UTF-8. */
export function utf8In(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
