// Asks the voters, one after the other, for a text of their own: the first that has one is enough. One deadline for all.
import type { Synthesis } from '../../consensus/synthesis.ts';
import type { Voter, VoterQuestion } from '../../port/voter.ts';

export type Writing = {
  readonly question: VoterQuestion;
  readonly voters: readonly Voter[];
  /** From before a crash: whoever was asked is not asked again. */
  readonly stored: readonly Synthesis[];
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Stores each answer before it counts. */
  readonly onAnswer: (answer: Synthesis) => Promise<void>;
};

export async function askProposal({ question, voters, stored, deadlineMs, signal, onAnswer }: Writing): Promise<readonly string[] | null> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), deadlineMs);
  const either = AbortSignal.any([signal, deadline.signal]);
  try {
    for (const voter of voters) {
      const before = stored.find((one) => one.voter === voter.name);
      const answer = before ?? { voter: voter.name, family: voter.family, texts: await textsOf(voter, question, either) };
      if (signal.aborted) return null;
      if (before === undefined) await onAnswer(answer);
      if (answer.texts !== null) return answer.texts;
    }
    return null;
  } finally {
    clearTimeout(timer);
    deadline.abort();
  }
}

/** Null from whoever is dead, slow or lying. */
async function textsOf(voter: Voter, question: VoterQuestion, signal: AbortSignal): Promise<readonly string[] | null> {
  const late = Promise.withResolvers<null>();
  const onEnd = (): void => late.resolve(null);
  signal.addEventListener('abort', onEnd, { once: true });
  if (signal.aborted) return null;
  try {
    const texts = await Promise.race([Promise.resolve().then(() => voter.propose(question, signal)), late.promise]);
    return texts?.length === question.hunks.length ? texts : null;
  } catch {
    return null;
  } finally {
    signal.removeEventListener('abort', onEnd);
  }
}
