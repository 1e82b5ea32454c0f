// What was worked out of a line, kept for the next time it is met. Bounded by lines and by characters; forgotten whole when full.

const LINES_KEPT_MAX = 100_000;
/** Of all lines kept, together: a file may be one line. */
const CHARS_KEPT_MAX = 16_000_000;

/** `of`, asked once a line. */
export function keptByLine<T>(of: (line: string) => T): (line: string) => T {
  const kept = new Map<string, T>();
  let chars = 0;
  return (line) => {
    const known = kept.get(line);
    if (known !== undefined) return known;
    if (kept.size >= LINES_KEPT_MAX || chars + line.length > CHARS_KEPT_MAX) {
      kept.clear();
      chars = 0;
    }
    const own = ownCopy(line);
    const answer = of(own);
    kept.set(own, answer);
    chars += own.length;
    return answer;
  };
}

/** The same text as a string of its own: to the engine a line is a piece of its file, and whoever keeps it keeps the whole file. */
export function ownCopy(text: string): string {
  if (2 * text.length > SCRATCH.length) return Buffer.from(text, 'utf16le').toString('utf16le');
  return SCRATCH.toString('utf16le', 0, SCRATCH.write(text, 'utf16le'));
}

/** Most lines fit: a buffer each would cost more than the copy. */
const SCRATCH = Buffer.allocUnsafe(4096);
