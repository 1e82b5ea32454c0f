// What became of a request that is not in its target, and what its people can do about it: whichever way it ended.
import { shortName } from './branch.ts';
import { adviceOn, type Advice } from './reason.ts';
import type { MergeRequest, Phase } from './request.ts';

/** null: it is open, or as somebody wanted it. */
export function adviceFor(request: Pick<MergeRequest, 'id' | 'target' | 'phase'>): Advice | null {
  const { id, target, phase } = request;
  if (phase.state === 'rejected') return adviceOn(phase.reason);
  return isTakenOff(phase) ? { cause: `${shortName(target)} was moved back past Maestro and holds this merge no longer; nobody rolled it back.`, next: `Run \`maestro retry ${id}\` if it shall land again.`, turn: 'author' } : null;
}

/** It landed, and its target was moved back past Maestro. */
export function isTakenOff(phase: Phase): boolean {
  return phase.state === 'rolled-back' && phase.by === null;
}
