// Commas that join what two sides put in one after the other, and the comments at the end of a line that would swallow them.

const LINE_COMMENT = /(?:^|\s)(?:\/\/|#)/;

/** A comma at its end would be part of the comment. */
export function hasLineComment(line: string): boolean {
  return LINE_COMMENT.test(line);
}

/** What follows on the same line would be part of it. */
export function endsInComment(tokens: readonly string[]): boolean {
  return hasLineComment(tokens.join('').split('\n').at(-1) ?? '');
}

/** Before the white space at its end. */
export function withComma(line: string): string {
  const end = line.trimEnd().length;
  return `${line.slice(0, end)},${line.slice(end)}`;
}
