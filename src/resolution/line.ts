// Lines as conflicts see them: white space does not count, and neither do blank lines. Knows nothing of merging.

import { linesOf } from '../engine/line/region.ts';
import { keptByLine } from './kept.ts';

export { linesOf };

/** Each line of a conflict is looked at by dozens of candidates. */
const bareKept = keptByLine((line) => line.replace(/\s+/g, ''));

/** A line without any white space: what two people would call the same line. */
export function bare(line: string): string {
  return bareKept(line);
}

/** The three texts of a conflict are read by the ranking of hunks, that of whole texts, and the ledger. */
const TEXTS_KEPT_MAX = 4;
const texts = new Map<string, readonly string[]>();

/** All lines of a text, bare, blank ones too; the last few texts are kept. */
export function bareTextOf(text: string): readonly string[] {
  const known = texts.get(text);
  if (known !== undefined) return known;
  const [oldest] = texts.keys();
  if (texts.size >= TEXTS_KEPT_MAX && oldest !== undefined) texts.delete(oldest);
  const said = linesOf(text).map(bare);
  texts.set(text, said);
  return said;
}

/** The bare lines that are not blank. */
export function bareLines(lines: readonly string[]): readonly string[] {
  return lines.map((line) => bare(line)).filter((line) => line !== '');
}

/** Equal for texts that differ in white space and blank lines alone. */
export function bareKey(lines: readonly string[]): string {
  return bareLines(lines).join('\n');
}

/** By the alphabet, upper and lower case alike. One line alone says nothing of an order. */
export function isSorted(said: readonly string[]): boolean {
  return said.length > 1 && said.every((line, at) => at === 0 || (said[at - 1] ?? '').toLowerCase() <= line.toLowerCase());
}

/** Whether a line says something: `}` and `---` do not. */
export function speaks(bareLine: string): boolean {
  return /[\p{L}\p{N}]/u.test(bareLine);
}

/** Ends every line but the last, which keeps what it has: so that a part of a file without final newline can be followed by another. */
export function joined(parts: readonly (readonly string[])[]): readonly string[] {
  const all = parts.flat();
  return all.map((line, at) => at < all.length - 1 && !line.endsWith('\n') ? `${line}\n` : line);
}
