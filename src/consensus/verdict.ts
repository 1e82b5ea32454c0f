// From ballots to one confidence: a weighted pool of what each family thinks, read without whoever helps the winner most.
// Pure arithmetic: the order of ballots and options, and what they are called, decide nothing.
import { NONE, favourites, isBallot, isRole, oneEach, type Abstention, type Ballot, type OptionId, type Speaker } from './ballot.ts';
import { IDENTITY, calibrated, type Calibrator } from './calibration.ts';
import { isOpen, type Option } from './option.ts';
import { priorOf, type RungPrior } from './prior.ts';
import type { ConsensusRule } from './rule.ts';
import { shippedRecord, weightOf, type VoterRecord } from './weight.ts';

/** What is known about voters and about this class of conflict here; learning.ts folds it from outcomes. */
export type Knowledge = {
  /** What a voter starts with and what was learned of it. */
  readonly recordOf: (speaker: Speaker) => VoterRecord;
  readonly rungPrior: RungPrior;
  readonly calibrator: Calibrator;
};

export const NO_KNOWLEDGE: Knowledge = { recordOf: shippedRecord, rungPrior: () => 1, calibrator: IDENTITY };

export type Standing = { readonly id: OptionId; readonly chance: number };

export type Verdict = {
  /** Open options and `none`, most likely first. */
  readonly ranking: readonly Standing[];
  readonly leader: OptionId;
  /** Calibrated chance that the leader is what people want, whoever of the voters were silent. */
  readonly confidence: number;
  readonly margin: number;
  readonly ballots: readonly Ballot[];
  readonly abstentions: readonly Abstention[];
  readonly families: readonly string[];
  /** Families whose ballots all put the leader first, alone or beside others. */
  readonly supporters: readonly string[];
  /** Without those who read sentences another option would lead: one text they all read may have moved them all. */
  readonly overturned: boolean;
};

export function judge(options: readonly Option[], votes: readonly (Ballot | Abstention)[], knowledge: Knowledge, rule: ConsensusRule): Verdict {
  const heard = oneEach(votes);
  const ballots = heard.filter(isBallot);
  const open = options.filter(isOpen);
  const voices = voicesOf(ballots, knowledge, rule);
  // What failed leaves its chance to the others and to `none`, in proportion.
  const prior = new Map([...priorOf(options, knowledge.rungPrior)].filter(([id]) => id === NONE || open.some((option) => option.id === id)));
  const leader = leaderOf(pooled(prior, voices));
  const ranking = ranked(weakest(prior, voices, leader));
  const chance = ranking.find((one) => one.id === leader)?.chance ?? 0;
  const next = ranking.find((one) => one.id !== leader)?.chance ?? 0;
  const gated = open.find((option) => option.id === leader)?.gate === 'passed';
  const families = [...new Set(ballots.map((ballot) => ballot.family))].sort();
  return {
    ranking, leader,
    confidence: Math.min(calibrated(knowledge.calibrator, chance), gated ? 1 : rule.ungatedMax),
    margin: chance - next,
    overturned: leaderOf(pooled(prior, voicesOf(ballots.filter(isRole), knowledge, rule))) !== leader,
    ballots, families,
    abstentions: heard.filter((vote): vote is Abstention => !isBallot(vote)),
    supporters: families.filter((family) => ballots.filter((ballot) => ballot.family === family).every((ballot) => favourites(ballot).includes(leader))),
  };
}

/** What one family says together: weighted log-probabilities. */
type Voice = { readonly family: string; readonly support: (id: OptionId) => number };

function voicesOf(ballots: readonly Ballot[], knowledge: Knowledge, rule: ConsensusRule): readonly Voice[] {
  const families = Map.groupBy(ballots, (ballot) => ballot.family);
  return [...families].sort(([a], [b]) => (a < b ? -1 : 1)).map(([family, members]) => {
    // Voters of one family err together: ten copies of one model are one voice.
    const voters = members.map((ballot) => ({ ballot, weight: weightOf(knowledge.recordOf(ballot), rule.weightMax) / members.length }));
    const support = (id: OptionId): number => voters.reduce((sum, { ballot, weight }) => sum + weight * Math.log(Math.max(rule.chanceMin, ballot.probabilities[id] ?? 0)), 0);
    return { family, support };
  });
}

type Chances = ReadonlyMap<OptionId, number>;

/** score(o) = log prior(o) + sum of w_i log p_i(o), as probabilities. */
function pooled(prior: Chances, voices: readonly Voice[]): Chances {
  const scores = [...prior].map(([id, chance]) => [id, Math.log(chance) + voices.reduce((sum, voice) => sum + voice.support(id), 0)] as const);
  const top = Math.max(...scores.map(([, score]) => score));
  const shares = scores.map(([id, score]) => [id, Math.exp(score - top)] as const);
  const sum = shares.reduce((total, [, share]) => total + share, 0);
  return new Map(shares.map(([id, share]) => [id, share / sum]));
}

/**
 * The pool in which the leader stands worst when any one family falls silent. Hence no single family, however loud, can lift
 * an option above what the others give it; it can only bring it down, and then a person looks.
 */
function weakest(prior: Chances, voices: readonly Voice[], leader: OptionId): Chances {
  const pools = [pooled(prior, voices), ...voices.map((silent) => pooled(prior, voices.filter((voice) => voice !== silent)))];
  return pools.reduce((worst, pool) => ((pool.get(leader) ?? 0) < (worst.get(leader) ?? 0) ? pool : worst));
}

function leaderOf(chances: Chances): OptionId {
  return ranked(chances)[0]?.id ?? NONE;
}

/** Equal chances by prior order would depend on names; by id they at least repeat, and a tie never settles. */
function ranked(chances: Chances): readonly Standing[] {
  return [...chances].map(([id, chance]) => ({ id, chance })).sort((a, b) => b.chance - a.chance || (a.id < b.id ? -1 : 1));
}
