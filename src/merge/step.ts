// What one observation changes in a lane. One case an observation; what follows from the new state is settled in queue/settle.ts.
import { parseAnswer } from '../consensus/answer.ts';
import { shortName, type Oid, type RefName } from './branch.ts';
import type { BuildOutcome, LandOutcome, Observation, Sight } from './observation.ts';
import { askAgain, dropChain, receivePush } from './landing.ts';
import { questionMark, requestId } from './identity.ts';
import type { Ended, Lane } from './lane.ts';
import { isOpen, type MergeRequest, type OptionLetter, type Question, type RequestId, type RequestKind, type Resolution } from './request.ts';
import { mayBeRetried } from './reason.ts';
import { refactorTasks } from './refactor.ts';
import { recall } from './testament.ts';
import { emit, type Turn } from './turn.ts';

export function receive(turn: Turn, seen: Observation): void {
  switch (seen.kind) {
    case 'branch': return receiveBranch(turn, seen.branch, seen.tip, seen.sight);
    case 'refused-branch': {
      const id = request(turn, { kind: 'branch' }, seen.branch, seen.tip, seen.sight);
      if (id !== null) emit(turn, { kind: 'rejected', atMs: turn.view.nowMs, id, reason: seen.reason });
      return;
    }
    case 'target': return receiveTarget(turn, seen);
    case 'taken-off': return receiveTakenOff(turn, seen);
    case 'refused-target':
      // While a push is under way its own answer says what became of the target.
      if (turn.lane.landing === null && turn.lane.alarm === null) emit(turn, { kind: 'stopped', atMs: turn.view.nowMs, alarm: { kind: 'unfetchable', detail: seen.detail } });
      return;
    case 'met':
      if (openNotLanding(turn, seen.id) !== null) emit(turn, { kind: 'met', atMs: turn.view.nowMs, id: seen.id, names: seen.names });
      return;
    case 'built':
      for (const { id, outcome } of seen.results) receiveBuild(turn, id, outcome);
      return;
    case 'prepared': return receiveOptions(turn, seen);
    case 'voted': return receiveVote(turn, seen);
    case 'gated': return receiveVerdict(turn, seen);
    case 'baseline': return emit(turn, { kind: 'baseline', atMs: turn.view.nowMs, tip: seen.tip, verdict: seen.verdict });
    case 'lost':
      // What is being pushed is settled by the push's own answer.
      if (turn.lane.landing === null) dropChain(turn, 'its candidate was lost with the mirror');
      return;
    case 'pushed': return receivePushed(turn, seen.intent, seen.outcome);
    case 'tasked': return receiveDropped(turn, seen);
    case 'gave-up':
      for (const id of seen.ids) rejectOpen(turn, id, seen.detail);
      return;
    case 'recalled': return recall(turn, seen.testament);
    case 'decide': return receiveDecision(turn, seen);
    case 'cancel':
      if (openNotLanding(turn, seen.id) !== null) emit(turn, { kind: 'cancelled', atMs: turn.view.nowMs, id: seen.id, by: seen.by });
      return;
    case 'retry': return receiveRetry(turn, seen.request, seen.by);
    case 'pause':
      if (turn.lane.pausedBy === null || (seen.all && turn.lane.allPausedBy === null)) emit(turn, { kind: 'paused', atMs: turn.view.nowMs, by: seen.by, all: seen.all });
      return;
    case 'resume':
      if (turn.lane.pausedBy !== null || turn.lane.alarm !== null || (seen.all && turn.lane.allPausedBy !== null)) emit(turn, { kind: 'resumed', atMs: turn.view.nowMs, by: seen.by, all: seen.all });
      return;
    case 'forget': return emit(turn, { kind: 'forgotten', atMs: turn.view.nowMs, by: seen.by });
    case 'rollback': return receiveRollback(turn, seen.landed);
    case 'promote':
      request(turn, { kind: 'promotion' }, seen.branch, seen.tip, { title: seen.title, author: seen.author, dependsOn: [], contained: [], priority: 'normal' });
      return;
    case 'broken-config':
      if (turn.lane.alarm === null) emit(turn, { kind: 'stopped', atMs: turn.view.nowMs, alarm: { kind: 'config-broken', detail: seen.detail } });
      return;
    case 'tick': return;
  }
}

/** Opens a request unless this very push already has one; returns its id when it is open from now on. */
export function request(turn: Turn, what: RequestKind, branch: RefName, tip: Oid, sight: Sight): RequestId | null {
  const id = requestId(what, branch, tip, turn.lane.target);
  const known = endOf(turn.lane, id);
  if (known !== undefined && !mayReturn(known)) return null;
  open(turn, 'the push', { id, kind: what, branch, tip, title: sight.title, author: sight.author, dependsOn: sight.dependsOn, dependsMet: sight.contained, priority: sight.priority });
  return id;
}

type Opening = Pick<MergeRequest, 'id' | 'kind' | 'branch' | 'tip' | 'title' | 'author' | 'dependsOn' | 'dependsMet' | 'priority'>;

/** `by`: who asked for it again, where it was here before. */
function open(turn: Turn, by: string, { id, kind: what, branch, tip, title, author, dependsOn, dependsMet, priority }: Opening): void {
  if (turn.lane.requests.has(id)) emit(turn, { kind: 'retried', atMs: turn.view.nowMs, id, by });
  else emit(turn, { kind: 'requested', atMs: turn.view.nowMs, id, what, branch, tip, title, author, dependsOn, dependsMet, priority });
}

/** What became of a request, also of one closed so long ago that nothing else is left of it. */
function endOf(lane: Pick<Lane, 'requests' | 'ended'>, id: RequestId): Pick<Ended, 'state' | 'code'> | undefined {
  const phase = lane.requests.get(id)?.phase;
  return phase === undefined ? lane.ended.get(id) : { state: phase.state, code: phase.state === 'rejected' ? phase.reason.code : null };
}

/** Its branch had moved on or was gone; a push that brings back the very same tip asks again. */
function mayReturn({ state, code }: Pick<Ended, 'state' | 'code'>): boolean {
  return state === 'superseded' || code === 'branch-deleted';
}

function receiveBranch(turn: Turn, branch: RefName, tip: Oid | null, sight: Sight | null): void {
  const next = tip === null || sight === null ? null : requestId({ kind: 'branch' }, branch, tip, turn.lane.target);
  for (const old of [...turn.lane.requests.values()]) {
    if (old.kind.kind !== 'branch' || old.branch !== branch || old.id === next || openNotLanding(turn, old.id) === null) continue;
    if (tip === null) emit(turn, { kind: 'rejected', atMs: turn.view.nowMs, id: old.id, reason: { code: 'branch-deleted' } });
    else if (next !== null || old.tip !== tip) emit(turn, { kind: 'superseded', atMs: turn.view.nowMs, id: old.id, by: next });
  }
  if (tip !== null && sight !== null) request(turn, { kind: 'branch' }, branch, tip, sight);
}

function receiveTarget(turn: Turn, { from, tip, relation }: Extract<Observation, { kind: 'target' }>): void {
  const { lane, view } = turn;
  // While a push is under way its own answer says what became of the target; a sight from before the last news is old.
  if (lane.landing !== null || from !== lane.tip) return;
  if (tip === null) {
    if (lane.alarm === null) emit(turn, { kind: 'stopped', atMs: view.nowMs, alarm: { kind: 'target-gone', detail: 'The target was deleted on the remote; Maestro never creates it again.' } });
    return;
  }
  if (lane.tip === tip) return;
  const pausedBy = lane.tip === null ? view.lanes.get(view.defaultBranch)?.allPausedBy ?? null : null;
  if (pausedBy !== null && lane.pausedBy === null) emit(turn, { kind: 'paused', atMs: view.nowMs, by: pausedBy, all: false });
  if (lane.tip !== null && (relation === 'rewound' || relation === 'diverged'))
    emit(turn, { kind: 'stopped', atMs: view.nowMs, alarm: { kind: relation, detail: `The target moved from ${lane.tip} to ${tip} without keeping its history.` } });
  emit(turn, { kind: 'tip', atMs: view.nowMs, oid: tip });
  askAgain(turn, null);
}

/** Seen at a tip that the target has left since, or while the lane stands still (again), it says nothing: it is asked again. */
function receiveTakenOff(turn: Turn, { tip, ids, back, unmet }: Extract<Observation, { kind: 'taken-off' }>): void {
  const { lane, view } = turn;
  if (lane.movedBack && lane.alarm === null && lane.tip === tip) emit(turn, { kind: 'taken-off', atMs: view.nowMs, tip, ids, back, unmet });
}

function receiveBuild(turn: Turn, id: RequestId, outcome: BuildOutcome): void {
  const { lane, view } = turn;
  const phase = lane.requests.get(id)?.phase;
  // Built on what counts only once it has landed, it says nothing yet: neither that it fits nor that it is in.
  if (phase?.state !== 'queued' || endsWithRollback(lane)) return;
  switch (outcome.kind) {
    case 'candidate':
      // The stack may have changed while this was built; what no longer fits on top is built again.
      if (outcome.candidate.onto === topOf(lane)) emit(turn, { kind: 'built', atMs: view.nowMs, id, candidate: outcome.candidate, resolution: outcome.resolution });
      return;
    case 'conflict':
      if (outcome.onTip && outcome.onto === lane.tip) emit(turn, { kind: 'conflicted', atMs: view.nowMs, id, onto: outcome.onto, conflict: outcome.conflict });
      else if (!outcome.onTip && lane.chain.length > 0) emit(turn, { kind: 'held', atMs: view.nowMs, id, hold: { kind: 'conflict-ahead', behind: [...lane.chain], paths: outcome.conflict.paths.map((path) => path.path) } });
      return;
    case 'ahead':
      if (lane.chain.length > 0) emit(turn, { kind: 'held', atMs: view.nowMs, id, hold: { kind: 'ahead', behind: [...lane.chain], why: outcome.why } });
      return;
    case 'contained':
      return emit(turn, { kind: 'rejected', atMs: view.nowMs, id, reason: { code: 'already-contained', target: shortName(lane.target) } });
    case 'refused':
      return emit(turn, { kind: 'rejected', atMs: view.nowMs, id, reason: outcome.reason });
  }
}

/** The commit the next candidate stands on. */
export function topOf(lane: Pick<Lane, 'chain' | 'requests' | 'tip'>): Oid | null {
  const last = lane.chain.at(-1);
  const phase = last === undefined ? undefined : lane.requests.get(last)?.phase;
  return phase?.state === 'gating' || phase?.state === 'landing' ? phase.candidate.commit : lane.tip;
}

/** What it takes back or brings back counts only once it has landed: nothing is built on top of it before. */
export function endsWithRollback(lane: Pick<Lane, 'chain' | 'requests'>): boolean {
  const last = lane.chain.at(-1);
  const phase = last === undefined ? undefined : lane.requests.get(last)?.phase;
  return phase !== undefined && 'candidate' in phase && (phase.candidate.how === 'inverse' || phase.candidate.restores.length > 0);
}

function receiveOptions(turn: Turn, seen: Extract<Observation, { kind: 'prepared' }>): void {
  const phase = turn.lane.requests.get(seen.id)?.phase;
  if (phase?.state !== 'deliberating' || phase.onto !== seen.onto || phase.conflict.fingerprint !== seen.fingerprint) return;
  // The target moved on and what it had rolled back with it: these commits no longer give this conflict, so it is merged anew.
  if (seen.options.length === 0 && seen.settled === null && phase.onto !== turn.lane.tip) return emit(turn, { kind: 'released', atMs: turn.view.nowMs, id: seen.id });
  if (seen.settled !== null) return emit(turn, { kind: 'decided', atMs: turn.view.nowMs, id: seen.id, ...seen.settled });
  emit(turn, { kind: 'asked', atMs: turn.view.nowMs, id: seen.id, question: { onto: seen.onto, conflict: phase.conflict, options: seen.options, askedAtMs: turn.view.nowMs, ...(seen.minds === null ? {} : { minds: seen.minds }) } });
}

function receiveVote(turn: Turn, seen: Extract<Observation, { kind: 'voted' }>): void {
  const phase = turn.lane.requests.get(seen.id)?.phase;
  if (phase?.state === 'deliberating' && phase.conflict.fingerprint === seen.fingerprint) emit(turn, { kind: 'voted', atMs: turn.view.nowMs, id: seen.id, vote: seen.vote });
}

/** A verdict on one tree is the verdict of every candidate with that tree, and of all before it where the gate's scope is the chain. */
export function receiveVerdict(turn: Turn, seen: Extract<Observation, { kind: 'gated' }>): void {
  const { lane, view } = turn;
  const waiting = lane.chain.map((id) => lane.requests.get(id)).filter((one): one is MergeRequest => one?.phase.state === 'gating' && one.phase.verdict === null);
  const exact = waiting.filter((one) => one.phase.state === 'gating' && one.phase.candidate.tree === seen.tree).map((one) => one.id);
  const last = exact.at(-1);
  if (last === undefined) return;
  const wholePrefix = seen.verdict.kind === 'passed' && view.rule.gate?.scope === 'chain';
  const red = redBefore(lane, last);
  const covered = wholePrefix ? waiting.slice(0, waiting.findIndex((one) => one.id === last) + 1).map((one) => one.id).filter((id) => lane.chain.indexOf(id) > red) : exact;
  emit(turn, { kind: 'gated', atMs: view.nowMs, ids: covered, verdict: seen.verdict });
}

/** The place in the chain of the last red one before this one: what is green behind it says nothing of what stands before it. */
function redBefore(lane: Pick<Lane, 'chain' | 'requests'>, id: RequestId): number {
  return lane.chain.slice(0, lane.chain.indexOf(id)).findLastIndex((one) => {
    const phase = lane.requests.get(one)?.phase;
    return phase?.state === 'gating' && phase.verdict?.kind === 'failed';
  });
}

function receivePushed(turn: Turn, intent: string, outcome: LandOutcome): void {
  if (turn.lane.landing?.id === intent) receivePush(turn, turn.lane.landing, outcome);
}

function receiveDropped(turn: Turn, seen: Extract<Observation, { kind: 'tasked' }>): void {
  const due = turn.lane.tasksDue.get(seen.id);
  const request = turn.lane.requests.get(seen.id);
  if (due === undefined || request === undefined) return;
  emit(turn, { kind: 'tasked', atMs: turn.view.nowMs, id: seen.id, tasks: refactorTasks(request, due, seen.dropped, { lane: turn.lane, lanes: turn.view.lanes.values() }, turn.view.nowMs) });
}

function receiveDecision(turn: Turn, { id, question: asked, answer, by, permission }: Extract<Observation, { kind: 'decide' }>): void {
  const phase = turn.lane.requests.get(id)?.phase;
  if (phase?.state !== 'escalated') return;
  const { question } = phase;
  if (questionMark(question) !== asked) return;
  const parsed = parseAnswer(answer, question.conflict.paths.length, question.options.map((option) => option.letter));
  if (parsed.kind !== 'choices') return;
  const { choices } = parsed;
  const resolution: Resolution = {
    fingerprint: question.conflict.fingerprint, choices, by, how: 'person',
    ...(permission === undefined ? {} : { permission }),
    ...sourcesOf(question, choices),
    ...(question.minds === undefined ? {} : { minds: question.minds }),
  };
  emit(turn, { kind: 'decided', atMs: turn.view.nowMs, id, resolution });
}

/** What the letters from C on stand for is in the options' own commits, where somebody proposed it. */
function sourcesOf({ options, minds }: Question, choices: readonly OptionLetter[]): Pick<Resolution, 'sources'> {
  const proposed = minds === undefined ? [] : options.filter(({ letter }) => letter !== 'A' && letter !== 'B' && choices.includes(letter));
  return proposed.length === 0 ? {} : { sources: proposed.map(({ letter, commit }) => ({ letter, commit })) };
}

function receiveRetry(turn: Turn, closed: MergeRequest, by: string): void {
  const one = turn.lane.requests.get(closed.id) ?? closed;
  const { phase } = one;
  if (phase.state !== 'cancelled' && phase.state !== 'rolled-back' && !(phase.state === 'rejected' && mayBeRetried(phase.reason))) return;
  if (endOf(turn.lane, one.id) !== undefined) open(turn, by, one);
}

function receiveRollback(turn: Turn, landed: MergeRequest): void {
  // A rollback is taken back by landing its branch again: an inverse of an inverse would stand beside the first one.
  if (landed.phase.state !== 'landed' || landed.kind.kind === 'rollback') return;
  const what: RequestKind = { kind: 'rollback', of: landed.id, merge: landed.phase.candidate.commit };
  const id = requestId(what, landed.branch, landed.tip, turn.lane.target);
  const before = endOf(turn.lane, id)?.state;
  if (before === undefined || before === 'rejected' || before === 'cancelled' || before === 'rolled-back') open(turn, 'rollback', { ...landed, id, kind: what, dependsOn: [], dependsMet: [], priority: 'hotfix' });
}

function rejectOpen(turn: Turn, id: RequestId, detail: string): void {
  if (openNotLanding(turn, id) !== null) emit(turn, { kind: 'rejected', atMs: turn.view.nowMs, id, reason: { code: 'gave-up', detail } });
}

/** What is being pushed can no longer be stopped: only the remote knows whether it is in. */
function openNotLanding(turn: Turn, id: RequestId): MergeRequest | null {
  const request = turn.lane.requests.get(id);
  return request !== undefined && isOpen(request) && request.phase.state !== 'landing' ? request : null;
}
