// One import statement as a block: called by its module, its names a list. Reads the forms of six languages by their signs alone.
import { bare } from '../line.ts';
import { container, leaf } from './block.ts';
import type { Block } from './block.ts';
import { list } from './list.ts';

const SYNTAX = { quotes: '"\'', comment: '//' };
const PYTHON = { quotes: '', comment: '#' };

export function importBlock(path: string, lead: string, statement: string): Block {
  if (/\.pyi?$/.test(path)) return pythonImport(lead, statement);
  if (path.endsWith('.rs')) return rustUse(lead, statement);
  if (path.endsWith('.go')) return goImport(lead, statement);
  if (/\.(?:[mc]?[jt]s|[jt]sx)$/.test(path)) return scriptImport(lead, statement);
  return leaf(bare(statement), lead + statement);
}

/** `import a, { b as c } from 'x'`, `export { d } from 'x'`, `const { e } = require('x')`. */
function scriptImport(lead: string, statement: string): Block {
  const source = /(?:from\s*|require\s*\(\s*|^\s*import\s*)(['"])([^'"]+)\1/.exec(statement)?.[2] ?? bare(statement);
  const kind = /^\s*import\s+type\b/.test(statement) ? 'type ' : /^\s*export\b/.test(statement) ? 'export ' : '';
  const braces = /^([^{]*\{)([^}]*)(\}[\s\S]*)$/.exec(statement);
  if (braces === null) return leaf(`${source} ${kind}${/\*/.test(statement) ? '*' : ''}`, lead + statement);
  return list(`${source} ${kind}`, lead + braces[1], braces[2] ?? '', braces[3] ?? '', SYNTAX, specifier);
}

function specifier(piece: string): Block {
  return leaf(piece.trim().replace(/^type\s+/, ''), piece);
}

function pythonImport(lead: string, statement: string): Block {
  const from = /^(\s*from\s+(\S+)\s+import\s*(\(?))([\s\S]*)$/.exec(statement);
  if (from === null) return leaf(bare(statement), lead + statement);
  const [, head = '', module = '', paren, rest = ''] = from;
  const end = paren === '(' ? rest.lastIndexOf(')') : rest.trimEnd().length;
  const comment = paren === '(' ? -1 : rest.indexOf('#');
  const cut = comment < 0 ? end : rest.slice(0, comment).trimEnd().length;
  return cut < 0 ? leaf(`from ${module}`, lead + statement) : list(`from ${module}`, lead + head, rest.slice(0, cut), rest.slice(cut), PYTHON, specifier);
}

/** `use a::{b, c::{d}};`: the groups nest. */
function rustUse(lead: string, statement: string): Block {
  const opened = /^([^{]*?)\{([\s\S]*)(\}[^}]*)$/.exec(statement);
  if (opened === null) return leaf(bare(statement), lead + statement);
  return list(bare(opened[1] ?? ''), `${lead}${opened[1]}{`, opened[2] ?? '', opened[3] ?? '', SYNTAX, rustTree);
}

function rustTree(piece: string): Block {
  const opened = /^([^{]*?)\{([\s\S]*)(\}[^}]*)$/.exec(piece);
  if (opened === null) return leaf(bare(piece), piece);
  return list(bare(opened[1] ?? ''), `${opened[1]}{`, opened[2] ?? '', opened[3] ?? '', SYNTAX, rustTree);
}

/** `import ( ... )`: one line a package. */
function goImport(lead: string, statement: string): Block {
  const block = /^(\s*import\s*\([^\n]*\n)([\s\S]*\n)(\s*\)[\s\S]*)$/.exec(statement);
  if (block === null) return leaf(bare(statement), lead + statement);
  const parts: Block[] = [];
  let before = '';
  for (const line of (block[2] ?? '').match(/[^\n]*\n/g) ?? []) {
    const module = /"[^"]+"/.exec(line)?.[0];
    if (module !== undefined) parts.push(leaf(module, before + line));
    before = module === undefined ? before + line : '';
  }
  return container('import', lead + block[1], parts, before + block[3], '', true);
}
