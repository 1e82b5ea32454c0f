// How loud a voter is: the log-odds of its record in this class of conflict. Knows no ballots.

import { isRole, type Speaker } from './ballot.ts';

/** How often a voter put the right option first; both may be fractions, as old outcomes fade. */
export type VoterRecord = { readonly right: number; readonly wrong: number };

export const NO_RECORD: VoterRecord = { right: 0, wrong: 0 };

/** Beta(2,2): a voter nobody knows is right half the time, which weighs nothing. */
const PRIOR_EACH = 2;

/** 0 for a voter no better than a coin, at most `weightMax`. Somebody who is mostly wrong is ignored, not turned round. */
export function weightOf(record: VoterRecord, weightMax: number): number {
  const accuracy = (Math.max(0, record.right) + PRIOR_EACH) / (Math.max(0, record.right) + Math.max(0, record.wrong) + 2 * PRIOR_EACH);
  const logOdds = Math.log(accuracy / (1 - accuracy));
  return Number.isFinite(logOdds) ? Math.min(weightMax, Math.max(0, logOdds)) : 0;
}

/**
 * Records voters start with. The learned ranking has already seen what structure, sides and change look at, and is itself the prior:
 * those four start at nothing and count for quorum and support. Tests are evidence of their own. Whoever reads: two thirds right on
 * hunks they answer (research/B 5.1, 2026), of which correlated voters share one weight.
 */
const SHIPPED: Readonly<Record<string, VoterRecord>> = { gates: { right: 16, wrong: 6 }, history: { right: 9, wrong: 7 } };
const READER: VoterRecord = { right: 12, wrong: 6 };

export function shippedRecord(speaker: Speaker): VoterRecord {
  return isRole(speaker) ? SHIPPED[speaker.voter] ?? NO_RECORD : READER;
}
