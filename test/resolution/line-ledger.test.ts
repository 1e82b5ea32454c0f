// What a resolution kept and lost, line by line.
import { expect, test } from 'vitest';
import { loadParser } from '../../src/adapter/syntax/parser.ts';
import { ledgerOf } from '../../src/resolution/line-ledger.ts';

const file = { path: 'a.ts', base: 'one\ntwo\nthree\n', ours: 'one\nthree\nmine\n', theirs: 'one\ntwo\nthree\n  yours\n' };

for (const [name, resolved, kept, dropped, resurrected, fromNowhere] of [
  ['both sides kept', 'one\nthree\nmine\nyours\n', [1, 1], [], [], []],
  ['a line of theirs lost', 'one\nthree\nmine\n', [1, 0], ['theirs yours'], [], []],
  ['a line lost that nobody touched', 'three\nmine\nyours\n', [1, 1], ['both one'], [], []],
  ['a deletion undone', 'one\ntwo\nthree\nmine\nyours\n', [1, 1], [], ['ours two'], []],
  ['an invented line', 'one\nthree\nmine\nyours\nnew\n', [1, 1], [], [], ['both new']],
  ['other white space, blank lines and brackets do not count', ' one\n\n}\nthree\n\tmine\nyours\n', [1, 1], [], [], []],
] as const) test(name, () => {
  const ledger = ledgerOf(file, resolved, null);
  const said = (lines: typeof ledger.dropped): readonly string[] => lines.map((line) => `${line.side} ${line.text}`);
  expect([ledger.keptOurs, ledger.keptTheirs]).toEqual(kept);
  expect([said(ledger.dropped), said(ledger.resurrected), said(ledger.fromNowhere)]).toEqual([dropped, resurrected, fromNowhere]);
});

test('a lost line says where it stood', async () => {
  const parser = await loadParser(['a.ts']);
  const lost = ledgerOf({ path: 'a.ts', base: null, ours: 'class Foo {\n  bar() {\n    return 1;\n  }\n}\n', theirs: '' }, '', parser);
  expect(lost.dropped.map((line) => line.entity)).toEqual(['class Foo', 'class Foo > method bar', 'class Foo > method bar']);
});

test('a line both sides added is nobody\'s alone, and lost by both', () => {
  expect(ledgerOf({ path: 'a', base: '', ours: 'x\n', theirs: 'x\n' }, 'x\n', null)).toEqual({ keptOurs: 0, keptTheirs: 0, dropped: [], resurrected: [], fromNowhere: [] });
  expect(ledgerOf({ path: 'a', base: '', ours: 'x\n', theirs: 'x\n' }, '', null).dropped).toEqual([{ side: 'both', text: 'x', entity: '' }]);
});
