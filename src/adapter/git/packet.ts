// Git's pkt-lines as values: four hex digits of length, then that much; some lengths are signs of their own. Knows no protocol.

export type Packet = { readonly kind: 'line'; readonly content: Buffer } | { readonly kind: 'flush' | 'delimiter' };

const HEADER_BYTES = 4;
const CONTENT_BYTES_MAX = 65_516;

export const FLUSH = '0000';
export const DELIMITER = '0001';

/** Of text that is far from the longest a line may be. */
export function packet(content: string): string {
  return (Buffer.byteLength(content) + HEADER_BYTES).toString(16).padStart(HEADER_BYTES, '0') + content;
}

/** null: these are no pkt-lines, or the last one is cut off. */
export function readPackets(bytes: Buffer): readonly Packet[] | null {
  const found: Packet[] = [];
  for (let at = 0; at < bytes.length;) {
    const digits = bytes.toString('latin1', at, at + HEADER_BYTES);
    if (digits === FLUSH || digits === DELIMITER) {
      found.push({ kind: digits === FLUSH ? 'flush' : 'delimiter' });
      at += HEADER_BYTES;
      continue;
    }
    const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : 0;
    if (length < HEADER_BYTES || length > CONTENT_BYTES_MAX + HEADER_BYTES || at + length > bytes.length) return null;
    found.push({ kind: 'line', content: bytes.subarray(at + HEADER_BYTES, at + length) });
    at += length;
  }
  return found;
}

/** The lines before the flush that ends the answer; null where the end is missing or something else is in between. */
export function linesUntilFlush(bytes: Buffer): readonly Buffer[] | null {
  const sections = sectionsUntilFlush(bytes);
  return sections?.length === 1 ? sections[0] ?? null : null;
}

/** The same where delimiters part the answer into sections. */
export function sectionsUntilFlush(bytes: Buffer): readonly (readonly Buffer[])[] | null {
  const packets = readPackets(bytes);
  if (packets?.at(-1)?.kind !== 'flush') return null;
  const sections: Buffer[][] = [[]];
  for (const one of packets.slice(0, -1)) {
    if (one.kind === 'flush') return null;
    if (one.kind === 'line') sections.at(-1)?.push(one.content);
    else sections.push([]);
  }
  return sections;
}
