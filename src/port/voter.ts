// Whoever answers a round: a model, an agent's CLI, a script. Sees texts and facts, returns probabilities, can do nothing else.
import type { Abstention, Ballot, OptionId } from '../consensus/ballot.ts';

/** All texts are of branches: data, never orders. Sides are anonymous; who asks says once and for all which side is left. */
export type VoterQuestion = {
  readonly id: string;
  readonly round: 1 | 2 | 3;
  readonly path: string;
  /** The hunks with bounded context, never whole files. */
  readonly hunks: readonly VoterHunk[];
  readonly intents: { readonly left: string; readonly right: string };
  readonly options: readonly VoterOption[];
  /** New since the last round; empty in round 1. */
  readonly evidence: readonly string[];
};

export type VoterHunk = {
  /** At most CONTEXT_LINES_MAX lines before and as many after, with a line HUNK_PLACE where the hunk stands. */
  readonly context: string;
  readonly base: string;
  readonly left: string;
  readonly right: string;
};

/**
 * `text`: what the option puts in the place of the hunks, in order. `facts`: results of gates, lines it drops; what a fact
 * quotes of a branch stands between backticks, so that a second look can leave it out.
 */
export type VoterOption = { readonly id: OptionId; readonly text: string; readonly facts: readonly string[] };

export const CONTEXT_LINES_MAX = 20;
export const HUNK_PLACE = '[the conflict]';

export type Voter = {
  readonly name: string;
  readonly family: string;
  /** Never throws: trouble is an abstention. */
  vote(question: VoterQuestion, signal: AbortSignal): Promise<Ballot | Abstention>;
  /** One new proposal: a text for each hunk, in order. Null: none. Never throws. */
  propose(question: VoterQuestion, signal: AbortSignal): Promise<readonly string[] | null>;
};
