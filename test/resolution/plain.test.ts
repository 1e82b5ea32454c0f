// Files with more places in conflict than anybody weighs: what is on offer all the same, and that it costs next to nothing.
import { expect, test } from 'vitest';
import { findingOf } from '../../src/command/resolve/finding.ts';
import { mergeLines } from '../../src/engine/line/merge-lines.ts';
import { NO_INTENT } from '../../src/resolution/conflict-file.ts';
import { resolveFile, sketchOf } from '../../src/resolution/ladder.ts';
import { plainTexts } from '../../src/resolution/plain.ts';

test('both sides as they stand, where they differ in white space alone, too', () => {
  expect(plain(places('a', 3), places('  a', 3), places('\ta', 3))).toEqual(expect.arrayContaining([places('  a', 3), places('\ta', 3)]));
});

test('the higher version of each place', () => {
  const sides = [places('v = "1.2"', 2), `${place('v = "1.4"', 0)}${place('v = "1.3"', 1)}`, `${place('v = "1.3"', 0)}${place('v = "2.0"', 1)}`] as const;
  expect(plain(...sides)).toContain(`${place('v = "1.4"', 0)}${place('v = "2.0"', 1)}`);
});

test('of very much text only the sides, alone and one after the other', () => {
  const versions = (ours: string, theirs: string, count: number): readonly string[] => plain(places('a: 1.0, b: 1.0', count), places(`a: 1.${ours}, b: 1.0`, count), places(`a: 1.${theirs}, b: 1.1`, count));
  expect(versions('2', '3', 10).length).toBeGreaterThan(4);
  expect(versions('2', '3', 25_000)).toHaveLength(4);
});

test('is told as options of what is not resolved', () => {
  const resolution = resolveFile({ path: 'yarn.lock', base: places('a', 201), ours: places('b', 201), theirs: places('c', 201), intent: NO_INTENT }, { parser: null, lessons: null });
  expect(findingOf({ kind: 'answered', resolution, ledger: null })).toMatchObject({ resolved: null, confidence: 0, why: 'too-many-hunks', options: expect.arrayContaining([places('b', 201), places('c', 201)]) as unknown });
});

test.each([
  ['both sides, alone and one after the other', places('a', 2), places('b', 2), places('c', 2), 4],
  ['nothing of what is no text', 'a\0\n', 'b\n', 'c\n', 0],
])('at once there is %s', (_what, base, ours, theirs, texts) => {
  expect(sketchOf({ path: 'a', base, ours, theirs, intent: NO_INTENT })).toHaveLength(texts);
});

function plain(base: string, ours: string, theirs: string): readonly string[] {
  return plainTexts(mergeLines(base, ours, theirs, 'eager'));
}

function places(word: string, count: number): string {
  return Array.from({ length: count }, (_, at) => place(word, at)).join('');
}

function place(word: string, at: number): string {
  return `${word}\nsettled ${at}\nsettled too ${at}\n`;
}
