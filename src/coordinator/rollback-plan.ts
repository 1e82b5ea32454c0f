// What a rollback would meet: whether it applies cleanly, and which later landings lean on what it takes away.
import { shortName } from '../merge/branch.ts';
import type { Lane } from '../merge/lane.ts';
import { requestId } from '../merge/identity.ts';
import { adviceOn } from '../merge/reason.ts';
import type { MergeRequest } from '../merge/request.ts';
import type { View } from '../merge/turn.ts';
import type { RollbackPlan } from '../port/control.ts';
import type { Git } from '../port/git.ts';
import { MaestroError } from '../error.ts';

export async function planRollback(request: MergeRequest, lane: Lane, view: View, git: Git): Promise<RollbackPlan> {
  if (request.phase.state !== 'landed' || lane.tip === null) throw new MaestroError('not-allowed', `${request.id} is not landed`);
  const what = { kind: 'rollback', of: request.id, merge: request.phase.candidate.commit } as const;
  const inverse: MergeRequest = { ...request, id: requestId(what, request.branch, request.tip, lane.target), kind: what, resolution: null, phase: { state: 'queued', hold: null } };
  const [built] = await git.build({ kind: 'build', target: lane.target, tip: lane.tip, onto: lane.tip, requests: [inverse], inverses: [], diff3: 'off', generated: [], limits: view.limits });
  const outcome = built?.outcome;
  if (outcome?.kind === 'candidate') return { request: null, clean: true, conflictPaths: [], dependents: dependentsOf(request, [], lane) };
  if (outcome?.kind === 'refused' && outcome.reason.code === 'rollback-conflict') return { request: null, clean: false, conflictPaths: outcome.reason.paths, dependents: dependentsOf(request, outcome.reason.paths, lane) };
  const why = outcome?.kind === 'refused' ? adviceOn(outcome.reason).cause : `${shortName(lane.target)} holds nothing of it to take back: it changed nothing, or is undone already.`;
  throw new MaestroError('not-allowed', `${request.id} (${shortName(request.branch)}) cannot be rolled back: ${why}`, { next: `maestro explain ${request.id}` });
}

/** Newest first: in that order they can be taken back. */
function dependentsOf(request: MergeRequest, conflictPaths: readonly string[], lane: Lane): RollbackPlan['dependents'] {
  if (request.phase.state !== 'landed') return [];
  const mine = new Set([...request.phase.candidate.paths, ...conflictPaths]);
  const landed = [...lane.requests.values()].flatMap((one) => one.phase.state === 'landed' ? [{ ...one, phase: one.phase }] : []);
  // They stand in the order they closed in, whatever the clock said. One that is not there closed before all that are.
  const later = landed.slice(landed.findIndex((one) => one.id === request.id) + 1);
  return later.toReversed().flatMap((other) => {
    const branch = shortName(other.branch);
    if (other.dependsOn.some((name) => name === shortName(request.branch) || name === request.id)) return [{ id: other.id, branch, why: 'declared Depends-On' }];
    const shared = other.phase.candidate.paths.find((path) => mine.has(path));
    return shared === undefined ? [] : [{ id: other.id, branch, why: `also changed ${shared}` }];
  });
}
