// What the grammars see: entities by name and line, import blocks, errors; and what they refuse.
import { describe, expect, test } from 'vitest';
import { loadParser } from '../../src/adapter/syntax/parser.ts';

const parser = await loadParser(['a.ts', 'a.tsx', 'a.js', 'a.py', 'a.go', 'a.rs', 'a.java', 'a.css', 'a.php']);

describe('entities, with what leads them', () => {
  for (const [path, text, ...expected] of [
    ['a.ts', '/** d */\n@dec\nexport class A<T> extends B {\n  /** c */\n  m(): void {}\n\n  q = 1;\n}\n', '0-8 class A', '3-5 class A > method m', '6-7 class A > field q'],
    ['a.ts', 'export const f = 1;\ninterface I {\n  a: string;\n}\nexport default 3;\n', '0-1 variable f', '1-4 interface I', '2-3 interface I > field a', '4-5 export default'],
    ['a.tsx', 'const A = () => <b/>;\n', '0-1 variable A'],
    ['a.js', "describe('a', () => {\n  it('b', () => {});\n});\nexports.x = 1;\n", "0-3 call describe 'a'", "1-2 call describe 'a' > call it 'b'", '3-4 set exports.x'],
    ['a.py', '# c\n@d\nclass A:\n    y = 1\n\n    def m(self): pass\nX = 1\n', '0-6 class A', '3-4 class A > set y', '5-6 class A > def m', '6-7 set X'],
    ['a.go', 'package a\n\n// F does\nfunc (r *R) M() {}\nfunc F() {}\ntype A struct {\n\tx int\n}\n', '2-4 method (*R) M', '4-5 func F', '5-8 type A', '6-7 type A > field x'],
    ['a.rs', '/// d\n#[derive(X)]\npub struct S;\nimpl A for S {\n    fn x() {}\n}\n', '0-3 struct S', '3-6 impl impl A for S', '4-5 impl impl A for S > fn x'],
    ['a.java', 'class A {\n  @Y\n  int f;\n  void m(int a) {}\n  void m() {}\n}\n', '0-6 class A', '1-3 class A > field f', '3-4 class A > method m(int)', '4-5 class A > method m()'],
    ['a.css', '/* c */\n.a, .b {\n  color: red;\n}\n', '0-4 rule .a, .b', '2-3 rule .a, .b > declaration color'],
    ['a.php', '<?php\nclass A {\n  public function m() {}\n}\n', '1-4 class A', '2-3 class A > method m()'],
  ] as const) test(`${path}: ${expected.join('; ')}`, () => {
    expect(parser.outline(path, text)?.entities.map((entity) => `${entity.startLine}-${entity.endLine} ${entity.key}`)).toEqual(expected);
  });

  test('two of one name are told apart by an index', () => {
    expect(parser.outline('a.py', 'def f(): pass\ndef f(): pass\n')?.entities.map((entity) => entity.key)).toEqual(['def f', 'def f #2']);
  });
});

describe('the leading import block', () => {
  for (const [path, text, ...expected] of [
    ['a.ts', "// c\nimport { a } from 'b';\nimport {\n  c,\n} from 'd';\nexport * from './e';\nlet x;\nimport y from 'late';\n", '1-2', '2-5', '5-6'],
    ['a.js', "const a = require('a');\nvar b = 1;\n", '0-1'],
    ['a.py', '"""doc"""\nimport a\nfrom b import (\n    c,\n)\nx = 1\n', '1-2', '2-5'],
    ['a.go', 'package a\n\nimport (\n\t"x"\n)\n', '2-5'],
    ['a.rs', 'use a::b;\nuse c::d;\nfn f() {}\n', '0-1', '1-2'],
    ['a.java', 'package a;\n\nimport b.C;\nimport static d.E.*;\nclass A {}\n', '2-3', '3-4'],
  ] as const) test(`${path}: ${expected.join(', ')}`, () => {
    expect(parser.outline(path, text)?.imports.map((lines) => `${lines.startLine}-${lines.endLine}`)).toEqual(expected);
  });
});

test('errors and missing signs are counted', () => {
  expect(parser.outline('a.ts', 'const a = 1;\n')?.errorCount).toBe(0);
  expect(parser.outline('a.ts', 'function f( {\n')?.errorCount).toBeGreaterThan(0);
});

test('what no grammar knows, and what is too large, has no outline', () => {
  expect(parser.outline('a.txt', 'x')).toBeNull();
  expect(parser.outline('a.ts', 'x;\n'.repeat(400_000))).toBeNull();
});

test('a grammar that no path asked for is not loaded', async () => {
  expect((await loadParser(['README'])).outline('a.ts', 'let a;')).toBeNull();
});
