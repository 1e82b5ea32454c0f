// Words for tests of the room: options, ballots, a case, a deliberation with everybody heard.
import { isBallot, type Abstention, type Ballot } from '../../src/consensus/ballot.ts';
import type { Case, Option } from '../../src/consensus/option.ts';
import { deliberate, type Deliberation, type Next } from '../../src/consensus/round.ts';
import { DEFAULT_CONSENSUS_RULE, type ConsensusRule } from '../../src/consensus/rule.ts';
import { NO_KNOWLEDGE, type Knowledge } from '../../src/consensus/verdict.ts';
import { NO_INTENT, type ConflictFile } from '../../src/resolution/conflict-file.ts';
import type { LedgerLine, LineLedger } from '../../src/resolution/line-ledger.ts';

export const RULE: ConsensusRule = DEFAULT_CONSENSUS_RULE;
export const NOTHING_LOST: LineLedger = { keptOurs: 1, keptTheirs: 1, dropped: [], resurrected: [], fromNowhere: [] };
export const FILE: ConflictFile = { path: 'src/store.ts', base: 'a\nb\n', ours: 'a\nours\nb\n', theirs: 'a\ntheirs\nb\n', intent: NO_INTENT };

/** `option('o1', 0.9)`: verified, nothing lost, not gated. */
export function option(id: string, probability: number, more: Partial<Option> = {}): Option {
  return { id, probability, text: `a\n${id}\nb\n`, fingerprint: `text of ${id}`, filling: `filling of ${id}`, rung: 'union', ledger: NOTHING_LOST, objections: [], gate: 'not-run', behaviour: null, shape: null, ...more };
}

export function subject(options: readonly Option[], more: Partial<Case> = {}): Case {
  return { file: FILE, conflictClass: 'both-added .ts', hunks: 'hunks', shapes: { ours: null, theirs: null }, options, precedent: null, ...more };
}

/** `ballot('gates', { o1: 0.9 })`: the rest goes to `none`. A voter is its own family unless said. */
export function ballot(voter: string, chances: Readonly<Record<string, number>>, more: Partial<Ballot> = {}): Ballot {
  const told = Object.values(chances).reduce((sum, one) => sum + one, 0);
  return { voter, family: voter, probabilities: { ...chances, none: Math.max(0, 1 - told) }, veto: null, reasons: [], model: null, comment: '', ...more };
}

export function dropped(text: string, side: LedgerLine['side'] = 'theirs'): LineLedger {
  return { ...NOTHING_LOST, dropped: [{ side, text, entity: '' }] };
}

export function deliberation(of: Case, voters: readonly string[], more: Partial<Deliberation> = {}): Deliberation {
  return { subject: of, voters, rounds: [], alarms: [], means: { gate: false, propose: false }, gathered: 0, proposed: false, ...more };
}

export function next(state: Deliberation, more: { knowledge?: Knowledge; rule?: ConsensusRule } = {}): Next {
  return deliberate(state, more.knowledge ?? NO_KNOWLEDGE, more.rule ?? RULE);
}

/** Asks round one and hears these. */
export function afterOneRound(of: Case, votes: readonly (Ballot | Abstention)[], more: Partial<Deliberation> = {}): Deliberation {
  const state = deliberation(of, votes.map((vote) => vote.voter), more);
  return answered(state, votes);
}

/** The state after the round that `state` asks for was answered. */
export function answered(state: Deliberation, votes: readonly (Ballot | Abstention)[]): Deliberation {
  const asked = next(state);
  if (asked.kind !== 'ask') throw new Error(`nobody is asked: ${asked.kind}`);
  return { ...state, rounds: [...state.rounds, { round: asked.round, known: asked.known, votes, over: true }] };
}

export function whyNot(vote: Ballot | Abstention): string {
  return isBallot(vote) ? '' : vote.why;
}
