// What a request's Depends-On lines stand at, across all lanes. Names every cycle it finds.
import type { Lane } from '../merge/lane.ts';
import { parseBranch, shortName } from '../merge/branch.ts';
import { adviceOn } from '../merge/reason.ts';
import type { MergeRequest, RequestId } from '../merge/request.ts';

/** The latest request of each branch, and every request by id. `lanes` still know how older ones ended. */
export type Roll = { readonly byBranch: ReadonlyMap<string, MergeRequest>; readonly byId: ReadonlyMap<string, MergeRequest>; readonly lanes: readonly Lane[] };

export type DependencyState =
  | { readonly kind: 'met' }
  | { readonly kind: 'open'; readonly request: MergeRequest }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'missing' };

const CYCLE_LENGTH_MAX = 50;

export function rollOf(lanes: readonly Lane[]): Roll {
  const byBranch = new Map<string, MergeRequest>();
  const byId = new Map<string, MergeRequest>();
  for (const lane of lanes) {
    for (const request of lane.requests.values()) {
      byId.set(request.id, request);
      // They speak of a branch too, but nobody pushed them.
      if (request.kind.kind === 'rollback' || request.kind.kind === 'back-merge') continue;
      const known = byBranch.get(request.branch);
      if (known === undefined || isLater(request, known)) byBranch.set(request.branch, request);
    }
  }
  return { byBranch, byId, lanes };
}

export function dependencyState(request: MergeRequest, name: string, roll: Roll): DependencyState {
  const found = findDependency(name, roll);
  if (found === null || found.id === request.id) return request.dependsMet.includes(name) || (found === null && hasEndedWell(name, roll)) ? { kind: 'met' } : { kind: 'missing' };
  switch (found.phase.state) {
    case 'landed': return { kind: 'met' };
    case 'rejected':
      // Already in the target is as good as landed.
      return found.phase.reason.code === 'already-contained' ? { kind: 'met' } : { kind: 'failed', why: adviceOn(found.phase.reason).cause };
    case 'cancelled': return { kind: 'failed', why: `it was cancelled by ${found.phase.by}` };
    case 'superseded': case 'rolled-back': return { kind: 'missing' };
    case 'queued': case 'deliberating': case 'escalated': case 'gating': case 'landing': return { kind: 'open', request: found };
  }
}

/** Everything it depends on has landed or is ahead of it. */
export function hasAhead(request: MergeRequest, isAhead: (id: RequestId) => boolean, roll: Roll): boolean {
  return request.dependsOn.every((name) => {
    const state = dependencyState(request, name, roll);
    return state.kind === 'met' || (state.kind === 'open' && isAhead(state.request.id));
  });
}

/** The branches of a cycle through this request, starting and ending with it, or null. */
export function cycleThrough(request: MergeRequest, roll: Roll): readonly string[] | null {
  if (request.dependsOn.some((name) => findDependency(name, roll)?.id === request.id && !request.dependsMet.includes(name))) return [shortName(request.branch), shortName(request.branch)];
  const path: MergeRequest[] = [];
  const seen = new Set<string>();
  const walk = (at: MergeRequest): boolean => {
    if (path.length >= CYCLE_LENGTH_MAX || seen.has(at.id)) return false;
    seen.add(at.id);
    path.push(at);
    for (const name of at.dependsOn) {
      const state = dependencyState(at, name, roll);
      if (state.kind !== 'open') continue;
      if (state.request.id === request.id || walk(state.request)) return true;
    }
    path.pop();
    return false;
  };
  if (!walk(request)) return null;
  return [...path, request].map((member) => shortName(member.branch));
}

function findDependency(name: string, roll: Roll): MergeRequest | null {
  const branch = parseBranch(name);
  const byName = branch.ok ? roll.byBranch.get(branch.ref) : undefined;
  return byName ?? roll.byId.get(name) ?? null;
}

/** Landed so long ago that the request itself is forgotten. */
function hasEndedWell(name: string, roll: Roll): boolean {
  const branch = parseBranch(name);
  return roll.lanes.some((lane) => [...lane.ended].some(([id, one]) => (id === name || (branch.ok && one.branch === branch.ref)) && (one.state === 'landed' || one.code === 'already-contained')));
}

function isLater(a: MergeRequest, b: MergeRequest): boolean {
  return a.target === b.target ? a.arrival > b.arrival : a.arrivedAtMs > b.arrivedAtMs;
}
