// A landing from before the ledger was lost: found by its certificate on the remote, and by what the target holds now.
import type { RefName } from '../merge/branch.ts';
import { requestId } from '../merge/identity.ts';
import type { Lane } from '../merge/lane.ts';
import type { MergeRequest, RequestId } from '../merge/request.ts';
import { holds, type Git, type Landed } from '../port/git.ts';

/** null: nobody landed it here, or the target does not hold it. */
export async function pastLanding(id: string, lanes: ReadonlyMap<RefName, Lane>, git: Git): Promise<{ readonly request: MergeRequest; readonly lane: Lane } | null> {
  const landed = await git.landed(id as RequestId);
  const lane = landed === null ? undefined : lanes.get(landed.target);
  if (landed === null || lane === undefined || !(await isHeld(lane, landed, git))) return null;
  const { branch, tip, target, phase } = landed;
  const undone = await git.landed(requestId({ kind: 'rollback', of: landed.id, merge: phase.candidate.commit }, branch, tip, target));
  const isUndone = undone !== null && await isHeld(lane, undone, git);
  return { lane, request: isUndone ? { ...landed, phase: { ...phase, state: 'rolled-back', by: undone.id } } : landed };
}

async function isHeld({ tip }: Lane, { phase }: Landed, git: Git): Promise<boolean> {
  return tip !== null && holds(git, tip, phase.candidate.commit);
}
