// YAML as blocks, by indentation: mappings by key, sequences by what names their items. Lines are never rewritten.
import { bare, linesOf } from '../line.ts';
import { container, leaf } from './block.ts';
import type { Block } from './block.ts';
import { list } from './list.ts';

const ENTRY = /^\s*(?:- +)*("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#'"[\]{},&*!|>%@`-][^#]*?|-[^\s#][^#]*?)\s*:(?=\s|$)/;
const ITEM = /^\s*-(?:\s|$)/;
const BLOCK_SCALAR = /[:-]\s+(?:[&!]\S+\s+)*[|>][-+\d]*\s*(?:#.*)?$/;
const FLOW = /^([^#'"]*?:\s*)\[([^\]]*)\](\s*(?:#.*)?\n?)$/;
const NAMED = /^\s*(?:- +)?(?:name|id|uses|key|repo|hook|path|image)\s*:/;
const KEY_MAX = 200;
const SYNTAX = { quotes: '"\'', comment: '#' };

export function yamlBlocks(text: string): Block | null {
  const lines = linesOf(text);
  if (lines.some((line) => /^\s*\t/.test(line))) return null;
  return container('', '', ...partsOf(lines), '', true);
}

/** The entries of least indentation, and what follows the last. Comments and blank lines lead the entry behind them. */
function partsOf(lines: readonly string[]): readonly [readonly Block[], string] {
  const parts: Block[] = [];
  let from = 0;
  for (let at = 0; at < lines.length;) {
    if (isQuiet(lines[at])) {
      at += 1;
      continue;
    }
    const end = endOfEntry(lines, at);
    parts.push(entryBlock(lines.slice(from, end), at - from));
    [from, at] = [end, end];
  }
  return [parts, lines.slice(from).join('')];
}

/** Behind the last line that is indented deeper, or is an item of the sequence that a key opens. */
function endOfEntry(lines: readonly string[], at: number): number {
  const first = lines[at] ?? '';
  const own = indentOf(first);
  const opensSequence = !ITEM.test(first) && /:\s*(?:#.*)?$/.test(first.trimEnd());
  let end = at + 1;
  for (let next = end; next < lines.length; next += 1) {
    const line = lines[next] ?? '';
    if (isQuiet(line)) continue;
    if (indentOf(line) <= own && !(opensSequence && indentOf(line) === own && ITEM.test(line))) break;
    end = next + 1;
  }
  return end;
}

function entryBlock(lines: readonly string[], lead: number): Block {
  const first = lines[lead] ?? '';
  const nested = lines.slice(lead + 1);
  const key = ITEM.test(first) ? itemKey(first, nested) : ENTRY.exec(first)?.[1] ?? bare(first).slice(0, KEY_MAX);
  const head = lines.slice(0, lead + 1).join('');
  if (nested.every(isQuiet) || BLOCK_SCALAR.test(first.trimEnd())) {
    const flow = nested.length === 0 ? FLOW.exec(first) : null;
    return flow === null ? leaf(key, lines.join('')) : list(key, `${lines.slice(0, lead).join('')}${flow[1]}[`, flow[2] ?? '', `]${flow[3]}`, SYNTAX, (piece) => leaf(bare(piece), piece));
  }
  const [parts, tail] = partsOf(nested);
  return container(key, head, parts, tail, '', true);
}

/** An item is called by the field that names it, a scalar by itself. */
function itemKey(first: string, nested: readonly string[]): string {
  return `- ${bare(NAMED.test(first) ? first : nested.find((line) => NAMED.test(line)) ?? first).replace(/^-/, '').slice(0, KEY_MAX)}`;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function isQuiet(line: string | undefined): boolean {
  return line === undefined || /^\s*(?:#.*)?$/.test(line.trimEnd());
}
