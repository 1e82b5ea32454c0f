// Whatever the text: each cut keeps every byte, and a side that changed nothing has no say.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadParser } from '../../src/adapter/syntax/parser.ts';
import type { Block } from '../../src/resolution/structure/block.ts';
import { codeBlocks } from '../../src/resolution/structure/code.ts';
import { importBlock } from '../../src/resolution/structure/import.ts';
import { jsonBlocks } from '../../src/resolution/structure/json.ts';
import { lineListBlocks } from '../../src/resolution/structure/line-list.ts';
import { mergeBlocks } from '../../src/resolution/structure/merge-blocks.ts';
import { piecesKept } from '../../src/resolution/structure/merge-text.ts';
import { proseBlocks } from '../../src/resolution/structure/prose.ts';
import { tomlBlocks } from '../../src/resolution/structure/toml.ts';
import { yamlBlocks } from '../../src/resolution/structure/yaml.ts';

const parser = await loadParser(['a.ts', 'a.py']);

function code(path: string): (text: string) => Block | null {
  return (text) => {
    const outline = parser.outline(path, text);
    return outline === null ? null : codeBlocks(path, text, outline, 'entities');
  };
}

describe.each<readonly [string, (text: string) => Block | null, readonly string[]]>([
  ['TypeScript', code('a.ts'), ["import { a, b } from 'x';\n", "import 'y';\n", '\n', '// c\n', 'class A {\n', '  m() {}\n', '}\n', 'let x = 1;', '\r\n', 'export { b };\n', '{', '/*']],
  ['Python', code('a.py'), ['from a import (b,\n  c)\n', 'import d\n', '\n', '# c\n', 'class A:\n', '    x = 1\n', '    def m(self): pass\n', 'y = 2', '\r\n', '"""']],
  ['JSON', jsonBlocks, ['{', '}', '[', ']', '"a": ', '1', ',', '\n', ' ', '"b,"', '// c\n', ' // d', '/*', '"e": {', '{"a": [1, 2,]}']],
  ['YAML', yamlBlocks, ['a:\n', '  b: 1\n', '- c\n', '  - d: [1, 2]\n', '# e\n', '\n', 'f: |\n', '---\n', '--- # i\n', 'kind: j\n', 'k: [l/*, m]\n', '    g\n', 'h']],
  ['TOML', tomlBlocks, ['[a]\n', '[[b]]\n', 'c = 1\n', 'd = [\n', '  "e",\n', ']\n', 'f = { g = 1 }\n', '# h\n', '\n', '[[b.k]]\n', '[b.k.l]\n', '[1, # m\n', "'n\\'", 'i = """\n', 'j']],
  ['Markdown', proseBlocks, ['# a\n', '## b\n', '- c\n', '  d\n', '|e|f|\n', '```\n', '===\n', '### k ##\n', 'g\n', '\n', '[h]: i\n', 'j', '\r\n']],
  ['a list', (text) => lineListBlocks('go.mod', text), ['require (\n', '\ta v1\n', ')\n', '// c\n', '\n', 'b v2', 'b v2\n', '(\n']],
])('%s', (_name, cut, fragments) => {
  const text = fc.array(fc.constantFrom(...fragments), { maxLength: 16 }).map((parts) => parts.join(''));

  test('keeps every byte', () => {
    fc.assert(fc.property(text, (one) => {
      const block = cut(one);
      if (block !== null) expect(block.text).toBe(one);
    }), { seed: 3, numRuns: 300 });
  });

  test('one side alone is that side, whatever the stance', () => {
    fc.assert(fc.property(text, text, (base, changed) => {
      const [b, c] = [cut(base), cut(changed)];
      if (b === null || c === null) return;
      for (const clash of ['give-up', 'both'] as const) for (const [ours, theirs] of [[c, b], [b, c], [c, c]] as const)
        expect(mergeBlocks(b, ours, theirs, { first: 'ours', clash }, piecesKept())).toBe(changed);
    }), { seed: 4, numRuns: 100 });
  });

  test('two changed sides end in a text or in none, never in trouble', () => {
    fc.assert(fc.property(text, text, text, (base, ours, theirs) => {
      const [b, o, t] = [cut(base), cut(ours), cut(theirs)];
      if (o !== null && t !== null) expect(['string', 'object']).toContain(typeof mergeBlocks(b, o, t, { first: 'theirs', clash: 'both' }, piecesKept()));
    }), { seed: 5, numRuns: 200 });
  });
});

describe('a text of one sign over and over is cut in time', () => {
  const many = (text: string, length = 100_000): string => text.repeat(Math.ceil(length / text.length));

  test.each<readonly [string, (text: string) => Block | null, readonly string[]]>([
    ['Markdown', proseBlocks, [`# a${many(' ')}b\n`, `# a ${many('# ')}b\n`]],
    ['JSON', jsonBlocks, [`{${many('// ')}\n}`, `{${many('/*')}}`, `{"${many('\\"')}{": 1}`, `[1${many(' ')}2]`]],
    ['YAML', yamlBlocks, [`k${many(' ')}z\n`, `${many('a: &b ')}x\n`, `- ${many('| #: ')}\n`, `${many('a:[')}\n`, `"${many('\\"')}\n`, `a${many(':#')}\u2028b\n`]],
    ['TOML', tomlBlocks, [`[[${many(' ')}\n`, `${many('a.')}\n`, `a = ["${many('\\"')}\n`, `a = [ ]${many(' ')}x\n`, `a = [${many(']#')}\n`]],
    ['an import of Go', (text) => importBlock('a.go', '', text), [`import (\n"a"${many('\n')}x`]],
    ['an import of Rust', (text) => importBlock('a.rs', '', text), [`use a::${many('{', 20_000)}${many('}', 20_000)};\n`]],
    ['a list of names', (text) => importBlock('a.ts', '', text), [`import { a${many(' ')}b } from 'x';\n`]],
  ])('%s', (_name, cut, texts) => {
    for (const text of texts) expect(cut(text)?.text ?? text).toBe(text);
  });
});
