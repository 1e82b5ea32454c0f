// Bytes of a blob as text. Knows no process.

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Null where it is none: a NUL anywhere, or no UTF-8. */
export function textIn(bytes: Buffer): string | null {
  if (bytes.includes(0)) return null;
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
