// Source code as blocks: what leads the imports, the imports, then entity by entity. What stands between two entities leads the second.
import { linesOf } from '../line.ts';
import { KEY_JOINT } from '../syntax.ts';
import type { Entity, Outline } from '../syntax.ts';
import { container, leaf, unnumbered } from './block.ts';
import type { Block } from './block.ts';
import { importBlock } from './import.ts';

/** `entities`: merged one by one. `imports`: only the imports are, all behind them is one piece. */
export function codeBlocks(path: string, text: string, outline: Outline, grain: 'entities' | 'imports'): Block {
  const lines = linesOf(text);
  const start = outline.imports[0]?.startLine ?? 0;
  const end = outline.imports.at(-1)?.endLine ?? 0;
  const imports = end === 0 ? [] : [importsBlock(path, lines, outline.imports)];
  const head = lines.slice(0, start).join('');
  if (grain === 'imports') return container('', head, [...imports, leaf('rest', lines.slice(end).join(''))], '');
  const top = entitiesIn(lines, outline.entities.filter((entity) => entity.startLine >= end), '', end);
  return end === 0 ? container('', top.head, top.parts, top.tail) : container('', head, [...imports, ...(top.head === '' ? [] : [leaf('first', top.head)]), ...top.parts], top.tail);
}

function importsBlock(path: string, lines: readonly string[], statements: Outline['imports']): Block {
  let from = statements[0]?.startLine ?? 0;
  const parts: Block[] = [];
  for (const { startLine, endLine } of statements) {
    if (startLine < from) continue;
    parts.push(importBlock(path, lines.slice(from, startLine).join(''), lines.slice(startLine, endLine).join('')));
    from = endLine;
  }
  return container('imports', '', parts, '', { sortable: true });
}

type Inside = { readonly head: string; readonly parts: readonly Block[]; readonly tail: string };

/** The entities directly below `prefix`, from the line `from` on; what leads the first is the head. */
function entitiesIn(lines: readonly string[], entities: readonly Entity[], prefix: string, from: number, end = lines.length): Inside {
  const direct = entities.filter((entity) => entity.key.startsWith(prefix) && !entity.key.slice(prefix.length).includes(KEY_JOINT));
  const first = direct[0]?.startLine ?? from;
  const parts: Block[] = [];
  let at = first;
  for (const entity of direct) {
    if (entity.startLine < at) continue;
    const within = entities.filter((other) => other.key.startsWith(entity.key + KEY_JOINT));
    parts.push(entityBlock(lines, entity, within, at, unnumbered(entity.key.slice(prefix.length))));
    at = entity.endLine;
  }
  return { head: lines.slice(from, first).join(''), parts, tail: lines.slice(at, end).join('') };
}

function entityBlock(lines: readonly string[], entity: Entity, within: readonly Entity[], from: number, key: string): Block {
  // A member on the first or the last line shares it with what is around: such an entity is one piece.
  const isOpen = within.every((member) => member.startLine > entity.startLine) && within.length > 0;
  const lead = lines.slice(from, entity.startLine).join('');
  if (!isOpen) return leaf(key, lines.slice(from, entity.endLine).join(''), { lead });
  const inside = entitiesIn(lines, within, entity.key + KEY_JOINT, from, entity.endLine);
  return container(key, inside.head, inside.parts, inside.tail, { lead });
}
