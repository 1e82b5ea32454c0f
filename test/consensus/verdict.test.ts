// One confidence out of many ballots: what no order of arrival, no name, no single voice may change (research/F A3, A6).
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRole, type Ballot } from '../../src/consensus/ballot.ts';
import type { Option } from '../../src/consensus/option.ts';
import { judge, NO_KNOWLEDGE, type Knowledge, type Verdict } from '../../src/consensus/verdict.ts';
import { weightOf } from '../../src/consensus/weight.ts';
import { ballot, option, RULE } from './room.ts';

const LOUD: Knowledge = { ...NO_KNOWLEDGE, recordOf: () => ({ right: 99, wrong: 1 }) };
const IDS = ['o1', 'o2', 'o3'];

test('without records the room is as sure as the ladder', () => {
  const verdict = judged(chancesOf([0.9, 0.05]), [ballot('sides', { o1: 0.9, o2: 0.1 }), ballot('change', { o1: 0.5, o2: 0.5 })], NO_KNOWLEDGE);
  expect(verdict.confidence).toBeCloseTo(0.9, 9);
});

test('records make voices loud, and each helps', () => {
  const vote = { o1: 0.6, o2: 0.3 };
  const verdict = judged(chancesOf([0.5, 0.4]), [ballot('a', vote), ballot('b', vote), ballot('c', vote)]);
  expect(verdict).toMatchObject({ leader: 'o1', supporters: ['a', 'b', 'c'] });
  expect(verdict.confidence).toBeGreaterThan(0.9);
});

test('an option that failed its gate is out, and the others gain', () => {
  const options = [option('o1', 0.7), option('o2', 0.25, { gate: 'failed' })];
  expect(judge(options, [], NO_KNOWLEDGE, RULE).ranking.map((one) => one.id)).toEqual(['o1', 'none']);
  expect(judge(options, [], NO_KNOWLEDGE, RULE).confidence).toBeGreaterThan(0.9);
});

test('those who read may make what the facts favour surer, not overturn it', () => {
  const readers = (chances: Readonly<Record<string, number>>): Verdict => judge(chancesOf([0.6, 0.3]), ['claude', 'gpt', 'qwen'].map((voter) => ballot(voter, chances, { model: 'm-1' })), NO_KNOWLEDGE, RULE);
  expect(readers({ o1: 0.9, o2: 0.05 })).toMatchObject({ leader: 'o1', overturned: false });
  expect(readers({ o1: 0.9, o2: 0.05 }).confidence).toBeGreaterThan(0.9);
  expect(readers({ o1: 0.05, o2: 0.9 })).toMatchObject({ leader: 'o2', overturned: true });
});

test('nobody becomes a role by its name', () => {
  const posing = { ...ballot('ladder', { o1: 0.9 }), model: 'm-1' };
  expect([isRole(posing), isRole({ ...posing, model: null, family: 'anthropic' }), isRole({ ...posing, model: null })]).toEqual([false, false, true]);
});

test('without any test the room may be told never to be sure', () => {
  expect(judge([option('o1', 0.95)], [], NO_KNOWLEDGE, { ...RULE, ungatedMax: 0.7 }).confidence).toBe(0.7);
  expect(judge([option('o1', 0.95, { gate: 'passed' })], [], NO_KNOWLEDGE, { ...RULE, ungatedMax: 0.7 }).confidence).toBeCloseTo(0.95, 9);
});

describe('a weight', () => {
  test.each([
    ['nobody knows it', { right: 0, wrong: 0 }, 0],
    ['it is mostly wrong', { right: 1, wrong: 40 }, 0],
    ['it is mostly right', { right: 16, wrong: 6 }, Math.log(18 / 8)],
    ['it is always right', { right: 1e9, wrong: 0 }, 2.2],
    ['its record is nonsense', { right: Number.NaN, wrong: -4 }, 0],
  ])('when %s', (_, record, weight) => expect(weightOf(record, 2.2)).toBeCloseTo(weight, 9));
});

describe('whatever the ballots', () => {
  const ladder = fc.array(fc.double({ min: 0, max: 0.3, noNaN: true }), { minLength: 3, maxLength: 3 }).map(chancesOf);
  const ballots = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom('f', 'g', 'h'), fc.tuple(chance(), chance(), chance(), chance())), { maxLength: 5, selector: ([voter]) => voter })
    .map((all) => all.map(([voter, family, chances]) => someBallot(voter, family, chances)));

  test('their order and that of the options change nothing', () => {
    fc.assert(fc.property(ladder, ballots, (options, votes) => {
      expect(judged(options.toReversed(), votes.toReversed())).toEqual(judged(options, votes));
    }));
  });

  test('other names of options change nothing but names', () => {
    fc.assert(fc.property(ladder, ballots, (options, votes) => {
      const [before, after] = [judged(options, votes), judged(options.map((one) => ({ ...one, id: `x${one.id}` })), votes.map(renamed))];
      expect(after.confidence).toBeCloseTo(before.confidence, 9);
    }));
  });

  test('one family, however loud, makes no option win that the others do not put first', () => {
    fc.assert(fc.property(ladder, ballots, fc.tuple(chance(), chance(), chance(), chance()), (options, votes, chances) => {
      const joined = judged(options, [...votes, someBallot('mallory', 'm', chances)]);
      return joined.confidence < 0.5 || joined.leader === judged(options, votes).leader;
    }));
  });

  test('a family of its own that puts the leader last never raises confidence in it', () => {
    fc.assert(fc.property(ladder, ballots, (options, votes) => {
      const before = judged(options, votes);
      const dissent = Object.fromEntries([...IDS, 'none'].map((id) => [id, id === before.leader ? 0 : 1 / 3]));
      const after = judged(options, [...votes, ballot('dissenter', {}, { probabilities: dissent })]);
      return after.leader !== before.leader || after.confidence <= before.confidence + 1e-9;
    }));
  });

  test('ten copies of one voter are as loud as one', () => {
    fc.assert(fc.property(ladder, fc.tuple(chance(), chance(), chance(), chance()), (options, chances) => {
      const copies = Array.from({ length: 10 }, (_, at) => someBallot(`copy ${at}`, 'f', chances));
      expect(judged(options, copies).confidence).toBeCloseTo(judged(options, copies.slice(0, 1)).confidence, 9);
    }));
  });
});

function judged(options: readonly Option[], votes: readonly Ballot[], knowledge = LOUD): Verdict {
  return judge(options, votes, knowledge, RULE);
}

function chancesOf(chances: readonly number[]): readonly Option[] {
  return chances.map((chance, at) => option(`o${at + 1}`, chance));
}

function chance(): fc.Arbitrary<number> {
  return fc.double({ min: 0.001, max: 1, noNaN: true });
}

function someBallot(voter: string, family: string, chances: readonly number[]): Ballot {
  const sum = chances.reduce((total, one) => total + one, 0);
  return ballot(voter, {}, { family, probabilities: Object.fromEntries([...IDS, 'none'].map((id, at) => [id, (chances[at] ?? 0) / sum])) });
}

function renamed(vote: Ballot): Ballot {
  const entries = Object.entries(vote.probabilities).map(([id, chance]) => [id === 'none' ? id : `x${id}`, chance] as const);
  return { ...vote, probabilities: Object.fromEntries(entries) };
}
