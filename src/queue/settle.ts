// What follows from a lane's state once the news is in: decided again from scratch each turn, so nothing depends on the order of news.
import { greenKey, type Lane } from '../merge/lane.ts';
import type { Oid } from '../merge/branch.ts';
import type { GateRule } from '../merge/policy.ts';
import { amidOf, suspectsOf } from '../merge/blame.ts';
import { duePromotions } from '../merge/promotion.ts';
import { receiveVerdict, request } from '../merge/step.ts';
import type { Reason } from '../merge/reason.ts';
import { isOpen, type Candidate, type MergeRequest, type RequestId, type Verdict } from '../merge/request.ts';
import { emit, type Turn } from '../merge/turn.ts';
import { gatherUntilMs, greenPrefix, guiltyPosition, verdictsOf } from './batch.ts';
import { makeWay } from './make-way.ts';
import { cyclesIn, dependencyState, hasAhead, rollOf, type Roll } from './dependency.ts';

export function settle(turn: Turn): void {
  // Whoever is rejected may take dependents along and let others up: each pass closes at least one request, or is the last.
  for (let before = -1; before === -1 || turn.events.slice(before).some((event) => event.kind === 'rejected');) {
    before = turn.events.length;
    settleOnce(turn);
  }
  makeWay(turn);
  intendLanding(turn);
}

function settleOnce(turn: Turn): void {
  for (const due of duePromotions(turn.lane, turn.view)) {
    if (due.mark) emit(turn, { kind: 'promoted', atMs: turn.view.nowMs, branch: due.branch, tip: due.tip });
    request(turn, due.what, due.branch, due.tip, due.sight);
  }
  supersedeOlder(turn);
  rejectDependents(turn);
  releaseHolds(turn);
  dropUnfounded(turn);
  recallVerdicts(turn);
  rejectGuilty(turn);
}

/** One open request a branch: the latest arrival wins, except over one whose push is under way. */
function supersedeOlder(turn: Turn): void {
  const arrivals = [...turn.lane.requests.values()].filter((one) => (one.kind.kind === 'branch' || one.kind.kind === 'promotion') && isOpen(one));
  const latest = new Map<string, MergeRequest>();
  for (const one of arrivals) {
    const key = `${one.kind.kind} ${one.branch}`;
    const other = latest.get(key);
    if (other === undefined || one.arrival > other.arrival) latest.set(key, one);
  }
  if (latest.size === arrivals.length) return;
  for (const one of arrivals) {
    const winner = latest.get(`${one.kind.kind} ${one.branch}`);
    if (winner === undefined || winner.id === one.id || one.phase.state === 'landing') continue;
    emit(turn, { kind: 'superseded', atMs: turn.view.nowMs, id: one.id, by: winner.id });
  }
}

function rejectDependents(turn: Turn): void {
  const waiting = [...turn.lane.requests.values()].filter((one) => one.dependsOn.length > 0 && isOpen(one) && one.phase.state !== 'landing');
  if (waiting.length === 0) return;
  const roll = rollAround(turn);
  const cycleThrough = cyclesIn(roll);
  for (const one of waiting) {
    const cycle = cycleThrough(one);
    const reason = cycle !== null ? { code: 'dependency-cycle', cycle } as const : whyNever(turn, one, roll);
    if (reason !== null) emit(turn, { kind: 'rejected', atMs: turn.view.nowMs, id: one.id, reason });
  }
}

function whyNever(turn: Turn, one: MergeRequest, roll: Roll): Reason | null {
  for (const name of one.dependsOn) {
    const state = dependencyState(one, name, roll);
    if (state.kind === 'failed') return { code: 'dependency-rejected', dependency: name, why: state.why };
    if (state.kind === 'missing' && turn.view.nowMs - one.waitsSinceMs > turn.view.limits.dependencyWaitMs) return { code: 'dependency-missing', dependency: name };
  }
  return null;
}

function rollAround(turn: Turn): Roll {
  return rollOf([...[...turn.view.lanes.values()].filter((lane) => lane.target !== turn.lane.target), turn.lane]);
}

function releaseHolds(turn: Turn): void {
  const { lane, view } = turn;
  const stacked = new Set(lane.chain);
  for (const one of [...lane.requests.values()]) {
    if (one.phase.state !== 'queued' || one.phase.hold === null) continue;
    const { hold } = one.phase;
    const over = hold.kind === 'target-red' ? hold.tip !== lane.tip : !hold.behind.some((id) => stacked.has(id));
    if (over) emit(turn, { kind: 'released', atMs: view.nowMs, id: one.id });
  }
}

/** A candidate counts only while it stands on the target through candidates that count, its dependencies among them. */
function dropUnfounded(turn: Turn): void {
  const { lane } = turn;
  let top = lane.landing?.old ?? lane.tip;
  const roll = lane.chain.some((id) => (lane.requests.get(id)?.dependsOn.length ?? 0) > 0) ? rollAround(turn) : null;
  for (const [position, id] of lane.chain.entries()) {
    const candidate = countingCandidate(turn, lane.requests.get(id), lane.chain.slice(0, position), roll);
    if (candidate !== null && candidate.onto === top) {
      top = candidate.commit;
      continue;
    }
    emit(turn, { kind: 'dropped', atMs: turn.view.nowMs, ids: lane.chain.slice(position), why: 'what it stood on changed' });
    // What is gone may have covered or carried what is left.
    return dropUnfounded(turn);
  }
}

/** Its candidate, while its verdict and its dependencies let it count. `ahead`: what stands below it in the stack; `roll` null: nothing depends on anything. */
function countingCandidate(turn: Turn, one: MergeRequest | undefined, ahead: readonly RequestId[], roll: Roll | null): Candidate | null {
  const phase = one?.phase;
  if (phase?.state === 'landing') return phase.candidate;
  if (one === undefined || phase?.state !== 'gating' || !isCurrent(turn, phase.candidate, phase.verdict)) return null;
  return roll === null || hasAhead(one, (id) => ahead.includes(id), roll) ? phase.candidate : null;
}

/** A verdict of a gate that the target no longer asks for (its config changed) proves nothing. */
function isCurrent(turn: Turn, candidate: Candidate, verdict: Verdict | null): boolean {
  if (verdict === null) return true;
  if (verdict.tree !== candidate.tree && !isCovered(turn, verdict.tree)) return false;
  if (turn.view.ruleTip !== turn.lane.tip) return true;
  const { gate } = turn.view.rule;
  // Gated as a chain, while the target asks for each by now.
  if (verdict.tree !== candidate.tree && gate?.scope !== 'chain') return false;
  return verdict.kind === 'not-configured' ? gate === null : gate?.run === verdict.gate;
}

/** The verdict of a candidate further up covers those below it only while it is there to land with them. */
function isCovered(turn: Turn, tree: Oid): boolean {
  const { lane } = turn;
  return !lane.cautious && lane.chain.some((id) => {
    const phase = lane.requests.get(id)?.phase;
    return (phase?.state === 'gating' || phase?.state === 'landing') && phase.candidate.tree === tree;
  });
}

/** Trees that need no gate, or passed this very gate before, get their verdict without a run. */
function recallVerdicts(turn: Turn): void {
  const { lane, view } = turn;
  if (view.ruleTip !== lane.tip) return;
  const { gate } = view.rule;
  const greens = new Map(lane.greens.map(({ key, by }) => [key, by]));
  for (const id of [...lane.chain]) {
    const phase = lane.requests.get(id)?.phase;
    if (phase?.state !== 'gating' || phase.verdict !== null) continue;
    const { tree } = phase.candidate;
    const reusedFrom = gate === null ? undefined : greens.get(greenKey(gate.run, tree));
    if (gate === null) emit(turn, { kind: 'gated', atMs: view.nowMs, ids: [id], verdict: { kind: 'not-configured', tree } });
    else if (reusedFrom !== undefined) receiveVerdict(turn, { kind: 'gated', tree, verdict: { kind: 'passed', tree, gate: gate.run, ms: 0, log: null, reusedFrom } });
  }
}

function rejectGuilty(turn: Turn): void {
  const { lane, view } = turn;
  // What landed just now may have brought another gate.
  if (view.ruleTip !== lane.tip) return;
  const position = guiltyPosition(verdictsOf(turn.lane));
  const id = position === null ? undefined : lane.chain[position];
  const guilty = id === undefined ? undefined : lane.requests.get(id);
  if (position === null || guilty?.phase.state !== 'gating' || guilty.phase.verdict?.kind !== 'failed') return;
  const { verdict } = guilty.phase;
  if (position === 0 && lane.tip !== null) {
    // Red on the target itself: whose fault it is shows only once the target was gated without this branch.
    const baseline = view.rule.gate === null ? null : baselineOf(lane, view.rule.gate);
    if (baseline === null) return;
    if (baseline.kind === 'failed') {
      emit(turn, { kind: 'held', atMs: view.nowMs, id: guilty.id, hold: { kind: 'target-red', tip: lane.tip, tail: baseline.tail } });
      return dropUnfounded(turn);
    }
  }
  if (!asksInstead(turn, guilty, position)) emit(turn, { kind: 'rejected', atMs: view.nowMs, id: guilty.id, reason: reasonOf(turn, guilty, verdict) });
  dropUnfounded(turn);
}

/** The minds agreed where the gate was green, and the target moved on: no fault of the branch. A person is asked, as where they disagree. */
function asksInstead(turn: Turn, guilty: MergeRequest, position: number): boolean {
  const { lane, view } = turn;
  const due = lane.tasksDue.get(guilty.id);
  if (guilty.resolution?.how !== 'consensus' || due === undefined || lane.tip === null) return false;
  const { conflict } = due;
  // Options are made on the target itself: it waits for those ahead, and comes next with nothing in front.
  if (position > 0) emit(turn, { kind: 'held', atMs: view.nowMs, id: guilty.id, hold: { kind: 'conflict-ahead', behind: lane.chain.slice(0, position), paths: conflict.paths.map(({ path }) => path) } });
  else emit(turn, { kind: 'conflicted', atMs: view.nowMs, id: guilty.id, onto: lane.tip, conflict, refuted: true });
  return true;
}

function reasonOf(turn: Turn, guilty: MergeRequest, verdict: Extract<Verdict, { kind: 'failed' }>): Reason {
  if (verdict.cause === 'timeout') return { code: 'gate-timeout', tail: verdict.tail, log: verdict.log, afterMs: verdict.ms };
  const { gate } = turn.view.rule;
  if (verdict.cause !== 'exit' && gate !== null) return { code: 'gate-capped', tail: verdict.tail, log: verdict.log, cap: verdict.cause, bytesMax: verdict.cause === 'output' ? gate.outputBytesMax : gate.diskBytesMax };
  const amid = amidOf(guilty, turn.lane);
  return { code: 'gate-failed', tail: verdict.tail, log: verdict.log, exitCode: verdict.exitCode, suspects: suspectsOf(guilty, turn.lane, { command: verdict.gate, output: verdict.tail }), ...(amid.length === 0 ? {} : { amid }) };
}

function intendLanding(turn: Turn): void {
  const { lane, view } = turn;
  if (lane.landing !== null || lane.pausedBy !== null || lane.alarm !== null || lane.movedBack || lane.tip === null || view.ruleTip !== lane.tip) return;
  const verdicts = verdictsOf(turn.lane);
  if (gatherUntilMs(verdicts, lane.lastPush, view.nowMs) !== null) return;
  const ready = greenPrefix(verdicts);
  const ids = lane.chain.slice(0, lane.cautious ? Math.min(1, ready) : ready);
  const last = ids.at(-1);
  const phase = last === undefined ? undefined : lane.requests.get(last)?.phase;
  if (phase?.state !== 'gating') return;
  emit(turn, { kind: 'intended', atMs: view.nowMs, intent: { id: `${lane.target}#${lane.version}`, target: lane.target, old: lane.tip, new: phase.candidate.commit, tree: phase.candidate.tree, requests: ids, atMs: view.nowMs } });
}

/** What this very gate says of the target itself; null when it was not asked. */
export function baselineOf(lane: Pick<Lane, 'tip' | 'baseline'>, gate: GateRule): Exclude<Verdict, { kind: 'not-configured' }> | null {
  const { baseline } = lane;
  if (baseline === null || baseline.tip !== lane.tip || baseline.verdict.kind === 'not-configured') return null;
  return baseline.verdict.gate === gate.run ? baseline.verdict : null;
}
