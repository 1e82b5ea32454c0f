// What an untrusted answer may be (research/F A1, A2, A5, A8): exactly a ballot, or an abstention with a reason.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMENT_CHARS_MAX, REASONS_MAX, REASON_CHARS_MAX, isBallot, oneEach, readBallot, type Ballot } from '../../src/consensus/ballot.ts';
import { ballot, whyNot } from './room.ts';

const SPEAKER = { voter: 'claude', family: 'anthropic', model: 'm-1' };

test('an answer for every option and none is a ballot', () => {
  expect(read({ probabilities: { o1: 0.5, o2: 0.25, none: 0.25 }, reasons: ['o1 keeps both'] })).toEqual({ ...SPEAKER, probabilities: { o1: 0.5, o2: 0.25, none: 0.25 }, veto: null, reasons: ['o1 keeps both'], comment: '' });
});

test('a list of options says the same as a record', () => {
  const list = [{ option: 'none', probability: 0.25 }, { option: 'o1', probability: 0.5 }, { option: 'o2', probability: 0.25 }];
  expect(chances(read({ probabilities: list }))).toEqual({ o1: 0.5, o2: 0.25, none: 0.25 });
});

describe('is an abstention:', () => {
  test.each([
    ['nothing', undefined, 'the answer is no object'],
    ['prose', 'I vote o1', 'the answer is no object'],
    ['a refusal', { error: 'I cannot help with that' }, 'there are no probabilities'],
    ['a confidence of 2.0', { probabilities: { o1: 2, o2: 0, none: 0 } }, 'the probability of o1 is no number from 0 to 1'],
    ['a negative one', { probabilities: { o1: -0.1, o2: 1, none: 0.1 } }, 'the probability of o1 is no number from 0 to 1'],
    ['NaN', { probabilities: { o1: Number.NaN, o2: 1, none: 0 } }, 'the probability of o1 is no number from 0 to 1'],
    ['"95%"', { probabilities: { o1: '95%', o2: 0, none: 0.05 } }, 'the probability of o1 is no number from 0 to 1'],
    ['an option nobody asked', { probabilities: { o1: 0.5, o2: 0.2, none: 0.1, o9: 0.2 } }, 'an option that was not asked'],
    ['a prototype for an option', { probabilities: { o1: 0.5, o2: 0.4, none: 0.1, constructor: 0 } }, 'an option that was not asked'],
    ['a missing option', { probabilities: { o1: 0.9, none: 0.1 } }, 'o2 is not answered'],
    ['no word on none', { probabilities: { o1: 0.9, o2: 0.1 } }, 'none is not answered'],
    ['an option twice', { probabilities: [{ option: 'o1', probability: 0.5 }, { option: 'o1', probability: 0.5 }] }, 'o1 is answered twice'],
    ['a sum of 2', { probabilities: { o1: 1, o2: 1, none: 0 } }, 'the probabilities do not sum to 1'],
    ['all zero', { probabilities: { o1: 0, o2: 0, none: 0 } }, 'the probabilities do not sum to 1'],
    ['a thousand entries', { probabilities: Array.from({ length: 1000 }, () => ({ option: 'o1', probability: 0 })) }, 'too many probabilities'],
    ['a veto without a code', { probabilities: { o1: 1, o2: 0, none: 0 }, veto: { why: 'no' } }, 'the veto has no code'],
  ])('%s', (_, raw, why) => expect(whyNot(read(raw))).toBe(why));
});

test('rounding is put right', () => {
  expect(chances(read({ probabilities: { o1: 0.66, o2: 0.33, none: 0.03 } }))).toEqual({ o1: 0.66 / 1.02, o2: 0.33 / 1.02, none: 0.03 / 1.02 });
});

test('whatever comes, it is a valid ballot or an abstention', () => {
  const answer = fc.oneof(fc.anything(), fc.record({ probabilities: fc.dictionary(fc.constantFrom('o1', 'o2', 'none', 'o3'), fc.oneof(fc.double(), fc.string())), reasons: fc.anything(), veto: fc.anything(), comment: fc.anything() }));
  fc.assert(fc.property(answer, (raw) => {
    const vote = read(raw);
    if (!isBallot(vote)) return vote.why !== '';
    const sum = Object.values(vote.probabilities).reduce((total, one) => total + one, 0);
    return Math.abs(sum - 1) < 1e-9 && Object.keys(vote.probabilities).length === 3;
  }));
});

test('its words are few, short, on one line and visible', () => {
  const vote = read({ probabilities: { o1: 1, o2: 0, none: 0 }, reasons: Array.from({ length: 50 }, () => `a\nb\u202E\u200B\u{E0041}${'x'.repeat(9000)}`), comment: 'y'.repeat(9000) });
  if (!isBallot(vote)) throw new Error(vote.why);
  expect(vote.reasons).toHaveLength(REASONS_MAX);
  expect(vote.reasons[0]).toMatch(/^a b x+…$/);
  expect([vote.reasons[0]?.length, vote.comment.length]).toEqual([REASON_CHARS_MAX, COMMENT_CHARS_MAX]);
});

describe('a voter', () => {
  const [yes, no] = [ballot('claude', { o1: 1 }), ballot('claude', { o1: 0 })];

  test('that is delivered twice counts once', () => expect(oneEach([yes, yes])).toEqual([yes]));
  test('that says two things has said nothing', () => expect(oneEach([yes, no]).map(whyNot)).toEqual(['voted twice']));
});

function read(raw: unknown): ReturnType<typeof readBallot> {
  return readBallot(raw, ['o1', 'o2'], SPEAKER);
}

function chances(vote: ReturnType<typeof readBallot>): Ballot['probabilities'] | string {
  return isBallot(vote) ? vote.probabilities : vote.why;
}
