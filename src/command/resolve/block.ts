// Lines of ours at the end of a text that belongs to somebody else: put in once, taken out to the byte. Pure.

const OPEN = '# >>> maestro resolve >>>\n';
const OPEN_BEHIND_OPEN_LINE = '\n# >>> maestro resolve (the line before had no end) >>>\n';
const OPEN_ALONE = '# >>> maestro resolve (in a file of its own) >>>\n';
const CLOSE = '# <<< maestro resolve <<<\n';

/** Of the lines between the marks those that somebody else put there, with what they need to stand alone. */
export type Foreign = (lines: readonly string[]) => readonly string[];

/** `text` null: there is no file. */
export function withBlock(text: string | null, lines: readonly string[], foreign: Foreign): string {
  const rest = withoutBlock(text, foreign);
  const open = rest === null ? OPEN_ALONE : rest === '' || rest.endsWith('\n') ? OPEN : OPEN_BEHIND_OPEN_LINE;
  return `${rest ?? ''}${open}${lines.map((line) => `${line}\n`).join('')}${CLOSE}`;
}

/** Null: no file is to be left. What others wrote behind the block or into it stays. */
export function withoutBlock(text: string | null, foreign: Foreign): string | null {
  if (text === null) return null;
  for (const open of [OPEN_BEHIND_OPEN_LINE, OPEN, OPEN_ALONE]) {
    const from = text.indexOf(open);
    const to = text.indexOf(CLOSE, from);
    if (from === -1 || to === -1) continue;
    const kept = foreign(text.slice(from + open.length, to).split('\n').slice(0, -1)).map((line) => `${line}\n`).join('') + text.slice(to + CLOSE.length);
    if (kept === '') return from === 0 && open === OPEN_ALONE ? null : text.slice(0, from);
    return `${text.slice(0, from)}${open === OPEN_BEHIND_OPEN_LINE ? '\n' : ''}${kept}`;
  }
  return text;
}
