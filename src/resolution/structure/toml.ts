// TOML as blocks: tables by header (an array's tables by name, with their own tables inside), keys, arrays and inline tables by what they hold.
import { bare, linesOf } from '../line.ts';
import { container, leaf } from './block.ts';
import type { Block } from './block.ts';
import { list } from './list.ts';
import { closingOf, depthOf, endOfQuiet, endOfString, tokenAt } from './scan.ts';
import type { ListSyntax } from './scan.ts';

const SYNTAX: ListSyntax = { quotes: '"\'', comment: '#' };
const TABLE_LEVEL = 1;

export function tomlBlocks(text: string): Block | null {
  const lines = linesOf(text);
  const entries: Block[] = [];
  const tables: Table[] = [];
  let [from, at] = [0, 0];
  while (at < lines.length) {
    const end = endOfEntry(lines, at);
    if (headerOf(lines[at] ?? '') !== null) {
      const next = nextTable(lines, end);
      tables.push(tableOf(lines.slice(from, next), at - from));
      [from, at] = [next, next];
    } else if (keyOf(lines[at] ?? '') !== null) {
      entries.push(entryBlock(lines.slice(from, end), at - from));
      [from, at] = [end, end];
    } else at = end;
  }
  return container('', '', [...entries, ...nested(tables, 0, tables.length)], lines.slice(from).join(''));
}

type Header = { readonly isItem: boolean; readonly name: string };

/** `[a.b]`, or `[[a.b]]` of an array's next table; null for any other line. */
function headerOf(line: string): Header | null {
  const said = line.trim();
  const isItem = said.startsWith('[[');
  const close = said.indexOf(']');
  if (!said.startsWith('[') || close < 0) return null;
  const name = said.slice(isItem ? 2 : 1, close).trim();
  const rest = said.slice(close + (said[close + 1] === ']' ? 2 : 1)).trimStart();
  return name === '' || rest !== '' && !rest.startsWith('#') ? null : { isItem, name };
}

/** The key before the first `=`, as it is written; null for a line that is no entry. */
function keyOf(line: string): string | null {
  const said = line.trimStart();
  const isQuoted = said.startsWith('"') || said.startsWith("'");
  const end = isQuoted ? endOfString(said, 0) : said.indexOf('=');
  const key = end < 0 ? '' : said.slice(0, end).trimEnd();
  if (isQuoted) return said.slice(end).trimStart().startsWith('=') ? key : null;
  return /^[\w.-]/.test(key) && key.split('.').every((word) => /^[\w"'-]*$/.test(word.trim())) ? key : null;
}

/** What stands behind the `=` of an entry, and where that is in the line. */
function valueAt(line: string, key: string): number {
  return line.indexOf('=', line.length - line.trimStart().length + key.length) + 1;
}

/** Where the next table starts, the comments and blank lines before its header included. */
function nextTable(lines: readonly string[], at: number): number {
  let lastSaid = at;
  let next = at;
  while (next < lines.length && headerOf(lines[next] ?? '') === null) {
    const isEntry = !/^\s*(?:#|$)/.test(lines[next] ?? '');
    next = isEntry ? endOfEntry(lines, next) : next + 1;
    if (isEntry) lastSaid = next;
  }
  return next < lines.length ? lastSaid : next;
}

type Table = { readonly header: Header; readonly lead: string; readonly head: string; readonly entries: readonly Block[]; readonly rest: string };

function tableOf(lines: readonly string[], lead: number): Table {
  const entries: Block[] = [];
  let from = lead + 1;
  for (let at = from; at < lines.length;) {
    const end = endOfEntry(lines, at);
    if (keyOf(lines[at] ?? '') !== null) {
      entries.push(entryBlock(lines.slice(from, end), at - from));
      from = end;
    }
    at = end;
  }
  return { header: headerOf(lines[lead] ?? '') ?? { isItem: false, name: '' }, lead: lines.slice(0, lead).join(''), head: lines.slice(0, lead + 1).join(''), entries, rest: lines.slice(from).join('') };
}

/** The tables from index `at` to before `end`; those of an array's table stand within it. */
function nested(tables: readonly Table[], at: number, end: number): readonly Block[] {
  const blocks: Block[] = [];
  for (let next = at; next < end;) {
    const table = tables[next];
    if (table === undefined) break;
    const behind = endOfItem(tables, next, end);
    blocks.push(tableBlock(table, nested(tables, next + 1, behind)));
    next = behind;
  }
  return blocks;
}

/** Behind the last table that belongs to this one: none does where it is no item, or has text that is no entry. */
function endOfItem(tables: readonly Table[], at: number, end: number): number {
  const table = tables[at];
  let next = at + 1;
  if (table === undefined || !table.header.isItem || table.rest !== '') return next;
  while (next < end && bare(tables[next]?.header.name ?? '').startsWith(`${bare(table.header.name)}.`)) next += 1;
  return next;
}

function tableBlock({ header: { isItem, name }, lead, head, entries, rest }: Table, tables: readonly Block[]): Block {
  const named = isItem ? entries.find((part) => part.key === 'name' || part.key === 'id' || part.key === 'path') : undefined;
  return container(`${isItem ? '[[' : '['}${name}${named?.text.slice(named.lead.length).trim() ?? ''}`, head, [...entries, ...tables], rest, { lead, level: TABLE_LEVEL, isValue: true, sortable: true });
}

function entryBlock(lines: readonly string[], at: number): Block {
  const text = lines.join('');
  const lead = lines.slice(0, at).join('');
  const first = lines[at] ?? '';
  const key = keyOf(first) ?? '';
  const open = endOfQuiet(text, lead.length + valueAt(first, key), SYNTAX);
  const close = text[open] === '[' || text[open] === '{' ? closingOf(text, open, SYNTAX) : -1;
  if (close < 0 || endOfQuiet(text, close + 1, SYNTAX) < text.length) return leaf(key, text, { lead, isValue: true });
  const byName = text[open] === '{';
  return list(key, text.slice(0, open + 1), text.slice(open + 1, close), text.slice(close), SYNTAX, (piece) => leaf(byName ? /^\s*([^\s=]+)/.exec(piece)?.[1] ?? bare(piece) : bare(piece), piece), lead);
}

/** Behind the line where all brackets and the long strings of an entry are closed again: the last one where they never are. */
function endOfEntry(lines: readonly string[], at: number): number {
  const first = lines[at] ?? '';
  const key = keyOf(first);
  if (key === null) return at + 1;
  const value = first.slice(valueAt(first, key));
  const long = ['"""', "'''"].find((quotes) => value.trimStart().startsWith(quotes));
  if (long !== undefined) {
    if (value.includes(long, value.indexOf(long) + 3)) return at + 1;
    const end = lines.findIndex((line, index) => index > at && line.includes(long));
    return end < 0 ? lines.length : end + 1;
  }
  let depth = 0;
  for (let end = at; end < lines.length; end += 1) {
    depth += deeper(end === at ? value : lines[end] ?? '');
    if (depth <= 0) return end + 1;
  }
  return lines.length;
}

/** How many more brackets a line opens than it closes. */
function deeper(line: string): number {
  let depth = 0;
  for (let at = 0; at < line.length;) {
    const token = tokenAt(line, at, SYNTAX);
    if (token.kind === 'sign') depth += depthOf(line[at] ?? '');
    at = token.end;
  }
  return depth;
}
