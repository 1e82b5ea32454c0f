// What a replay's figures say of known verdicts, and what counts as what people did.
import { describe, expect, test } from 'vitest';
import { NO_INTENT, type ConflictFile } from '../../src/resolution/conflict-file.ts';
import { figuresOf } from '../../src/replay/figures.ts';
import { orderFor } from '../../src/replay/sample.ts';
import { judge, type Answer, type Match, type Verdict } from '../../src/replay/verdict.ts';

const FILE: ConflictFile = { path: 'a', base: 'top\nold\nend\n', ours: 'top\nmine\nshared x\nend\n', theirs: 'top\nyours\nend\n', intent: NO_INTENT };

describe('one file', () => {
  test.each<readonly [string, string, Match]>([
    ['byte', 'top\nmine\nend\n', 'byte'],
    ['white space and blank lines', 'top\n\n  mi ne\nend', 'space'],
    ['the order of lines', 'mine\ntop\nend\n', 'order'],
    ['a word', 'top\nyours\nend\n', 'other'],
  ])('may differ from what was committed in %s', (_name, resolved, match) => {
    expect(judged(resolved, 'top\nmine\nend\n')).toMatchObject({ match });
  });

  test('lacks a line that one side added and people kept; the ledger tells of it or does not', () => {
    const committed = 'top\nmine\nyours\nend\n';
    const told = { keptOurs: 0, keptTheirs: 0, resurrected: [], fromNowhere: [], dropped: [{ side: 'ours' as const, text: '  mine', entity: '' }] };
    expect(judged('top\nyours\nend\n', committed)).toMatchObject({ lost: 1, untold: 1 });
    expect(judged('top\nyours\nend\n', committed, { ledger: told })).toMatchObject({ lost: 1, untold: 0 });
    expect(judged('top\nmine\nyours\nend\n', committed)).toMatchObject({ lost: 0 });
  });

  test('may hold the right answer for a hunk, or among its options, without being right', () => {
    const two: ConflictFile = { ...FILE, base: '1\na\n2\n3\n4\nb\n5\n', ours: '1\na1\n2\n3\n4\nb1\n5\n', theirs: '1\na2\n2\n3\n4\nb2\n5\n' };
    const verdict = judge('m', two, '1\na1\n2\n3\n4\nb2\n5\n', { ...ANSWER, resolved: two.ours, options: [two.ours, two.theirs] }, 1);
    expect(verdict).toMatchObject({ match: 'other', among: false, hunks: { all: 2, placed: 2, right: 1, among: 2 } });
  });

  test('without an answer has no confidence', () => {
    expect(judge('m', FILE, FILE.ours, { ...ANSWER, resolved: null, confidence: 0.9, why: 'deadline' }, 1)).toMatchObject({ match: 'unanswered', confidence: 0, lost: 0 });
  });
});

describe('many files', () => {
  test('the most confident come first, and of equally confident ones the mean counts', () => {
    const files = [verdict(0.9, true), verdict(0.9, false), ...Array.from({ length: 8 }, () => verdict(0.1, false))];
    expect(figuresOf([{ merge: 'm', whole: true, files }], 0.85)).toMatchObject({
      files: 10, exact: 1, toPerson: 8, settled: { files: 2, exact: 1 },
      curve: [{ percent: 10, exact: 0.5 }, { percent: 20, exact: 0.5 }, { percent: 30, exact: 1 / 3 }, { percent: 40, exact: 0.25 }, { percent: 50, exact: 0.2 }],
    });
  });

  test('a share of more files than were answered is unknown', () => {
    const files = [verdict(0.9, true), ...Array.from({ length: 4 }, () => verdict(0, false, 'unanswered'))];
    expect(figuresOf([{ merge: 'm', whole: true, files }], 0.85).curve.map(({ exact }) => exact)).toEqual([1, 1, null, null, null]);
  });

  test('a merge is settled when its least sure file is, and only whole merges count', () => {
    const merges = [[true, 0.9, 0.95], [true, 0.9, 0.5], [false, 0.9, 0.9]].map(([whole, ...sure], at) => ({ merge: `${at}`, whole: whole === true, files: sure.map((confidence) => verdict(Number(confidence), true)) }));
    expect(figuresOf(merges, 0.85).merges).toEqual({ whole: 2, settled: 1, settledExact: 1, exact: 2 });
  });

  test('confidence that comes true has no calibration error', () => {
    const files = [...Array.from({ length: 3 }, () => verdict(0.75, true)), verdict(0.75, false)];
    const { calibration } = figuresOf([{ merge: 'm', whole: true, files }], 0.85);
    expect(calibration.ece).toBeCloseTo(0);
    expect(calibration.brier).toBeCloseTo(0.1875);
  });
});

test('a seed draws every merge once, always in the same order', () => {
  const merges = Array.from({ length: 50 }, (_, at) => at);
  expect(orderFor(merges, null)).toEqual(merges);
  expect(orderFor(merges, 7).toSorted((one, other) => one - other)).toEqual(merges);
  expect(orderFor(merges, 7)).toEqual(orderFor(merges, 7));
  expect(orderFor(merges, 7)).not.toEqual(orderFor(merges, 8));
});

const ANSWER: Answer = { resolved: '', confidence: 0.5, rung: 'r', options: [], ledger: null, why: null };

function judged(resolved: string, committed: string, more: Partial<Answer> = {}): Verdict {
  return judge('m', FILE, committed, { ...ANSWER, resolved, options: [resolved], ...more }, 1);
}

function verdict(confidence: number, exact: boolean, match: Match = exact ? 'byte' : 'other'): Verdict {
  return { merge: 'm', path: 'a', rung: 'r', confidence, match, why: null, options: 1, among: exact, hunks: { all: 1, placed: 1, right: exact ? 1 : 0, among: exact ? 1 : 0 }, lost: 0, untold: 0, ms: 1 };
}
