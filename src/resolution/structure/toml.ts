// TOML as blocks: tables by header (an array's tables by name), keys, arrays and inline tables by what they hold.
import { bare, linesOf } from '../line.ts';
import { container, leaf } from './block.ts';
import type { Block } from './block.ts';
import { list } from './list.ts';

const HEADER = /^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$/;
const ENTRY = /^\s*("(?:[^"\\]|\\.)*"|'[^']*'|[\w.-]+(?:\s*\.\s*[\w"'-]+)*)\s*=/;
const SYNTAX = { quotes: '"\'', comment: '#' };

export function tomlBlocks(text: string): Block | null {
  const lines = linesOf(text);
  const parts: Block[] = [];
  let [from, at] = [0, 0];
  while (at < lines.length) {
    const end = endOfEntry(lines, at);
    if (HEADER.test(lines[at] ?? '')) {
      const next = nextTable(lines, end);
      parts.push(tableBlock(lines.slice(from, next), at - from));
      [from, at] = [next, next];
    } else if (ENTRY.test(lines[at] ?? '')) {
      parts.push(entryBlock(lines.slice(from, end), at - from));
      [from, at] = [end, end];
    } else at = end;
  }
  return container('', '', parts, lines.slice(from).join(''), '', false);
}

/** Where the next table starts, the comments and blank lines before its header included. */
function nextTable(lines: readonly string[], at: number): number {
  let lastSaid = at;
  let next = at;
  while (next < lines.length && !HEADER.test(lines[next] ?? '')) {
    const isEntry = !/^\s*(?:#.*)?$/.test((lines[next] ?? '').trimEnd());
    next = isEntry ? endOfEntry(lines, next) : next + 1;
    if (isEntry) lastSaid = next;
  }
  return next < lines.length ? lastSaid : next;
}

function tableBlock(lines: readonly string[], lead: number): Block {
  const [, brackets, name] = HEADER.exec(lines[lead] ?? '') ?? [];
  const parts: Block[] = [];
  let from = lead + 1;
  for (let at = from; at < lines.length;) {
    const end = endOfEntry(lines, at);
    if (ENTRY.test(lines[at] ?? '')) {
      parts.push(entryBlock(lines.slice(from, end), at - from));
      from = end;
    }
    at = end;
  }
  const named = brackets === '[[' ? parts.find((part) => part.key === 'name' || part.key === 'id' || part.key === 'path')?.text.trim() ?? '' : '';
  return container(`${brackets}${name}${named}`, lines.slice(0, lead + 1).join(''), parts, lines.slice(from).join(''), '', true);
}

function entryBlock(lines: readonly string[], lead: number): Block {
  const text = lines.join('');
  const key = ENTRY.exec(lines[lead] ?? '')?.[1] ?? '';
  const before = lines.slice(0, lead).join('').length;
  const value = /^[^=]*=\s*(?=[[{])/.exec(text.slice(before));
  const closing = /[\]}]\s*(?:#.*)?\s*$/.exec(text);
  if (value === null || closing === null) return leaf(key, text);
  const open = before + value[0].length + 1;
  const byName = text[open - 1] === '{';
  return list(key, text.slice(0, open), text.slice(open, closing.index), text.slice(closing.index), SYNTAX, (piece) => leaf(byName ? /^\s*([^\s=]+)/.exec(piece)?.[1] ?? bare(piece) : bare(piece), piece));
}

/** Behind the line where all brackets and the long strings of an entry are closed again. */
function endOfEntry(lines: readonly string[], at: number): number {
  const first = lines[at] ?? '';
  if (!ENTRY.test(first)) return at + 1;
  const long = /=\s*("""|''')/.exec(first)?.[1];
  if (long !== undefined) {
    if (first.indexOf(long, first.indexOf(long) + 3) >= 0) return at + 1;
    const end = lines.findIndex((line, index) => index > at && line.includes(long));
    return end < 0 ? lines.length : end + 1;
  }
  let depth = 0;
  for (let end = at; end < lines.length; end += 1) {
    const signs = (end === at ? first.slice(first.indexOf('=') + 1) : lines[end] ?? '').replace(/"(?:[^"\\]|\\.)*"|'[^']*'|#.*/g, '');
    depth += (signs.match(/[[{]/g)?.length ?? 0) - (signs.match(/[\]}]/g)?.length ?? 0);
    if (depth <= 0) return end + 1;
  }
  return at + 1;
}
