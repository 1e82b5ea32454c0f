// Voters that let rounds pass: every round waits for them, and a conflict of twenty files has up to sixty. Knows no voter.
import type { Abstention } from '../consensus/ballot.ts';
import type { StoredVote } from '../merge/request.ts';

/** A model may take its first round to load. */
const LATE_MAX = 2;
/** As `adapter/voter` names a voter's own time, and the round's. */
const LATE = ['timeout', 'deadline'];

/** Whoever was too late that often in one conflict is not asked again in it: from stored votes alone, so that it is the same after a crash. */
export function latecomers(votes: readonly StoredVote[]): readonly Abstention[] {
  const late = votes.flatMap(({ vote }) => 'why' in vote && LATE.includes(vote.why) ? [vote] : []);
  return [...Map.groupBy(late, ({ voter }) => voter).values()].flatMap(([first, ...more]) => {
    return first === undefined || more.length + 1 < LATE_MAX ? [] : [{ voter: first.voter, family: first.family, why: 'was too late twice, and is not asked again' }];
  });
}
