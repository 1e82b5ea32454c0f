// A syntax tree as an outline: what is declared, where it starts and ends by line, and how many errors there are.
import type { Node } from 'web-tree-sitter';
import { KEY_JOINT } from '../../resolution/syntax.ts';
import type { Entity, Outline } from '../../resolution/syntax.ts';
import { leads } from './grammar.ts';
import type { Grammar } from './grammar.ts';
import { nameOf } from './name.ts';

const DEPTH_MAX = 6;
const ENTITIES_MAX = 20_000;
const ERRORS_MAX = 1000;

export function outlineOf(root: Node, grammar: Grammar): Outline {
  const entities: Entity[] = [];
  collect(root, '', 0, grammar, entities);
  return { errorCount: errorsIn(root), entities, imports: importsOf(root, grammar) };
}

type Lines = { startLine: number; endLine: number };

/** The entities among the children of one node, then those within each. */
function collect(parent: Node, prefix: string, depth: number, grammar: Grammar, into: Entity[]): void {
  const seen = new Map<string, number>();
  let lead: Lines | null = null;
  let free = 0;
  for (const child of parent.namedChildren) {
    const lines = linesOf(child);
    if (leads(child.type)) {
      lead = lines.startLine < free ? null : lead !== null && lead.endLine >= lines.startLine ? { startLine: lead.startLine, endLine: lines.endLine } : lines;
      continue;
    }
    const found = entityIn(child, grammar);
    const start = lead !== null && lead.endLine >= lines.startLine ? lead.startLine : lines.startLine;
    lead = null;
    if (found !== null && start >= free && into.length < ENTITIES_MAX) {
      const label = `${found.kind} ${found.name}`;
      const count = (seen.get(label) ?? 0) + 1;
      seen.set(label, count);
      const key = prefix + (count === 1 ? label : `${label} #${count}`);
      into.push({ key, kind: found.kind, startLine: start, endLine: lines.endLine });
      if (depth < DEPTH_MAX) for (const body of bodiesOf(found.node, grammar)) collect(body, key + KEY_JOINT, depth + 1, grammar, into);
    }
    free = Math.max(free, lines.endLine);
  }
}

function entityIn(node: Node, grammar: Grammar): { readonly node: Node; readonly kind: string; readonly name: string } | null {
  if (grammar.wrappers.has(node.type)) for (const inner of node.namedChildren) {
    const found = leads(inner.type) ? null : entityIn(inner, grammar);
    if (found !== null) return found;
  }
  const kind = grammar.kinds[node.type];
  const name = kind === undefined ? null : nameOf(node);
  return kind === undefined || name === null ? null : { node, kind, name };
}

/** A class's body, a struct's fields, a suite of tests. */
function bodiesOf(node: Node, grammar: Grammar): readonly Node[] {
  if (node.type === 'call_expression') return callbackBodies(node);
  const inner = node.type === 'type_declaration' ? node.namedChildren.flatMap((spec) => spec.childForFieldName('type')?.namedChildren ?? []) : node.namedChildren;
  return inner.filter((child) => grammar.bodies.has(child.type) && MEMBERED.test(node.type));
}

const MEMBERED = /class|interface|trait|impl|mod_item|module|enum|record|annotation|type_declaration|rule_set|media|supports|at_rule/;

const SUITE = /^(?:describe|context|suite)\b/;

function callbackBodies(call: Node): readonly Node[] {
  if (!SUITE.test(call.childForFieldName('function')?.text ?? '')) return [];
  const callback = call.childForFieldName('arguments')?.lastNamedChild;
  const body = callback?.childForFieldName('body');
  return body?.type === 'statement_block' ? [body] : [];
}

/** The import statements before the first other one; a comment or a docstring may stand between. */
function importsOf(root: Node, grammar: Grammar): readonly Lines[] {
  const found: Lines[] = [];
  for (const child of root.namedChildren) {
    const isReexport = child.type === 'export_statement' && child.childForFieldName('source') !== null;
    if (grammar.imports.has(child.type) || isReexport || isRequire(child)) found.push(linesOf(child));
    else if (found.length > 0 && !leads(child.type)) break;
  }
  return found;
}

function isRequire(node: Node): boolean {
  if (node.type !== 'lexical_declaration' && node.type !== 'variable_declaration') return false;
  return node.namedChildren.length > 0 && node.namedChildren.every((one) => /^require\s*\(\s*['"][^'"]+['"]\s*\)/.test(one.childForFieldName('value')?.text ?? ''));
}

function errorsIn(node: Node): number {
  if (!node.hasError) return 0;
  let count = 0;
  const open = [node];
  for (let next = open.pop(); next !== undefined && count < ERRORS_MAX; next = open.pop()) {
    if (next.isError || next.isMissing) count += 1;
    for (const child of next.children) if (child.hasError || child.isMissing) open.push(child);
  }
  return count;
}

function linesOf(node: Node): Lines {
  const { row, column } = node.endPosition;
  return { startLine: node.startPosition.row, endLine: column === 0 && row > node.startPosition.row ? row : row + 1 };
}
