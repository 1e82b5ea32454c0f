// What a side had before: whether the other's text is another opinion or yesterday's.
import { describe, expect, test } from 'vitest';
import { mergeLines } from '../../src/engine/line/merge-lines.ts';
import { NO_INTENT, type ConflictFile, type Earlier } from '../../src/resolution/conflict-file.ts';
import { earlierView, mergedSinceParting, partedLines, successorIn, type EarlierView, type Known } from '../../src/resolution/earlier.ts';
import { conflicts, resolveFile } from '../../src/resolution/ladder.ts';

const BASE = lines('one');
/** The branch's one change landed squashed, and the target went on from there. */
const SQUASHED = file('one', 'three', 'two', { ours: [lines('three'), lines('two')], theirs: [lines('two')] });

describe('what one side knows of the other', () => {
  test('its text of today, in place or elsewhere, and how long ago', () => {
    expect(view(SQUASHED).ours).toMatchObject({ hadOther: 0, givenUp: new Set(['two;']) });
    expect(view(SQUASHED).theirs).toMatchObject({ hadOther: -1, givenUp: new Set() });
    expect(known(SQUASHED)).toEqual([{ how: 2, at: 0 }, { how: 0, at: -1 }]);
    expect(known({ ...SQUASHED, earlier: { ours: [lines('four'), 'top();\nelse();\ntwo;\nmore();\nend();\n'], theirs: [] } })[0]).toEqual({ how: 1, at: 1 });
  });

  test('an empty place is known by what stands around it, and brackets alone by nothing', () => {
    const emptied: ConflictFile = { ...SQUASHED, theirs: 'top();\nend();\n', earlier: { ours: ['top();\nend();\n'], theirs: [] } };
    expect(known(emptied)[0]).toEqual({ how: 2, at: 0 });
    const bracket: ConflictFile = { ...SQUASHED, theirs: 'top();\n}\nend();\n', earlier: { ours: ['a();\n}\nb();\n'], theirs: [] } };
    expect(known(bracket)[0]?.how).toBe(0);
  });

  test('at the ends of the file only what stands at the ends of a text', () => {
    const added: ConflictFile = { path: 'a.js', base: null, ours: 'z();\n', theirs: 'import a;\n', intent: NO_INTENT, earlier: { ours: ['x();\nimport a;\ny();\n'], theirs: [] } };
    expect(known(added)[0]).toEqual({ how: 1, at: 0 });
    expect(known({ ...added, earlier: { ours: ['import a;\n'], theirs: [] } })[0]).toEqual({ how: 2, at: 0 });
  });

  test('nothing where nobody looked, or white space alone was changed', () => {
    expect(earlierView(file('one', 'three', 'two'), [])).toBeNull();
    expect(view({ ...SQUASHED, earlier: { ours: [lines(' one'), lines(' three')], theirs: [BASE] } }).ours.texts).toEqual([]);
  });
});

describe('merged from what both had last', () => {
  test('where one side stands there still, that is what became of it', () => {
    expect(mergedSinceParting(view(SQUASHED), SQUASHED)).toBe(SQUASHED.ours);
    const turned = { ...SQUASHED, ours: SQUASHED.theirs, theirs: SQUASHED.ours, earlier: { ours: SQUASHED.earlier!.theirs, theirs: SQUASHED.earlier!.ours } };
    expect(mergedSinceParting(view(turned), turned)).toBe(SQUASHED.ours);
  });

  test('where both went on, both changes', () => {
    const both = file('one', 'two(a, B)', 'two(A, b)', { ours: [lines('two(a, b)')], theirs: [lines('two(a, b)')] });
    expect(mergedSinceParting(view(both), both)).toBeNull();
    expect(partedIn(both)).toEqual(['two(a, b);\n']);
    expect(texts(both)).toContain(lines('two(A, B)'));
  });

  test('nothing where each had the other\'s, or they differ in white space alone, whoever is ours', () => {
    for (const [ours, theirs, earlier] of [[lines('two'), lines('three'), { ours: [lines('three')], theirs: [lines('two')] }], [BASE, BASE.replace('one', '  one'), { ours: [], theirs: [] }]] as const) {
      const of = { ...SQUASHED, ours, theirs, earlier };
      expect([earlierView(of, [])?.parted, successorIn(earlierView(of, []))]).toEqual([null, null]);
    }
  });

  test('a side that took up again what it had is nobody\'s successor where the two agreed on something later', () => {
    const redone = { ...SQUASHED, earlier: { ours: [lines('three'), lines('agreed'), lines('two')], theirs: [lines('two'), lines('agreed')] } };
    expect([successorIn(view(SQUASHED)), successorIn(view(redone))]).toEqual(['ours', null]);
  });

  test('with the sides\' own white space, and never in the place of what came by another way', () => {
    const wrapped = (inner: string): string => `top\nif x:\n    a()\n${inner}    b()\nend\n`;
    const python: ConflictFile = { path: 'a.py', base: 'top\nend\n', ours: wrapped('    ours()\n'), theirs: wrapped('    theirs()\n'), intent: NO_INTENT, earlier: { ours: ['top\na()\nb()\nend\n'], theirs: ['top\na()\nb()\nend\n'] } };
    const looked = texts(python);
    for (const text of looked.filter((one) => one.includes('b()'))) expect(text).not.toMatch(/^b\(\)$/m);
    expect(looked).toContain(wrapped('    ours()\n    theirs()\n'));
  });

  test('not from the base that git merged from, nor from what only one side had', () => {
    for (const earlier of [{ ours: [BASE], theirs: [BASE] }, { ours: [lines('four')], theirs: [lines('five')] }]) {
      const other = { ...SQUASHED, earlier };
      expect([mergedSinceParting(view(other), other), partedIn(other)]).toEqual([null, null]);
    }
  });
});

test('thousands of equal lines cost no more than others', () => {
  const runs = (count: number, last: string): string => `${'x = 1;\n'.repeat(count)}${last}\n`;
  const [{ hunk, around }] = conflicts(regionsOf({ ...SQUASHED, ours: `top\n${runs(2000, 'ours')}end\n`, theirs: `top\n${runs(2000, 'theirs')}end\n`, base: 'top\nend\n' })) as [ReturnType<typeof conflicts>[number]];
  const many = earlierView({ ...SQUASHED, earlier: { ours: [runs(1999, 'theirs').repeat(20)], theirs: [] } }, [])!;
  expect(many.knownIn(hunk, around)[0]).toEqual({ how: 0, at: -1 });
});

test('what one side had and went on from comes first, and surer than without a look back', () => {
  for (const turn of [false, true]) {
    const { earlier, ...rest } = turn ? { ...SQUASHED, ours: SQUASHED.theirs, theirs: SQUASHED.ours, earlier: { ours: SQUASHED.earlier!.theirs, theirs: SQUASHED.earlier!.ours } } : SQUASHED;
    const [looked, not] = [best({ ...rest, earlier: earlier! }), best(rest)];
    expect(looked.text).toBe(SQUASHED.ours);
    expect(looked.probability).toBeGreaterThan((not.text === SQUASHED.ours ? not.probability : 0) + 0.2);
  }
});

function lines(text: string): string {
  return `top();\n${text};\nend();\n`;
}

function file(base: string, ours: string, theirs: string, earlier?: Earlier): ConflictFile {
  return { path: 'a.js', base: lines(base), ours: lines(ours), theirs: lines(theirs), intent: NO_INTENT, ...(earlier === undefined ? {} : { earlier }) };
}

function regionsOf({ base, ours, theirs }: ConflictFile): ReturnType<typeof mergeLines> {
  return mergeLines(base ?? '', ours, theirs, 'eager');
}

function view(of: ConflictFile): EarlierView {
  return earlierView(of, regionsOf(of))!;
}

function known(of: ConflictFile): readonly [Known, Known] {
  const [{ hunk, around }] = conflicts(regionsOf(of)) as [ReturnType<typeof conflicts>[number]];
  return view(of).knownIn(hunk, around);
}

function partedIn(of: ConflictFile): readonly string[] | null {
  const [{ hunk, around }] = conflicts(regionsOf(of)) as [ReturnType<typeof conflicts>[number]];
  return partedLines(view(of), hunk, around, 0);
}

function best(of: ConflictFile): { readonly text: string; readonly probability: number } {
  const found = resolveFile(of, { parser: null, lessons: null });
  return (found.kind === 'proposals' ? found.proposals[0] : undefined)!;
}

function texts(of: ConflictFile): readonly string[] {
  const found = resolveFile(of, { parser: null, lessons: null });
  return found.kind === 'proposals' ? found.proposals.map(({ text }) => text) : [];
}
