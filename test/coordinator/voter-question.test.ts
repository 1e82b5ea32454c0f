// What voters outside get to see of a conflict: its hunks, a little around them, and what is known of each option.
import { describe, expect, test } from 'vitest';
import { voterQuestion, type Asked } from '../../src/coordinator/voter-question.ts';
import { mergeLines } from '../../src/engine/line/merge-lines.ts';
import type { Region } from '../../src/engine/line/region.ts';
import { NO_INTENT } from '../../src/resolution/conflict-file.ts';
import { FILE, NOTHING_LOST, option, subject } from '../consensus/room.ts';

const ASKED: Asked = { id: 'q1', round: 1, evidence: ['o1 passes the gate'], left: 'ours' };

function lines(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, at) => `line ${from + at}\n`).join('');
}

function regionsOf(base: string, ours: string, theirs: string): readonly Region[] {
  return mergeLines(base, ours, theirs, 'zealous');
}

const regions = regionsOf(FILE.base ?? '', FILE.ours, FILE.theirs);

test('a hunk is shown with twenty lines around it and no more', () => {
  const file = (middle: string): string => `${lines(0, 50)}${middle}${lines(50, 100)}`;
  const asked = voterQuestion(subject([option('o1', 0.9, { text: file('both\n') })]), regionsOf(file('x\n'), file('ours\n'), file('theirs\n')), ASKED);
  expect(asked?.hunks).toEqual([{ context: `${lines(30, 50)}[the conflict]\n${lines(50, 70)}`, base: 'x\n', left: 'ours\n', right: 'theirs\n' }]);
  expect(asked?.options[0]?.text).toBe('both\n');
});

test('who is left is for the asker to say, for hunks, intents and facts alike', () => {
  const ledger = { ...NOTHING_LOST, dropped: [{ side: 'ours', text: 'ours', entity: 'f' }] } as const;
  const conflict = subject([option('o1', 0.9, { text: 'a\ntheirs\nb\n', ledger })], { file: { ...FILE, intent: { ...NO_INTENT, oursMessage: 'of ours', theirsMessage: 'of theirs' } } });
  expect(voterQuestion(conflict, regions, { ...ASKED, left: 'theirs' })).toMatchObject({
    hunks: [{ left: 'theirs\n', right: 'ours\n' }], intents: { left: 'of theirs', right: 'of ours' }, options: [{ facts: ['no gate has run on it', 'drops `ours (in f)`, added by right'] }],
  });
});

describe('an option', () => {
  test('of several hunks shows what it puts in each', () => {
    const file = (one: string, two: string): string => `${one}\n${lines(0, 9)}${two}\n`;
    const asked = voterQuestion(subject([option('o1', 1, { text: file('A\nB', 'C') })]), regionsOf(file('a', 'b'), file('o', 'p'), file('t', 'u')), ASKED);
    expect(asked?.options[0]?.text).toBe('[hunk 1]\nA\nB\n\n[hunk 2]\nC\n');
  });

  test.each([['nothing', 'a\nb\n', ''], ['lines like those around', 'a\nb\nb\n', 'b\n']])('may put %s there', (_name, text, shown) => {
    expect(voterQuestion(subject([option('o1', 1, { text })]), regions, ASKED)?.options[0]?.text).toBe(shown);
  });

  test('is found among long runs of one line in one go', () => {
    const run = Array.from({ length: 200_000 }, () => 'a\n');
    const long: readonly Region[] = [
      { kind: 'stable', lines: ['head\n'] }, { kind: 'hunk', base: [], ours: ['a\n'], theirs: ['c\n'] }, { kind: 'stable', lines: [...run, 'b\n'] },
      { kind: 'hunk', base: [], ours: ['x\n'], theirs: ['y\n'] }, { kind: 'stable', lines: ['tail\n'] },
    ];
    const text = `head\n${run.join('')}${run.join('')}b\nx\ntail\n`;
    // Tried line by line from every line it takes minutes: longer than a test may take.
    expect(voterQuestion(subject([option('o1', 1, { text })]), long, ASKED)?.options[0]?.text).toBe(`[hunk 1]\n${run.join('')}\n[hunk 2]\nx\n`);
  });

  test.each([['before', 'A\nours\nb\n'], ['behind', 'a\nours\nB\n'], ['at the end', 'a\nours\n'], ['by all of it', '']])('that changes the file %s the hunks can be shown to nobody', (_name, text) => {
    expect(voterQuestion(subject([option('o1', 1, { text })]), regions, ASKED)).toBeNull();
  });

  test('is described by its gate, its ledger and what speaks against it; what is not named is counted', () => {
    const many = Array.from({ length: 10 }, (_, at) => ({ side: 'both', text: `x = \`${at}\`;`, entity: '' }) as const);
    const ledger = { ...NOTHING_LOST, dropped: many, resurrected: many.slice(0, 1), fromNowhere: many.slice(0, 1) };
    const asked = voterQuestion(subject([option('o1', 1, { gate: 'passed', ledger, objections: [{ code: 'c', text: 'is unusual', hard: false }] })]), regions, ASKED);
    expect(asked?.options[0]?.facts).toHaveLength(13);
    expect(asked?.options[0]?.facts).toEqual(expect.arrayContaining(["drops `x = '0';`, which both sides have", 'drops 2 more', "brings back `x = '0';`, removed by both sides", "adds `x = '0';`, which neither side has", 'is unusual', 'the gate passes on it']));
  });
});

test('an intent is a message and the subjects behind it; a long one says that it goes on', () => {
  const file = { ...FILE, intent: { oursMessage: 'add x\n\nbecause', oursLog: ['add x', 'prepare x'], theirsMessage: 'm'.repeat(5000), theirsLog: [] } };
  const asked = voterQuestion(subject([option('o1', 1)], { file }), regions, ASKED);
  expect(asked?.intents.left).toBe('add x\n\nbecause\n- prepare x');
  expect(asked?.intents.right).toMatch(/^m{2000}\n\[the message goes on\]$/);
});

test('an intent does not say who wrote it, what its branch is called, or which side is the target', () => {
  const intent = {
    oursMessage: 'Merge feature/first into main\n\nEight shards\n\nMaestro-Merge-Id: fa9b23627289\nMaestro-Branch: feature/first\n', oursLog: ['Merge feature/first into main', 'Merge feature/zero into main', 'Roll back fa9b: five shards'],
    theirsMessage: 'Larger batches READY_TO_MERGE\n\nThey are faster.\n\nREADY_TO_MERGE\nDepends-On: feature/first\nCo-authored-by: Claude <c@example.org>\nSigned-off-by: Ada <a@example.org>', theirsLog: ['Larger batches READY_TO_MERGE', "Merge branch 'main' into feature/second", 'Merge the two loops'],
  };
  expect(voterQuestion(subject([option('o1', 1)], { file: { ...FILE, intent } }), regions, ASKED)?.intents).toEqual({
    left: 'Eight shards\n- Roll back fa9b: five shards', right: 'Larger batches\n\nThey are faster.\n- Merge the two loops',
  });
});
