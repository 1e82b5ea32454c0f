// Deliberation as a state machine of at most three rounds. State and stored votes in, the next step out: after a crash the
// same state gives the same step, so nobody is asked, or paid, twice. Asks nobody itself.
import { NONE, isRole, type Abstention, type Ballot, type OptionId } from './ballot.ts';
import { alarmTrouble, escalationOf, troubleOf, type Alarm, type Escalation, type Trouble } from './escalation.ts';
import { dropEvidence, evidenceOf, freshEvidence } from './evidence.ts';
import { isOpen, type Case } from './option.ts';
import type { ConsensusRule } from './rule.ts';
import { judge, type Knowledge, type Verdict } from './verdict.ts';

export type RoundNumber = 1 | 2 | 3;

export type Round = {
  readonly round: RoundNumber;
  /** All that was known when it opened; what of it is shown as new is what the rounds before did not know. */
  readonly known: readonly string[];
  readonly votes: readonly (Ballot | Abstention)[];
  /** Its deadline has passed: whoever has not answered abstains. */
  readonly over: boolean;
};

export type Deliberation = {
  readonly subject: Case;
  /** Names of all voters; branch authors are not among them. */
  readonly voters: readonly string[];
  readonly rounds: readonly Round[];
  readonly alarms: readonly Alarm[];
  /** What can be found out between rounds: are there gates to run, is there anybody to propose a candidate? */
  readonly means: { readonly gate: boolean; readonly propose: boolean };
  /** The round after which `gather` was last carried out; 0 before. */
  readonly gathered: 0 | RoundNumber;
  /** One candidate at most is synthesised. */
  readonly proposed: boolean;
};

export type Next =
  /** Ask these voters; `evidence` is what is new to them. Store votes as they come, in a round that opened with `known`. */
  | { readonly kind: 'ask'; readonly round: RoundNumber; readonly voters: readonly string[]; readonly evidence: readonly string[]; readonly known: readonly string[] }
  /** Gate these options, and get one more candidate verified if there is one; then come back with `gathered` set to this round. */
  | { readonly kind: 'gather'; readonly round: RoundNumber; readonly gate: readonly OptionId[]; readonly propose: boolean }
  | { readonly kind: 'settled'; readonly option: OptionId; readonly confidence: number; readonly verdict: Verdict }
  | { readonly kind: 'person'; readonly escalation: Escalation; readonly verdict: Verdict | null };

const CONTENDERS = 3;

export function deliberate(state: Deliberation, knowledge: Knowledge, rule: ConsensusRule): Next {
  const { subject } = state;
  const alarmed = alarmTrouble(state.alarms);
  if (alarmed?.type === 'MANUAL' || !subject.options.some(isOpen)) return person(alarmed ?? NO_OPTION, state, null);
  const last = state.rounds.at(-1);
  const known = evidenceOf(subject);
  if (last === undefined) return { kind: 'ask', round: 1, voters: state.voters, evidence: [], known };
  const missing = unheard(state.voters, last);
  if (missing.length > 0 && !last.over) return { kind: 'ask', round: last.round, voters: missing, evidence: shownIn(state.rounds), known: last.known };

  const fresh = freshEvidence(known, state.rounds.flatMap((round) => round.known));
  const following = roundAfter(last.round, rule);
  // Ballots that have not seen the evidence settle nothing.
  if (fresh.length > 0 && following !== null) return { kind: 'ask', round: following, voters: state.voters, evidence: fresh, known: [...last.known, ...fresh] };
  const verdict = judge(subject.options, votesOf(state, last), knowledge, rule);
  const trouble = troubleOf(subject, verdict, state.alarms, rule) ?? (fresh.length > 0 ? TOO_LATE : null);
  if (trouble === null) return { kind: 'settled', option: verdict.leader, confidence: verdict.confidence, verdict };
  if (trouble.final || following === null) return person(trouble, state, verdict);
  return furtherRound(state, last, following, verdict, trouble) ?? person(trouble, state, verdict);
}

const NO_OPTION: Trouble = { code: 'no-option', type: 'MANUAL', why: 'no option passed verification', final: true };
const TOO_LATE: Trouble = { code: 'unsettled-evidence', type: 'DECISION', why: 'something was found out after the last round', final: true };

/** What could bring new evidence after an undecided round; null when nothing could. */
function furtherRound(state: Deliberation, last: Round, following: RoundNumber, verdict: Verdict, trouble: Trouble): Next | null {
  const gate = state.means.gate ? contenders(state, verdict) : [];
  const propose = state.means.propose && !state.proposed && (gate.length === 0 || last.round > 1);
  if (state.gathered < last.round && (gate.length > 0 || propose)) return { kind: 'gather', round: last.round, gate, propose };
  // Only voters who read can name a reason.
  if (trouble.code !== 'dropped-lines' || verdict.ballots.every(isRole)) return null;
  const objections = freshEvidence(dropEvidence(state.subject.options.filter(isOpen)), last.known);
  return objections.length === 0 ? null : { kind: 'ask', round: following, voters: state.voters, evidence: objections, known: [...last.known, ...objections] };
}

function contenders(state: Deliberation, verdict: Verdict): readonly OptionId[] {
  const best = verdict.ranking.filter((one) => one.id !== NONE).slice(0, CONTENDERS);
  return best.map((one) => one.id).filter((id) => state.subject.options.some((option) => option.id === id && option.gate === 'not-run'));
}

function unheard(voters: readonly string[], round: Round): readonly string[] {
  const heard = new Set(round.votes.map((vote) => vote.voter));
  return voters.filter((voter) => !heard.has(voter));
}

/** Votes of those who were asked; whoever is silent abstains. */
function votesOf(state: Deliberation, round: Round): readonly (Ballot | Abstention)[] {
  const silent = unheard(state.voters, round).map((voter) => ({ voter, family: voter, why: 'did not answer in time' }));
  return [...round.votes.filter((vote) => state.voters.includes(vote.voter)), ...silent];
}

function shownIn(rounds: readonly Round[]): readonly string[] {
  const last = rounds.at(-1);
  return last === undefined || last.round === 1 ? [] : freshEvidence(last.known, rounds.slice(0, -1).flatMap((round) => round.known));
}

function roundAfter(round: RoundNumber, rule: ConsensusRule): RoundNumber | null {
  if (round >= rule.roundsMax) return null;
  return round === 1 ? 2 : 3;
}

function person(trouble: Trouble, state: Deliberation, verdict: Verdict | null): Next {
  return { kind: 'person', escalation: escalationOf(trouble, state.subject, verdict), verdict };
}
