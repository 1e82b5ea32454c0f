// One target and the requests that want into it: the fold of the lane's ledger. Decides nothing; plan.ts does.
import type { Conflict } from '../resolution/conflict.ts';
import type { Oid, RefName } from './branch.ts';
import type { Inverse } from './effect.ts';
import type { Alarm, Intent, LedgerEvent } from './event.ts';
import { isOpen, type MergeRequest, type OptionLetter, type Phase, type RefactorTask, type RequestId, type Verdict } from './request.ts';

/** Closed requests kept in memory; older ones are read back from the store by id. */
export const CLOSED_MAX = 500;
const GREENS_MAX = 128;
const TASKS_MAX = 200;

/** A decision whose dropped work has not been handed out yet. */
export type TaskDue = { readonly conflict: Conflict; readonly choices: readonly OptionLetter[] };

export type Lane = {
  readonly target: RefName;
  /** Events folded so far. */
  readonly version: number;
  /** The target's last known value on the remote; null before it was seen. */
  readonly tip: Oid | null;
  readonly pausedBy: string | null;
  readonly alarm: Alarm | null;
  readonly requests: ReadonlyMap<RequestId, MergeRequest>;
  /** Candidates stacked on `tip`, each on the one before; the front part may be landing. */
  readonly chain: readonly RequestId[];
  readonly landing: Intent | null;
  /** The remote refused the last push: land one at a time until one gets through, so that the culprit is known. */
  readonly cautious: boolean;
  /** Trees the gate passed lately, as `gate\0tree`, newest last: the same tree is not gated twice. */
  readonly greens: readonly string[];
  readonly baseline: { readonly tip: Oid; readonly verdict: Verdict } | null;
  readonly inverses: readonly (Inverse & { readonly of: RequestId })[];
  readonly tasksDue: ReadonlyMap<RequestId, TaskDue>;
  readonly tasks: readonly RefactorTask[];
  /** The last promotion considered for each branch that feeds this lane. */
  readonly promotions: ReadonlyMap<RefName, { readonly tip: Oid; readonly atMs: number }>;
};

export function emptyLane(target: RefName): Lane {
  return { target, version: 0, tip: null, pausedBy: null, alarm: null, requests: new Map(), chain: [], landing: null, cautious: false, greens: [], baseline: null, inverses: [], tasksDue: new Map(), tasks: [], promotions: new Map() };
}

/** The lane after these events. Copies once, so that a long history folds in linear time. */
export function fold(lane: Lane, events: readonly LedgerEvent[]): Lane {
  const draft = draftOf(lane);
  for (const event of events) apply(draft, event);
  forgetOldest(draft);
  return draft;
}

/** A lane that may be written while one turn is worked out; it never leaves that turn unfrozen. */
export type Draft = { -readonly [K in keyof Lane]: Lane[K] extends ReadonlyMap<infer A, infer B> ? Map<A, B> : Lane[K] };

export function draftOf(lane: Lane): Draft {
  return { ...lane, requests: new Map(lane.requests), tasksDue: new Map(lane.tasksDue), promotions: new Map(lane.promotions) };
}

export function apply(lane: Draft, event: LedgerEvent): void {
  lane.version += 1;
  switch (event.kind) {
    case 'requested': return addRequest(lane, event);
    case 'retried': return move(lane, event.id, { state: 'queued', hold: null }, { resolution: null });
    case 'held': return hold(lane, event);
    case 'released': return move(lane, event.id, { state: 'queued', hold: null });
    case 'built':
      lane.chain = [...lane.chain, event.id];
      return move(lane, event.id, { state: 'gating', candidate: event.candidate, verdict: null }, { resolution: event.resolution });
    case 'dropped': return drop(lane, event.ids);
    case 'conflicted': return move(lane, event.id, { state: 'deliberating', onto: event.onto, conflict: event.conflict }, { resolution: null });
    case 'asked': return ask(lane, event);
    case 'decided': return decide(lane, event);
    case 'tasked': return addTasks(lane, event);
    case 'gated': return markGated(lane, event.ids, event.verdict);
    case 'baseline':
      lane.baseline = { tip: event.tip, verdict: event.verdict };
      return;
    case 'intended': return startLanding(lane, event.intent);
    case 'landed': return finishLanding(lane, event.atMs);
    case 'not-landed': return abandonLanding(lane, event.refused);
    case 'rejected': return close(lane, event.id, { state: 'rejected', reason: event.reason, atMs: event.atMs });
    case 'superseded': return close(lane, event.id, { state: 'superseded', by: event.by, atMs: event.atMs });
    case 'cancelled': return close(lane, event.id, { state: 'cancelled', by: event.by, atMs: event.atMs });
    case 'rolled-back': return rollBack(lane, event);
    case 'tip':
      lane.tip = event.oid;
      return;
    case 'paused':
      lane.pausedBy = event.by;
      return;
    case 'resumed':
      lane.pausedBy = null;
      lane.alarm = null;
      return;
    case 'stopped':
      lane.alarm = event.alarm;
      return;
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
  lane.requests.set(id, { id, kind: what, branch, tip, target: lane.target, title, author, dependsOn, dependsMet, priority, arrival: lane.version, arrivedAtMs: event.atMs, heldTimes: 0, resolution: null, phase: { state: 'queued', hold: null } });
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
  for (const option of event.question.options) remember(lane, option.verdict);
  move(lane, event.id, { state: 'escalated', question: event.question });
}

function decide(lane: Draft, event: Extract<LedgerEvent, { kind: 'decided' }>): void {
  const request = lane.requests.get(event.id);
  if (request?.phase.state !== 'escalated') return;
  if (event.resolution.how === 'person') lane.tasksDue.set(event.id, { conflict: request.phase.question.conflict, choices: event.resolution.choices });
  move(lane, event.id, { state: 'queued', hold: null }, { resolution: event.resolution });
}

function addTasks(lane: Draft, event: Extract<LedgerEvent, { kind: 'tasked' }>): void {
  lane.tasksDue.delete(event.id);
  lane.tasks = [...lane.tasks, ...event.tasks].slice(-TASKS_MAX);
}

function markGated(lane: Draft, ids: readonly RequestId[], verdict: Verdict): void {
  remember(lane, verdict);
  for (const id of ids) {
    const phase = lane.requests.get(id)?.phase;
    if (phase?.state === 'gating') move(lane, id, { ...phase, verdict });
  }
}

function remember(lane: Draft, verdict: Verdict): void {
  if (verdict.kind === 'passed') lane.greens = [...lane.greens, greenKey(verdict.gate, verdict.tree)].slice(-GREENS_MAX);
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
    close(lane, id, { state: 'landed', candidate: phase.candidate, verdict: phase.verdict, atMs });
    lane.baseline = { tip: intent.new, verdict: phase.verdict };
    const restored = new Set(phase.candidate.restores);
    lane.inverses = lane.inverses.filter((inverse) => !restored.has(inverse.revert));
  }
  lane.tip = intent.new;
  lane.landing = null;
  lane.cautious = false;
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
  lane.inverses = [...lane.inverses, { tip: event.tip, revert: event.revert, of: event.id }];
  const phase = lane.requests.get(event.id)?.phase;
  if (phase?.state === 'landed') close(lane, event.id, { state: 'rolled-back', by: event.by, candidate: phase.candidate, verdict: phase.verdict, atMs: event.atMs });
}

/** Closed requests move behind the open ones, so that the oldest closed one is met first when memory is short. */
function close(lane: Draft, id: RequestId, phase: Phase): void {
  const request = lane.requests.get(id);
  if (request === undefined) return;
  lane.chain = lane.chain.filter((other) => other !== id);
  lane.requests.delete(id);
  lane.requests.set(id, { ...request, phase });
}

function move(lane: Draft, id: RequestId, phase: Phase, more: Partial<Pick<MergeRequest, 'resolution'>> = {}): void {
  const request = lane.requests.get(id);
  if (request !== undefined) lane.requests.set(id, { ...request, ...more, phase });
}

function forgetOldest(lane: Draft): void {
  const closed: RequestId[] = [];
  for (const request of lane.requests.values()) if (!isOpen(request)) closed.push(request.id);
  for (const id of closed.slice(0, Math.max(0, closed.length - CLOSED_MAX))) lane.requests.delete(id);
}
