// Text that others wrote, made safe for GitHub's Markdown: it pings nobody, is no HTML, links nothing, closes no fence, fakes no marker.
// Knows no requests.
import { printable } from './branch.ts';

const CODE_CHARS_MAX = 300;
const PROSE_CHARS_MAX = 2000;
const FENCE_LINE_CHARS_MAX = 300;

/** The marker of a comment's key; only the first line of a body counts as one. */
export function marked(key: string, body: string): string {
  return `<!-- maestro ${key} -->\n${body}`;
}

/** A name, a path, a title: shown exactly, on one line. */
export function code(text: string, charsMax = CODE_CHARS_MAX): string {
  const shown = unmarked(printable(text, charsMax).slice(0, 2 * charsMax));   // what is spelt out grows eightfold
  if (shown === '') return '(empty)';
  const rail = '`'.repeat(longestRun(shown) + 1);
  // The blanks are not shown; they keep a backtick at the rim apart from the rail.
  return /^`|`$|^ .* $/.test(shown) ? `${rail} ${shown} ${rail}` : `${rail}${shown}${rail}`;
}

/** The same within a table, where a bar would end the cell. */
export function cell(text: string, charsMax = CODE_CHARS_MAX): string {
  return code(text, charsMax).replaceAll('|', '\\|');
}

/** Maestro's own sentence with names of others in it; its pairs of backticks stay code. */
export function prose(text: string, charsMax = PROSE_CHARS_MAX): string {
  const parts = printable(text, charsMax).split('`');
  return parts.map((part, at) => at % 2 === 0 ? escaped(part) : at === parts.length - 1 ? `\\\`${escaped(part)}` : code(part, charsMax)).join('');
}

/** The same within a table. */
export function cellProse(text: string, charsMax = PROSE_CHARS_MAX): string {
  return prose(text, charsMax).replaceAll(/(?<!\\)\|/g, '\\|');
}

/** Lines in a fence that none of them can close. */
export function fenced(lines: readonly string[], language = 'text'): string {
  const shown = lines.map((line) => unmarked(printable(untabbed(line), FENCE_LINE_CHARS_MAX).slice(0, 2 * FENCE_LINE_CHARS_MAX)));
  return block(shown.join('\n'), language);
}

const SPOKEN = /(?<![\w/.-])maestro (?=(?:decide|status|explain|retry|cancel|pause|resume|promote|rollback)\b)/g;

/** Advice given for a terminal, as one would follow it in a comment. */
export function asComment(text: string): string {
  return text.replaceAll(SPOKEN, '/maestro ');
}

/** A patch in a fence, byte for byte but for what no page may get. */
export function fencedPatch(patch: string): string {
  return block(spelledPatch(patch), 'diff');
}

/** How long it is with that spelled out. */
export function patchCharsOf(patch: string): number {
  return spelledPatch(patch).length;
}

function spelledPatch(patch: string): string {
  return patch.replace(/\n$/, '').split('\n').map((line) => line.split('\t').map((part) => printable(part, line.length)).join('\t')).join('\n');
}

// oxlint-disable-next-line no-control-regex -- what a terminal takes for a colour
const COLOUR = /\u001b\[[0-?]*[ -/]*[@-~]/g;

/** The last lines of a log, without its colours. */
export function tailOf(log: string, linesMax: number): readonly string[] {
  return log.replaceAll(COLOUR, '').trimEnd().split('\n').slice(-linesMax).map((line) => line.trimEnd());
}

/** Behind a click. */
export function folded(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

function block(text: string, language: string): string {
  const rail = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${rail}${language}\n${text}\n${rail}`;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}

const GAP = '\u200b';   // parts what GitHub would make a mention or a link of, unseen

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    .replaceAll(/[\\*_[\]|~!{}]/g, '\\$&')
    .replaceAll(/[@#]|:(?=\/\/)|\b(?:GH-|www)/gi, `$&${GAP}`);
}

/** Whoever looks for Maestro's markers must not find one that a branch brought along. */
function unmarked(text: string): string {
  return text.replaceAll(/<!--(?=\s*maestro)/gi, `<!${GAP}--`);
}

function untabbed(text: string): string {
  return text.replaceAll('\t', '    ');
}
