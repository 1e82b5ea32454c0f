// YAML text to plain data and back to lines. Refuses what makes YAML surprising or dangerous: anchors, aliases, tags,
// directives, duplicate keys, several documents. Knows nothing of what the keys mean.
import { LineCounter, isMap, isPair, isScalar, parseDocument, visit } from 'yaml';
import type { Document, Node } from 'yaml';
import { printable } from './merge/branch.ts';

export const CONFIG_BYTES_MAX = 64 * 1024;

/** `line` is 1-based; null when the whole file is meant. */
export type Problem = { readonly line: number | null; readonly text: string };
export type Path = readonly (string | number)[];

export type YamlReading =
  /** `lineOf` names the line of a path, or of the nearest thing around it that exists. */
  | { readonly kind: 'ok'; readonly value: unknown; readonly lineOf: (path: Path) => number | null }
  | { readonly kind: 'broken'; readonly problems: readonly Problem[] };

/** Never throws. */
export function readYaml(text: string): YamlReading {
  if (Buffer.byteLength(text) > CONFIG_BYTES_MAX) return broken(null, `the file is larger than ${CONFIG_BYTES_MAX / 1024} KB`);
  const directive = text.split('\n').findIndex((line) => line.startsWith('%'));
  if (directive >= 0) return broken(directive + 1, 'YAML directives are not accepted');
  if (bracketDepth(text) > BRACKETS_MAX) return broken(null, 'the file is nested too deeply');
  try {
    return parse(text);
  } catch (error) {
    // The parser recurses: a file of nothing but brackets ends its stack.
    return broken(null, `this is no YAML that can be read: ${printable(error instanceof Error ? error.message : String(error))}`);
  }
}

/** The parser's time grows with the square of it. Brackets in quotes or comments count too: no config has that many. */
const BRACKETS_MAX = 32;

function bracketDepth(text: string): number {
  let depth = 0;
  let most = 0;
  for (const character of text) {
    if (character === '[' || character === '{') most = Math.max(most, depth += 1);
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
  }
  return most;
}

function parse(text: string): YamlReading {
  const lines = new LineCounter();
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  // Duplicates are looked for below: the parser compares every key with every other.
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, version: '1.2', schema: 'core', logLevel: 'error' });
  const trouble = [...doc.errors, ...doc.warnings].map((error) => ({ line: lineAt(error.pos[0]), text: plainWords(error.code, error.message) }));
  if (trouble.length > 0) return { kind: 'broken', problems: withoutEchoes(trouble, text.split('\n')) };
  const refused = refusedNodes(doc, lineAt);
  if (refused.length > 0) return { kind: 'broken', problems: refused };
  const value: unknown = doc.toJS({ maxAliasCount: 0 });
  return { kind: 'ok', value, lineOf: (path) => lineOf(doc, path, lineAt) };
}

/** To YAML a bare `{team}` opens a map, and one such value makes a row of errors: only that is said, once a line. */
function withoutEchoes(trouble: readonly Problem[], source: readonly string[]): readonly Problem[] {
  const bare = trouble.map(({ line }) => line).filter((line) => line !== null && /\{[a-z][a-z0-9_]*\}/.test((source[line - 1] ?? '').replaceAll(/"[^"]*"|'[^']*'/g, '')));
  return bare.length === 0 ? trouble : [...new Set(bare)].map((line) => ({ line, text: 'a value with `{` needs quotes' }));
}

function plainWords(code: string, message: string): string {
  switch (code) {
    case 'TAB_AS_INDENT': return 'a tab is used as indentation; YAML wants spaces';
    case 'MULTIPLE_DOCS': return 'the file holds several documents; remove the `---` lines';
    case 'BAD_ALIAS': return 'a value that starts with `*` needs quotes';
    case 'RESOURCE_EXHAUSTION': return 'the file is nested too deeply';
    default: return printable(message);
  }
}

function refusedNodes(doc: Document.Parsed, lineAt: (offset: number) => number): readonly Problem[] {
  const problems: Problem[] = [];
  const refuse = (node: Node, text: string): void => void problems.push({ line: lineAt(node.range?.[0] ?? 0), text });
  visit(doc, {
    Alias: (_key, node) => refuse(node, 'aliases are not accepted; a value that starts with `*` needs quotes'),
    Node: (_key, node) => {
      if ('anchor' in node && node.anchor !== undefined) refuse(node, 'anchors are not accepted; a value that starts with `&` needs quotes');
      if (node.tag !== undefined) refuse(node, 'tags are not accepted; a value that starts with `!` needs quotes');
    },
    Map: (_key, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) refuse(key, `\`${printable(name, 60)}\` stands here twice`);
        seen.add(name);
      }
    },
  });
  return problems;
}

function lineOf(doc: Document.Parsed, path: Path, lineAt: (offset: number) => number): number | null {
  for (let length = path.length; length > 0; length -= 1) {
    const node = keyNode(doc, path.slice(0, length)) ?? doc.getIn(path.slice(0, length), true);
    const range = typeof node === 'object' && node !== null && 'range' in node ? (node as Node).range : null;
    if (range !== null && range !== undefined) return lineAt(range[0]);
  }
  return null;
}

/** The node of the last key itself: its value may start lines below. */
function keyNode(doc: Document.Parsed, path: Path): Node | null {
  const parent: unknown = path.length === 1 ? doc.contents : doc.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return null;
  const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(path.at(-1)));
  return pair !== undefined && isScalar(pair.key) ? pair.key : null;
}

function broken(line: number | null, text: string): YamlReading {
  return { kind: 'broken', problems: [{ line, text }] };
}
