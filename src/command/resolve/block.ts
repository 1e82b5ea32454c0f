// Lines of ours at the end of a text that belongs to somebody else: put in once, taken out to the byte. Pure.

const OPEN = '# >>> maestro resolve >>>\n';
const OPEN_BEHIND_OPEN_LINE = '\n# >>> maestro resolve (the line before had no end) >>>\n';
const OPEN_ALONE = '# >>> maestro resolve (in a file of its own) >>>\n';
const CLOSE = '# <<< maestro resolve <<<\n';

/** `text` null: there is no file. */
export function withBlock(text: string | null, lines: readonly string[]): string {
  const rest = withoutBlock(text);
  const open = rest === null ? OPEN_ALONE : rest === '' || rest.endsWith('\n') ? OPEN : OPEN_BEHIND_OPEN_LINE;
  return `${rest ?? ''}${open}${lines.map((line) => `${line}\n`).join('')}${CLOSE}`;
}

/** Null: no file is to be left. */
export function withoutBlock(text: string | null): string | null {
  if (text === null) return null;
  for (const open of [OPEN_BEHIND_OPEN_LINE, OPEN, OPEN_ALONE]) {
    const from = text.indexOf(open);
    const to = text.indexOf(CLOSE, from);
    if (from === -1 || to === -1) continue;
    const rest = text.slice(0, from) + text.slice(to + CLOSE.length);
    return rest === '' && open === OPEN_ALONE ? null : rest;
  }
  return text;
}
