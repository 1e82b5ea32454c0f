// What people said of a lane and what still counts of it, as it outlives the ledger: pauses, alarms, cancellations, answers, orders.
// Data both ways: a lane is asked for its testament, and an empty one may start from it.
import type { Conflict } from '../resolution/conflict.ts';
import { shortName } from './branch.ts';
import type { Alarm, LedgerEvent } from './event.ts';
import { requestId } from './identity.ts';
import type { Lane } from './lane.ts';
import { isOpen, type MergeRequest, type RequestId, type RequestKind, type Resolution } from './request.ts';
import { emit, type Turn } from './turn.ts';

export type Testament = {
  readonly pausedBy: string | null;
  readonly allPausedBy: string | null;
  readonly alarm: Alarm | null;
  readonly spoken: readonly Spoken[];
};

type Named = Pick<MergeRequest, 'branch' | 'tip' | 'title' | 'author' | 'dependsOn' | 'dependsMet' | 'priority'>;

/** A request somebody said something of, and what. */
export type Spoken = Named & { readonly kind: RequestKind; readonly word: Word };

type Word =
  | { readonly kind: 'ordered' }                                        // a rollback or a promotion that has not landed yet
  | { readonly kind: 'cancelled'; readonly by: string }
  | { readonly kind: 'decided'; readonly conflict: Conflict; readonly resolution: Resolution };

/** null: nothing that anybody said counts any more. */
export function testamentOf(lane: Lane): Testament | null {
  const { pausedBy, allPausedBy, alarm } = lane;
  const spoken = [...lane.requests.values()].flatMap((request) => spokenOf(request, lane));
  return pausedBy === null && allPausedBy === null && alarm === null && spoken.length === 0 ? null : { pausedBy, allPausedBy, alarm, spoken };
}

function spokenOf(request: MergeRequest, lane: Lane): readonly Spoken[] {
  const word = wordOf(request, lane);
  const { kind, branch, tip, title, author, dependsOn, dependsMet, priority } = request;
  return word === null ? [] : [{ kind, branch, tip, title, author, dependsOn, dependsMet, priority, word }];
}

function wordOf(request: MergeRequest, lane: Lane): Word | null {
  if (request.phase.state === 'cancelled') return { kind: 'cancelled', by: request.phase.by };
  if (!isOpen(request)) return null;
  const due = lane.tasksDue.get(request.id);
  if (due?.how === 'person' && request.resolution !== null) return { kind: 'decided', conflict: withoutText(due.conflict), resolution: bare(request.resolution) };
  // What the hierarchy asks for by itself it asks for again.
  return request.kind.kind === 'rollback' || (request.kind.kind === 'promotion' && lane.promotions.get(request.branch)?.tip !== request.tip) ? { kind: 'ordered' } : null;
}

/** The sides are named by their ids; only a display needs their lines. */
function withoutText(conflict: Conflict): Conflict {
  return { ...conflict, paths: conflict.paths.map(({ path, kind, base, ours, theirs, message }) => ({ path, kind, base, ours, theirs, hunks: [], message })) };
}

function bare({ fingerprint, choices, by, permission, how, sources }: Resolution): Resolution {
  return { fingerprint, choices, by, ...(permission === undefined ? {} : { permission }), how, ...(sources === undefined ? {} : { sources }) };
}

/** Whether it may change a testament; `spoken`: there is one already, which may end by it. Most of what happens does not: it need not be made anew. */
export function bearsOnTestament(event: LedgerEvent, spoken: boolean): boolean {
  switch (event.kind) {
    case 'paused': case 'stopped': case 'cancelled': case 'decided': case 'retried': return true;
    case 'requested': return event.what.kind === 'rollback' || event.what.kind === 'promotion';
    case 'resumed': case 'built': case 'conflicted': case 'tasked': case 'landed': case 'entered': case 'rejected': case 'superseded': case 'rolled-back': case 'taken-off': case 'promoted': return spoken;
    case 'met': case 'held': case 'released': case 'dropped': case 'voted': case 'asked': case 'gated': case 'baseline': case 'intended': case 'not-landed': case 'tip': case 'skipped': case 'forgotten': return false;
  }
}

/** Where the lane knows better by now, that stays. */
export function recall(turn: Turn, { pausedBy, allPausedBy, alarm, spoken }: Testament): void {
  const { lane, view } = turn;
  const atMs = view.nowMs;
  const by = allPausedBy ?? pausedBy;
  if (by !== null && lane.pausedBy === null) emit(turn, { kind: 'paused', atMs, by, all: allPausedBy !== null });
  if (alarm !== null && lane.alarm === null) emit(turn, { kind: 'stopped', atMs, alarm });
  for (const one of spoken) recallWord(turn, one);
}

function recallWord(turn: Turn, { kind: what, word, ...request }: Spoken): void {
  const atMs = turn.view.nowMs;
  const id = ask(turn, what, request);
  if (id === null) return;
  switch (word.kind) {
    case 'ordered': return what.kind === 'rollback' ? recallLanded(turn, what.of, request) : undefined;
    case 'cancelled': return emit(turn, { kind: 'cancelled', atMs, id, by: word.by });
    case 'decided':
      emit(turn, { kind: 'asked', atMs, id, question: { onto: request.tip, conflict: word.conflict, options: [], askedAtMs: atMs } });
      return emit(turn, { kind: 'decided', atMs, id, resolution: word.resolution });
  }
}

/** Its branch is still there: found again after the rollback it would be taken for work that is to land once more. */
function recallLanded(turn: Turn, of: RequestId, request: Named): void {
  if (requestId({ kind: 'branch' }, request.branch, request.tip, turn.lane.target) !== of) return;
  const id = ask(turn, { kind: 'branch' }, request);
  if (id !== null) emit(turn, { kind: 'rejected', atMs: turn.view.nowMs, id, reason: { code: 'already-contained', target: shortName(turn.lane.target) } });
}

/** null: the lane has it. The id is made anew, so that nobody can give one request that of another. */
function ask(turn: Turn, what: RequestKind, request: Named): RequestId | null {
  const id = requestId(what, request.branch, request.tip, turn.lane.target);
  if (turn.lane.requests.has(id) || turn.lane.ended.has(id)) return null;
  emit(turn, { kind: 'requested', atMs: turn.view.nowMs, id, what, ...request });
  return id;
}
