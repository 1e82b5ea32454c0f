// What lessons may change, and how little any one party can (research/F A11).
import { describe, expect, test } from 'vitest';
import { fateOf, WATCH_MS, type Fate, type Lesson } from '../../src/consensus/lesson.ts';
import { learningScore, scoreOf } from '../../src/consensus/learning-score.ts';
import { DEFAULT_LEARNING_RULE, knowledgeOf, replay } from '../../src/consensus/learning.ts';
import { judge } from '../../src/consensus/verdict.ts';
import { NO_RECORD, shippedRecord, weightOf } from '../../src/consensus/weight.ts';
import { ballot, option, RULE } from './room.ts';

const SIDES = { voter: 'sides', family: 'sides', model: null };
const DAY_MS = 24 * 3_600_000;
const CLASS = 'both-added .ts';

describe('a record', () => {
  test('stays as shipped until there are twenty lessons', () => {
    expect(recordAfter(many(19, (at) => decided({ person: `p${at}` })))).toEqual(NO_RECORD);
    expect(recordAfter(many(20, (at) => decided({ person: `p${at}` })))).toEqual({ right: 20, wrong: 0 });
  });

  test('grows with what people decide, in its own class only', () => {
    expect(recordAfter(many(30, (at) => ({ ...decided({ person: `p${at}` }), conflictClass: 'other' })))).toEqual(NO_RECORD);
    expect(recordAfter(many(30, (at) => ({ ...decided({ person: `p${at}` }), votes: [{ voter: 'sides', favourites: ['o2'] }] })))).toEqual({ right: 0, wrong: 30 });
  });

  test('counts an undecided vote in part', () => {
    const undecided = many(20, (at) => ({ ...decided({ person: `p${at}` }), votes: [{ voter: 'sides', favourites: ['o1', 'o2'] }] }));
    expect(recordAfter(undecided)).toEqual({ right: 10, wrong: 10 });
  });

  test.each<[Fate, string]>([['watched', 'is not over'], ['touched', 'may have been right or not']])('learns nothing from a merge that is %s: it %s', (outcome) => {
    expect(recordAfter(many(40, (at) => settled(outcome, [`a${at}`])))).toEqual(NO_RECORD);
  });

  test('learns from merges that stayed, and from those undone', () => {
    expect(recordAfter(many(20, (at) => settled('survived', [`a${at}`])))).toEqual({ right: 20, wrong: 0 });
    expect(recordAfter(many(20, (at) => settled('reverted', [`a${at}`])))).toEqual({ right: 0, wrong: 20 });
  });

  test('fades: after half a year four lessons are worth one', () => {
    const old = many(80, (at) => decided({ person: `p${at}` }));
    expect(recordAfter(old, 180 * DAY_MS).right).toBeCloseTo(20, 6);
    expect(recordAfter(old, 360 * DAY_MS)).toEqual(NO_RECORD);
  });
});

describe('what landed', () => {
  test.each<[Fate, number | null, number | null, number]>([
    ['watched', null, null, WATCH_MS - 1], ['survived', null, null, WATCH_MS], ['survived', null, WATCH_MS, WATCH_MS],
    ['touched', null, 5, 2 * WATCH_MS], ['reverted', 9 * WATCH_MS, 5, 10 * WATCH_MS],
  ])('is %s', (fate, revertedMs, touchedMs, nowMs) => expect(fateOf({ landedMs: 0, revertedMs, touchedMs }, nowMs)).toBe(fate));
});

describe('one party', () => {
  test('cannot move a weight alone, however many easy wins it stages', () => {
    expect(recordAfter(many(5000, () => settled('survived', ['mallory'])))).toEqual(NO_RECORD);
    expect(recordAfter(many(5000, () => decided({ person: 'mallory' })))).toEqual(NO_RECORD);
  });

  test('moves it by no more than its part among others', () => {
    const others = many(30, (at) => ({ ...decided({ person: `p${at}` }), votes: [{ voter: 'sides', favourites: ['o2'] }] }));
    const { right } = recordAfter([...others, ...many(5000, () => settled('survived', ['mallory']))]);
    expect(right).toBeLessThanOrEqual(DEFAULT_LEARNING_RULE.perTeacherMax);
  });

  test('draws no curve of confidence', () => {
    expect(knowledgeOf(many(5000, (at) => ({ ...settled('survived', ['mallory']), atMs: -at * DAY_MS })), CLASS, 0).calibrator.kind).toBe('identity');
  });

  test('with lessons that name nobody teaches nothing', () => expect(recordAfter(many(99, () => settled('survived', [])))).toEqual(NO_RECORD));

  test('lifts no threshold: the best record there is settles nothing alone', () => {
    const knowledge = knowledgeOf(many(200, (at) => decided({ person: `p${at}` })), CLASS, 0);
    expect(weightOf(knowledge.recordOf(SIDES), RULE.weightMax)).toBe(RULE.weightMax);
    expect(judge([option('o1', 0.5), option('o2', 0.4)], [ballot('sides', { o1: 0.99 })], knowledge, RULE).confidence).toBeLessThan(RULE.threshold);
  });
});

describe('a rung', () => {
  test('that people choose more often than foretold gains, within bounds', () => {
    const prior = knowledgeOf(many(200, (at) => decided({ person: `p${at}`, option: 'o2' })), CLASS, 0).rungPrior;
    expect([prior('theirs'), prior('union'), prior('unheard')]).toEqual([DEFAULT_LEARNING_RULE.rungFactorMax, 1 / DEFAULT_LEARNING_RULE.rungFactorMax, 1]);
  });
});

describe('a replay', () => {
  const before = decided({ person: 'ann', option: 'o2' });

  test('gives what a person chose for the same lines', () => expect(replay([before], 'same')).toEqual({ fingerprint: 'text 2', rung: 'theirs', by: 'person', lesson: 'l' }));
  test('knows other lines apart', () => expect(replay([before], 'other')).toBeNull());
  test('prefers a person to a merge that stayed', () => expect(replay([before, { ...settled('survived', ['a']), atMs: 9 }], 'same')?.by).toBe('person'));
  test('never repeats what was undone', () => {
    expect(replay([settled('survived', ['a']), { ...settled('reverted', ['a']), atMs: 9 }], 'same')).toBeNull();
  });
});

describe('the learning score', () => {
  const outcomes = (sure: number, right: number, of: number): { confidence: number; right: boolean }[] => many(of, (at) => ({ confidence: at < right ? sure : 1 - sure, right: at < right }));

  test.each([
    ['sure and right', outcomes(1, 20, 40), 100],
    ['always the base rate', many(40, (at) => ({ confidence: 0.5, right: at % 2 === 0 })), 50],
    ['sure and wrong', many(40, (at) => ({ confidence: at % 2, right: at % 2 === 0 })), 0],
    ['mostly right', outcomes(0.8, 20, 40), 92],
  ])('%s', (_, given, score) => expect(scoreOf(given)).toMatchObject({ score, isFew: false }));

  test('is honest about how little it knows', () => {
    expect(learningScore([])).toMatchObject({ score: null, outcomes: 0, isFew: true });
    expect(learningScore([decided({ person: 'ann' })])).toMatchObject({ outcomes: 1, isFew: true });
  });
});

function lesson(): Lesson {
  return {
    id: 'l', atMs: 0, conflictClass: CLASS, file: 'src/store.ts', fingerprint: 'same',
    approaches: [{ option: 'o1', rung: 'union', fingerprint: 'text 1', chance: 0.6 }, { option: 'o2', rung: 'theirs', fingerprint: 'text 2', chance: 0.3 }],
    consensus: { settled: false, option: 'o1', confidence: 0.72, rounds: 1, why: 'threshold' },
    votes: [{ voter: 'sides', favourites: ['o1'] }], decision: null, rationale: '', authors: ['ann', 'bob'], outcome: 'watched',
  };
}

function decided({ person, option = 'o1' }: { person: string; option?: string }): Lesson {
  return { ...lesson(), decision: { by: 'person', person, option } };
}

function settled(outcome: Fate, authors: readonly string[]): Lesson {
  return { ...lesson(), decision: { by: 'consensus', option: 'o1' }, outcome, authors };
}

function many<T>(amount: number, make: (at: number) => T): T[] {
  return Array.from({ length: amount }, (_, at) => make(at));
}

function recordAfter(lessons: readonly Lesson[], nowMs = 0): ReturnType<typeof shippedRecord> {
  return knowledgeOf(lessons, CLASS, nowMs).recordOf(SIDES);
}
