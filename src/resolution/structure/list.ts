// Comma lists between brackets: JSON, TOML values, import specifiers. Finds pieces, understands nothing of what they mean.
import { container, leaf } from './block.ts';
import type { Block } from './block.ts';
import { depthOf, endOfQuiet, tokenAt } from './scan.ts';
import type { ListSyntax } from './scan.ts';

/** Cuts at the commas outside of strings, comments and brackets; null where the brackets do not fit, or what follows would be in a comment. */
function pieces(inner: string, syntax: ListSyntax): readonly string[] | null {
  const out: string[] = [];
  let [depth, from] = [0, 0];
  for (let at = 0; at < inner.length;) {
    const token = tokenAt(inner, at, syntax);
    if (token.kind === 'line-comment' && token.end === inner.length) return null;
    if (token.kind === 'sign') {
      depth += depthOf(inner[at] ?? '');
      if (depth < 0) return null;
      if (inner[at] === ',' && depth === 0) {
        out.push(inner.slice(from, at));
        from = at + 1;
      }
    }
    at = token.end;
  }
  return depth === 0 ? [...out, inner.slice(from)] : null;
}

/** A container of the pieces. A comma behind the last one, and the space and comments after it, belong to the tail. */
export function list(key: string, head: string, inner: string, tail: string, syntax: ListSyntax, block: (piece: string) => Block, lead = ''): Block {
  const cut = pieces(inner, syntax);
  if (cut === null) return leaf(key, head + inner + tail, { lead, isValue: true });
  const part = (piece: string): Block => ({ ...block(piece), lead: piece.slice(0, endOfQuiet(piece, 0, syntax)), isValue: true });
  const opening = head.at(-1);
  const traits = { lead, joint: ',', syntax, kind: opening === '[' || opening === '{' ? opening : '', isValue: true, sortable: true } as const;
  const last = cut.at(-1) ?? '';
  if (endOfQuiet(last, 0, syntax) === last.length) return container(key, head, cut.slice(0, -1).map(part), (cut.length > 1 ? ',' : '') + last + tail, traits);
  const said = last.trimEnd();
  return container(key, head, [...cut.slice(0, -1), said].map(part), last.slice(said.length) + tail, traits);
}
