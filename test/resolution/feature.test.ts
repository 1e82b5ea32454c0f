// The rows the rankings read: as many numbers as there are names, for they are told apart by their place alone.
import { describe, expect, test } from 'vitest';
import { mergeLines } from '../../src/engine/line/merge-lines.ts';
import { NO_INTENT, type ConflictFile } from '../../src/resolution/conflict-file.ts';
import { draftsOf } from '../../src/resolution/draft.ts';
import { CANDIDATE_FEATURES, HUNK_FEATURES } from '../../src/resolution/feature.ts';
import { EARLIER_HUNK_FEATURES, EARLIER_TEXT_FEATURES } from '../../src/resolution/feature-earlier.ts';
import { FILE_FEATURES, viewOf } from '../../src/resolution/feature-file.ts';
import { OPTION_FEATURES, OVERALL_FEATURES, optionRows } from '../../src/resolution/feature-option.ts';
import { definedIn, keptOf, wordChange } from '../../src/resolution/feature-word.ts';
import { conflicts, rankHunks } from '../../src/resolution/ladder.ts';
import { fileLessonFeatures, FILE_LESSON_FEATURES, LESSON_FEATURES } from '../../src/resolution/feature-lesson.ts';
import { learn, mergeOf, noLessons } from '../../src/resolution/lesson.ts';
import { MODEL } from '../../src/resolution/model.ts';
import { candidatesFor, hunkRows } from '../../src/resolution/rank.ts';
import { bagOf } from '../../src/resolution/token.ts';

const FILE = { path: 'a.ts', base: 'a\nb\nc\n', ours: 'a\nx\nc\n', theirs: 'a\ny\nz\nc\n', intent: NO_INTENT };
const regions = mergeLines(FILE.base, FILE.ours, FILE.theirs, 'eager');
const view = viewOf(FILE, regions);

test.each([['nobody looked back', FILE], ['somebody did', { ...FILE, earlier: { ours: ['a\ny\nz\nc\n'], theirs: [] } }]])('a row for each candidate, and one for none of them, where %s', (_, file: ConflictFile) => {
  const seen = viewOf(file, regions);
  const [open] = conflicts(regions);
  if (open === undefined) throw new Error('no conflict');
  const candidates = candidatesFor(seen, open.hunk, open.around, 0, null);
  const rows = hunkRows(seen, open.hunk, open.around, 0, candidates, null);
  expect(rows.length).toBe(candidates.length + 1);
  const names = [...FILE_FEATURES, ...HUNK_FEATURES, ...CANDIDATE_FEATURES, 'none', ...LESSON_FEATURES, ...EARLIER_HUNK_FEATURES, ...EARLIER_TEXT_FEATURES];
  expect(new Set(rows.map((row) => row.length))).toEqual(new Set([names.length]));
  expect(rows.flat().every((value) => Number.isFinite(value))).toBe(true);
  expect(rows[0]?.[names.indexOf('had other here ours')]).toBe(file.earlier === undefined ? -1 : 2);
});

test('a row for each whole text, and one for none of them', () => {
  const { drafts, context } = draftsOf(view, rankHunks(view, MODEL, null), null, null);
  const rows = optionRows(context, drafts);
  expect(rows.length).toBe(drafts.length + 1);
  expect(new Set(rows.map((row) => row.length))).toEqual(new Set([FILE_FEATURES.length + OVERALL_FEATURES.length + OPTION_FEATURES.length + 1]));
});

test('of a change is told how much of it a text keeps, token by token', () => {
  const [base, ours] = [bagOf(['f(a, b)']), bagOf(['f(a, b, c, d)'])];
  expect(keptOf(wordChange(base, ours), base, bagOf(['f(a, b, c)']))).toEqual([0.5, -1]);
  expect(keptOf(wordChange(ours, base), ours, base)).toEqual([-1, 1]);
});

test('a line defines what it gives a value or a meaning to', () => {
  expect(definedIn(['"lodash":"1"', 'constport=80', 'exportfunctionrun(){', 'run(port)', 'a==b', '}'])).toEqual(['"lodash"', 'constport', 'run']);
});

test.each([
  ['filled', 'a\nx\nc\nd\ne\nthere\n'],
  ['written', 'a\nsomething else\nc\nd\ne\nthere\n'],
  ['edited', 'a\nx\nc\nd\nmore\ne\nthere\n'],
  ['whole-ours', 'a\nx\nc\nd\ne\nhere\n'],
  ['whole-theirs', 'a\ny\nc\nd\ne\nthere\n'],
])('what people did with a whole file is told of the next one: %s', (answer, resolved) => {
  const lessons = noLessons();
  const file = { path: 'a.ts', base: 'a\nb\nc\nd\ne\nhere\n', ours: 'a\nx\nc\nd\ne\nhere\n', theirs: 'a\ny\nc\nd\ne\nthere\n', intent: NO_INTENT };
  learn(lessons, answer === 'whole-theirs' ? { ...file, ours: 'new\na\nx\nc\nd\ne\nhere\n' } : file, resolved);
  const told = fileLessonFeatures(lessons, file);
  expect(told.length).toBe(FILE_LESSON_FEATURES.length);
  expect(FILE_LESSON_FEATURES.filter((name, at) => (told[at] ?? 0) > 0.5 && name.endsWith(' all') && !name.startsWith('files'))).toEqual([`${answer} all`]);
});

describe('what was learned of another file counts as of the same merge', () => {
  const said = { ...NO_INTENT, oursMessage: 'Ours', theirsMessage: 'Theirs' };
  const other = { ...FILE, path: 'b.py' };

  test.each([
    ['where both sides say the same', said, said, true],
    ['not where they say something else', said, { ...said, theirsLog: ['More'] }, false],
    ['not where nobody says anything', NO_INTENT, NO_INTENT, false],
  ])('%s', (_, one, next, counts) => {
    const lessons = noLessons();
    learn(lessons, { ...FILE, intent: one }, FILE.theirs);
    expect(mergeOf(lessons, next) !== null).toBe(counts);
    const told = fileLessonFeatures(lessons, { ...other, intent: next });
    expect(told[FILE_LESSON_FEATURES.indexOf('files merge')]).toBeCloseTo(counts ? Math.log(2) : 0);
  });

  test('until the next merge', () => {
    const lessons = noLessons();
    for (const theirsMessage of ['Theirs', 'Others', 'Theirs']) learn(lessons, { ...FILE, intent: { ...said, theirsMessage } }, FILE.theirs);
    expect(fileLessonFeatures(lessons, { ...other, intent: said })[FILE_LESSON_FEATURES.indexOf('files merge')]).toBeCloseTo(Math.log(2));
  });
});

test('what was seen of late counts more than what was seen long ago', () => {
  const lessons = noLessons();
  for (let at = 0; at < 40; at += 1) learn(lessons, FILE, at < 30 ? 'a\nsomething else\nc\n' : FILE.theirs);
  const told = fileLessonFeatures(lessons, FILE);
  const [all, lately] = ['filled all', 'filled lately'].map((name) => told[FILE_LESSON_FEATURES.indexOf(name)]);
  expect(all).toBeCloseTo(0.25, 1);
  expect(lately).toBeGreaterThan(0.5);
});
