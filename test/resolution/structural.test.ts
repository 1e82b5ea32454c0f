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
    ['comments stay', 'a.jsonc', '{/  // one/  "a": 1/}/', '{/  // one/  "a": 2/}/', '{/  // one/  "a": 1,/  // two/  "b": 2/}/', 'keys', '{/  // one/  "a": 2,/  // two/  "b": 2/}/'],
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

describe('no candidate', () => {
  test.each([
    ['of a path without structure', 'a.bin', 'x'],
    ['of a large file', 'a.json', `[${'1,\n'.repeat(5000)}1]`],
    ['of JSON that is none', 'a.json', 'x'],
  ])('%s', (_name, path, text) => {
    expect(structuralCandidates({ path, base: null, ours: text, theirs: `${text} `, intent: NO_INTENT }, parser)).toEqual([]);
  });
});
