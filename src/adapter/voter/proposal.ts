// Asks the voters, all at once, for a text of their own: the first that has one is enough. One deadline for all.
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
  const before = (voter: Voter): Synthesis | undefined => stored.find((one) => one.voter === voter.name);
  const known = voters.map((voter) => before(voter)?.texts ?? null).find((texts) => texts !== null);
  if (known !== undefined) return known;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), deadlineMs);
  const either = AbortSignal.any([signal, deadline.signal]);
  const first = Promise.withResolvers<readonly string[]>();
  const ended = { is: false };
  const ask = async (voter: Voter): Promise<void> => {
    const texts = await textsOf(voter, question, either);
    // Whoever is later than the first text, or than the end, is not said to have written nothing.
    if (ended.is || signal.aborted) return;
    ended.is = texts !== null;
    await onAnswer({ voter: voter.name, family: voter.family, texts });
    if (texts !== null) first.resolve(texts);
  };
  try {
    const all = Promise.all(voters.filter((voter) => before(voter) === undefined).map(ask));
    return await Promise.race([first.promise, all.then(() => null)]);
  } finally {
    ended.is = true;
    clearTimeout(timer);
    // Whoever still works on a text works for nobody.
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
