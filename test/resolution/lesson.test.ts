// What was decided in one merge is evidence for its other files, in the ranking and in how far it is believed, and ends with that merge.
import { describe, expect, test } from 'vitest';
import { mergeLines } from '../../src/engine/line/merge-lines.ts';
import { candidatesOf } from '../../src/resolution/candidate.ts';
import { NO_INTENT, type ConflictFile, type Intent } from '../../src/resolution/conflict-file.ts';
import { viewOf } from '../../src/resolution/feature-file.ts';
import { EARLIER_HUNK_FEATURES, EARLIER_TEXT_FEATURES } from '../../src/resolution/feature-earlier.ts';
import { LESSON_FEATURES } from '../../src/resolution/feature-lesson.ts';
import { conflicts, resolveFile } from '../../src/resolution/ladder.ts';
import { learn, mergeOf, noLessons, witness, type Lessons } from '../../src/resolution/lesson.ts';
import { logit } from '../../src/resolution/platt.ts';
import { hunkRows } from '../../src/resolution/rank.ts';
import { SHIPPED_TRUST } from '../../src/resolution/trust.ts';

const ONE: Intent = { ...NO_INTENT, merge: 'one' };
const OTHER: Intent = { ...NO_INTENT, merge: 'other' };

describe('what tells one merge from another', () => {
  test.each([
    ['its name, whatever is said', { ...ONE, oursMessage: 'A' }, { ...ONE, oursMessage: 'B' }, true],
    ['not the words, where it has a name', { ...ONE, ...said('A', 'B') }, { ...OTHER, ...said('A', 'B') }, false],
    ['what both sides say', { ...NO_INTENT, ...said('A', 'B') }, { ...NO_INTENT, ...said('A', 'B') }, true],
    ['which side said it', { ...NO_INTENT, ...said('A', 'B'), oursLog: ['x'] }, { ...NO_INTENT, ...said('A', 'B'), theirsLog: ['x'] }, false],
    ['nothing, where one side says nothing', { ...NO_INTENT, ...said('A', '') }, { ...NO_INTENT, ...said('A', '') }, false],
  ])('%s', (_, one, next, isSame) => {
    const lessons = noLessons();
    learn(lessons, conflict('a.ts', one), 'theirs\n');
    expect(mergeOf(lessons, next) !== null).toBe(isSame);
  });
});

test('the ranking of hunks is told how those of the same merge were answered, until the next merge', () => {
  const lessons = noLessons();
  learn(lessons, conflict('a.ts', ONE), 'theirs\n');
  expect(seenInMerge(lessons, ONE)).toBeCloseTo(Math.log(2));
  expect(seenInMerge(lessons, OTHER)).toBe(0);
  learn(lessons, conflict('b.ts', OTHER), 'theirs\n');
  learn(lessons, conflict('c.ts', ONE), 'theirs\n');
  expect(seenInMerge(lessons, ONE)).toBeCloseTo(Math.log(2));
});

test('a ranking that was wrong about a merge is believed less about its other files, and about no other merge', () => {
  const lessons = noLessons();
  for (const path of ['a.py', 'b.go', 'c.md', 'd.rs']) {
    learn(lessons, conflict(path, ONE), 'theirs\n');
    witness(lessons, { path, intent: ONE }, { chance: 0.9, right: false });
  }
  const lost = (intent: Intent): number => logit(surest({ ...lessons, trust: SHIPPED_TRUST }, intent), 1e-6) - logit(surest(lessons, intent), 1e-6);
  expect(lost(ONE)).toBeGreaterThan(lost(OTHER) + 0.5);
  const told = lost(ONE);
  learn(lessons, conflict('e.js', OTHER), 'theirs\n');
  expect(lost(OTHER)).toBeLessThan(told - 0.5);
});

test('which side people took does not show where both differ in white space only: that teaches nothing', () => {
  const lessons = noLessons();
  expect(learn(lessons, { ...conflict('a.ts', ONE), ours: '  same words\n', theirs: '\tsame words\n' }, '\tsame words\n')).toBe(false);
  expect(lessons).toEqual(noLessons());
  learn(lessons, { ...conflict('a.ts', ONE), base: 'base\nsettled\nsettled\n\n', ours: 'ours\nsettled\nsettled\n  same\n', theirs: 'theirs\nsettled\nsettled\n\tsame\n' }, 'theirs\nsettled\nsettled\n\tsame\n');
  expect([...lessons.tallies.get('all')?.by.keys() ?? []]).toEqual(['theirs']);
});

test('a conflict that somebody committed teaches nothing', () => {
  expect(learn(noLessons(), conflict('a.ts', ONE), '<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> other\n')).toBe(false);
  expect(learn(noLessons(), conflict('a.ts', ONE), 'ours\n>>>>>>> other\n')).toBe(false);
});

test('of more places than anybody weighs nothing is learned', () => {
  const places = (word: string): string => Array.from({ length: 201 }, (_, at) => `${word}\nsettled ${at}\nsettled too ${at}\n`).join('');
  expect(learn(noLessons(), { ...conflict('a.ts', ONE), base: places('base'), ours: places('ours'), theirs: places('theirs') }, places('ours'))).toBe(false);
});

function said(oursMessage: string, theirsMessage: string): Pick<Intent, 'oursMessage' | 'theirsMessage'> {
  return { oursMessage, theirsMessage };
}

function conflict(path: string, intent: Intent): ConflictFile {
  return { path, base: 'base\n', ours: 'ours\n', theirs: 'theirs\n', intent };
}

function seenInMerge(lessons: Lessons, intent: Intent): number | undefined {
  const file = conflict('z.ts', intent);
  const regions = mergeLines('base\n', file.ours, file.theirs, 'eager');
  const [open] = conflicts(regions);
  if (open === undefined) throw new Error('no conflict');
  const [row] = hunkRows(viewOf(file, regions), open.hunk, open.around, 0, candidatesOf(open.hunk, open.around), lessons);
  return row?.slice(-LESSON_FEATURES.length - EARLIER_HUNK_FEATURES.length - EARLIER_TEXT_FEATURES.length)[LESSON_FEATURES.indexOf('seen merge')];
}

function surest(lessons: Lessons, intent: Intent): number {
  const resolution = resolveFile(conflict('z.ts', intent), { parser: null, lessons });
  return resolution.kind === 'proposals' ? resolution.proposals[0]?.probability ?? 0 : 0;
}
