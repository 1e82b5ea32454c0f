// Objects as one pack of version 2, each stored as it is: packing must not take longer than making them. Git compresses when it repacks.
import { hash } from 'node:crypto';
import { ID_BYTES } from './id.ts';
import type { ObjectKind } from './id.ts';

export type PackObject = { readonly kind: ObjectKind; readonly body: Uint8Array };

const KIND_NUMBER: Readonly<Record<ObjectKind, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };
const PACK_HEADER_BYTES = 12;
/** Kind and size: four bits of it in the first byte, seven in each further one. */
const ENTRY_HEADER_BYTES_MAX = 10;
/** Of a zlib stream with nothing compressed in it: two bytes before, a checksum of four behind, five before each block. */
const ZLIB_HEADER = 0x7801;
const ZLIB_BYTES = 6;
const BLOCK_HEADER_BYTES = 5;
const BLOCK_BYTES_MAX = 0xffff;
const ADLER_MODULUS = 65_521;
/** As many bytes as the sums can take before they leave 32 bits. */
const ADLER_RUN = 5552;

/** At most as many bytes as the pack of these objects has. */
export function packBytesMax(objects: readonly PackObject[]): number {
  return objects.reduce((bytes, { body }) => bytes + entryBytesMax(body.length), PACK_HEADER_BYTES + ID_BYTES);
}

/** In any order; git finds the links itself. */
export function buildPack(objects: readonly PackObject[]): Buffer {
  const pack = Buffer.allocUnsafe(packBytesMax(objects));
  pack.write('PACK', 0, 'latin1');
  pack.writeUInt32BE(2, 4);
  pack.writeUInt32BE(objects.length, 8);
  let at = PACK_HEADER_BYTES;
  for (const { kind, body } of objects) at = writeStored(pack, writeEntryHeader(pack, at, kind, body.length), body);
  pack.write(hash('sha1', pack.subarray(0, at), 'hex'), at, 'hex');
  return pack.subarray(0, at + ID_BYTES);
}

function entryBytesMax(bytes: number): number {
  return ENTRY_HEADER_BYTES_MAX + ZLIB_BYTES + bytes + BLOCK_HEADER_BYTES * Math.max(1, Math.ceil(bytes / BLOCK_BYTES_MAX));
}

function writeEntryHeader(pack: Buffer, start: number, kind: ObjectKind, bytes: number): number {
  let at = start;
  let byte = (KIND_NUMBER[kind] << 4) | (bytes & 15);
  // No shift: a size may have more than 31 bits.
  for (let rest = Math.floor(bytes / 16); ; rest = Math.floor(rest / 128)) {
    pack[at] = rest === 0 ? byte : byte | 128;
    at += 1;
    if (rest === 0) return at;
    byte = rest & 127;
  }
}

function writeStored(pack: Buffer, start: number, body: Uint8Array): number {
  let at = pack.writeUInt16BE(ZLIB_HEADER, start);
  let from = 0;
  do {
    const length = Math.min(BLOCK_BYTES_MAX, body.length - from);
    pack[at] = from + length === body.length ? 1 : 0;
    pack.writeUInt16LE(length, at + 1);
    pack.writeUInt16LE(length ^ 0xffff, at + 3);
    at += BLOCK_HEADER_BYTES;
    pack.set(length === body.length ? body : body.subarray(from, from + length), at);
    at += length;
    from += length;
  } while (from < body.length);
  return pack.writeUInt32BE(adler32(body), at);
}

function adler32(bytes: Uint8Array): number {
  let [low, high] = [1, 0];
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(at + ADLER_RUN, bytes.length);
    for (; at < end; at += 1) {
      low += bytes[at] ?? 0;
      high += low;
    }
    low %= ADLER_MODULUS;
    high %= ADLER_MODULUS;
  }
  return high * 65_536 + low;
}
