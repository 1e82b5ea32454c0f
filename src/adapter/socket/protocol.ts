// One JSON object a line, both ways. Bounded, so that a stranger on the socket costs nothing.

/** Of what is asked: whoever reaches the socket may ask. */
export const CALL_CHARS_MAX = 8 * 1024 * 1024;
/** Of what a coordinator answers: dozens of open questions, each with both sides of hundreds of places. */
export const ANSWER_CHARS_MAX = 256 * 1024 * 1024;

export type Call = { readonly id: number; readonly verb: string; readonly args: readonly unknown[] };
export type Answer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: { readonly code: string; readonly message: string; readonly next: string | null; readonly retryable: boolean } }
  /** Pushed to those who said `follow`. */
  | { readonly id: 0; readonly news: unknown };

/** Cuts a stream into lines; a line over the bound ends it with an error. A long one is put together once, at its end. */
export function lineReader(charsMax: number, onLine: (line: string) => void, onOverflow: () => void): (chunk: string) => void {
  let parts: string[] = [];
  let chars = 0;
  return (chunk) => {
    let from = 0;
    for (let at = chunk.indexOf('\n'); at !== -1; at = chunk.indexOf('\n', from)) {
      const line = [...parts, chunk.slice(from, at)].join('');
      [parts, chars, from] = [[], 0, at + 1];
      onLine(line);
    }
    parts.push(chunk.slice(from));
    chars += chunk.length - from;
    if (chars > charsMax) onOverflow();
  };
}
