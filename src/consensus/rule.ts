// The numbers of the room. Defaults are the seeds' and research/B 6's; a repository may change any of them.
import { PROTECTED_AREAS, type ProtectedArea } from './protected.ts';

export type ConsensusRule = {
  /** Confidence from which an option settles by itself. */
  readonly threshold: number;
  /** By how much it has to be ahead of the next. */
  readonly margin: number;
  /** Ballots that have to be in; abstentions are none. */
  readonly quorum: number;
  /** Families (kinds of evidence) the ballots have to come from, and families that have to put the winner first. */
  readonly familiesMin: number;
  readonly supportersMin: number;
  readonly roundsMax: 1 | 2 | 3;
  /** No voter's record makes it louder than this. */
  readonly weightMax: number;
  /** No ballot makes an option less likely than this, so that one voice cannot rule it out. */
  readonly chanceMin: number;
  /** Most confidence for an option that no gate ran on; below `threshold` where there are no tests at all (research/B 6C: 0.70). */
  readonly ungatedMax: number;
  /** New lines from nowhere that may settle without a person. */
  readonly fromNowhereMax: number;
  /** Families whose winning ballots have to name the reason for a dropped line. */
  readonly dropReasonsMin: number;
  readonly protectedAreas: readonly ProtectedArea[];
};

export const DEFAULT_CONSENSUS_RULE: ConsensusRule = {
  threshold: 0.85,
  margin: 0.2,
  quorum: 3,
  familiesMin: 2,
  supportersMin: 2,
  roundsMax: 3,
  weightMax: 2.2,
  chanceMin: 0.01,
  ungatedMax: 1,
  fromNowhereMax: 3,
  dropReasonsMin: 2,
  protectedAreas: PROTECTED_AREAS,
};
