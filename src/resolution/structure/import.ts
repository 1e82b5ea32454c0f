// One import statement as a block: called by its module, its names a list. Reads the forms of six languages by their signs alone.
import { bare, linesOf } from '../line.ts';
import { container, leaf } from './block.ts';
import type { Block } from './block.ts';
import { list } from './list.ts';

import type { ListSyntax } from './scan.ts';

const SYNTAX: ListSyntax = { quotes: '"\'', comment: '//' };
const PYTHON: ListSyntax = { quotes: '', comment: '#' };
const DEPTH_MAX = 24;

export function importBlock(path: string, lead: string, statement: string): Block {
  if (/\.pyi?$/.test(path)) return pythonImport(lead, statement);
  if (path.endsWith('.rs')) return rustUse(lead, statement);
  if (path.endsWith('.go')) return goImport(lead, statement);
  if (/\.(?:[mc]?[jt]s|[jt]sx)$/.test(path)) return scriptImport(lead, statement);
  return leaf(bare(statement), lead + statement, { lead });
}

/** `import a, { b as c } from 'x'`, `export { d } from 'x'`, `const { e } = require('x')`. */
function scriptImport(lead: string, statement: string): Block {
  const source = /(?:from\s*|require\s*\(\s*|^\s*import\s*)(['"])([^'"]+)\1/.exec(statement)?.[2] ?? bare(statement);
  const kind = /^\s*import\s+type\b/.test(statement) ? 'type ' : /^\s*export\b/.test(statement) ? 'export ' : '';
  const braces = /^([^{]*\{)([^}]*)(\}[\s\S]*)$/.exec(statement);
  if (braces !== null) return list(`${source} ${kind}{`, lead + braces[1], braces[2] ?? '', braces[3] ?? '', SYNTAX, specifier, lead);
  const form = statement.includes('*') ? '*' : /^\s*import\s*['"]/.test(statement) ? '' : 'default';
  return leaf(`${source} ${kind}${form}`, lead + statement, { lead });
}

function specifier(piece: string): Block {
  return leaf(piece.trim().replace(/^type\s+/, ''), piece);
}

function pythonImport(lead: string, statement: string): Block {
  const from = /^(\s*from\s+(\S+)\s+import\s*(\(?))([\s\S]*)$/.exec(statement);
  if (from === null) return leaf(bare(statement), lead + statement, { lead });
  const [, head = '', module = '', paren, rest = ''] = from;
  const end = paren === '(' ? rest.lastIndexOf(')') : rest.trimEnd().length;
  const comment = paren === '(' ? -1 : rest.indexOf('#');
  const cut = comment < 0 ? end : rest.slice(0, comment).trimEnd().length;
  return cut < 0 ? leaf(`from ${module}`, lead + statement, { lead }) : list(`from ${module}`, lead + head, rest.slice(0, cut), rest.slice(cut), PYTHON, specifier, lead);
}

/** `use a::{b, c::{d}};`: the groups nest. */
function rustUse(lead: string, statement: string): Block {
  return rustTree(statement, lead, 0);
}

function rustTree(text: string, lead: string, depth: number): Block {
  const opened = depth > DEPTH_MAX ? null : /^([^{]*?)\{([\s\S]*)(\}[^}]*)$/.exec(text);
  if (opened === null) return leaf(bare(text), lead + text, { lead });
  return list(bare(opened[1] ?? ''), `${lead}${opened[1]}{`, opened[2] ?? '', opened[3] ?? '', SYNTAX, (piece) => rustTree(piece, '', depth + 1), lead);
}

/** `import ( ... )`: one line a package. */
function goImport(lead: string, statement: string): Block {
  const lines = linesOf(statement);
  const close = lines.findLastIndex((line) => line.trimStart().startsWith(')'));
  if (!/^\s*import\s*\(/.test(lines[0] ?? '') || close < 1) return leaf(bare(statement), lead + statement, { lead });
  const parts: Block[] = [];
  let before = '';
  for (const line of lines.slice(1, close)) {
    const module = /"[^"]+"/.exec(line)?.[0];
    if (module !== undefined) parts.push(leaf(module, before + line, { lead: before }));
    before = module === undefined ? before + line : '';
  }
  return container('import', `${lead}${lines[0]}`, parts, before + lines.slice(close).join(''), { lead, sortable: true });
}
