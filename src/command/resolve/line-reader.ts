// Bytes into lines, none longer than the cap. Knows no JSON.

export const LINE_BYTES_MAX = 64 * 1024 * 1024;
const NEWLINE = 10;

/** Each line without its end; one that is too long is read past, not kept. */
export async function* linesIn(input: AsyncIterable<Buffer>, bytesMax: number = LINE_BYTES_MAX): AsyncGenerator<Buffer | 'too-long'> {
  let parts: Buffer[] = [];
  let bytes = 0;
  const take = (): Buffer | 'too-long' => {
    const line = bytes > bytesMax ? 'too-long' : Buffer.concat(parts);
    [parts, bytes] = [[], 0];
    return line;
  };
  const add = (part: Buffer): void => {
    bytes += part.length;
    if (bytes > bytesMax) parts = [];
    else parts.push(part);
  };
  for await (const chunk of input) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, end));
      yield take();
      from = end + 1;
    }
    add(chunk.subarray(from));
  }
  if (bytes > 0) yield take();
}
