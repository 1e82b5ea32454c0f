// One JSON object a line, both ways. Bounded, so that a stranger on the socket costs nothing.

export const LINE_BYTES_MAX = 8 * 1024 * 1024;

export type Call = { readonly id: number; readonly verb: string; readonly args: readonly unknown[] };
export type Answer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: { readonly code: string; readonly message: string; readonly next: string | null; readonly retryable: boolean } }
  /** Pushed to those who said `follow`. */
  | { readonly id: 0; readonly news: unknown };

/** Cuts a stream into lines; a line over the bound ends it with an error. */
export function lineReader(onLine: (line: string) => void, onOverflow: () => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    rest += chunk;
    for (let at = rest.indexOf('\n'); at !== -1; at = rest.indexOf('\n')) {
      const line = rest.slice(0, at);
      rest = rest.slice(at + 1);
      onLine(line);
    }
    if (rest.length > LINE_BYTES_MAX) onOverflow();
  };
}
