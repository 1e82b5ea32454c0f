// Files that are lists of lines: ignore files, requirements, go.mod, go.sum, owners. Each line is named by what it is about.
import { bare, linesOf } from '../line.ts';
import { container, leaf } from './block.ts';
import type { Block } from './block.ts';

export function isLineList(path: string): boolean {
  return /(?:^|\/)(?:\.\w*ignore|go\.(?:mod|sum|work)|CODEOWNERS|\.mailmap|AUTHORS|CONTRIBUTORS|requirements[\w.-]*\.(?:txt|in)|.*\.properties|\.env[\w.]*|\.gitattributes)$/.test(path);
}

export function lineListBlocks(path: string, text: string): Block {
  const lines = linesOf(text);
  const parts: Block[] = [];
  const closes = lines.map((line) => line.trim() === ')');
  let from = 0;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (/^\s*(?:#|\/\/|$)/.test(line)) continue;
    const lead = lines.slice(from, at).join('');
    const close = line.trim().endsWith('(') ? closes.indexOf(true, at + 1) : -1;
    if (close > at) {
      const inner = lines.slice(at + 1, close).map((one) => leaf(keyOf(path, one), one));
      parts.push(container(bare(line), lead + line, inner, lines[close] ?? '', { lead, sortable: true }));
      at = close;
    } else {
      const start = at;
      // An indented comment is about the line above it.
      while (/^[ \t]+#/.test(lines[at + 1] ?? '')) at += 1;
      parts.push(leaf(keyOf(path, line), lead + lines.slice(start, at + 1).join(''), { lead }));
    }
    from = at + 1;
  }
  return container('', '', parts, lines.slice(from).join(''), { sortable: true });
}

function keyOf(path: string, line: string): string {
  const words = line.trim().split(/\s+/);
  if (path.endsWith('go.sum')) return words.slice(0, 2).join(' ');
  if (/go\.(?:mod|work)$/.test(path)) return words[0] === 'require' || words[0] === 'replace' ? words.slice(0, 2).join(' ') : words[0] ?? '';
  if (/requirements/.test(path)) return (/^[\w.-]+/.exec(line.trim())?.[0] ?? bare(line)).toLowerCase();
  if (/\.properties$|\.env/.test(path)) return /^[^=:\s]+/.exec(line.trim())?.[0] ?? bare(line);
  return bare(line);
}
