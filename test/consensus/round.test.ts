// Three rounds at most, each only on new evidence; whatever is unclear is a person's (research/F A1, A3, A6, A10, A12).
import { describe, expect, test } from 'vitest';
import type { Abstention, Ballot } from '../../src/consensus/ballot.ts';
import type { Option } from '../../src/consensus/option.ts';
import type { Deliberation } from '../../src/consensus/round.ts';
import { afterOneRound, answered, ballot, deliberation, dropped, next, option, RULE, subject } from './room.ts';

const SURE = subject([option('o1', 0.93), option('o2', 0.04)]);
const TORN = subject([option('o1', 0.72), option('o2', 0.2)]);
const THREE = ['structure', 'sides', 'ladder'];

describe('round one', () => {
  test('asks everybody and tells nobody anything', () => {
    expect(next(deliberation(SURE, THREE))).toMatchObject({ kind: 'ask', round: 1, voters: THREE, evidence: [] });
  });

  test('settles what three kinds of evidence agree on', () => {
    expect(next(afterOneRound(SURE, votes()))).toMatchObject({ kind: 'settled', option: 'o1' });
  });

  test('after a crash asks only those whose votes are not stored', () => {
    const round = { round: 1, known: [], votes: votes().slice(0, 2), over: false } as const;
    expect(next(deliberation(SURE, THREE, { rounds: [round] }))).toMatchObject({ kind: 'ask', round: 1, voters: ['ladder'] });
  });

  test('ends at its deadline; the silent abstain', () => {
    const round = { ...answered(deliberation(SURE, THREE), votes().slice(0, 2)) };
    expect(next(round)).toMatchObject({ kind: 'person', escalation: { code: 'quorum', abstained: 1 } });
  });
});

describe('to a person at once', () => {
  test.each<[string, Deliberation, string, string]>([
    ['nothing new can come', afterOneRound(TORN, votes()), 'DECISION', 'threshold'],
    ['all abstain', afterOneRound(SURE, silent()), 'DECISION', 'quorum'],
    ['nothing passed verification', deliberation(subject([option('o1', 0.9, { gate: 'failed' })]), THREE), 'MANUAL', 'no-option'],
    ['there is no option at all', deliberation(subject([]), THREE), 'MANUAL', 'no-option'],
    ['none fits', afterOneRound(subject([option('o1', 0.1)]), votes()), 'DECISION', 'none-fits'],
    ['it is a tie', afterOneRound(subject([option('o1', 0.49), option('o2', 0.49)]), votes({ o1: 0.5, o2: 0.5 })), 'DECISION', 'threshold'],
    ['one voice speaks', afterOneRound(SURE, votes().slice(0, 1)), 'DECISION', 'quorum'],
    ['all ballots are of one family', afterOneRound(SURE, votes({ o1: 0.9, o2: 0.1 }, { family: 'one' })), 'DECISION', 'families'],
    ['only the ladder is for it', afterOneRound(SURE, [...votes({ o1: 0.1, o2: 0.9 }).slice(0, 2), ...votes().slice(2)]), 'DECISION', 'support'],
    ['somebody vetoes', afterOneRound(SURE, votes({ o1: 0.9, o2: 0.1 }, { veto: { code: 'auth', why: 'a check is gone' } })), 'AUTHORIZATION', 'veto'],
    ['the path is protected', afterOneRound({ ...SURE, file: { ...SURE.file, path: '.github/workflows/ci.yml' } }, votes()), 'AUTHORIZATION', 'protected-path'],
    ['nobody could read it, and nobody is asked', deliberation(SURE, THREE, { alarms: [{ code: 'unread', why: 'took too long' }] }), 'MANUAL', 'unread'],
    ['it is too large to read', deliberation(subject([]), THREE, { alarms: [{ code: 'too-large', why: '100,000 lines' }] }), 'MANUAL', 'too-large'],
    ['a secret stays here', afterOneRound(SURE, votes(), { alarms: [{ code: 'secret', why: 'looks like a key' }] }), 'AUTHORIZATION', 'secret'],
    ['a line is dropped and nobody says why', afterOneRound(subject([option('o1', 0.93, { ledger: dropped('theirs') })]), votes({ o1: 0.9 })), 'DECISION', 'dropped-lines'],
  ])('%s', (_, state, type, code) => expect(next(state)).toMatchObject({ kind: 'person', escalation: { type, code } }));

  test('lines that no side wrote, however sure', () => {
    const nowhere = Array.from({ length: 4 }, (_, at) => ({ side: 'both' as const, text: `line ${at}`, entity: '' }));
    const state = afterOneRound(subject([option('o1', 0.95, { ledger: { ...option('o1', 1).ledger, fromNowhere: nowhere } })]), votes({ o1: 0.9 }));
    expect(next(state)).toMatchObject({ kind: 'person', escalation: { code: 'lines-from-nowhere' } });
  });
});

describe('a further round', () => {
  const torn = afterOneRound(TORN, votes(), { means: { gate: true, propose: true } });

  test('is prepared by gating what is in question', () => {
    expect(next(torn)).toEqual({ kind: 'gather', round: 1, gate: ['o1', 'o2'], propose: false });
  });

  test('runs on what the gate found, and shares that and nothing else', () => {
    expect(next(gated(torn))).toMatchObject({ kind: 'ask', round: 2, voters: THREE, evidence: ['o1 passes the gate', 'o2 fails the gate'] });
  });

  test('settles then, as in the seed: 72%, and above 85% in round two', () => {
    const settled = next(answered(gated(torn), votes()));
    expect(settled).toMatchObject({ kind: 'settled', option: 'o1' });
    expect(settled.kind === 'settled' ? settled.confidence : 0).toBeGreaterThan(0.85);
  });

  test('does not run when nothing was found', () => {
    expect(next({ ...torn, gathered: 1 })).toMatchObject({ kind: 'person', escalation: { code: 'threshold' } });
  });

  test('runs when the option that won fails its gate afterwards', () => {
    const settled = afterOneRound(SURE, votes());
    expect(next({ ...settled, subject: withGates(SURE.options, 'failed', 'not-run') })).toMatchObject({ kind: 'ask', round: 2, evidence: ['o1 fails the gate'] });
  });

  test('asks voters who can read why a line may go, and their reasons settle it', () => {
    const drops = subject([option('o1', 0.93, { ledger: dropped('theirs') }), option('o2', 0.04)]);
    const asked = afterOneRound(drops, models([]));
    expect(next(asked)).toMatchObject({ kind: 'ask', round: 2, evidence: ['o1 drops 1 line of the branch\'s side: name the reason, or prefer another'] });
    expect(next(answered(asked, models(['drop: it is dead code'])))).toMatchObject({ kind: 'settled', option: 'o1' });
  });
});

describe('round three', () => {
  const twice = (): Deliberation => answered(gated(afterOneRound(TORN, votes(), { means: { gate: true, propose: true } }), 'passed'), votes({ o1: 0.5, o2: 0.5 }));

  test('may add one candidate', () => {
    expect(next(twice())).toEqual({ kind: 'gather', round: 2, gate: [], propose: true });
  });

  test('votes on it once it is verified, and is the last', () => {
    const third = { ...twice(), gathered: 2 as const, proposed: true, subject: subject([...twice().subject.options, option('o3', 0.05, { rung: 'synthesis', gate: 'passed' })]) };
    expect(next(third)).toMatchObject({ kind: 'ask', round: 3, evidence: ['o3 is an option (synthesis)', 'o3 passes the gate'] });
    const torn = { o1: 0.4, o2: 0.3, o3: 0.2 };
    expect(next(answered(third, votes(torn)))).toMatchObject({ kind: 'person', escalation: { type: 'DECISION', choices: [{ option: 'o1' }, { option: 'o2' }, { option: 'o3' }] } });
  });

  test('is not held where the repository allows one', () => {
    expect(next(afterOneRound(TORN, votes(), { means: { gate: true, propose: true } }), { rule: { ...RULE, roundsMax: 1 } })).toMatchObject({ kind: 'person' });
  });
});

function votes(chances: Readonly<Record<string, number>> = { o1: 0.9, o2: 0.05 }, more: Partial<Ballot> = {}): readonly Ballot[] {
  return THREE.map((voter) => ballot(voter, chances, more));
}

function models(reasons: readonly string[]): readonly Ballot[] {
  return THREE.map((voter) => ballot(voter, { o1: 0.9, o2: 0.05 }, { model: 'm-1', reasons }));
}

function silent(): readonly Abstention[] {
  return THREE.map((voter) => ({ voter, family: voter, why: 'timed out' }));
}

function withGates(options: readonly Option[], ...verdicts: readonly Option['gate'][]): Deliberation['subject'] {
  return subject(options.map((one, at) => ({ ...one, gate: verdicts[at] ?? 'not-run' })));
}

/** What `gather` brought: o1 passes, o2 as said. */
function gated(state: Deliberation, second: Option['gate'] = 'failed'): Deliberation {
  return { ...state, gathered: 1, subject: withGates(state.subject.options, 'passed', second) };
}

