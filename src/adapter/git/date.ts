// When a commit of Maestro's says it was made. From the ledger and its parents only: the same plan gives the same commit.
import type { MergeRequest } from '../../merge/request.ts';
import type { DatedCommit } from './read.ts';

/** The year 9999: a parent that claims to be later is not believed. */
const AT_MAX = 253_402_300_799;
/** git counts in seconds. */
const AGAIN_MS = 1000;

/**
 * When the request came, but never before a parent: git walks a history by its dates, and the clock here may be behind.
 * A merge that was taken off is not made once more to the byte, whatever its parents' dates: its certificate is of that landing only.
 */
export function dateOf(request: MergeRequest, parents: readonly DatedCommit[]): number {
  return Math.max(request.arrivedAtMs, ...parents.filter(({ at }) => at <= AT_MAX).map(({ at }) => at * 1000)) + AGAIN_MS * (request.takenOff ?? 0);
}
