// What git hashes in front of a body: `blob 12` and a zero byte. Written where it is hashed, for a string of it would be thrown away at once.

const [ZERO, SPACE] = [48, 32];

export function headerLength(kind: string, bodyBytes: number): number {
  return kind.length + digitsOf(bodyBytes) + 2;
}

/** Where the body begins. */
export function writeHeader(bytes: Uint8Array, start: number, kind: string, bodyBytes: number): number {
  for (let at = 0; at < kind.length; at += 1) bytes[start + at] = kind.charCodeAt(at);
  const space = start + kind.length;
  const end = space + digitsOf(bodyBytes) + 1;
  bytes[space] = SPACE;
  let rest = bodyBytes;
  for (let at = end - 1; at > space; at -= 1) {
    bytes[at] = ZERO + rest % 10;
    rest = Math.floor(rest / 10);
  }
  bytes[end] = 0;
  return end + 1;
}

function digitsOf(count: number): number {
  let digits = 1;
  for (let least = 10; least <= count; least *= 10) digits += 1;
  return digits;
}
