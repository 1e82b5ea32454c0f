// Tree-sitter's grammars, run as WebAssembly. Loading waits, parsing does not; trees live outside of the garbage collector and are freed here.
import { fileURLToPath } from 'node:url';
import { Language, Parser as TreeSitter } from 'web-tree-sitter';
import type { Outline, Parser } from '../../resolution/syntax.ts';
import { grammarNameOf, grammarOf } from './grammar.ts';
import { outlineOf } from './outline.ts';

const TEXT_MAX = 1024 * 1024;
/** A text that takes this many steps of the parser is not worth the wait. */
const PROGRESS_CALLS_MAX = 20_000;

let engine: Promise<void> | null = null;
const languages = new Map<string, Promise<Language | null>>();

/** A parser for what these paths are written in. Each grammar is read once in a process, the first time a path needs it. */
export async function loadParser(paths: Iterable<string>): Promise<Parser> {
  const names = new Set([...paths].flatMap((path) => grammarNameOf(path) ?? []));
  const loaded = new Map<string, Language>();
  for (const name of names) {
    const language = await languageOf(name);
    if (language !== null) loaded.set(name, language);
  }
  return { outline: (path, text) => outline(loaded, path, text) };
}

/** Null where the grammar cannot be had: whoever asks for an outline then does without. */
function languageOf(name: string): Promise<Language | null> {
  const known = languages.get(name);
  if (known !== undefined) return known;
  engine ??= TreeSitter.init();
  const file = fileURLToPath(import.meta.resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${name}.wasm`));
  const loading = engine.then(() => Language.load(file)).catch(() => null);
  languages.set(name, loading);
  return loading;
}

function outline(loaded: ReadonlyMap<string, Language>, path: string, text: string): Outline | null {
  const grammar = grammarOf(grammarNameOf(path) ?? '');
  const language = loaded.get(grammar?.name ?? '');
  if (grammar === null || language === undefined || text.length > TEXT_MAX) return null;
  const parser = new TreeSitter();
  try {
    parser.setLanguage(language);
    let calls = 0;
    const tree = parser.parse(text, null, { progressCallback: () => (calls += 1) > PROGRESS_CALLS_MAX });
    if (tree === null) return null;
    try {
      return outlineOf(tree.rootNode, grammar);
    } finally {
      tree.delete();
    }
  } catch {
    return null;
  } finally {
    parser.delete();
  }
}
