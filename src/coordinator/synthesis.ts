// One candidate more, written by a voter outside: asked for, stored, and weighed like those of the ladder.
import type { Case } from '../consensus/option.ts';
import type { RoundNumber } from '../consensus/round.ts';
import { chanceOfNew, filled, SYNTHESIS_RUNG } from '../consensus/synthesis.ts';
import type { ConsensusPolicy } from '../merge/policy.ts';
import type { StoredVote } from '../merge/request.ts';
import type { Minds } from '../port/minds.ts';
import { latecomers } from './latecomer.ts';
import { pose } from './voter-question.ts';

export type Writing = {
  readonly id: string;
  readonly policy: ConsensusPolicy;
  readonly minds: Minds;
  readonly stored: readonly StoredVote[];
  readonly onVote: (vote: StoredVote) => Promise<void>;
  readonly signal: AbortSignal;
};

/** The same case where nobody has a text, or none that may land. */
export async function withSynthesis({ id, policy, minds, stored, onVote, signal }: Writing, subject: Case, round: RoundNumber): Promise<Case> {
  const posed = pose(subject, { id, round, evidence: [] });
  if (posed === null) return subject;
  const before = stored.flatMap(({ question, vote }) => question === posed.name && 'texts' in vote ? [vote] : []);
  const late = latecomers(stored).map(({ voter, family }) => ({ voter, family, texts: null }));
  const texts = await minds.propose(policy, posed.question, [...before, ...late], signal, (vote) => onVote({ path: subject.file.path, round, question: posed.name, vote }));
  const text = texts === null ? null : filled(posed.regions, texts);
  if (text === null || signal.aborted) return subject;
  const weighed = await minds.weigh(subject, { text, rung: SYNTHESIS_RUNG, probability: chanceOfNew(subject.options) });
  // What cannot be shown to the voters is voted on by nobody.
  return pose(weighed, { id, round, evidence: [] }) === null ? subject : weighed;
}
