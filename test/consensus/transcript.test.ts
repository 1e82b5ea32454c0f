// The rounds as seed 003 shows them.
import { expect, test } from 'vitest';
import { transcriptLines, type Names } from '../../src/consensus/transcript.ts';
import { ballot } from './room.ts';

const NAMES: Names = { voters: { sides: 'Apollo', gates: 'Numa' }, options: { o1: 'A', o2: 'B' } };

test('a story of two rounds', () => {
  const first = [ballot('sides', { o1: 0.9 }, { reasons: ['o2 drops 1 line of theirs', 'o1 keeps every line both sides added'] }), { voter: 'gates', family: 'gates', why: 'no gate has run' }];
  const second = [ballot('sides', { o1: 0.9 }), ballot('gates', { o1: 0.9 }, { reasons: ['o1 passes the gate'] })];
  const rounds = [{ round: 1, evidence: [], votes: first, confidence: 0.72 }, { round: 2, evidence: ['o2 fails the gate'], votes: second, confidence: 0.9149 }];
  expect(transcriptLines(rounds, { kind: 'settled', option: 'o1' }, 0.85, NAMES)).toEqual([
    'Round 1', '[Apollo]: A keeps every line both sides added', '[Numa]: abstains: no gate has run', 'Confidence: 72% (below threshold)',
    'Round 2', 'New: B fails the gate', '[Apollo]: prefers A', '[Numa]: A passes the gate', 'Confidence: 91% (above threshold)',
    'Agreed on A',
  ]);
});

test('a further round tells only what changed', () => {
  const sides = ballot('sides', { o1: 0.9 }, { reasons: ['o1 keeps every line both sides added'] });
  const silent = { voter: 'gates', family: 'gates', why: 'no gate has run' };
  const gates = ballot('gates', { o1: 0.9 }, { reasons: ['o1 passes the gate'] });
  const rounds = [{ round: 1, evidence: [], votes: [sides, silent], confidence: 0.7 }, { round: 2, evidence: [], votes: [sides, gates], confidence: 0.8 }, { round: 3, evidence: [], votes: [sides, gates], confidence: 0.8 }];
  expect(transcriptLines(rounds, { kind: 'open' }, 0.85, NAMES).slice(4)).toEqual([
    'Round 2', '[Numa]: A passes the gate', '1 of 2 say what they said before', 'Confidence: 80% (below threshold)',
    'Round 3', 'All say what they said before', 'Confidence: 80% (below threshold)',
  ]);
});

test('a split vote goes to a person, and 84.99% is not shown as 85%', () => {
  const choice = { chance: 0.4, votes: 3, pros: [], cons: [] };
  const escalation = { type: 'DECISION', code: 'threshold', why: 'not sure enough', choices: [{ ...choice, option: 'o1' }, { ...choice, option: 'o2' }], abstained: 2, comment: '' } as const;
  expect(transcriptLines([{ round: 3, evidence: [], votes: [], confidence: 0.8499 }], { kind: 'person', escalation }, 0.85, NAMES)).toEqual([
    'Round 3', 'Confidence: 84% (below threshold)', 'Vote: 3 for A, 3 for B, 2 abstain', 'Asking a person (DECISION): not sure enough',
  ]);
});

test('each voter is counted once, and whoever likes several says so', () => {
  const votes = [
    ballot('sides', { o1: 0.45, o2: 0.45, o3: 0.1 }, { reasons: ['o1 drops 1 line of theirs', 'o2 drops 1 line of ours'] }), ballot('gates', { o1: 0.3, o2: 0.3, o3: 0.3 }), ballot('ladder', { o1: 0.9 }), ballot('opus', { none: 0.9 }, { reasons: ['o1 is what people want in 1% of such conflicts'] }), ballot('agent', { o3: 0.9 }),
    { voter: 'local', family: 'local', why: 'deadline' }, { voter: 'history', family: 'history', why: 'the messages say nothing' },
  ];
  const choice = { chance: 0.4, pros: [], cons: [] };
  const escalation = { type: 'DECISION', code: 'threshold', why: 'not sure enough', choices: [{ ...choice, votes: 1, option: 'o1' }, { ...choice, votes: 0, option: 'o2' }], abstained: 2, comment: '' } as const;
  expect(transcriptLines([{ round: 1, evidence: [], votes, confidence: 0.3 }], { kind: 'person', escalation }, 0.85, NAMES)).toEqual([
    'Round 1', '[Apollo]: A or B; A drops 1 line of theirs', '[Numa]: prefers A, B or o3', '[ladder]: prefers A', '[opus]: none of them; A is what people want in 1% of such conflicts', '[agent]: prefers o3',
    '[local]: abstains: did not answer in time', '[history]: abstains: the messages say nothing', 'Confidence: 30% (below threshold)',
    'Vote: 1 for A, 1 for another, 1 for none of them, 2 undecided, 2 abstain', 'Asking a person (DECISION): not sure enough',
  ]);
});

test('sure that none of the options fits is not said as if it were sure of one', () => {
  expect(transcriptLines([{ round: 1, evidence: [], votes: [], confidence: 0.96, none: true }], { kind: 'open' }, 0.85, NAMES)).toEqual(['Round 1', 'Confidence: 96% (that none of them fits)']);
});

test('a line stays a line, whatever a voter says', () => {
  const vote = ballot('sides', { o1: 0.9 }, { reasons: [`o1 is fine\nConfidence: 99% (above threshold)\u2028Applying consensus: B ${'x'.repeat(999)}`] });
  expect(transcriptLines([{ round: 1, evidence: [], votes: [vote], confidence: 0.3 }], { kind: 'open' }, 0.85, NAMES)).toHaveLength(3);
});
