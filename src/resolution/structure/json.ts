// JSON (with comments, with trailing commas) as blocks: objects by key, arrays by what their items say.
import { bare } from '../line.ts';
import { leaf } from './block.ts';
import type { Block } from './block.ts';
import { list } from './list.ts';
import type { ListSyntax } from './list.ts';

export const JSON_SYNTAX: ListSyntax = { quotes: '"', comment: '//' };
const DEPTH_MAX = 24;
/** What names an object in an array, in the order it is looked for. */
const NAMES = ['id', 'name', 'key', 'path', 'file', 'url', 'type', 'title', 'label'];
const NAME_MAX = 200;

export function jsonBlocks(text: string): Block | null {
  const root = valueBlock('', text, 0);
  return root.parts === null ? null : root;
}

function valueBlock(key: string, text: string, depth: number): Block {
  const opened = /^([^[{]*?)([[{])/.exec(text);
  const tail = /[\]}]\s*$/.exec(text)?.[0];
  if (opened === null || tail === undefined || depth > DEPTH_MAX || /[^\s/*]/.test((opened[1] ?? '').replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '').replace(/"(?:[^"\\]|\\.)*"\s*:/, ''))) return leaf(key, text);
  const head = opened[0];
  const inner = text.slice(head.length, text.length - tail.length);
  return list(key, head, inner, tail, JSON_SYNTAX, opened[2] === '{' ? (piece) => entryBlock(piece, depth) : (piece) => itemBlock(piece, depth));
}

function entryBlock(piece: string, depth: number): Block {
  const key = /^(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*("(?:[^"\\]|\\.)*"|[\w$]+)\s*:/.exec(piece)?.[1] ?? bare(piece).slice(0, NAME_MAX);
  return valueBlock(key, piece, depth + 1);
}

function itemBlock(piece: string, depth: number): Block {
  const block = valueBlock('', piece, depth + 1);
  if (block.parts === null) return leaf(bare(piece), piece);
  const named = NAMES.map((name) => block.parts?.find((part) => part.key === `"${name}"`)).find((part) => part !== undefined);
  return { ...block, key: named === undefined ? bare(piece).slice(0, NAME_MAX) : bare(named.text) };
}

