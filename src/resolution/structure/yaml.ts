// YAML as blocks: documents, and by indentation mappings by key, sequences by what names their items. Lines are never rewritten.
import { bare, linesOf } from '../line.ts';
import { container, leaf } from './block.ts';
import type { Block, Joint } from './block.ts';
import { list } from './list.ts';
import { endOfString } from './scan.ts';
import type { ListSyntax } from './scan.ts';

const ITEM = /^\s*-(?:\s|$)/;
const NAMED = /^\s*(?:- +)?(?:name|id|uses|key|repo|hook|path|image)\s*:/;
const SEPARATOR = /^---(?:\s|$)/;
const DOCUMENT_NAMES = [/^kind\s*:/, /^(?: {2})?name\s*:/];
const KEY_MAX = 200;
const SYNTAX: ListSyntax = { quotes: '"\'', comment: '#' };

/** Null where tabs indent, or the lines between documents are not all the same. */
export function yamlBlocks(text: string): Block | null {
  const lines = linesOf(text);
  if (lines.some((line) => /^\s*\t/.test(line))) return null;
  const first = lines.findIndex((line) => !isQuiet(line) && !line.startsWith('%'));
  const start = SEPARATOR.test(lines[first] ?? '') ? first + 1 : 0;
  const head = lines.slice(0, start).join('');
  const separators = lines.flatMap((line, at) => at >= start && SEPARATOR.test(line) ? [at] : []);
  if (separators.length === 0) return blockOf('', head, lines.slice(start), '');
  const joint = (['---\n', '---\r\n'] satisfies Joint[]).find((one) => separators.every((at) => lines[at] === one));
  if (joint === undefined) return null;
  const documents = [start, ...separators.map((at) => at + 1)].map((from, at) => lines.slice(from, separators[at]));
  return container('', head, documents.map((document) => blockOf(documentKey(document), '', document, '')), '', { joint });
}

function documentKey(lines: readonly string[]): string {
  return `--- ${DOCUMENT_NAMES.map((name) => bare(lines.find((line) => name.test(line)) ?? '')).join(' ')}`;
}

/** A container of the entries of least indentation. Comments and blank lines lead the entry behind them. */
function blockOf(key: string, head: string, lines: readonly string[], lead: string): Block {
  const parts: Block[] = [];
  let from = 0;
  let kind: Block['kind'] = '';
  for (let at = 0; at < lines.length;) {
    if (isQuiet(lines[at])) {
      at += 1;
      continue;
    }
    if (kind === '') kind = ITEM.test(lines[at] ?? '') ? '[' : '{';
    const end = endOfEntry(lines, at);
    parts.push(entryBlock(lines.slice(from, end), at - from));
    [from, at] = [end, end];
  }
  return container(key, head, parts, lines.slice(from).join(''), { lead, kind, isValue: true, sortable: true });
}

/** Behind the last line that is indented deeper, or is an item of the sequence that a key opens. */
function endOfEntry(lines: readonly string[], at: number): number {
  const first = lines[at] ?? '';
  const own = indentOf(first);
  const opensSequence = !ITEM.test(first) && /:\s*(?:#|$)/.test(first);
  let end = at + 1;
  for (let next = end; next < lines.length; next += 1) {
    const line = lines[next] ?? '';
    if (isQuiet(line)) continue;
    if (indentOf(line) <= own && !(opensSequence && indentOf(line) === own && ITEM.test(line))) break;
    end = next + 1;
  }
  return end;
}

function entryBlock(lines: readonly string[], at: number): Block {
  const first = lines[at] ?? '';
  const nested = lines.slice(at + 1);
  const key = ITEM.test(first) ? itemKey(first, nested) : entryKey(first) ?? bare(first).slice(0, KEY_MAX);
  const lead = lines.slice(0, at).join('');
  const isScalar = opensScalar(first);
  if (!isScalar && nested.some((line) => !isQuiet(line))) return blockOf(key, lead + first, nested, lead);
  const flow = nested.length === 0 ? flowOf(first) : null;
  return flow === null ? leaf(key, lines.join(''), { lead, isValue: !isScalar }) : list(key, lead + flow.head, flow.inner, flow.tail, SYNTAX, (piece) => leaf(bare(piece), piece), lead);
}

/** What stands before the first colon that ends a key; null for a line that has none. */
function entryKey(line: string): string | null {
  const said = line.trim().replace(/^(?:- +)*/, '');
  if (said.startsWith('"') || said.startsWith("'")) {
    const end = endOfString(said, 0);
    return /^\s*:(?:\s|$)/.test(said.slice(end)) ? said.slice(0, end) : null;
  }
  const colon = said.search(/:(?:\s|$)/);
  const key = colon < 0 ? '' : said.slice(0, colon).trimEnd();
  return /^(?:[^\s#'"[\]{},&*!|>%@`-]|-[^\s#])/.test(key) && !key.includes('#') ? key : null;
}

/** Whether the lines below are text: `key: |`, `- &a >-`. */
function opensScalar(line: string): boolean {
  const words = line.trim().split(/\s+/);
  const comment = words.findIndex((word) => word.startsWith('#'));
  return [words, words.slice(0, comment < 0 ? words.length : comment)].some((said) => {
    const opener = said.slice(0, -1).findLast((word) => !/^[&!]./.test(word)) ?? '';
    return /^[|>][-+\d]*$/.test(said.at(-1) ?? '') && /[:-]$/.test(opener);
  });
}

/** A sequence in brackets on one line, behind its key. */
function flowOf(line: string): { readonly head: string; readonly inner: string; readonly tail: string } | null {
  const opener = /:\s*\[/.exec(line);
  const open = opener === null ? -1 : opener.index + opener[0].length - 1;
  const close = line.indexOf(']', open);
  if (open < 0 || close < 0 || /[#'"]/.test(line.slice(0, open)) || !/^\s*(?:#|$)/.test(line.slice(close + 1))) return null;
  return { head: line.slice(0, open + 1), inner: line.slice(open + 1, close), tail: line.slice(close) };
}

/** An item is called by the field that names it, a scalar by itself. */
function itemKey(first: string, nested: readonly string[]): string {
  return `- ${bare(NAMED.test(first) ? first : nested.find((line) => NAMED.test(line)) ?? first).replace(/^-/, '').slice(0, KEY_MAX)}`;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function isQuiet(line: string | undefined): boolean {
  return line === undefined || /^\s*(?:#|$)/.test(line);
}
