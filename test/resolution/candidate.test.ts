// Ways to fill one region that need both sides' changes done to the same lines.
import { describe, expect, test } from 'vitest';
import { candidatesOf } from '../../src/resolution/candidate.ts';
import { linesOf } from '../../src/resolution/line.ts';
import { taughtByTheirs } from '../../src/resolution/taught.ts';
import { compareVersions } from '../../src/resolution/version.ts';

describe('one side changed words everywhere, the other added lines', () => {
  test('a parameter that is gone is gone from the new lines too', () => {
    expect(ways('a(t, reg)\n  mock(t, reg)\n', 'a(t, reg)\n  mock(t, reg)\n  more(t, reg)\n', 'a(reg)\n  mock(reg)\n')).toContain('a(reg)\n  mock(reg)\n  more(reg)\n');
  });

  test('a new line of a list gets the version of the others, whichever side wrote it', () => {
    const [base, longer, newer] = ['"a": "1.0.0",\n"b": "1.0.0"\n', '"z": "1.0.0",\n"a": "1.0.0",\n"b": "1.0.0"\n', '"a": "1.1.0",\n"b": "1.1.0"\n'];
    const wanted = '"z": "1.1.0",\n"a": "1.1.0",\n"b": "1.1.0"\n';
    expect(ways(base, longer, newer)).toContain(wanted);
    expect(ways(base, newer, longer)).toContain(wanted);
  });

  test('indentation stays the line\'s own', () => {
    expect(taughtByTheirs({ base: ['let a;\n'], ours: ['let a;\n', '    let b;\n'], theirs: ['const a;\n'] })?.ours).toEqual(['const a;\n', '    const b;\n']);
  });

  test('a word that became two others in two places becomes in each what it became there', () => {
    expect(taughtByTheirs({ base: ['get(a/shop)\n', 'put(b.shop)\n'], ours: ['get(a/shop)\n', 'put(b.shop)\n', 'more(c.shop)\n'], theirs: ['get(a/cart)\n', 'put(b.store)\n'] })?.ours).toEqual(['get(a/cart)\n', 'put(b.store)\n', 'more(c.store)\n']);
  });

  test('where no word was changed there is nothing to be taught', () => {
    expect(taughtByTheirs({ base: ['a\n'], ours: ['b\n'], theirs: ['a\n'] })).toBeNull();
  });

  test('what was put in stands where its neighbours stand', () => {
    expect(taughtByTheirs({ base: ['x = load(one)\n'], ours: ['x = load(one)\n', 'y = load(two)\n', 'z = keep(three)\n'], theirs: ['x = await load(one)\n'] })?.ours).toEqual(['x = await load(one)\n', 'y = await load(two)\n', 'z = keep(three)\n']);
  });
});

describe('a line that a side reworded is still that line', () => {
  const base = 'const { log } = require("./log")\nconst { kind } = require("./kind")\n';
  const [shorter, other] = ['const { kind } = require("./kind")\n', 'import { log } from "./log"\nimport { kind } from "./kind"\nimport { more } from "./more"\n'];

  test('what one side took out is gone, though the other reworded it', () => {
    const wanted = 'import { kind } from "./kind"\nimport { more } from "./more"\n';
    expect(ways(base, shorter, other)).toContain(wanted);
    expect(ways(base, other, shorter)).toContain(wanted);
  });

  test('different words of it are both changed, the same words as either side has them', () => {
    const [ours, theirs] = ['wrap([\n  call(file).is({ as: "one" })\n])\n', 'call(file).are({ as: "one" });\n'];
    expect(ways('call(file).is({ as: "one" });\n', ours, theirs)).toContain('wrap([\n  call(file).are({ as: "one" })\n])\n');
    expect(ways('limit: 4 of them\n', 'head\nlimit: 8 of them\n', 'limit: 6 of them\ntail\n')).toEqual(expect.arrayContaining(['head\nlimit: 8 of them\ntail\n', 'head\nlimit: 6 of them\ntail\n']));
  });
});

test('a line that one side moved in stands where that side has it', () => {
  const [base, ours, theirs] = ['    a()\n    b()\n', '    if x:\n        log()\n        a()\n        b()\n', '    a()\n    b(2)\n'];
  for (const all of [ways(base, ours, theirs), ways(base, theirs, ours)]) expect(all).toContain('    if x:\n        log()\n        a()\n        b(2)\n');
});

test('no comma goes into a comment', () => {
  const all = ways('  "a": 1\n', '  "a": 1,\n  "b": 2 // why\n', '  "a": 1,\n  "c": 3\n');
  expect(all.filter((text) => text.includes('why,'))).toEqual([]);
});

test('a line of nothing but digits or spaces is read in one go', () => {
  expect(ways('x\n', `${'1'.repeat(60_000)}\n`, `x${' '.repeat(60_000)}y\n`).length).toBeGreaterThan(2);
});

test.each([['1.0.0-rc3', '1.0.0-rc2'], ['1.0.0-rc10', '1.0.0-rc9'], ['1.0.0-beta.2', '1.0.0-alpha.9'], ['1.0.0', '1.0.0-rc1'], ['1.0.1-rc1', '1.0.0'], ['1.10.0', '1.9.0'], ['2.0.0-1', '2.0.0-rc.1']])('%s is higher than %s', (higher, lower) => {
  expect([compareVersions(higher, lower) > 0, compareVersions(lower, higher) < 0, compareVersions(`${higher}+a`, `${higher}+b`)]).toEqual([true, true, 0]);
});

test('a last line that only the base left open is closed', () => {
  expect(ways('a\nend', 'a\nb\nend\n', 'a\nc\nend\n')).toContain('a\nb\nc\nend\n');
});

test('two moves of one version are both made, part by part', () => {
  expect(ways('<v>4.2.2.2-S</v>\n', '<v>4.3.1.2-S</v>\n', '<v>4.2.2.3-S</v>\n')).toContain('<v>4.3.1.3-S</v>\n');
});

test('a line that is one long number costs little', () => {
  const line = (last: string): string => `${'1'.repeat(500_000)}${last}\n`;
  // A version sought from each of its digits takes minutes: longer than a test may take.
  expect(ways(line('a'), line('b'), line('c'))).toContain(line('b'));
});

test('changes of neighbouring words do not clash', () => {
  expect(ways('call(one two)\n', 'run(one two)\n', 'call[one two)\n')).toContain('run[one two)\n');
});

test('imports of both sides in the order of what they import', () => {
  expect(ways('', 'deploy "pkg/deploy"\n', 'remove "pkg/delete"\nedit "pkg/edit"\n')).toContain('remove "pkg/delete"\ndeploy "pkg/deploy"\nedit "pkg/edit"\n');
});

function ways(base: string, ours: string, theirs: string): readonly string[] {
  return candidatesOf({ base: linesOf(base), ours: linesOf(ours), theirs: linesOf(theirs) }, { before: [], after: [] }).map(({ lines }) => lines.join(''));
}
