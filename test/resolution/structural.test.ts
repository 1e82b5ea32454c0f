// What each way of cutting a file makes of two sides' edits: the whole text, every byte of it.
import { describe, expect, test } from 'vitest';
import { loadParser } from '../../src/adapter/syntax/parser.ts';
import { NO_INTENT } from '../../src/resolution/conflict-file.ts';
import { structuralCandidates } from '../../src/resolution/structural.ts';

const parser = await loadParser(['a.ts', 'a.py', 'a.go', 'a.rs', 'a.java', 'a.css']);

/** `/` ends a line: a file fits one row of a table. */
type Row = readonly [name: string, path: string, base: string, ours: string, theirs: string, rule: string, merged: string];

function merges(rows: readonly Row[]): void {
  test.each(rows)('%s', (_name, path, base, ours, theirs, rule, merged) => {
    const [b, o, t] = [base, ours, theirs].map((text) => text.replaceAll('/', '\n'));
    const found = structuralCandidates({ path, base: b ?? '', ours: o ?? '', theirs: t ?? '', intent: NO_INTENT }, parser);
    expect(found.map((one) => `${one.rule}: ${one.text.replaceAll('\n', '/')}`)).toContain(`${rule}: ${merged}`);
  });
}

describe('code, entity by entity', () => {
  merges([
    ['both add a function at the end', 'a.ts', 'let a;/', 'let a;/let b;/', 'let a;/let c;/', 'entity', 'let a;/let b;/let c;/'],
    ['the other order', 'a.ts', 'let a;/', 'let a;/let b;/', 'let a;/let c;/', 'entity-reversed', 'let a;/let c;/let b;/'],
    ['a method edited here, another added there', 'a.ts', 'class A {/  a() { return 1; }/}/', 'class A {/  a() { return 2; }/}/', 'class A {/  a() { return 1; }/  b() {}/}/', 'entity', 'class A {/  a() { return 2; }/  b() {}/}/'],
    ['deleted here, untouched there', 'a.py', 'def a(): pass/def b(): pass/', 'def b(): pass/', 'def a(): pass/def b(): return 1/', 'entity', 'def b(): return 1/'],
    ['deleted here, edited there', 'a.py', 'def a():/    return 1/', '', 'def a():/    return 2/', 'entity-theirs', 'def a():/    return 2/'],
    ['moved here, edited there', 'a.go', 'func A() { x() }/func B() { y() }/func C() { z() }/', 'func B() { y() }/func C() { z() }/func A() { x() }/', 'func A() { q() }/func B() { y() }/func C() { z() }/', 'entity', 'func B() { y() }/func C() { z() }/func A() { q() }/'],
    ['renamed here, edited there', 'a.rs', 'fn a(x: u8) {/    one(x);/    two(x);/    three(x);/    four(x);/    five(x);/}/', 'fn b(x: u8) {/    one(x);/    two(x);/    three(x);/    four(x);/    five(x);/}/', 'fn a(x: u8) {/    one(x);/    two(x);/    three(x);/    four(x);/    six(x);/}/', 'entity', 'fn b(x: u8) {/    one(x);/    two(x);/    three(x);/    four(x);/    six(x);/}/'],
    ['a rule of CSS', 'a.css', '.a {/  x: 1;/}/', '.a {/  x: 1;/  y: 2;/}/', '.a {/  x: 3;/}/', 'entity', '.a {/  x: 3;/  y: 2;/}/'],
    ['no newline at the end', 'a.ts', 'let a;', 'let a;/let b;', 'let a;/let c;', 'entity', 'let a;/let b;/let c;'],
  ]);
});

describe('imports', () => {
  merges([
    ['names of one module', 'a.ts', "import { b } from 'x';/", "import { a, b } from 'x';/", "import { b, c } from 'x';/", 'entity', "import { a, b, c } from 'x';/"],
    ['a name deleted here, one added there', 'a.ts', "import { a, b } from 'x';/", "import { b } from 'x';/", "import { a, b, c } from 'x';/", 'entity', "import { b, c } from 'x';/"],
    ['exports of an index', 'a.ts', "export * from './b';/", "export * from './b';/export * from './c';/", "export * from './a';/export * from './b';/", 'entity', "export * from './a';/export * from './b';/export * from './c';/"],
    ['names in Python', 'a.py', 'from x import a/', 'from x import a, b/', 'from x import a, c/', 'entity', 'from x import a, b, c/'],
    ['a block of Go, sorted up to the blank line', 'a.go', 'package p/import (/\t"a"/\t"c"//\t"z"/)/', 'package p/import (/\t"a"/\t"c"/\t"d"//\t"z"/)/', 'package p/import (/\t"a"/\t"c"/\t"b"//\t"z"/)/', 'entity', 'package p/import (/\t"a"/\t"b"/\t"c"/\t"d"//\t"z"/)/'],
    ['nested groups of Rust', 'a.rs', 'use a::{b, c::{d}};/', 'use a::{b, c::{d, e}};/', 'use a::{b, c::{d}, f};/', 'entity', 'use a::{b, c::{d, e}, f};/'],
    ['sorted lines of Java', 'a.java', 'import a.A;/import a.C;/import a.D;/', 'import a.A;/import a.B;/import a.C;/import a.D;/', 'import a.A;/import a.C;/import a.CC;/import a.D;/', 'entity', 'import a.A;/import a.B;/import a.C;/import a.CC;/import a.D;/'],
  ]);
});

describe('data, key by key', () => {
  merges([
    ['both add a key behind the last', 'a.json', '{/  "a": 1/}/', '{/  "a": 1,/  "b": 2/}/', '{/  "a": 1,/  "c": 3/}/', 'keys', '{/  "a": 1,/  "b": 2,/  "c": 3/}/'],
    ['sorted dependencies', 'package.json', '{"d": {"a": "1", "e": "1", "z": "1"}}', '{"d": {"a": "1", "e": "1", "f": "2", "z": "1"}}', '{"d": {"a": "1", "b": "3", "e": "1", "z": "1"}}', 'keys', '{"d": {"a": "1", "b": "3", "e": "1", "f": "2", "z": "1"}}'],
    ['the higher version', 'package.json', '{"a": "^1.2.0"}', '{"a": "^1.3.0"}', '{"a": "^1.10.0"}', 'keys-higher', '{"a": "^1.10.0"}'],
    ['a list is a set', 'a.json', '["a", "b"]', '["b", "c"]', '["a", "b", "d"]', 'keys', '["b", "c", "d"]'],
    ['nested keys of YAML', 'a.yml', 'a:/  b: 1/', 'a:/  b: 1/  c: 2/', 'a:/  b: 1/  d: 3/', 'keys', 'a:/  b: 1/  c: 2/  d: 3/'],
    ['steps of a workflow', 'a.yaml', 'steps:/- name: x/  run: 1/', 'steps:/- name: x/  run: 2/', 'steps:/- name: x/  run: 1/- name: y/  run: 3/', 'keys', 'steps:/- name: x/  run: 2/- name: y/  run: 3/'],
    ['tables of TOML', 'a.toml', '[a]/x = 1/', '[a]/x = 1/y = ["p", "q"]/', '[a]/x = 2/', 'keys', '[a]/x = 2/y = ["p", "q"]/'],
    ['an inline table', 'Cargo.toml', '[d]/a = { version = "1.0", features = [] }/', '[d]/a = { version = "1.1", features = [] }/', '[d]/a = { version = "1.0", features = [], optional = true }/', 'keys', '[d]/a = { version = "1.1", features = [], optional = true }/'],
    ['lines of an ignore file', '.gitignore', 'a/', 'a/b/', 'a/c/', 'lines', 'a/b/c/'],
  ]);
});

describe('prose, section by section', () => {
  merges([
    ['both add a section at one place', 'README.md', '# T//one/', '# T//one//## A//text a/', '# T//one//## B//text b/', 'sections', '# T//one//## A//text a//## B//text b/'],
    ['entries of both in a changelog', 'CHANGELOG.md', '## Unreleased//- a/', '## Unreleased//- b/- a/', '## Unreleased//- c/- a/', 'sections-reversed', '## Unreleased//- c/- b/- a/'],
    ['rows of a table', 'README.md', '|k|v|/|-|-|/|a|1|/', '|k|v|/|-|-|/|a|1|/|b|2|/', '|k|v|/|-|-|/|a|3|/', 'sections', '|k|v|/|-|-|/|a|3|/|b|2|/'],
    ['underlined titles', 'History.md', '1.0/===//  * a/', '2.0/===//  * b//1.0/===//  * a/', '1.0/===//  * a/  * c/', 'sections', '2.0/===//  * b//1.0/===//  * a/  * c/'],
  ]);
});

/** The texts by rule. */
function ruled(path: string, base: string | null, ours: string, theirs: string): Readonly<Record<string, string>> {
  return Object.fromEntries(structuralCandidates({ path, base, ours, theirs, intent: NO_INTENT }, parser).map(({ rule, text }) => [rule, text]));
}

function rulesOf(texts: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(texts).toSorted();
}

describe('a comment at the end of a line', () => {
  test('stays with its key', () => {
    const base = '{\n  // one\n  "a": 1\n}\n';
    expect(ruled('a.jsonc', base, base.replace('1\n', '2\n'), base.replace('1\n', '1,\n  // two\n  "b": 2\n')).keys).toBe('{\n  // one\n  "a": 2,\n  // two\n  "b": 2\n}\n');
  });

  test('has the comma of its key before it', () => {
    const base = '{ "compilerOptions": {\n    "strict": true\n} }\n';
    const merged = ruled('tsconfig.json', base, base.replace('true', 'true,\n    "noEmit": true // bundler does it'), base.replace('true', 'true,\n    "declaration": true'));
    expect(merged.keys).toBe('{ "compilerOptions": {\n    "strict": true,\n    "noEmit": true, // bundler does it\n    "declaration": true\n} }\n');
  });

  test.each([
    ['the next item on its line', 'a = [\n  "x",\n  "y" # why\n]\n', 'a = ["x", "z"]\n', 'a = ["x",\n  "y", # why\n "z"]\n'],
    ['several lines of comment', 'a = [\n  "x",\n  "y" # why\n  # and more\n]\n', 'a = [\n  "x",\n  "z"\n]\n', 'a = [\n  "x",\n  "y", # why\n  # and more\n  "z"\n]\n'],
  ])('with %s', (_name, ours, theirs, merged) => {
    expect(ruled('a.toml', 'a = [\n  "x"\n]\n', ours, theirs).keys).toBe(merged);
  });

  test('stands behind the last comma', () => {
    const base = 'a = [\n  "x",\n]\n';
    expect(ruled('a.toml', base, base.replace(',', ', # why'), base.replace(',', ',\n  "y",')).keys).toBe('a = [\n  "x",\n  "y", # why\n]\n');
  });

  test('is none in a pattern', () => {
    const base = 'on:\n  branches: [release/*, main]\n';
    expect(ruled('a.yml', base, base.replace('main', 'main, dev'), base.replace('main', 'main, next')).keys).toBe('on:\n  branches: [release/*, main, dev, next]\n');
  });
});

describe('what nothing holds together but its place', () => {
  test('a key of the root stays before a new table', () => {
    const merged = ruled('a.toml', 'a = 1\n[z]\nq = 1\n', 'a = 1\n[new]\nx = 1\n[z]\nq = 1\n', 'a = 1\nb = 2\n[z]\nq = 1\n');
    expect(new Set(Object.values(merged))).toEqual(new Set(['a = 1\nb = 2\n[new]\nx = 1\n[z]\nq = 1\n']));
  });

  test('a paragraph stays before a new section, a section before a new one above it', () => {
    const base = '# T\n\nintro\n\n## Z\n\nz\n';
    const ours = base.replace('## Z', '## New\n\nnew text\n\n## Z');
    expect(ruled('a.md', base, ours, base.replace('## Z', 'more intro\n\n## Z')).sections).toBe('# T\n\nintro\n\nmore intro\n\n## New\n\nnew text\n\n## Z\n\nz\n');
    expect(ruled('a.md', base, ours, base.replace('## Z', '### Sub\n\nsub\n\n## Z')).sections).toBe('# T\n\nintro\n\n### Sub\n\nsub\n\n## New\n\nnew text\n\n## Z\n\nz\n');
  });
});

describe('what leads a piece that both sides put something before', () => {
  const python = (added: string): string => `def a():\n    pass\n\nsignal.connect(a)\n\n${added}def b():\n    pass\n`;

  test.each([
    ['a statement of Python', 'a.py', 'entity', python(''), python('def x():\n    return 1\n\n'), python('def y():\n    return 2\n\n'), python('def x():\n    return 1\n\ndef y():\n    return 2\n\n')],
    ['a statement at the end', 'a.py', 'entity', 'def a(): pass\nrun(a)\n', 'def a(): pass\nrun(a)\ndef x(): pass\n', 'def a(): pass\nrun(a)\ndef y(): pass\n', 'def a(): pass\nrun(a)\ndef x(): pass\ndef y(): pass\n'],
    ['a comment of a list', '.gitignore', 'lines', '# build\ndist\n', '# build\nout\ndist\n', '# build\nlib\ndist\n', '# build\nout\nlib\ndist\n'],
    ['a comment of JSON', 'a.jsonc', 'keys', '{\n  // all\n  "a": 1\n}\n', '{\n  // all\n  "b": 2,\n  "a": 1\n}\n', '{\n  // all\n  "c": 3,\n  "a": 1\n}\n', '{\n  // all\n  "b": 2,\n  "c": 3,\n  "a": 1\n}\n'],
    ['a comment behind the last key', 'a.jsonc', 'keys', '{\n  "a": 1 // one\n}\n', '{\n  "a": 1, // one\n  "b": 2\n}\n', '{\n  "a": 1, // one\n  "c": 3\n}\n', '{\n  "a": 1, // one\n  "b": 2,\n  "c": 3\n}\n'],
    ['a comment of YAML', 'a.yml', 'keys', '# all\na: 1\n', '# all\nb: 2\na: 1\n', '# all\nc: 3\na: 1\n', '# all\nb: 2\nc: 3\na: 1\n'],
    ['a comment of TOML', 'a.toml', 'keys', '# all\n[a]\nx = 1\n', '# all\n[b]\nx = 1\n[a]\nx = 1\n', '# all\n[c]\nx = 1\n[a]\nx = 1\n', '# all\n[b]\nx = 1\n[c]\nx = 1\n[a]\nx = 1\n'],
    ['a mark that each piece has', 'a.py', 'entity', '# --\ndef a(): pass\n# --\ndef b(): pass\n', '# --\ndef a(): pass\n# --\ndef x(): pass\n# --\ndef b(): pass\n', '# --\ndef a(): pass\n# --\ndef y(): pass\n# --\ndef b(): pass\n', '# --\ndef a(): pass\n# --\ndef x(): pass\n# --\ndef y(): pass\n# --\ndef b(): pass\n'],
  ])('%s is there as often as before', (_name, path, rule, base, ours, theirs, merged) => {
    expect(ruled(path, base, ours, theirs)[rule]).toBe(merged);
  });

  test('an indented comment is about the line above', () => {
    const base = 'a==1\n    # via in\nz==1\n    # via in\n';
    const merged = ruled('requirements.txt', base, base.replace('z==1', 'b==1\n    # via x\nz==1'), base.replace('z==1', 'c==1\n    # via y\nz==1'));
    expect(merged.lines).toBe('a==1\n    # via in\nb==1\n    # via x\nc==1\n    # via y\nz==1\n    # via in\n');
  });
});

describe('parts that no key tells apart', () => {
  test('clash where one side has more of them and the other changed one', () => {
    const base = 'v = 1\n[[bin]]\nx = 1\n';
    expect(rulesOf(ruled('a.toml', base, 'v = 1\n[[bin]]\nx = 0\n[[bin]]\nx = 1\n', 'v = 1\n[[bin]]\nx = 2\n'))).toEqual(['keys-ours', 'keys-theirs']);
    expect(ruled('a.toml', base, 'v = 1\n[[bin]]\nx = 0\n[[bin]]\nx = 1\n', 'v = 2\n[[bin]]\nx = 1\n').keys).toBe('v = 2\n[[bin]]\nx = 0\n[[bin]]\nx = 1\n');
    expect(ruled('a.py', 'def a(): return 1\n', 'def a(): return 0\ndef a(): return 1\n', 'def a(): return 2\n').entity).toBeUndefined();
  });

  test('clash where both sides replaced the same item', () => {
    const rules = (one: string): string => `{\n  "rules": [\n    ${one},\n    { "from": "b", "to": 1 }\n  ]\n}\n`;
    const merged = ruled('a.json', rules('{ "from": "a", "to": 1, "w": 1 }'), rules('{ "from": "a", "to": 2, "w": 1 }'), rules('{ "from": "a", "to": 1, "w": 2 }'));
    expect(merged.keys).toBeUndefined();
    expect(merged['keys-ours']).toBe(rules('{ "from": "a", "to": 2, "w": 1 }'));
    expect(merged['keys-theirs']).toBe(rules('{ "from": "a", "to": 1, "w": 2 }'));
    expect(ruled('a.yml', 'a:\n- x\n- z\n', 'a:\n- one\n- z\n', 'a:\n- two\n- z\n').keys).toBeUndefined();
  });

  test('an array of TOML has its tables inside', () => {
    const base = '[[bin]]\nname = "x"\n\n[bin.cfg]\na = 1\n\n[c]\n';
    const ours = `[[bin]]\nname = "w"\n\n[bin.cfg]\na = 0\n\n${base}`;
    expect(ruled('Cargo.toml', base, ours, base.replace('a = 1', 'a = 1\nb = 2')).keys).toBe(ours.replace('a = 1', 'a = 1\nb = 2'));
  });

  test('documents of YAML are told apart', () => {
    const document = (name: string, rest: string): string => `kind: A\nname: ${name}\n${rest}`;
    const base = `${document('a', 'x: 1\n')}---\n${document('b', 'x: 1\n')}`;
    const merged = ruled('a.yaml', base, `${document('new', 'x: 5\n')}---\n${base}`, `${document('a', 'x: 1\ny: 2\n')}---\n${document('b', 'x: 1\n')}`);
    expect(merged.keys).toBe(`${document('new', 'x: 5\n')}---\n${document('a', 'x: 1\ny: 2\n')}---\n${document('b', 'x: 1\n')}`);
  });

  test('two new documents get a line between them', () => {
    const base = 'kind: A\n---\nkind: B\n';
    expect(ruled('a.yaml', base, `kind: X\n---\n${base}`, `kind: Y\n---\n${base}`).keys).toBe(`kind: X\n---\nkind: Y\n---\n${base}`);
  });

  test('a default import is another than that of names', () => {
    const merged = ruled('a.ts', "import { b } from 'x';\n", "import a from 'x';\nimport { b } from 'x';\n", "import { b, c } from 'x';\n");
    expect(merged.entity).toBe("import a from 'x';\nimport { b, c } from 'x';\n");
    expect(ruled('a.ts', "import { b } from 'x';\n", "import { a } from 'x';\nimport { b } from 'x';\n", "import { b, c } from 'x';\n").entity).toBeUndefined();
  });
});

describe('a value of data', () => {
  test('is a sequence or a mapping, never a mixture', () => {
    const file = (value: string): string => `{\n  "v": 1,\n  "files": ${value}\n}\n`;
    const merged = ruled('package.json', file('["a"]'), file('{ "x": "y" }'), file('["a", "b"]'));
    expect(merged).toEqual({ 'keys-ours': file('{ "x": "y" }'), 'keys-theirs': file('["a", "b"]') });
    expect(rulesOf(ruled('a.yml', 'a:\n  - b\n', 'a:\n  c: d\n', 'a:\n  - b\n  - e\n'))).toEqual(['keys-ours', 'keys-theirs']);
  });

  test.each([
    ['a.json', '{\n  "a": 1,\n  "b": 1\n}\n'],
    ['a.toml', 'a = 1\nb = 1\n'],
    ['a.yml', 'a: 1\nb: 1\n'],
  ])('is never there twice: %s', (path, base) => {
    const edited = (b: string): string => `${base.slice(0, base.lastIndexOf('1'))}${b}${base.slice(base.lastIndexOf('1') + 1)}`;
    expect(rulesOf(ruled(path, base, edited('"x"'), edited('"y"')))).toEqual(['keys-ours', 'keys-theirs']);
  });
});

describe('no candidate', () => {
  test.each([
    ['of a path without structure', 'a.bin', 'x'],
    ['of a large file', 'a.json', `[${'1,\n'.repeat(5000)}1]`],
    ['of JSON that is none', 'a.json', 'x'],
  ])('%s', (_name, path, text) => {
    expect(structuralCandidates({ path, base: null, ours: text, theirs: `${text} `, intent: NO_INTENT }, parser)).toEqual([]);
  });
});
