// What is objected to in a resolved text, and what is not.
import { expect, test } from 'vitest';
import { loadParser } from '../../src/adapter/syntax/parser.ts';
import { verify } from '../../src/resolution/verify.ts';

const parser = await loadParser(['a.ts']);

for (const [name, ours, theirs, resolved, ...codes] of [
  ['nothing', 'let a;\n', 'let b;\n', 'let a;\nlet b;\n'],
  ['a marker left over', 'a;\n', 'b;\n', 'a;\n<<<<<<< x\nb;\n', 'markers', 'syntax', 'from-nowhere'],
  ['a marker both sides had', 'a;\n=======\n', 'b;\n=======\n', 'a;\n=======\n'],
  ['a bracket lost', 'f(() => {\n  x;\n});\n', 'g;\n', 'f(() => {\n  x;\ng;\n', 'syntax'],
  ['an error one side had already is still one too many', 'f( {\n', 'g;\n', 'f( {\n', 'syntax'],
  ['an error both sides had', 'f( {\n', 'g( {\n', 'f( {\n'],
  ['line ends of neither side', 'a;\n', 'b;\n', 'a;\r\n', 'line-ends'],
  ['line ends of one side', 'a;\n', 'b;\r\n', 'b;\r\n'],
  ['mixed from two pure sides', 'a;\n', 'b;\r\n', 'a;\nb;\r\n', 'line-ends'],
  ['the final newline lost', 'a;\n', 'b;\n', 'a;', 'final-newline'],
  ['the final newline gained', 'a;\nb;', 'b;', 'a;\n', 'final-newline'],
  ['a NUL', 'a;\n', 'b;\n', 'a;\n\0\n', 'syntax', 'binary'],
  ['a line from nowhere', 'a;\n', 'b;\n', 'a;\nc;\n', 'from-nowhere'],
  ['an emptied file', 'a;\n', 'b;\n', ''],
] as const) test(`${name}: ${codes.join(', ') || 'no objection'}`, () => {
  expect(verify({ path: 'a.ts', base: '', ours, theirs }, resolved, parser).map((objection) => objection.code)).toEqual(codes);
});

test('a leftover marker is named by its line', () => {
  expect(verify({ path: 'x', base: '', ours: 'a\n', theirs: 'b\n' }, 'a\nb\n>>>>>>> y\n', null)).toContainEqual({ code: 'markers', line: 3 });
});

test('JSON that both sides wrote as such has to be some', () => {
  const codes = (ours: string, resolved: string): readonly string[] => verify({ path: 'a.json', base: null, ours, theirs: '{\n "a": 2\n}\n' }, resolved, null).map(({ code }) => code);
  expect(codes('{\n "a": 3\n}\n', '{\n "a": 3\n "a": 2\n}\n')).toContain('syntax');
  expect(codes('{\n "a": 3 // why\n}\n', '{\n "a": 2 // why\n}\n')).not.toContain('syntax');
});

test.each([
  ['of both sides\' forms of one key both are kept', '{"v": 1, "w": 1}', '{"v": 2, "w": 1}', '{"v": 1, "v": 2, "w": 1}', ['"v"']],
  ['deeper, and with signs in strings', '{"a": [{"}{": "\\\""}]}', '{"a": []}', '{"a": [{"}{": "\\\"", "}{": 1}]}', ['"}{"']],
  ['objects beside each other may have the same keys', '[{"v": 1}]', '[{"v": 2}]', '[{"v": 1}, {"v": {"v": 2}}, "v", "v"]', []],
  ['a side repeats it, too', '{"v": 1, "v": 2}', '{"v": 3}', '{"v": 1, "v": 3}', []],
])('keys said twice in JSON: %s', (_name, ours, theirs, resolved, keys) => {
  expect(verify({ path: 'a.json', base: null, ours, theirs }, resolved, null).flatMap((objection) => objection.code === 'repeated-keys' ? objection.keys : [])).toEqual(keys);
});
