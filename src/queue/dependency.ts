// What a request's Depends-On lines stand at, across all lanes. Names every cycle it finds.
import type { Ended, Lane } from '../merge/lane.ts';
import { parseBranch, shortName, type Oid, type RefName } from '../merge/branch.ts';
import { adviceOn } from '../merge/reason.ts';
import { isOpen, type MergeRequest, type RequestId } from '../merge/request.ts';
import { inDependencyOrder, type Blocker } from './order.ts';

/** The latest request of each branch, and every request by id. `lanes` still know how older ones ended. */
export type Roll = { readonly byBranch: ReadonlyMap<string, MergeRequest>; readonly byId: ReadonlyMap<string, MergeRequest>; readonly lanes: readonly Lane[] };

export type DependencyState =
  | { readonly kind: 'met' }
  | { readonly kind: 'open'; readonly request: MergeRequest }
  /** It landed, but in `target`, and the request's own target was not seen to hold `tip` yet: a promotion brings it there. */
  | { readonly kind: 'elsewhere'; readonly target: RefName; readonly tip: Oid }
  | { readonly kind: 'failed'; readonly why: string }
  /** `gone`: it was here, and was taken out of its target again. */
  | { readonly kind: 'missing'; readonly gone?: MergeRequest };

const CYCLE_NAMES_MAX = 50;

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
  if (found === null || found.id === request.id) {
    const landed = found === null ? endedWell(request, name, roll) : null;
    return landed === null ? { kind: request.dependsMet.includes(name) ? 'met' : 'missing' } : landedIn(landed.target, landed.tip, request, name);
  }
  switch (found.phase.state) {
    case 'landed': return landedIn(found.target, found.tip, request, name);
    case 'rejected':
      // Already in the target is as good as landed.
      return found.phase.reason.code === 'already-contained' ? landedIn(found.target, found.tip, request, name) : { kind: 'failed', why: adviceOn(found.phase.reason).cause };
    case 'cancelled': return { kind: 'failed', why: `it was cancelled by ${found.phase.by}` };
    case 'superseded': return { kind: 'missing' };
    case 'rolled-back': return { kind: 'missing', gone: found };
    case 'queued': case 'deliberating': case 'escalated': case 'gating': case 'landing': return { kind: 'open', request: found };
  }
}

function landedIn(target: RefName, tip: Oid, request: MergeRequest, name: string): DependencyState {
  return target === request.target || request.dependsMet.includes(name) ? { kind: 'met' } : { kind: 'elsewhere', target, tip };
}

export function blockerOf(request: MergeRequest, isAhead: (id: RequestId) => boolean, roll: Roll): Blocker {
  for (const name of request.dependsOn) {
    const state = dependencyState(request, name, roll);
    if (state.kind === 'met' || (state.kind === 'open' && isAhead(state.request.id))) continue;
    return state.kind === 'open' ? { kind: 'request', id: state.request.id } : { kind: 'nobody' };
  }
  return { kind: 'none' };
}

/** Everything it depends on has landed or is ahead of it. */
export function hasAhead(request: MergeRequest, isAhead: (id: RequestId) => boolean, roll: Roll): boolean {
  return blockerOf(request, isAhead, roll).kind === 'none';
}

/**
 * Names the shortest cycle through a request, starting and ending with it, or null. Those that can be put in an order are in none,
 * so that a tall stack is not walked once a member.
 */
export function cyclesIn(roll: Roll): (request: MergeRequest) => readonly string[] | null {
  const open = [...roll.byId.values()].filter(isOpen);
  const ordered = new Set(inDependencyOrder(open, (one, placed) => firstOpen(one, placed, roll)));
  return (request) => {
    if (dependsOnItself(request, roll)) return [shortName(request.branch), shortName(request.branch)];
    return ordered.has(request) ? null : cycleThrough(request, roll);
  };
}

function firstOpen(request: MergeRequest, placed: ReadonlySet<string>, roll: Roll): Blocker {
  const first = openDependencies(request, roll).find(({ id }) => !placed.has(id));
  return first === undefined ? { kind: 'none' } : { kind: 'request', id: first.id };
}

function dependsOnItself(request: MergeRequest, roll: Roll): boolean {
  return request.dependsOn.some((name) => findDependency(name, roll)?.id === request.id && !request.dependsMet.includes(name));
}

function cycleThrough(request: MergeRequest, roll: Roll): readonly string[] | null {
  const cameFrom = new Map<RequestId, MergeRequest | null>([[request.id, null]]);
  const found = [request];
  // It grows while it is walked: each request comes in once.
  for (const at of found) {
    for (const next of openDependencies(at, roll)) {
      if (next.id === request.id) return named(pathTo(at, cameFrom), request);
      if (cameFrom.has(next.id)) continue;
      cameFrom.set(next.id, at);
      found.push(next);
    }
  }
  return null;
}

/** What it depends on and is still open, in any lane. */
export function openDependencies(request: MergeRequest, roll: Roll): readonly MergeRequest[] {
  return request.dependsOn.flatMap((name) => {
    const state = dependencyState(request, name, roll);
    return state.kind === 'open' ? [state.request] : [];
  });
}

/** Dependencies that landed in other targets: what has to be looked for in this one. */
export function landedElsewhere(request: MergeRequest, roll: Roll): readonly { readonly name: string; readonly tip: Oid }[] {
  return request.dependsOn.flatMap((name) => {
    const state = dependencyState(request, name, roll);
    return state.kind === 'elsewhere' ? [{ name, tip: state.tip }] : [];
  });
}

function pathTo(last: MergeRequest, cameFrom: ReadonlyMap<RequestId, MergeRequest | null>): readonly MergeRequest[] {
  const path: MergeRequest[] = [];
  for (let at: MergeRequest | null = last; at !== null; at = cameFrom.get(at.id) ?? null) path.push(at);
  return path.toReversed();
}

function named(path: readonly MergeRequest[], first: MergeRequest): readonly string[] {
  const names = path.slice(0, CYCLE_NAMES_MAX).map((member) => shortName(member.branch));
  const more = path.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more`] : []), shortName(first.branch)];
}

function findDependency(name: string, roll: Roll): MergeRequest | null {
  const branch = parseBranch(name);
  const byName = branch.ok ? roll.byBranch.get(branch.ref) : undefined;
  return byName ?? roll.byId.get(name) ?? null;
}

/** Landed so long ago that the request itself is forgotten; in the request's own lane, if there too. */
function endedWell(request: MergeRequest, name: string, roll: Roll): { readonly target: RefName; readonly tip: Oid } | null {
  const branch = parseBranch(name);
  const found = roll.lanes.flatMap(({ target, ended }) => {
    const one = (branch.ok ? byBranchIn(ended).get(branch.ref) : undefined) ?? idIn(ended, name);
    return one === undefined ? [] : [{ target, tip: one.tip }];
  });
  return found.find((one) => one.target === request.target) ?? found.at(-1) ?? null;
}

/** A lane's ends are many, and stay the very same map until one comes. */
const indexed = new WeakMap<Lane['ended'], ReadonlyMap<RefName, Ended>>();

/** The latest of each branch that ended well. */
function byBranchIn(ended: Lane['ended']): ReadonlyMap<RefName, Ended> {
  const known = indexed.get(ended) ?? new Map([...ended.values()].filter(isWell).map((one) => [one.branch, one]));
  indexed.set(ended, known);
  return known;
}

function idIn(ended: ReadonlyMap<string, Ended>, name: string): Ended | undefined {
  const one = ended.get(name);
  return one !== undefined && isWell(one) ? one : undefined;
}

function isWell({ state, code }: Ended): boolean {
  return state === 'landed' || code === 'already-contained';
}

/** In one moment in two targets, either will do, but the same for every lane that asks. */
function isLater(a: MergeRequest, b: MergeRequest): boolean {
  if (a.target === b.target) return a.arrival > b.arrival;
  return a.arrivedAtMs === b.arrivedAtMs ? a.id > b.id : a.arrivedAtMs > b.arrivedAtMs;
}
