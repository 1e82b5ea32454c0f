// What a target that was moved past Maestro holds no longer of what the ledger says of it: asked of git, newest first. Decides nothing.
import type { Oid } from '../merge/branch.ts';
import { emptyLane, fold, type Lane } from '../merge/lane.ts';
import type { Observation } from '../merge/observation.ts';
import type { MergeRequest, RequestId } from '../merge/request.ts';
import { holds, type Git } from '../port/git.ts';
import type { Store } from '../port/store.ts';
import { landedElsewhere, rollOf } from '../queue/dependency.ts';

type TakenOff = Extract<Observation, { kind: 'taken-off' }>;
type Past = { readonly git: Pick<Git, 'commit' | 'relation'>; readonly store: Pick<Store, 'history'> };
type IsHeld = (commit: Oid) => Promise<boolean>;

/** null while git cannot say it: a mirror that lacks the tip knows nothing of what the tip holds. */
export async function takenOff(lane: Lane, lanes: Iterable<Lane>, { git, store }: Past): Promise<TakenOff | null> {
  const { tip } = lane;
  if (tip === null || await git.commit(tip) === null) return null;
  const isHeld: IsHeld = (commit) => holds(git, tip, commit);
  const lost = await lostOf(lane, isHeld, store);
  const { ids, back } = await freedBy(lost, lane, isHeld);
  return { kind: 'taken-off', tip, ids: [...lost.map(({ id }) => id), ...ids], back, unmet: await unmetIn(lane, lanes, isHeld) };
}

/** Oldest first. What landed stands one on the other: the first that is still there holds all that came before it. */
async function lostOf(lane: Lane, isHeld: IsHeld, store: Past['store']): Promise<readonly MergeRequest[]> {
  const lost: MergeRequest[] = [];
  const returned = returnedIn(lane);
  for (const one of [...lane.requests.values()].toReversed()) {
    if (one.phase.state !== 'landed') continue;
    if (!(await isHeld(one.phase.candidate.commit))) lost.push(one);
    else if (!returned.has(one.id)) return lost.toReversed();
  }
  for (const [id, { state }] of [...lane.ended].toReversed()) {
    const one = state === 'landed' ? await recalled(id, store) : null;
    if (one?.phase.state !== 'landed') continue;
    if (await isHeld(one.phase.candidate.commit)) break;
    lost.push(one);
  }
  return lost.toReversed();
}

/** Landed long before they took this place: their rollback was taken off. */
function returnedIn({ requests }: Lane): ReadonlySet<RequestId> {
  return new Set([...requests.values()].flatMap(({ kind, phase }) => kind.kind === 'rollback' && phase.state === 'rolled-back' && phase.by === null ? [kind.of] : []));
}

/** A lane keeps no more than the end of what closed long ago; the store has the rest. */
async function recalled(id: RequestId, store: Past['store']): Promise<MergeRequest | null> {
  const history = await store.history(id);
  return history === null ? null : fold(emptyLane(history.target), history.events).requests.get(id) ?? null;
}

/** Of the lost some are rollbacks: what they took back has landed again, or went with them. */
async function freedBy(lost: readonly MergeRequest[], lane: Lane, isHeld: IsHeld): Promise<Pick<TakenOff, 'ids' | 'back'>> {
  const ids: RequestId[] = [];
  const back: RequestId[] = [];
  for (const { id, kind } of lost) {
    if (kind.kind !== 'rollback') continue;
    const phase = lane.requests.get(kind.of)?.phase;
    const isIts = phase === undefined ? lane.ended.get(kind.of)?.state === 'rolled-back' : phase.state === 'rolled-back' && phase.by === id;
    if (isIts) (await isHeld(kind.merge) ? back : ids).push(kind.of);
  }
  return { ids, back };
}

/** Dependencies that landed in other targets and had come into this one. */
async function unmetIn(lane: Lane, lanes: Iterable<Lane>, isHeld: IsHeld): Promise<TakenOff['unmet']> {
  const roll = rollOf([...lanes]);
  const unmet: TakenOff['unmet'][number][] = [];
  for (const request of lane.requests.values()) {
    if (request.dependsMet.length === 0) continue;
    const names: string[] = [];
    for (const { name, tip } of landedElsewhere({ ...request, dependsMet: [] }, roll)) if (request.dependsMet.includes(name) && !(await isHeld(tip))) names.push(name);
    if (names.length > 0) unmet.push({ id: request.id, names });
  }
  return unmet;
}
