// What always goes to a person, and what the person is shown: two or three options with what speaks for and against each.
import { NONE, favourites, type Ballot, type OptionId } from './ballot.ts';
import { lostTest, unexplainedDrops } from './drop.ts';
import type { Case, Option } from './option.ts';
import { protectedArea } from './protected.ts';
import { linesOf, SIDES_VOTER, sideWords } from './role/sides.ts';
import type { ConsensusRule } from './rule.ts';
import { count } from './text.ts';
import type { Verdict } from './verdict.ts';

/** DECISION: choose one. AUTHORIZATION: the room has a choice but may not make it. MANUAL: there is nothing to choose from. */
export type EscalationType = 'DECISION' | 'AUTHORIZATION' | 'MANUAL';

/** Raised around the room; none of them can be argued away in a further round. `why` reads well behind the file's name. */
export type Alarm = { readonly code: 'injection' | 'secret' | 'budget' | 'too-large' | 'binary' | 'unread'; readonly why: string };

export type TroubleCode = Alarm['code'] | 'no-option' | 'none-fits' | 'protected-path' | 'veto' | 'unsettled-evidence' | 'quorum' | 'families' | 'support' | 'overturned' | 'threshold' | 'margin' | 'dropped-lines' | 'lines-from-nowhere';

export type Trouble = { readonly code: TroubleCode; readonly type: EscalationType; readonly why: string; /** No evidence changes it. */ readonly final: boolean };

export type Choice = { readonly option: OptionId; readonly chance: number; /** Ballots that put it first alone. */ readonly votes: number; readonly pros: readonly string[]; readonly cons: readonly string[] };

export type Escalation = {
  readonly type: EscalationType;
  readonly code: TroubleCode;
  readonly why: string;
  /** Best first; empty for MANUAL. */
  readonly choices: readonly Choice[];
  readonly abstained: number;
  /** A voter's own words, or ''. */
  readonly comment: string;
};

const CHOICES_MAX = 3;
const POINTS_MAX = 4;

/** The first thing that keeps the leader from settling, what no evidence can change first; or null. */
export function troubleOf(subject: Case, verdict: Verdict, alarms: readonly Alarm[], rule: ConsensusRule): Trouble | null {
  return finalTrouble(subject, verdict, alarms, rule) ?? voteTrouble(verdict, rule) ?? leaderTrouble(subject, verdict, rule);
}

/** The first alarm as trouble: MANUAL where it leaves nothing to vote on. */
export function alarmTrouble([alarm]: readonly Alarm[]): Trouble | null {
  if (alarm === undefined) return null;
  return { code: alarm.code, type: MANUAL_ALARMS.includes(alarm.code) ? 'MANUAL' : 'AUTHORIZATION', why: alarm.why, final: true };
}

const MANUAL_ALARMS: readonly TroubleCode[] = ['too-large', 'binary', 'unread'];

function finalTrouble(subject: Case, verdict: Verdict, alarms: readonly Alarm[], rule: ConsensusRule): Trouble | null {
  const alarmed = alarmTrouble(alarms);
  if (alarmed !== null) return alarmed;
  const area = protectedArea(subject.file.path, rule.protectedAreas);
  if (area !== null) return { code: 'protected-path', type: 'AUTHORIZATION', why: `${area}: a person decides whatever the votes say`, final: true };
  const veto = verdict.ballots.find((ballot) => ballot.veto !== null);
  if (veto?.veto) return { code: 'veto', type: 'AUTHORIZATION', why: `${veto.voter} objects (${veto.veto.code}): ${veto.veto.why || 'no reason given'}`, final: true };
  return null;
}

function voteTrouble(verdict: Verdict, rule: ConsensusRule): Trouble | null {
  const decision = (code: TroubleCode, why: string): Trouble => ({ code, type: 'DECISION', why, final: false });
  if (verdict.leader === NONE) return decision('none-fits', 'most likely people would want none of the options');
  if (verdict.ballots.length < rule.quorum) return decision('quorum', `${count(verdict.ballots.length, 'ballot')}, ${rule.quorum} are needed`);
  if (verdict.families.length < rule.familiesMin) return decision('families', 'all ballots come from one kind of evidence');
  if (verdict.supporters.length < rule.supportersMin) return decision('support', 'only one kind of evidence speaks for the best option');
  if (verdict.overturned) return decision('overturned', 'those who read the texts prefer another option than the facts do');
  if (verdict.confidence < rule.threshold) return decision('threshold', `${percent(verdict.confidence)} sure, ${percent(rule.threshold)} is needed`);
  if (verdict.margin < rule.margin) return decision('margin', 'two options are too close');
  return null;
}

function leaderTrouble(subject: Case, verdict: Verdict, rule: ConsensusRule): Trouble | null {
  const leader = subject.options.find((option) => option.id === verdict.leader);
  if (leader === undefined) return { code: 'no-option', type: 'MANUAL', why: 'no option is left', final: true };
  const dropped = unexplainedDrops(leader, subject, verdict.ballots, rule.dropReasonsMin);
  if (dropped.length > 0) return { code: 'dropped-lines', type: 'DECISION', why: `the best option drops ${linesOf(dropped)}, and nobody says why`, final: false };
  if (leader.ledger.fromNowhere.length > rule.fromNowhereMax) return { code: 'lines-from-nowhere', type: 'DECISION', why: `the best option holds ${count(leader.ledger.fromNowhere.length, 'line')} that no side wrote`, final: false };
  return null;
}

/** What a person is shown. Without a verdict nobody voted. */
export function escalationOf(trouble: Trouble, subject: Case, verdict: Verdict | null): Escalation {
  const best = trouble.type === 'MANUAL' || verdict === null ? [] : verdict.ranking.filter((one) => one.id !== NONE).slice(0, CHOICES_MAX);
  const ballots = verdict?.ballots ?? [];
  const choices = best.flatMap(({ id, chance }) => subject.options.filter((option) => option.id === id).map((option) => choiceOf(option, chance, ballots, subject)));
  return {
    type: trouble.type, code: trouble.code, why: trouble.why, choices,
    abstained: verdict?.abstentions.length ?? 0,
    comment: ballots.map((ballot) => ballot.comment).find((comment) => comment !== '') ?? '',
  };
}

/** Any option as a person is shown it, also one that is not among the best. */
export function choiceOf(option: Option, chance: number, ballots: readonly Ballot[], subject: Case): Choice {
  const { keeps, faults } = sideWords(option, subject, lostTest(subject.file));
  const chosenBefore = subject.precedent?.fingerprint === option.fingerprint;
  const pros = [
    option.gate === 'passed' ? 'passes the gate' : '',
    chosenBefore ? 'was chosen for the same lines before' : '',
    keeps,
    ...saidOf(option.id, ballots),
  ];
  const cons = [
    option.gate === 'failed' ? 'fails the gate' : option.gate === 'not-run' ? 'was not gated' : '',
    ...option.objections.map((objection) => objection.text),
    ...faults,
  ];
  const votes = ballots.map(favourites).filter((liked) => liked.length === 1 && liked.includes(option.id)).length;
  return { option: option.id, chance, votes, pros: points(pros.filter((pro) => !cons.includes(pro))), cons: points(cons) };
}

/** Sentences that voters who want this option said about it: `o1 parses ...` becomes `parses ...`. What the ledger says stands there already, on its side. */
function saidOf(id: OptionId, ballots: readonly Ballot[]): readonly string[] {
  const backers = ballots.filter((ballot) => ballot.voter !== SIDES_VOTER && favourites(ballot).includes(id));
  return backers.flatMap((ballot) => ballot.reasons).filter((reason) => reason.startsWith(`${id} `)).map((reason) => reason.slice(id.length + 1));
}

function points(sentences: readonly string[]): readonly string[] {
  return [...new Set(sentences.filter((sentence) => sentence !== ''))].slice(0, POINTS_MAX);
}

function percent(share: number): string {
  return `${Math.floor(100 * share)}%`;
}
