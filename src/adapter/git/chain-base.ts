// The merge bases of merges that stand on one another, found from below them all: or each would walk back over all before it.
import type { Oid } from '../../merge/branch.ts';
import type { Reader } from './read.ts';

export type ChainBases = (onto: Oid, tip: Oid) => Promise<readonly Oid[]>;

/** For merges onto `start` and onto each other, asked in their order. */
export function chainBases(reader: Pick<Reader, 'meeting' | 'mergeBases'>, start: Oid): ChainBases {
  /** What the tips before have that the start has not; null: not known of one of them. */
  let before: Set<Oid> | null = new Set();
  return async (onto, tip) => {
    const met = before === null ? null : await reader.meeting(start, tip);
    // Only with commits in common that the start has not can there be a better base than the start's.
    const isAlone = met !== null && !met.own.some((commit) => before?.has(commit));
    if (met === null) before = null;
    for (const commit of met?.own ?? []) before?.add(commit);
    return isAlone ? met.bases : reader.mergeBases(onto, tip);
  };
}
