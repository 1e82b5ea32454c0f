// The lines of a commit message that speak for their author: code blocks and HTML comments only show something. Knows no marker.

export type Visible = {
  /** All lines; those inside a block are empty. */
  readonly lines: readonly string[];
  /** Where a block opens that nothing closes, so that it reaches to the end, as in Markdown; null when all are closed. */
  readonly unclosedAt: number | null;
};

export function visibleLines(lines: readonly string[]): Visible {
  let block: Block | null = null;
  let openedAt = 0;
  const shown = lines.map((line, at) => {
    if (block !== null) {
      if (closes(block, line)) block = null;
      return '';
    }
    block = blockOpenedBy(line);
    if (block === null) return line;
    openedAt = at;
    return '';
  });
  return { lines: shown, unclosedAt: block === null ? null : openedAt };
}

/** The run of backticks or tildes that opened a code block, or a comment's `<!--`. */
type Block = string;
const COMMENT: Block = '<!--';

function closes(block: Block, line: string): boolean {
  if (block === COMMENT) return line.includes('-->');
  const run = fenceOf(line);
  return run !== null && run.startsWith(block) && line.trim() === run;
}

const INDENT_MAX = 3;

function blockOpenedBy(line: string): Block | null {
  const at = indentOf(line);
  if (line.startsWith(COMMENT, at)) return line.includes('-->', at) ? null : COMMENT;
  return fenceOf(line);
}

function indentOf(line: string): number {
  let at = 0;
  while (at < INDENT_MAX && line.charAt(at) === ' ') at += 1;
  return at;
}

/** The run of three or more backticks or tildes that opens this line, or null. */
function fenceOf(line: string): string | null {
  const at = indentOf(line);
  const mark = line.charAt(at);
  if (mark !== '`' && mark !== '~') return null;
  let end = at;
  while (line.charAt(end) === mark) end += 1;
  const inline = mark === '`' && line.includes('`', end);
  return end - at >= 3 && !inline ? line.slice(at, end) : null;
}
