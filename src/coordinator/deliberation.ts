// A conflict on its way to an answer: the ladder's options, rounds of votes, gates on what is likely; then an agreement, or a question.
// Decides nothing itself: the room (consensus/) does, and what it asks for is carried out here.
import { MaestroError } from '../error.ts';
import { favourites, isBallot, NONE, ROLES } from '../consensus/ballot.ts';
import { lostLines, lostTest } from '../consensus/drop.ts';
import { choiceOf, type Alarm, type Escalation } from '../consensus/escalation.ts';
import { knowledgeOf, precedentOf } from '../consensus/learning.ts';
import type { Lesson } from '../consensus/lesson.ts';
import type { Thought, ThoughtRecord } from '../consensus/minds.ts';
import { isOpen, OPTIONS_MAX, type Case, type GateVerdict, type Option as RoomOption } from '../consensus/option.ts';
import { panelVotes } from '../consensus/role/panel.ts';
import { deliberate, type Deliberation, type Next, type Round } from '../consensus/round.ts';
import { DEFAULT_CONSENSUS_RULE, type ConsensusRule } from '../consensus/rule.ts';
import { rungWords } from '../consensus/rung-words.ts';
import { transcriptLines, type Ending, type HeldRound } from '../consensus/transcript.ts';
import { judge } from '../consensus/verdict.ts';
import type { ConsensusPolicy } from '../merge/policy.ts';
import type { OptionLetter, StoredVote } from '../merge/request.ts';
import type { Minds, Vote } from '../port/minds.ts';
import { sideText } from '../resolution/settled.ts';
import { latecomers } from './latecomer.ts';
import { withSynthesis } from './synthesis.ts';
import { pose } from './voter-question.ts';

/**
 * One conflicted file in the room. `gate`: runs the gate on the target with this text in it; null where that says nothing about this file alone.
 * `accompanied`: other conflicted files stand in that tree with their likeliest texts.
 */
export type Hearing = {
  readonly id: string;
  readonly subject: Case;
  readonly policy: ConsensusPolicy;
  readonly hasGate: boolean;
  readonly gate: ((text: string) => Promise<GateVerdict>) | null;
  readonly accompanied: boolean;
  readonly minds: Minds;
  readonly past: Past;
  /** Of all files of the conflict; grows with each that `onVote` stored. */
  readonly stored: readonly StoredVote[];
  readonly onVote: (vote: StoredVote) => Promise<void>;
  readonly signal: AbortSignal;
};

/** What this repository learned so far, and when that is asked. */
export type Past = { readonly lessons: readonly Lesson[]; readonly nowMs: number };

/** `option` is what was agreed on, null where a person is to decide; `ranked` all options, most likely first. */
export type Heard = { readonly thought: Thought; readonly option: RoomOption | null; readonly ranked: readonly Ranked[] };
export type Ranked = { readonly option: RoomOption; readonly letter: OptionLetter; readonly pros: readonly string[]; readonly cons: readonly string[] };

/** Each step asks once or gates once; three rounds cannot take more. */
const STEPS_MAX = 12;
/** Tests are what makes a choice safe to land unseen (research/B 6C). */
const UNGATED_MAX = 0.7;
/** Nothing is agreed on there, however low the threshold that is asked for. */
const UNGATED_THRESHOLD_MIN = UNGATED_MAX + 0.01;

export async function hear(hearing: Hearing): Promise<Heard> {
  const { policy, minds, past } = hearing;
  const subject: Case = { ...hearing.subject, precedent: precedentOf(past.lessons, hearing.subject) };
  const knowledge = knowledgeOf(past.lessons, subject.conflictClass, past.nowMs);
  const rule = ruleOf(hearing);
  const outside = await minds.voters(policy);
  let state = opened(subject, outside, hearing.gate !== null);
  const held: HeldRound[] = [];
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const next = deliberate(state, knowledge, rule);
    switch (next.kind) {
      case 'ask': {
        const { votes, alarms } = await roundOf(hearing, state.subject, outside.length > 0, next);
        const round: Round = { round: next.round, known: next.known, votes, over: true };
        state = { ...state, rounds: [...state.rounds, round], alarms: [...state.alarms, ...alarms] };
        const { confidence, leader } = judge(state.subject.options, votes, knowledge, rule);
        held.push({ round: next.round, evidence: next.evidence, votes, confidence, none: leader === NONE });
        break;
      }
      case 'gather':
        state = { ...state, subject: await gathered(hearing, state.subject, next), gathered: next.round, proposed: state.proposed || next.propose };
        break;
      case 'settled': case 'person':
        return told(hearing, state, held, next, rule);
    }
  }
  throw new MaestroError('internal', `${hearing.subject.file.path}: a deliberation has no end`);
}

function ruleOf({ policy, hasGate }: Pick<Hearing, 'policy' | 'hasGate'>): ConsensusRule {
  const { threshold, quorum, margin, roundsMax } = policy;
  const asked = { ...DEFAULT_CONSENSUS_RULE, quorum, margin, roundsMax };
  if (hasGate) return { ...asked, threshold, ungatedMax: 1 };
  return { ...asked, threshold: Math.max(threshold, UNGATED_THRESHOLD_MIN), ungatedMax: UNGATED_MAX };
}

/** Before anybody was asked. */
function opened(subject: Case, outside: readonly string[], gate: boolean): Deliberation {
  return { subject, voters: [...ROLES, ...outside], rounds: [], alarms: [], means: { gate, propose: outside.length > 0 }, gathered: 0, proposed: false };
}

/** What nobody can read nobody is asked about: it is told why, and a person decides. */
export function unheard(path: string, { code, why }: Alarm): Heard {
  const escalation: Escalation = { type: 'MANUAL', code, why, choices: [], abstained: 0, comment: '' };
  const record: ThoughtRecord = { hunks: '', options: [], letters: {}, best: NONE, votes: [], rationale: '', precedent: null };
  const lines = transcriptLines([], { kind: 'person', escalation }, 0, { voters: {}, options: {} });
  return { option: null, ranked: [], thought: { path, conflictClass: code, rounds: 0, confidence: 0, lines, outcome: { kind: 'person', type: 'MANUAL', code, why }, record } };
}

async function roundOf(hearing: Hearing, subject: Case, asksOutside: boolean, next: Extract<Next, { kind: 'ask' }>): Promise<{ readonly votes: readonly Vote[]; readonly alarms: readonly Alarm[] }> {
  const { minds, policy, stored, signal, onVote } = hearing;
  const roles = panelVotes(subject);
  const { path } = subject.file;
  if (!asksOutside) return { votes: roles, alarms: [] };
  const posed = pose(subject, { id: hearing.id, round: next.round, evidence: next.evidence });
  if (posed === null) return { votes: roles, alarms: [] };
  const before = stored.flatMap(({ question, vote }) => question === posed.name && !('texts' in vote) ? [vote] : []);
  const { votes, alarms } = await minds.ask(policy, posed.question, [...before, ...latecomers(stored)], signal, (vote) => onVote({ path, round: next.round, question: posed.name, vote }));
  return { votes: [...roles, ...votes], alarms };
}

/** What is new about the options, and perhaps one more; that one is gated at once, for no later round could. */
async function gathered(hearing: Hearing, subject: Case, { gate, propose, round }: Extract<Next, { kind: 'gather' }>): Promise<Case> {
  const seen = await gated(hearing, subject, gate);
  if (!propose) return seen;
  const more = await withSynthesis(hearing, seen, round);
  return gated(hearing, more, more.options.slice(seen.options.length).map(({ id }) => id));
}

/** Red with every text may be the company's red: then nothing was found out about this file. */
async function gated({ gate, accompanied, signal }: Hearing, subject: Case, ids: readonly string[]): Promise<Case> {
  const verdicts = new Map<string, GateVerdict>();
  for (const option of subject.options) if (ids.includes(option.id) && gate !== null && !signal.aborted) verdicts.set(option.id, await gate(option.text));
  const options = subject.options.map((option) => ({ ...option, gate: verdicts.get(option.id) ?? option.gate }));
  return accompanied && !options.some(({ gate: verdict }) => verdict === 'passed') ? subject : { ...subject, options };
}

function told({ policy }: Hearing, { subject }: Deliberation, held: readonly HeldRound[], next: Extract<Next, { kind: 'settled' | 'person' }>, rule: ConsensusRule): Heard {
  const ending: Ending = next.kind === 'settled' ? { kind: 'settled', option: next.option } : { kind: 'person', escalation: next.escalation };
  const option = next.kind === 'settled' ? subject.options.find((one) => one.id === next.option) ?? null : null;
  const order = next.verdict?.ranking.map((one) => one.id) ?? subject.options.map((one) => one.id);
  const ballots = next.kind === 'person' && next.escalation.choices.length > 0 ? next.verdict?.ballots ?? [] : null;
  const pointsFor = (one: RoomOption): Pick<Ranked, 'pros' | 'cons'> => {
    const { pros, cons } = ballots === null ? { pros: [], cons: [] } : choiceOf(one, 0, ballots, subject);
    return { pros, cons };
  };
  const letters = lettersOf(subject);
  const ranked = withProposal(subject.options.toSorted((a, b) => rank(order, a.id) - rank(order, b.id)).flatMap((one): readonly Ranked[] => {
    const letter = letters.get(one.id);
    return letter === undefined ? [] : [{ option: one, letter, ...pointsFor(one) }];
  }));
  // Nobody is shown the others: what each is stands beside its letter.
  const names = { voters: policy.names, options: Object.fromEntries(ranked.map(({ option: { id, rung }, letter }) => [id, SHOWN.includes(letter) ? letter : `${letter} (${rungWords(rung)})`])) };
  return {
    option, ranked,
    thought: {
      path: subject.file.path, conflictClass: subject.conflictClass, rounds: held.length, confidence: next.verdict?.confidence ?? 0,
      record: recordOf(subject, held, next, ranked),
      lines: transcriptLines(held, ending, rule.threshold, names),
      outcome: option === null ? person(next) : { kind: 'settled', rung: option.rung, dropped: lostLines(option, lostTest(subject.file)).length },
    },
  };
}

function recordOf(subject: Case, held: readonly HeldRound[], { verdict }: Extract<Next, { kind: 'settled' | 'person' }>, ranked: readonly Ranked[]): ThoughtRecord {
  const leader = subject.options.find((one) => one.id === verdict?.leader);
  const proposal = proposalIn(ranked);
  return {
    hunks: subject.hunks,
    options: subject.options.slice(0, OPTIONS_MAX).map(({ id, rung, filling, probability }) => ({ option: id, rung, fingerprint: filling, chance: probability })),
    letters: { ...Object.fromEntries(ranked.flatMap(({ option: { id }, letter }) => letter === 'A' || letter === 'B' ? [[letter, id]] : [])), ...(proposal === undefined ? {} : { C: proposal.option.id }) },
    best: leader?.id ?? NONE,
    votes: (held.at(-1)?.votes ?? []).filter(isBallot).map((ballot) => ({ voter: ballot.voter, favourites: favourites(ballot) })),
    rationale: leader === undefined || verdict === null ? '' : choiceOf(leader, verdict.confidence, verdict.ballots, subject).pros.join('; '),
    precedent: subject.precedent?.lesson ?? null,
  };
}

/** What [C] stands for: the likeliest proposal that may be taken and is not red, one with some of the work in it if there is one; else the side that is ahead. */
export function proposalIn(ranked: readonly Ranked[]): Ranked | undefined {
  const open = ranked.filter(({ letter, option }) => letter !== 'A' && letter !== 'B' && isOpen(option));
  return open.find(({ option }) => hasWork(option)) ?? open[0] ?? ranked.find(({ letter }) => letter === (ranked[0]?.letter === 'B' ? 'B' : 'A'));
}

function hasWork({ ledger }: RoomOption): boolean {
  return ledger.keptOurs + ledger.keptTheirs + ledger.fromNowhere.length > 0;
}

function person(next: Next): Thought['outcome'] {
  return next.kind === 'person' ? { kind: 'person', type: next.escalation.type, code: next.escalation.code, why: next.escalation.why } : { kind: 'person', type: 'MANUAL', code: 'no-option', why: 'no option is left' };
}

function rank(order: readonly string[], id: string): number {
  const at = order.indexOf(id);
  return at < 0 ? order.length : at;
}

/** What people are offered as [C] is called C wherever they read of it. */
function withProposal(ranked: readonly Ranked[]): readonly Ranked[] {
  const proposal = proposalIn(ranked);
  if (proposal === undefined || proposal.letter === 'A' || proposal.letter === 'B') return ranked;
  return ranked.map((one) => ({ ...one, letter: one === proposal ? 'C' : one.letter === 'C' ? proposal.letter : one.letter }));
}

const SHOWN: readonly OptionLetter[] = ['A', 'B', 'C'];
const PROPOSAL_LETTERS: readonly OptionLetter[] = ['C', 'D', 'E', 'F'];

/** A and B are the sides, as ever; what was proposed besides follows, likeliest first, and last what has none of the work in it. */
export function lettersOf({ file, options }: Pick<Case, 'file' | 'options'>): ReadonlyMap<string, OptionLetter> {
  const sides: ReadonlyMap<string, OptionLetter> = new Map([[sideText(file, 'theirs'), 'B' as const], [sideText(file, 'ours'), 'A' as const]]);
  const letters = new Map<string, OptionLetter>();
  let proposals = 0;
  for (const { id, text } of options.toSorted((a, b) => Number(hasWork(b)) - Number(hasWork(a)))) {
    const letter = sides.get(text) ?? PROPOSAL_LETTERS[proposals];
    if (!sides.has(text)) proposals += 1;
    if (letter !== undefined) letters.set(id, letter);
  }
  return letters;
}
