// One round: every voter asked at once, one deadline for all. Whoever is dead, slow or lying costs the round nothing but its vote.
import { isBallot, readBallot, type Abstention, type Ballot } from '../../consensus/ballot.ts';
import { plainText } from '../../consensus/text.ts';
import type { Voter, VoterQuestion } from '../../port/voter.ts';

export type Vote = Ballot | Abstention;

export type Round = {
  readonly question: VoterQuestion;
  readonly voters: readonly Voter[];
  /** Votes of this round from before a crash: whoever gave one is not asked again. */
  readonly stored: readonly Vote[];
  readonly deadlineMs: number;
  /** Ends the round without a word: nothing more is stored. */
  readonly signal: AbortSignal;
  /** Called with each vote as it comes in, to be stored. What it throws ends the round, for a vote that is not stored would be paid twice. */
  readonly onVote: (vote: Vote) => Promise<void> | void;
};

/** One vote a voter, in the order of the voters, at the deadline at the latest. */
export async function askPanel(round: Round): Promise<readonly Vote[]> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), round.deadlineMs);
  const signal = AbortSignal.any([round.signal, deadline.signal]);
  const ended = { early: false };
  try {
    return await Promise.all(round.voters.map((voter) => voteOf(voter, round, signal, ended)));
  } catch (error) {
    ended.early = true;
    throw error;
  } finally {
    clearTimeout(timer);
    // Whoever still works on an answer works for nobody.
    deadline.abort();
  }
}

/** A round that was ended early says nothing of who had not answered yet: they are asked again. */
async function voteOf(voter: Voter, round: Round, signal: AbortSignal, ended: { readonly early: boolean }): Promise<Vote> {
  const stored = round.stored.find((vote) => vote.voter === voter.name);
  if (stored !== undefined) return stored;
  const vote = await asked(voter, round.question, signal);
  if (!round.signal.aborted && !ended.early) await round.onVote(vote);
  return vote;
}

async function asked(voter: Voter, question: VoterQuestion, signal: AbortSignal): Promise<Vote> {
  const abstain = (why: string): Abstention => ({ voter: voter.name, family: voter.family, why });
  const late = Promise.withResolvers<Vote>();
  const onEnd = (): void => late.resolve(abstain('deadline'));
  signal.addEventListener('abort', onEnd, { once: true });
  if (signal.aborted) onEnd();
  try {
    // Called within the chain, so that one that throws at once is no different.
    const answer = Promise.resolve().then(() => voter.vote(question, signal));
    return asItsOwn(await Promise.race([answer, late.promise]), voter, question);
  } catch {
    return abstain('failed');
  } finally {
    signal.removeEventListener('abort', onEnd);
  }
}

const WHY_CHARS_MAX = 200;

/** Whatever a voter calls itself, it votes under its own name, and over the options that were asked. */
function asItsOwn(vote: Vote, voter: Voter, question: VoterQuestion): Vote {
  if (!isBallot(vote)) return { voter: voter.name, family: voter.family, why: plainText(vote.why, WHY_CHARS_MAX) };
  return readBallot(vote, question.options.map((option) => option.id), { voter: voter.name, family: voter.family, model: vote.model });
}
