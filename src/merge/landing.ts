// What the answer to a push means for its lane. "Landed" is written only when the remote was seen to have it.
import { emit, type Turn } from './turn.ts';
import type { Entered, Intent } from './event.ts';
import type { LandOutcome } from './observation.ts';
import { refusalOf } from './refusal.ts';
import type { Conflict } from '../resolution/conflict.ts';
import type { MergeRequest } from './request.ts';

export function receivePush(turn: Turn, intent: Intent, outcome: LandOutcome): void {
  const atMs = turn.view.nowMs;
  switch (outcome.kind) {
    case 'landed':
      emit(turn, { kind: 'landed', atMs, intent: intent.id });
      markRolledBack(turn, intent);
      return askAgain(turn, pathsOf(turn, intent));
    case 'stale':
      emit(turn, { kind: 'not-landed', atMs, intent: intent.id, refused: false, why: 'the target moved on first' });
      // At the old value still: not the target moved, the candidates are gone, and the same push would fail for ever.
      if (outcome.tip === intent.old) return dropChain(turn, 'its candidate was lost with the mirror');
      return emit(turn, { kind: 'tip', atMs, oid: outcome.tip });
    case 'refused':
      return receiveRefusal(turn, intent, outcome);
    case 'queued': return receiveQueued(turn, intent, outcome);
    case 'missing':
      emit(turn, { kind: 'not-landed', atMs, intent: intent.id, refused: false, why: 'the target is gone' });
      return emit(turn, { kind: 'stopped', atMs, alarm: { kind: 'target-gone', detail: 'The target was deleted on the remote; Maestro never creates it again.' } });
    case 'alarm':
      emit(turn, { kind: 'not-landed', atMs, intent: intent.id, refused: false, why: outcome.alarm.detail });
      if (outcome.tip !== null && outcome.tip !== turn.lane.tip) emit(turn, { kind: 'tip', atMs, oid: outcome.tip });
      return emit(turn, { kind: 'stopped', atMs, alarm: outcome.alarm });
  }
}

/** Of several pushed together nobody knows which one the remote minds: they are pushed one at a time from here. */
function receiveRefusal(turn: Turn, intent: Intent, { detail, everyone }: Extract<LandOutcome, { kind: 'refused' }>): void {
  const atMs = turn.view.nowMs;
  emit(turn, { kind: 'not-landed', atMs, intent: intent.id, refused: true, why: detail });
  const { meetsAll, next } = refusalOf(detail);
  if (everyone || meetsAll) return emit(turn, { kind: 'stopped', atMs, alarm: { kind: 'refused', detail: detail.endsWith(next) ? detail : `${detail}. ${next}` } });
  const [only] = intent.requests;
  if (intent.requests.length === 1 && only !== undefined) emit(turn, { kind: 'rejected', atMs, id: only, reason: { code: 'refused-by-remote', detail } });
}

/** The queue's commits are not ours: what stands on ours is merged anew onto the tip that it made. */
function receiveQueued(turn: Turn, intent: Intent, { merges, removed, tip, alarm }: Extract<LandOutcome, { kind: 'queued' }>): void {
  const atMs = turn.view.nowMs;
  const entered = merges.flatMap(({ id, commit, tree, onto, how }): Entered[] => {
    const phase = turn.lane.requests.get(id)?.phase;
    return phase?.state === 'landing' ? [{ id, candidate: { ...phase.candidate, commit, tree, onto, queued: how } }] : [];
  });
  if (entered.length > 0) emit(turn, { kind: 'entered', atMs, intent: intent.id, merges: entered, tip });
  else emit(turn, { kind: 'not-landed', atMs, intent: intent.id, refused: false, why: 'the merge queue let nothing of it in' });
  if (turn.lane.tip !== tip) emit(turn, { kind: 'tip', atMs, oid: tip });
  markRolledBack(turn, intent);
  // It is in the target all the same, so landed is the truth; nothing more lands on top of it unseen.
  if (alarm !== undefined) emit(turn, { kind: 'stopped', atMs, alarm });
  for (const { id, why, calledBackBy: by } of removed) {
    if (turn.lane.requests.get(id)?.phase.state !== 'gating') continue;
    emit(turn, by === undefined ? { kind: 'rejected', atMs, id, reason: { code: 'queue-refused', detail: why } } : { kind: 'cancelled', atMs, id, by });
  }
  askAgain(turn, null);
}

function markRolledBack(turn: Turn, intent: Intent): void {
  for (const id of intent.requests) {
    const request = turn.lane.requests.get(id);
    if (request?.kind.kind !== 'rollback' || request.phase.state !== 'landed') continue;
    emit(turn, { kind: 'rolled-back', atMs: turn.view.nowMs, id: request.kind.of, by: id, tip: request.tip, revert: request.phase.candidate.commit });
  }
}

/** What is asked was about the target as it was: where that changed, the branch is merged anew, and asked about again if it must be. `paths` null: anything may have changed. */
export function askAgain(turn: Turn, paths: ReadonlySet<string> | null): void {
  for (const request of [...turn.lane.requests.values()]) {
    const conflict = conflictOf(request);
    if (conflict !== null && (paths === null || conflict.paths.some(({ path, also = [] }) => [path, ...also].some((name) => paths.has(name))))) emit(turn, { kind: 'released', atMs: turn.view.nowMs, id: request.id });
  }
}

function conflictOf({ phase }: MergeRequest): Conflict | null {
  return phase.state === 'escalated' ? phase.question.conflict : phase.state === 'deliberating' ? phase.conflict : null;
}

function pathsOf(turn: Turn, intent: Intent): ReadonlySet<string> | null {
  const paths = new Set<string>();
  for (const id of intent.requests) {
    const phase = turn.lane.requests.get(id)?.phase;
    if (phase === undefined || !('candidate' in phase) || phase.candidate.pathCount > phase.candidate.paths.length) return null;
    for (const path of phase.candidate.paths) paths.add(path);
  }
  return paths;
}

export function dropChain(turn: Turn, why: string): void {
  if (turn.lane.chain.length > 0) emit(turn, { kind: 'dropped', atMs: turn.view.nowMs, ids: turn.lane.chain, why });
}
