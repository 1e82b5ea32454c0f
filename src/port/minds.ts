// Everybody who thinks about a conflict: the ladder that proposes, the voters outside that read and vote. They choose; they can do nothing.
import type { Abstention, Ballot } from '../consensus/ballot.ts';
import type { Alarm } from '../consensus/escalation.ts';
import type { Proposed } from '../consensus/case.ts';
import type { Case } from '../consensus/option.ts';
import type { Synthesis } from '../consensus/synthesis.ts';
import type { ConsensusPolicy } from '../merge/policy.ts';
import type { ConflictFile } from '../resolution/conflict-file.ts';
import type { VoterQuestion } from './voter.ts';

export type Vote = Ballot | Abstention;

/** `alarm`: why there is nothing to choose from: too large, binary, not read in time. */
export type Study = { readonly kind: 'case'; readonly subject: Case } | { readonly kind: 'alarm'; readonly alarm: Alarm };

export type Minds = {
  /** The file's verified options, at most a handful, both sides among them. */
  study(file: ConflictFile): Promise<Study>;
  /** What people committed for a file in the end; it teaches the ranking. */
  learn(file: ConflictFile, resolved: string): Promise<void>;
  /** All that it was taught counts no more. */
  forget(): Promise<void>;
  /** Names of the voters outside that this policy asks for and this machine's owner allows. */
  voters(policy: ConsensusPolicy): Promise<readonly string[]>;
  /** One round of them, in parallel, over at the policy's deadline. `stored` are not asked again; each new vote is handed to `onVote` before it counts. */
  ask(policy: ConsensusPolicy, question: VoterQuestion, stored: readonly Vote[], signal: AbortSignal, onVote: (vote: Vote) => Promise<void>): Promise<{ readonly votes: readonly Vote[]; readonly alarms: readonly Alarm[] }>;
  /** A text for each hunk by the first of them that has one, all asked at once; null where nobody does. `stored` and `onAnswer` as in a round. */
  propose(policy: ConsensusPolicy, question: VoterQuestion, stored: readonly Synthesis[], signal: AbortSignal, onAnswer: (answer: Synthesis) => Promise<void>): Promise<readonly string[] | null>;
  /** The case with this text verified like any other, the same where it may not land or is known already. */
  weigh(subject: Case, proposed: Proposed): Promise<Case>;
};

/** Nobody thinks: every conflict goes to a person, as both sides. */
export const NO_MINDS: Minds = {
  study: () => Promise.resolve({ kind: 'alarm', alarm: { code: 'unread', why: 'nobody thinks about conflicts here' } }),
  learn: () => Promise.resolve(),
  forget: () => Promise.resolve(),
  voters: () => Promise.resolve([]),
  ask: () => Promise.resolve({ votes: [], alarms: [] }),
  propose: () => Promise.resolve(null),
  weigh: (subject) => Promise.resolve(subject),
};
