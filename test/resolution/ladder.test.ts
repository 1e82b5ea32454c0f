// The ladder on one file: what it offers, in which order, and what it declines.
import { describe, expect, test } from 'vitest';
import { NO_INTENT, type ConflictFile } from '../../src/resolution/conflict-file.ts';
import { resolveFile, type Proposal } from '../../src/resolution/ladder.ts';
import { learn, noLessons } from '../../src/resolution/lesson.ts';
import { calibrated, MODEL, modelOf } from '../../src/resolution/model.ts';
import { keepsSettled, settledTest, sideText } from '../../src/resolution/settled.ts';

const SETTINGS = file('settings.py', '    "shards": 4, "cache": 0,\n', '    "shards": 8, "cache": 0,\n', '    "shards": 4, "cache": 1,\n');

describe('what is offered', () => {
  test('different words of one line: both changes come first', () => {
    expect(proposals(SETTINGS)[0]?.text).toBe('top\n    "shards": 8, "cache": 1,\nend\n');
  });

  test.each([
    ['both added imports', 'a.py', '', 'from x import One\n', 'from y import Two\n', 'from x import One\nfrom y import Two\n'],
    ['one side moved the version further', 'package.json', '  "version": "1.0.0",\n', '  "version": "1.2.0",\n', '  "version": "1.1.0",\n', '  "version": "1.2.0",\n'],
    ['one side has what the other added, and more', 'a.rs', '    run();\n', '    check();\n    run();\n', '    check();\n    run(1);\n', '    check();\n    run(1);\n'],
    ['two manifests of one list', 'package.json', '    "a": "1.0.0",\n    "b": "1.0.0"\n', '    "a": "1.1.0",\n    "b": "1.0.0"\n', '    "a": "1.0.0",\n    "b": "2.0.0"\n', '    "a": "1.1.0",\n    "b": "2.0.0"\n'],
  ])('%s', (_, path, base, ours, theirs, wanted) => {
    expect(proposals(file(path, base, ours, theirs)).slice(0, 3).map(({ text }) => text)).toContain(`top\n${wanted}end\n`);
  });

  test('both sides are always on offer, every text once, best first, and chances stay chances', () => {
    const all = proposals(SETTINGS);
    expect(all.map(({ text }) => text)).toEqual(expect.arrayContaining([sideText(SETTINGS, 'ours'), sideText(SETTINGS, 'theirs')]));
    expect(new Set(all.map(({ text }) => text)).size).toBe(all.length);
    expect(all.map(({ probability }) => probability)).toEqual(all.map(({ probability }) => probability).toSorted((a, b) => b - a));
    expect(all.every(({ probability }) => probability >= 0 && probability < 1)).toBe(true);
  });

  test('imports that nothing uses any more are left out of one more text', () => {
    const settled = 'import { Old, Kept } from "./parts";\nimport Gone from "./gone";\n';
    const used = (line: string): string => `${settled}\nKept();\n${line}end();\n`;
    const both: ConflictFile = { path: 'src/a.ts', base: used('Old(1);\n'), ours: used('Old(2);\nGone();\n'), theirs: used('fresh();\n'), intent: NO_INTENT };
    const tidy = proposals(both).filter(({ rung }) => rung === 'tidied').map(({ text }) => text);
    expect(tidy).toContain('import { Kept } from "./parts";\n\nKept();\nfresh();\nend();\n');
  });

  test('dozens of texts that are hardly ever right are no chance together', () => {
    expect(32 * calibrated(MODEL, 0.0001)).toBeLessThan(0.02);
    expect([0.2, 0.5, 0.9].map((chance) => calibrated(MODEL, chance) > calibrated(MODEL, chance - 0.1))).toEqual([true, true, true]);
  });

  test('nothing that merges by itself is called a conflict', () => {
    expect(resolve({ ...SETTINGS, theirs: SETTINGS.base ?? '' })).toEqual({ kind: 'clean', text: SETTINGS.ours });
  });

  test('a file without newline at its end keeps it so', () => {
    const [best] = proposals({ path: 'a.ts', base: 'f(a, b);', ours: 'f(A, b);', theirs: 'f(a, B);', intent: NO_INTENT });
    expect(best?.text).toBe('f(A, B);');
  });
});

test('one side of the whole file is on offer as well, and never surer than a person has to be asked', () => {
  const both = { ...SETTINGS, theirs: (SETTINGS.theirs).replace('end', 'end of theirs') };
  const all = proposals({ ...both, base: `${both.base}\nfar\naway\n`, ours: `${both.ours}\nfar\naway\n`, theirs: `${both.theirs}\nfar\naway, by theirs\n` });
  const whole = all.filter(({ rung }) => rung.startsWith('whole-'));
  expect(whole.map(({ text }) => text)).toContain(`${both.ours}\nfar\naway\n`);
  expect(whole.every(({ probability }) => probability <= 0.8)).toBe(true);
});

describe('sides that differ in white space alone', () => {
  const nested = (line: string): string => `def f(xs):\n    for x in xs:\n        a(x)\n${line}\n`;
  const both = (path: string, ours: string, theirs: string): readonly Proposal[] => proposals({ path, base: nested('    send(x)'), ours: nested(ours), theirs: nested(theirs), intent: NO_INTENT });

  test('are both on offer, and nobody is sure, where it can matter', () => {
    for (const [path, ours, theirs] of [['a.py', '        send(x)', 'send(x)'], ['a.js', '    send(" ")', '    send("  ")'], ['Makefile', '\tsend(x)', '        send(x)']] as const) {
      const all = both(path, ours, theirs);
      expect(all.map(({ text }) => text)).toEqual(expect.arrayContaining([nested(ours), nested(theirs)]));
      expect(Math.max(...all.map(({ probability }) => probability))).toBeLessThan(0.85);
    }
  });

  test('are one text where it cannot', () => {
    expect(both('a.js', '  send(x)', '\tsend(x)')[0]?.probability).toBeGreaterThan(0.85);
    expect(both('a.py', '  send(x)  ', '  send(x)')[0]?.probability).toBeGreaterThan(0.85);
  });
});

test('what is put together ends its lines, and itself, as both sides do', () => {
  const all = (base: string, ours: string, theirs: string): readonly string[] => proposals({ path: 'a.txt', base, ours, theirs, intent: NO_INTENT }).map(({ text }) => text);
  for (const text of all('a\r\nb', 'a\r\nb\r\nours', 'a\r\nb\r\ntheirs')) expect(text).not.toMatch(/(?<!\r)\n|\n$/);
  for (const text of all('a\nuses: v1\nwith: 2', 'a\nuses: v1', 'a\nuses: v2\nwith: 2')) expect(text).not.toMatch(/\n$/);
});

test('who leaves out a line of a side has to be surer, even where the other side had it and went on', () => {
  const chances = (more: Partial<ConflictFile>, at: number): readonly number[] => {
    const one = { ...SETTINGS, ours: 'top\nours\nend\n', theirs: 'top\ntheirs\nend\n', ...more };
    // A ranking that finds all texts alike, and is always as sure as that.
    const even = { feature: [-1], value: [0], other: [0], roots: [0] };
    const found = resolveFile(one, { parser: null, lessons: null, model: modelOf({ hunk: even, option: even, knots: [{ at: 0, is: at }, { at: 1, is: at }] }) });
    return found.kind === 'proposals' ? ['top\nours\nend\n', 'top\nours\ntheirs\nend\n'].map((text) => found.proposals.find((one) => one.text === text)?.probability ?? -1) : [];
  };
  expect([0.84, 0.86, 0.9].map((at) => chances({}, at))).toEqual([[0.84, 0.84], [0.849, 0.86], [0.9, 0.9]]);
  expect(chances({ earlier: { ours: ['top\ntheirs\nend\n'], theirs: [] } }, 0.86)).toEqual([0.849, 0.86]);
});

test('what people took for the same hunk before comes first the next time', () => {
  const odd = file('a.txt', 'one\n', 'two\n', 'three\n');
  const lessons = noLessons();
  learn(lessons, odd, 'top\ntwo and three\nend\n');
  const again = resolveFile(odd, { parser: null, lessons });
  expect(again.kind === 'proposals' && again.proposals.slice(0, 2).map(({ text }) => text)).toContain('top\ntwo and three\nend\n');
});

test('however many places there are, every good way to fill one and both sides are in some text', () => {
  const words = (of: (at: number) => string): string => Array.from({ length: 12 }, (_, at) => `${of(at)}\nsettled ${at}\nsettled too ${at}\n`).join('');
  const many = { ...SETTINGS, base: words((at) => `f(a${at}, b)`), ours: words((at) => `f(ours${at}, b)`), theirs: words((at) => `f(theirs${at}, b)`) };
  const texts = proposals(many).map(({ text }) => text);
  expect(texts).toEqual(expect.arrayContaining([many.ours, many.theirs]));
  for (let at = 0; at < 12; at += 1) for (const way of [`f(ours${at}, b)\n`, `f(theirs${at}, b)\n`, `f(ours${at}, b)\nf(theirs${at}, b)\n`]) expect(texts.some((text) => text.includes(`${at === 0 ? '' : `settled too ${at - 1}\n`}${way}settled ${at}\n`))).toBe(true);
});

describe('what is declined', () => {
  test.each([
    ['binary', { ...SETTINGS, ours: 'a\0b\n' }, 'binary'],
    ['larger than anybody reads', { ...SETTINGS, ours: 'x'.repeat(2_000_000) }, 'too-large'],
  ] as const)('%s', (_, one, why) => {
    expect(resolve(one)).toEqual({ kind: 'declined', why });
  });
});

test('of more places than anybody weighs, each simple way to fill them all is on offer, and nobody is sure of any', () => {
  const declined = resolve({ ...SETTINGS, base: places(300, 'a'), ours: places(300, 'b'), theirs: places(300, 'c') });
  expect(declined).toMatchObject({ kind: 'declined', why: 'too-many-hunks' });
  expect(declined.kind === 'declined' && declined.why === 'too-many-hunks' && declined.plain).toEqual([places(300, 'b'), places(300, 'c'), places(300, 'b\nc'), places(300, 'c\nb')]);
});

test('only what leaves alone what git settled may land', () => {
  expect(settledTest(SETTINGS)('top\nanything\nend\n')).toBe(true);
  expect(settledTest(SETTINGS)('other top\nanything\nend\n')).toBe(false);
  expect(settledTest(SETTINGS)('top\nanything\n')).toBe(false);
  expect(settledTest(SETTINGS)('top\nanything\n# end\n')).toBe(false);
  expect(['top\n', 'top\nmore\n', 'more\ntop\n'].map((text) => keepsSettled(['top\n'], text))).toEqual([true, false, false]);
  expect(settledTest(SETTINGS)('top\nanything without its end end\n')).toBe(false);
});

function file(path: string, base: string, ours: string, theirs: string): ConflictFile {
  const within = (text: string): string => `top\n${text}end\n`;
  return { path, base: within(base), ours: within(ours), theirs: within(theirs), intent: NO_INTENT };
}

function places(count: number, word: string): string {
  return Array.from({ length: count }, (_, at) => `${word}\nsettled ${at}\nsettled too ${at}\n`).join('');
}

function resolve(one: ConflictFile) {
  return resolveFile(one, { parser: null, lessons: null });
}

function proposals(one: ConflictFile): readonly Proposal[] {
  const resolution = resolve(one);
  return resolution.kind === 'proposals' ? resolution.proposals : [];
}
