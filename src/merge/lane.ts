// One target and the requests that want into it: the fold of the lane's ledger. Decides nothing; plan.ts does.
import type { Conflict } from '../resolution/conflict.ts';
import type { Oid, RefName } from './branch.ts';
import type { Inverse } from './effect.ts';
import type { Alarm, Intent, LedgerEvent, Unmet } from './event.ts';
import type { Reason } from './reason.ts';
import { NO_MEMORY, remember as learn, type Memory } from './memory.ts';
import { isOpen, type MergeRequest, type OptionLetter, type Phase, type RefactorTask, type RequestId, type RequestKind, type Resolution, type State, type Verdict } from './request.ts';

/** Closed requests kept whole, more than one push can land; of older ones only their end is known, and the store has the rest by id. */
const CLOSED_MAX = 500;
/** So many are forgotten together, so that the ends of all before are copied seldom. */
const FORGOTTEN_AT_ONCE = 100;
const GREENS_MAX = 128;
const TASKS_MAX = 200;
/** Rollbacks that were taken back, and may stand again when a target is moved back. */
const RESTORED_MAX = 200;

/** A decision whose dropped work has not been handed out yet: that happens once it has landed. */
export type TaskDue = { readonly conflict: Conflict; readonly choices: readonly OptionLetter[]; readonly how: Resolution['how'] };

/** What is left of a request closed long ago: enough never to open it a second time. `code` where it was rejected. */
export type Ended = { readonly branch: RefName; readonly tip: Oid; readonly kind: RequestKind['kind']; readonly state: State; readonly code: Reason['code'] | null };

/** A gate that passed on a tree, and whose run that was. */
type Green = { readonly key: string; readonly by: RequestId };

export type Push = { readonly fromMs: number; readonly toMs: number };

export type Lane = {
  readonly target: RefName;
  /** Events folded so far. */
  readonly version: number;
  /** What the clock said at the last of them; null before the first. */
  readonly writtenAtMs: number | null;
  /** The target's last known value on the remote; null before it was seen. */
  readonly tip: Oid | null;
  readonly pausedBy: string | null;
  /** Who paused everything; kept by the default branch's lane for those that do not exist yet. */
  readonly allPausedBy: string | null;
  readonly alarm: Alarm | null;
  /** The target was moved past Maestro, and what that took off has not been asked yet: nothing starts before. */
  readonly movedBack: boolean;
  readonly requests: ReadonlyMap<RequestId, MergeRequest>;
  /** How many of `requests` are closed. */
  readonly closedCount: number;
  /** Requests that are no longer in `requests`. */
  readonly ended: ReadonlyMap<RequestId, Ended>;
  /** Candidates stacked on `tip`, each on the one before; the front part may be landing. */
  readonly chain: readonly RequestId[];
  readonly landing: Intent | null;
  /** The last landing: from its intent until the remote was seen to have it. */
  readonly lastPush: Push | null;
  readonly firstLandedAtMs: number | null;
  /** What the last landing made of the target. */
  readonly landedTip: Oid | null;
  /** The remote refused the last push: land one at a time until one gets through, so that the culprit is known. */
  readonly cautious: boolean;
  /** Trees the gate passed lately, newest last: the same tree is not gated twice. */
  readonly greens: readonly Green[];
  readonly baseline: { readonly tip: Oid; readonly verdict: Verdict } | null;
  /** `restoredBy`: what landed the same work again; null while the rollback stands. */
  readonly inverses: readonly (Inverse & { readonly of: RequestId; readonly restoredBy: RequestId | null })[];
  readonly tasksDue: ReadonlyMap<RequestId, TaskDue>;
  readonly tasks: readonly RefactorTask[];
  /** What its conflicts taught. */
  readonly memory: Memory;
  /** The last promotion considered for each branch that feeds this lane. */
  readonly promotions: ReadonlyMap<RefName, { readonly tip: Oid; readonly atMs: number }>;
};

export function emptyLane(target: RefName): Lane {
  return {
    target, version: 0, writtenAtMs: null, tip: null,
    pausedBy: null, allPausedBy: null, alarm: null, movedBack: false,
    requests: new Map(), closedCount: 0, ended: new Map(),
    chain: [], landing: null, lastPush: null, firstLandedAtMs: null, landedTip: null, cautious: false,
    greens: [], baseline: null, inverses: [],
    tasksDue: new Map(), tasks: [], memory: NO_MEMORY, promotions: new Map(),
  };
}

/** The lane after these events. Copies once, so that a long history folds in linear time. */
export function fold(lane: Lane, events: readonly LedgerEvent[]): Lane {
  const draft = draftOf(lane);
  for (const event of events) apply(draft, event);
  return draft;
}

/** A lane that may be written while one turn is worked out; it never leaves that turn unfrozen. `ended` is long: it is shared until it changes. */
export type Draft = { -readonly [K in keyof Lane]: K extends 'ended' ? Lane[K] : Lane[K] extends ReadonlyMap<infer A, infer B> ? Map<A, B> : Lane[K] };

export function draftOf(lane: Lane): Draft {
  return { ...lane, requests: new Map(lane.requests), tasksDue: new Map(lane.tasksDue), promotions: new Map(lane.promotions) };
}

export function apply(lane: Draft, event: LedgerEvent): void {
  lane.version += 1;
  lane.writtenAtMs = event.atMs;
  lane.memory = learn(lane.memory, event, lane);
  switch (event.kind) {
    case 'requested': return addRequest(lane, event);
    case 'retried': return reopen(lane, event);
    case 'met': return meet(lane, event);
    case 'held': return hold(lane, event);
    case 'released': return move(lane, event.id, { state: 'queued', hold: null });
    case 'built':
      lane.chain = [...lane.chain, event.id];
      return move(lane, event.id, { state: 'gating', candidate: event.candidate, verdict: null }, { resolution: event.resolution });
    case 'dropped': return drop(lane, event.ids);
    case 'conflicted':
      // The answer fits this conflict no longer: nobody lost by it.
      lane.tasksDue.delete(event.id);
      lane.chain = lane.chain.filter((id) => id !== event.id);
      return move(lane, event.id, { state: 'deliberating', onto: event.onto, conflict: event.conflict, votes: [], ...(event.refuted === undefined ? {} : { refuted: true }) }, { resolution: null });
    case 'voted': return hear(lane, event);
    case 'asked': return ask(lane, event);
    case 'decided': return decide(lane, event);
    case 'tasked': return addTasks(lane, event);
    case 'gated': return markGated(lane, event.ids, event.verdict);
    case 'baseline':
      lane.baseline = { tip: event.tip, verdict: event.verdict };
      return;
    case 'intended': return startLanding(lane, event.intent);
    case 'landed': return finishLanding(lane, event.atMs);
    case 'entered': return enter(lane, event);
    case 'not-landed': return abandonLanding(lane, event.refused);
    case 'rejected': return close(lane, event.id, { state: 'rejected', reason: event.reason, atMs: event.atMs });
    case 'superseded': return close(lane, event.id, { state: 'superseded', by: event.by, atMs: event.atMs });
    case 'cancelled': return close(lane, event.id, { state: 'cancelled', by: event.by, atMs: event.atMs });
    case 'rolled-back': return rollBack(lane, event);
    case 'taken-off': return takeOff(lane, event);
    case 'tip':
      lane.tip = event.oid;
      return;
    case 'paused':
      lane.pausedBy = event.by;
      if (event.all) lane.allPausedBy = event.by;
      return;
    case 'resumed':
      lane.pausedBy = null;
      if (event.all) lane.allPausedBy = null;
      lane.alarm = null;
      return;
    case 'stopped':
      lane.alarm = event.alarm;
      lane.movedBack ||= event.alarm.kind === 'rewound' || event.alarm.kind === 'diverged' || event.alarm.kind === 'read-back';
      return;
    case 'forgotten': return;
    case 'skipped': return skip(lane, event.ms);
    case 'promoted':
      lane.promotions.set(event.branch, { tip: event.tip, atMs: event.atMs });
      return;
  }
}

export function greenKey(gate: string, tree: Oid): string {
  return `${gate}\0${tree}`;
}

function addRequest(lane: Draft, event: Extract<LedgerEvent, { kind: 'requested' }>): void {
  const { id, what, branch, tip, title, author, dependsOn, dependsMet, priority } = event;
  if (lane.ended.has(id)) lane.ended = new Map([...lane.ended].filter(([other]) => other !== id));
  place(lane, { id, kind: what, branch, tip, target: lane.target, title, author, dependsOn, dependsMet, priority, arrival: lane.version, arrivedAtMs: event.atMs, waitsSinceMs: event.atMs, heldTimes: 0, resolution: null, phase: { state: 'queued', hold: null } });
}

/** It waits anew: behind those that came meanwhile, and with its whole patience. */
function reopen(lane: Draft, event: Extract<LedgerEvent, { kind: 'retried' }>): void {
  const request = lane.requests.get(event.id);
  if (request !== undefined) place(lane, { ...request, arrival: lane.version, arrivedAtMs: event.atMs, waitsSinceMs: event.atMs, heldTimes: 0, resolution: null, phase: { state: 'queued', hold: null } });
}

function skip(lane: Draft, ms: number): void {
  for (const request of lane.requests.values()) if (isOpen(request)) lane.requests.set(request.id, { ...request, waitsSinceMs: request.waitsSinceMs + ms });
}

function meet(lane: Draft, { id, names }: Extract<LedgerEvent, { kind: 'met' }>): void {
  const request = lane.requests.get(id);
  if (request !== undefined) lane.requests.set(id, { ...request, dependsMet: [...request.dependsMet, ...names] });
}

function hold(lane: Draft, event: Extract<LedgerEvent, { kind: 'held' }>): void {
  const request = lane.requests.get(event.id);
  if (request === undefined) return;
  lane.chain = lane.chain.filter((id) => id !== event.id);
  const heldTimes = request.heldTimes + (event.hold.kind === 'conflict-ahead' ? 1 : 0);
  lane.requests.set(event.id, { ...request, heldTimes, phase: { state: 'queued', hold: event.hold } });
}

function drop(lane: Draft, ids: readonly RequestId[]): void {
  const gone = new Set(ids);
  lane.chain = lane.chain.filter((id) => !gone.has(id));
  for (const id of ids) move(lane, id, { state: 'queued', hold: null });
}

function ask(lane: Draft, event: Extract<LedgerEvent, { kind: 'asked' }>): void {
  for (const option of event.question.options) remember(lane, option.verdict, event.id);
  move(lane, event.id, { state: 'escalated', question: event.question });
}

function hear(lane: Draft, { id, vote }: Extract<LedgerEvent, { kind: 'voted' }>): void {
  const phase = lane.requests.get(id)?.phase;
  if (phase?.state === 'deliberating') move(lane, id, { ...phase, votes: [...phase.votes, vote] });
}

function decide(lane: Draft, event: Extract<LedgerEvent, { kind: 'decided' }>): void {
  const request = lane.requests.get(event.id);
  if (event.verdict !== undefined) remember(lane, event.verdict, event.id);
  const { choices, how } = event.resolution;
  const conflict = request?.phase.state === 'escalated' ? request.phase.question.conflict : request?.phase.state === 'deliberating' && how === 'consensus' ? request.phase.conflict : null;
  if (conflict === null) return;
  if (how !== 'diff3') lane.tasksDue.set(event.id, { conflict, choices, how });
  move(lane, event.id, { state: 'queued', hold: null }, { resolution: event.resolution });
}

function addTasks(lane: Draft, event: Extract<LedgerEvent, { kind: 'tasked' }>): void {
  lane.tasksDue.delete(event.id);
  lane.tasks = [...lane.tasks, ...event.tasks].slice(-TASKS_MAX);
}

function markGated(lane: Draft, ids: readonly RequestId[], verdict: Verdict): void {
  if (ids[0] !== undefined) remember(lane, verdict, ids[0]);
  for (const id of ids) {
    const phase = lane.requests.get(id)?.phase;
    if (phase?.state === 'gating') move(lane, id, { ...phase, verdict });
  }
}

function remember(lane: Draft, verdict: Verdict, by: RequestId): void {
  if (verdict.kind === 'passed') lane.greens = [...lane.greens, { key: greenKey(verdict.gate, verdict.tree), by: verdict.reusedFrom ?? by }].slice(-GREENS_MAX);
}

function startLanding(lane: Draft, intent: Intent): void {
  lane.landing = intent;
  for (const id of intent.requests) {
    const phase = lane.requests.get(id)?.phase;
    if (phase?.state === 'gating' && phase.verdict !== null) move(lane, id, { state: 'landing', candidate: phase.candidate, verdict: phase.verdict });
  }
}

function finishLanding(lane: Draft, atMs: number): void {
  const intent = lane.landing;
  if (intent === null) return;
  const gone = new Set(intent.requests);
  lane.chain = lane.chain.filter((id) => !gone.has(id));
  for (const id of intent.requests) {
    const phase = lane.requests.get(id)?.phase;
    if (phase?.state !== 'landing') continue;
    closeLanded(lane, id, { state: 'landed', candidate: phase.candidate, verdict: phase.verdict, atMs });
    lane.baseline = { tip: intent.new, verdict: phase.verdict };
  }
  noteLanded(lane, intent.new, { fromMs: intent.atMs, toMs: atMs });
  lane.landing = null;
  lane.cautious = false;
}

/** Those the queue did not let in are as they were before the intent. */
function enter(lane: Draft, { merges, tip, atMs }: Extract<LedgerEvent, { kind: 'entered' }>): void {
  for (const { id, candidate } of merges) {
    const phase = lane.requests.get(id)?.phase;
    if (phase?.state === 'landing') closeLanded(lane, id, { state: 'landed', candidate, verdict: phase.verdict, atMs });
  }
  const fromMs = lane.landing?.atMs ?? atMs;
  abandonLanding(lane, false);
  noteLanded(lane, tip, { fromMs, toMs: atMs });
}

function closeLanded(lane: Draft, id: RequestId, phase: Extract<Phase, { state: 'landed' }>): void {
  close(lane, id, phase);
  const restored = new Set(phase.candidate.restores);
  if (restored.size === 0) return;
  const inverses = lane.inverses.map((inverse) => restored.has(inverse.revert) ? { ...inverse, restoredBy: id } : inverse);
  const old = new Set(inverses.filter((inverse) => inverse.restoredBy !== null).slice(0, -RESTORED_MAX));
  lane.inverses = inverses.filter((inverse) => !old.has(inverse));
}

function noteLanded(lane: Draft, tip: Oid, push: Push): void {
  lane.tip = tip;
  lane.lastPush = push;
  lane.firstLandedAtMs ??= push.toMs;
  lane.landedTip = tip;
}

function abandonLanding(lane: Draft, refused: boolean): void {
  const intent = lane.landing;
  if (intent === null) return;
  for (const id of intent.requests) {
    const phase = lane.requests.get(id)?.phase;
    if (phase?.state === 'landing') move(lane, id, { state: 'gating', candidate: phase.candidate, verdict: phase.verdict });
  }
  lane.landing = null;
  lane.cautious = refused;
}

function rollBack(lane: Draft, event: Extract<LedgerEvent, { kind: 'rolled-back' }>): void {
  lane.inverses = [...lane.inverses, { tip: event.tip, revert: event.revert, of: event.id, restoredBy: null }];
  closeRolledBack(lane, event.id, event.by, event.atMs);
  reend(lane, [event.id], 'rolled-back');
}

function closeRolledBack(lane: Draft, id: RequestId, by: RequestId | null, atMs: number): void {
  const { phase, takenOff = 0 } = lane.requests.get(id) ?? {};
  if (phase?.state === 'landed' || (phase?.state === 'rolled-back' && by === null)) close(lane, id, { state: 'rolled-back', by, candidate: phase.candidate, verdict: phase.verdict, atMs }, by === null ? { takenOff: takenOff + 1 } : {});
}

/** Copies once, however many. */
function reend(lane: Draft, ids: readonly RequestId[], state: State): void {
  const changed = ids.flatMap((id): [RequestId, Ended][] => {
    const ended = lane.ended.get(id);
    return ended === undefined ? [] : [[id, { ...ended, state }]];
  });
  if (changed.length > 0) lane.ended = new Map([...lane.ended, ...changed]);
}

/** Nothing is forgotten of the rollbacks that went: git is asked at each merge whether the target holds them. */
function takeOff(lane: Draft, { ids, back, unmet, atMs }: Extract<LedgerEvent, { kind: 'taken-off' }>): void {
  lane.movedBack = false;
  const gone = new Set(ids);
  lane.inverses = lane.inverses.map((inverse) => inverse.restoredBy !== null && gone.has(inverse.restoredBy) ? { ...inverse, restoredBy: null } : inverse);
  for (const id of ids) closeRolledBack(lane, id, null, atMs);
  for (const id of back) comeBack(lane, id, atMs);
  reend(lane, ids, 'rolled-back');
  reend(lane, back, 'landed');
  for (const one of unmet) miss(lane, one);
}

/** It landed before, and its rollback is gone. */
function comeBack(lane: Draft, id: RequestId, atMs: number): void {
  const phase = lane.requests.get(id)?.phase;
  if (phase?.state === 'rolled-back') close(lane, id, { state: 'landed', candidate: phase.candidate, verdict: phase.verdict, atMs });
}

function miss(lane: Draft, { id, names }: Unmet): void {
  const request = lane.requests.get(id);
  if (request !== undefined) lane.requests.set(id, { ...request, dependsMet: request.dependsMet.filter((name) => !names.includes(name)) });
}

function close(lane: Draft, id: RequestId, phase: Phase, more: Pick<MergeRequest, 'takenOff'> = {}): void {
  const request = lane.requests.get(id);
  if (request === undefined) return;
  lane.chain = lane.chain.filter((other) => other !== id);
  place(lane, { ...request, ...more, phase });
  if (lane.closedCount >= CLOSED_MAX + FORGOTTEN_AT_ONCE) forgetOldest(lane);
}

/** Opened or closed, it goes behind all others: the one closed longest ago is met first when memory is short. */
function place(lane: Draft, request: MergeRequest): void {
  const before = lane.requests.get(request.id);
  if (before !== undefined && !isOpen(before)) lane.closedCount -= 1;
  if (!isOpen(request)) lane.closedCount += 1;
  lane.requests.delete(request.id);
  lane.requests.set(request.id, request);
}

function move(lane: Draft, id: RequestId, phase: Phase, more: Partial<Pick<MergeRequest, 'resolution'>> = {}): void {
  const request = lane.requests.get(id);
  if (request !== undefined) lane.requests.set(id, { ...request, ...more, phase });
}

function forgetOldest(lane: Draft): void {
  const ended = new Map(lane.ended);
  for (const request of lane.requests.values()) {
    if (lane.closedCount === CLOSED_MAX) break;
    if (isOpen(request) || lane.tasksDue.has(request.id)) continue;
    lane.requests.delete(request.id);
    ended.set(request.id, endOf(request));
    lane.closedCount -= 1;
  }
  lane.ended = ended;
}

function endOf({ branch, tip, kind, phase }: MergeRequest): Ended {
  return { branch, tip, kind: kind.kind, state: phase.state, code: phase.state === 'rejected' ? phase.reason.code : null };
}
