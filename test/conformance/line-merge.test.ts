// The line merge against a real `git merge`: the same verdict, the same bytes when clean, the same hunks when not.
import { describe, expect, test } from 'vitest';
import { mergeLines } from '../../src/engine/line/merge-lines.ts';
import { linesOf, settledText } from '../../src/engine/line/region.ts';
import { gitMerge, withPlainEnds, written, type Triple } from './git-merge.ts';
import { randomTriple, SHAPES } from './random-triple.ts';

const HAND_MADE: Readonly<Record<string, Triple>> = {
  'both sides the same': { base: 'a\nb\n', ours: 'a\nc\n', theirs: 'a\nc\n' },
  'one line between two edits': { base: 'a\nb\nc\n', ours: 'A\nb\nc\n', theirs: 'a\nb\nC\n' },
  'edits that touch': { base: 'a\nb\nc\nd\n', ours: 'a\nB\nc\nd\n', theirs: 'a\nb\nC\nd\n' },
  'insertions at one place': { base: 'a\nb\n', ours: 'a\nx\nb\n', theirs: 'a\ny\nb\n' },
  'edit beside deletion': { base: 'a\nb\nc\n', ours: 'a\nc\n', theirs: 'a\nb!\nc\n' },
  'the same line added at two places': { base: 'x\n\ny\n\nz\n', ours: 'x\n\nnew\n\ny\n\nz\n', theirs: 'x\n\ny\n\nnew\n\nz\n' },
  'the same text from other edits': { base: '1\n2\n3\n4\n', ours: 'a\nb\n4\n', theirs: 'a\nb\n3\n4\n' },
  'overlap with equal lines inside': { base: 'a\nb\nc\nd\ne\nf\ng\nh\n', ours: '1\nb\nc\nd\ne\nf\ng\n2\n', theirs: '3\nb\nc\nd\ne\nf\ng\n4\n' },
  'added by both': { base: null, ours: 'top\n1\n2\n3\n4\nours\n', theirs: 'top\n1\n2\n3\n4\ntheirs\n' },
  'added by both alike': { base: null, ours: 'same', theirs: 'same' },
  'emptied by one': { base: 'a\nb\n', ours: '', theirs: 'a\nb\nc\n' },
  'last line without end': { base: 'a\nb', ours: 'a\nb\n', theirs: 'x\na\nb' },
  'line ends changed by one side': { base: 'a\nb\nc\n', ours: 'a\r\nb\r\nc\r\n', theirs: 'a\nb\nC\n' },
  'line ends CRLF': { base: 'a\r\nb\r\nc\r\n', ours: 'A\r\nb\r\nc\r\n', theirs: 'a\r\nb\r\nC\r\n' },
  'a lone CR ends no line': { base: 'a\rb\nc\n', ours: 'a\rB\nc\n', theirs: 'a\rb\nC\n' },
  'characters of several bytes': { base: '\u{1F600}\nb\nc\n', ours: '\u{1F601}\nb\nc\n', theirs: '\u{1F600}\nb\nç\n' },
};

const CASES: Readonly<Record<string, readonly Triple[]>> = {
  'what people write by hand': Object.values(HAND_MADE),
  ...Object.fromEntries(Object.entries(SHAPES).map(([name, shape]) => [name, Array.from({ length: shape.samples }, (_, seed) => randomTriple(shape, seed))])),
};

describe.each([['zealous', 'merge'], ['eager', 'diff3']] as const)('%s hunks are those of style %s', (level, style) => {
  // Starting git is what takes time: all texts are the paths of one merge.
  const answers = gitMerge(Object.values(CASES).flat(), style);

  test.each(Object.entries(CASES))('%s', (_, triples) => {
    for (const triple of triples) {
      const mine = written(mergeLines(triple.base ?? '', triple.ours, triple.theirs, level), style);
      expect({ triple, ...withPlainEnds(mine) }).toEqual({ triple, ...withPlainEnds(answers.get(triple)!) });
    }
  });
});

test('eager hunks carry the lines of base they replace', () => {
  expect(mergeLines('a\nb\nc\n', 'a\nB\nc\n', 'a\nb!\nc\n', 'eager')).toEqual([
    { kind: 'stable', lines: ['a\n'] },
    { kind: 'hunk', base: ['b\n'], ours: ['B\n'], theirs: ['b!\n'] },
    { kind: 'stable', lines: ['c\n'] },
  ]);
});

test('a text is its lines, whatever ends them', () => {
  expect(linesOf('a\r\nb\n\nc')).toEqual(['a\r\n', 'b\n', '\n', 'c']);
  expect(linesOf('')).toEqual([]);
  expect(settledText(mergeLines('', '', '', 'zealous'))).toBe('');
});

test('a hundred thousand lines, every second one changed, are merged all the same', () => {
  const lines = (change: (at: number) => string): string => Array.from({ length: 100_000 }, (_, at) => at % 2 === 0 ? change(at) : `kept ${at}\n`).join('');
  const [ours, theirs] = [(at: number) => at < 50_000 ? 'ours\n' : 'base\n', (at: number) => at < 50_002 ? 'base\n' : 'theirs\n'];
  const merged = mergeLines(lines(() => 'base\n'), lines(ours), lines(theirs), 'zealous');
  expect(settledText(merged)).toBe(lines((at) => at < 50_000 ? 'ours\n' : at === 50_000 ? 'base\n' : 'theirs\n'));
});

test('five thousand equal lines, of which each side drops some, are one hunk', () => {
  const lines = (count: number): string => 'same\n'.repeat(count);
  expect(mergeLines(lines(5000), lines(4000), lines(3000), 'eager').map(({ kind }) => kind)).toEqual(['stable', 'hunk']);
});
