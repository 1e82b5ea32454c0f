// Comma lists between brackets: JSON, TOML values, import specifiers. Finds pieces, understands nothing of what they mean.
import { container, leaf } from './block.ts';
import type { Block } from './block.ts';

export type ListSyntax = {
  /** Signs that open and close strings. */
  readonly quotes: string;
  /** What starts a comment up to the end of the line, if anything. */
  readonly comment: string;
};

/** Cuts at the commas outside of strings, comments and brackets; null where the brackets do not fit. */
export function pieces(inner: string, syntax: ListSyntax): readonly string[] | null {
  const out: string[] = [];
  let [depth, from] = [0, 0];
  for (let at = 0; at < inner.length; at += 1) {
    const sign = inner[at] ?? '';
    if (syntax.quotes.includes(sign)) at = endOfString(inner, at, sign);
    else if (syntax.comment !== '' && inner.startsWith(syntax.comment, at)) at = endOfLine(inner, at);
    else if (sign === '/' && inner[at + 1] === '*') at = endOfBlockComment(inner, at);
    else if ('{[('.includes(sign)) depth += 1;
    else if ('}])'.includes(sign) && (depth -= 1) < 0) return null;
    else if (sign === ',' && depth === 0) {
      out.push(inner.slice(from, at));
      from = at + 1;
    }
  }
  return depth === 0 ? [...out, inner.slice(from)] : null;
}

/** A container of the pieces. A comma behind the last one, and the space after it, belong to the tail. */
export function list(key: string, head: string, inner: string, tail: string, syntax: ListSyntax, block: (piece: string) => Block): Block {
  const cut = pieces(inner, syntax);
  if (cut === null) return leaf(key, head + inner + tail);
  const last = cut.at(-1) ?? '';
  if (last.trim() === '') return container(key, head, cut.slice(0, -1).map(block), (cut.length > 1 ? ',' : '') + last + tail, ',', true);
  const space = /\s*$/.exec(last)?.[0] ?? '';
  return container(key, head, [...cut.slice(0, -1), last.slice(0, last.length - space.length)].map(block), space + tail, ',', true);
}

function endOfString(text: string, at: number, quote: string): number {
  for (let end = at + 1; end < text.length; end += 1) {
    if (text[end] === '\\') end += 1;
    else if (text[end] === quote) return end;
  }
  return text.length;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function endOfBlockComment(text: string, at: number): number {
  const end = text.indexOf('*/', at + 2);
  return end < 0 ? text.length : end + 1;
}
