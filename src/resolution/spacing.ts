// Where white space is all that two sides differ in, and whether that can matter: to the ranking it never does.
import { bareKey } from './line.ts';

type Lines = readonly string[];

/** Of these the depth of a line says nothing. */
const FREE = /\.(?:[cm]?[jt]sx?|java|kt|kts|go|rs|c|h|cc|cpp|hpp|cs|swift|scala|php|css|scss|less|json|jsonc|html?|xml|svg|sql|toml|ini|properties|proto|gradle|groovy|dart|lua|pl|rb|sh|lock)$/i;
const QUOTE = /["'`]/;

/** Both sides say the same, and differ in the depth of lines where it tells, or in space beside a text in quotes. */
export function spacingMatters(path: string, { ours, theirs }: { readonly ours: Lines; readonly theirs: Lines }): boolean {
  if (bareKey(ours) !== bareKey(theirs)) return false;
  const isFree = FREE.test(path);
  const said = (lines: Lines): string => lines.filter((line) => line.trim() !== '').map((line) => isFree ? looseOf(line) : line.trimEnd()).join('\n');
  return said(ours) !== said(theirs);
}

function looseOf(line: string): string {
  return QUOTE.test(line) ? line.trim() : line.replaceAll(/\s+/g, '');
}
