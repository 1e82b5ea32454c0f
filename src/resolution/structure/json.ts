// JSON (with comments, with trailing commas) as blocks: objects by key, arrays by what their items say.
import { bare } from '../line.ts';
import { leaf } from './block.ts';
import type { Block } from './block.ts';
import { list } from './list.ts';
import { closingOf, endOfQuiet, endOfString } from './scan.ts';
import type { ListSyntax } from './scan.ts';

const SYNTAX: ListSyntax = { quotes: '"', comment: '//' };
const DEPTH_MAX = 24;
/** What names an object in an array, in the order it is looked for. */
const NAMES = ['id', 'name', 'key', 'path', 'file', 'url', 'type', 'title', 'label'];
const NAME_MAX = 200;

export function jsonBlocks(text: string): Block | null {
  const root = valueBlock('', text, 0, 0);
  return root.parts === null ? null : root;
}

/** `from`: where the value starts, or space and comments before it. */
function valueBlock(key: string, text: string, from: number, depth: number): Block {
  const open = endOfQuiet(text, from, SYNTAX);
  const sign = text[open];
  const close = depth <= DEPTH_MAX && (sign === '{' || sign === '[') ? closingOf(text, open, SYNTAX) : -1;
  if (close < 0 || endOfQuiet(text, close + 1, SYNTAX) < text.length) return leaf(key, text, { isValue: true });
  const block = sign === '{' ? entryBlock : itemBlock;
  return list(key, text.slice(0, open + 1), text.slice(open + 1, close), text.slice(close), SYNTAX, (piece) => block(piece, depth + 1));
}

function entryBlock(piece: string, depth: number): Block {
  const start = endOfQuiet(piece, 0, SYNTAX);
  const end = piece[start] === '"' ? endOfString(piece, start) : start + (/^[\w$]+/.exec(piece.slice(start))?.[0].length ?? 0);
  const colon = endOfQuiet(piece, end, SYNTAX);
  if (end === start || piece[colon] !== ':') return leaf(bare(piece).slice(0, NAME_MAX), piece);
  return valueBlock(piece.slice(start, end), piece, colon + 1, depth);
}

function itemBlock(piece: string, depth: number): Block {
  const block = valueBlock('', piece, 0, depth);
  if (block.parts === null) return { ...block, key: bare(piece) };
  const named = block.kind === '{' ? NAMES.map((name) => block.parts?.find((part) => part.key === `"${name}"`)).find((part) => part !== undefined) : undefined;
  return { ...block, key: named === undefined ? bare(piece).slice(0, NAME_MAX) : bare(named.text) };
}
