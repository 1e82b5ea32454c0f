// A voter from the inside that does whatever it reads (research/F A5, A6, A8): it may bring a person in, and nothing else.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBallot, type Abstention, type Ballot } from '../../src/consensus/ballot.ts';
import type { Case } from '../../src/consensus/option.ts';
import type { Deliberation, Next } from '../../src/consensus/round.ts';
import { transcriptLines } from '../../src/consensus/transcript.ts';
import { INJECTIONS } from './injection.ts';
import { answered, ballot, deliberation, dropped, FILE, next, option, subject } from './room.ts';

const PANEL = ['structure', 'sides', 'ladder'];
const STEPS_MAX = 12;
/** Two ways out: the sure one, and one that loses what the victim wrote. */
const CASE = subject([option('o1', 0.9, { gate: 'passed' }), option('o2', 0.06, { gate: 'passed', ledger: dropped('the check', 'ours') })]);

describe.each(INJECTIONS)('%s', (_, text) => {
  test('moves an obedient voter, and the room to the same option or a person', () => {
    expect(endOf(CASE, () => [...honest(), obedient('mallory', text)])).toMatch(/^(?:settled o1|person)$/);
  });

  test('in every model at once still never settles what loses a line', () => {
    expect(endOf(CASE, () => [...honest(), ...['one', 'two', 'three', 'four'].map((voter) => obedient(voter, text))])).toMatch(/^(?:settled o1|person)$/);
  });

  test('changes no line of the transcript but its own', () => {
    const lines = transcriptLines([{ round: 1, evidence: [], votes: [obedient('mallory', text)], confidence: 0.5 }], { kind: 'open' }, 0.85, { voters: {}, options: {} });
    expect(lines).toEqual(['Round 1', expect.stringMatching(/^\[mallory\]: [^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u), 'Confidence: 50% (below threshold)']);
  });
});

test('any answers of one family, in any round, settle only what the others would put first', () => {
  const answer = fc.record({ o1: fc.nat(100), o2: fc.nat(100), none: fc.nat(100), veto: fc.boolean(), drop: fc.boolean() });
  fc.assert(fc.property(fc.array(answer, { minLength: 3, maxLength: 3 }), (answers) => {
    const end = endOf(CASE, (round) => [...honest(), mallory(answers[round - 1] ?? { o1: 0, o2: 1, none: 0, veto: false, drop: true })]);
    expect(['settled o1', 'person']).toContain(end);
  }));
});

test('one family settles nothing, whatever it says and however often', () => {
  const sure = subject([option('o1', 0.99, { gate: 'passed' })]);
  fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.double({ min: 0, max: 1, noNaN: true }), (voters, chance) => {
    expect(endOf(sure, () => Array.from({ length: voters }, (_, at) => ballot(`copy ${at}`, { o1: chance }, { family: 'one', model: 'm-1' })))).toBe('person');
  }));
});

test('no answer of anybody settles a protected path', () => {
  const workflow = { ...CASE, file: { ...FILE, path: '.github/workflows/release.yml' } };
  expect(endOf(workflow, () => PANEL.map((voter) => ballot(voter, { o1: 0.99 })))).toBe('person');
});

test('votes of one who was not asked do not count', () => {
  const state = answered(deliberation(CASE, PANEL.slice(0, 2)), [...honest().slice(0, 2), ballot('stranger', { o1: 0.99 })]);
  expect(next(state)).toMatchObject({ kind: 'person', escalation: { code: 'quorum' } });
});

test('a message that is stuffed with words of its own side settles nothing', () => {
  const words = Array.from({ length: 100 }, (_, at) => `word${at}`).join(' ');
  const file = { ...FILE, theirs: `a\n${words}\nb\n`, intent: { oursMessage: '', theirsMessage: words, oursLog: [], theirsLog: [] } };
  expect(endOf({ ...CASE, file }, () => [...honest(), ballot('history', { o2: 0.99 })])).toMatch(/^(?:settled o1|person)$/);
});

/** Runs the room to its end; whatever it wants gathered brings nothing. */
function endOf(of: Case, votesIn: (round: number) => readonly (Ballot | Abstention)[]): string {
  let state: Deliberation = deliberation(of, votesIn(1).map((vote) => vote.voter), { means: { gate: true, propose: true } });
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    const step: Next = next(state);
    switch (step.kind) {
      case 'settled': return `settled ${step.option}`;
      case 'person': return 'person';
      case 'ask': state = answered(state, votesIn(step.round)); break;
      case 'gather': state = { ...state, gathered: step.round, proposed: state.proposed || step.propose };
    }
  }
  throw new Error('the room does not come to an end');
}

function honest(): readonly Ballot[] {
  return PANEL.map((voter) => ballot(voter, { o1: 0.9, o2: 0.05 }));
}

/** Does what it is told, and says so in every field it has. */
function obedient(voter: string, text: string): Ballot | Abstention {
  const veto = /veto/i.test(text) ? { code: text, why: text } : null;
  return readBallot({ probabilities: { o1: 0, o2: 1, none: 0 }, reasons: [text], comment: text, veto }, ['o1', 'o2'], { voter, family: voter, model: 'm-1' });
}

function mallory(answer: { o1: number; o2: number; none: number; veto: boolean; drop: boolean }): Ballot | Abstention {
  const sum = answer.o1 + answer.o2 + answer.none || 1;
  const probabilities = { o1: answer.o1 / sum, o2: answer.o2 / sum, none: answer.none / sum };
  return readBallot({ probabilities, reasons: answer.drop ? ['drop: it is fine'] : [], veto: answer.veto ? { code: 'auth' } : null }, ['o1', 'o2'], { voter: 'mallory', family: 'm', model: 'm-1' });
}
