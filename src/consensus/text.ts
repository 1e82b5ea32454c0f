// Words that came from a model or a branch, as plain bounded data: one line, nothing invisible. Markdown is the renderer's business.

// Control signs, what only steers the direction or joining of text, tags, halves of signs, line separators: no reader would see them.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Co}\p{Cn}]+/gu;

/** One line without anything invisible; what is too long ends in `…`. */
export function plainText(text: string, charsMax: number): string {
  // Cut first: what will never be shown is not worth reading, however long it is.
  const line = text.slice(0, 4 * charsMax).replaceAll(UNSEEN, ' ').replaceAll(/\s+/g, ' ').trim();
  if (line.length <= charsMax) return line;
  return `${line.slice(0, charsMax - 1).replaceAll(UNSEEN, '')}…`;
}

const NAME_CHARS_MAX = 80;

/** A name that a branch gave, between backticks, so that it is never read as part of the sentence. */
export function quoted(name: string): string {
  return `\`${plainText(name.replaceAll('`', "'"), NAME_CHARS_MAX)}\``;
}

/** `3 lines`, `1 line`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
