// The whole decision of one turn: what becomes of the news, and what is wanted next. Pure; run it again and it says the same.
import { certificate } from '../merge/certificate.ts';
import type { Effect, Inverse, Landing } from '../merge/effect.ts';
import type { Intent, LedgerEvent } from '../merge/event.ts';
import type { Lane } from '../merge/lane.ts';
import type { Observation } from '../merge/observation.ts';
import { endsWithRollback, receive, topOf } from '../merge/step.ts';
import { startTurn, type View } from '../merge/turn.ts';
import { gatherUntilMs, greenPrefix, nextToGate, verdictsOf } from './batch.ts';
import { skipTime } from './patience.ts';
import { baselineOf, settle } from './settle.ts';
import { buildOrder } from './urgency.ts';

const FIRST_BUILD = 2;

/**
 * `events` are saved before any of `effects` starts. Effects already running and still listed go on; others are ended.
 * `againAtMs`: when time alone changes what is wanted.
 */
export type Plan = { readonly events: readonly LedgerEvent[]; readonly lane: Lane; readonly effects: readonly Effect[]; readonly againAtMs: number | null };

export function plan(lane: Lane, news: readonly Observation[], view: View): Plan {
  const turn = startTurn(lane, view);
  skipTime(turn);
  for (const seen of news) receive(turn, seen);
  settle(turn);
  return { events: turn.events, lane: turn.lane, effects: wanted(turn.lane, view), againAtMs: againAtMs(turn.lane, view) };
}

function againAtMs(lane: Lane, view: View): number | null {
  const verdicts = verdictsOf(lane);
  return lane.landing === null && greenPrefix(verdicts) > 0 ? gatherUntilMs(verdicts, lane.lastPush, view.nowMs) : null;
}

/** Everything the lane's state asks for right now. */
export function wanted(lane: Lane, view: View): readonly Effect[] {
  if (lane.pausedBy !== null || lane.alarm !== null || lane.tip === null) return [];
  // What counts as landed here, and as a dependency, is not known yet.
  if (lane.movedBack) return [];
  const tasks = wantedTasks(lane);
  if (lane.landing !== null) return [wantedLanding(lane, lane.landing), ...tasks, ...(view.ruleTip === lane.tip ? [...wantedBuild(lane, view), ...wantedGates(lane, view)] : [])];
  if (view.ruleTip !== lane.tip) return tasks;
  return [...tasks, ...wantedBuild(lane, view), ...wantedQuestions(lane, view), ...wantedGates(lane, view)];
}

function wantedLanding(lane: Lane, intent: Intent): Effect {
  const landings = intent.requests.flatMap((id): Landing[] => {
    const request = lane.requests.get(id);
    if (request?.phase.state !== 'landing') return [];
    const { candidate } = request.phase;
    const { commit, tree, onto, how, restores } = candidate;
    const undoes = request.kind.kind === 'rollback' ? request.kind.merge : null;
    const { tip, branch, title, dependsOn } = request;
    return [{ id, commit, tree, onto, certificate: certificate(request, intent), atMs: intent.atMs, how, tip, restores, undoes, branch, title, dependsOn }];
  });
  return { kind: 'land', intent, landings };
}

function wantedBuild(lane: Lane, view: View): readonly Effect[] {
  const onto = topOf(lane);
  // Landed one at a time, each must have been gated by itself.
  const chainMax = lane.cautious && view.rule.gate?.scope === 'chain' ? 1 : view.limits.chainMax;
  const room = chainMax - lane.chain.length;
  if (onto === null || lane.tip === null || room <= 0 || endsWithRollback(lane)) return [];
  const order = buildOrder(lane, view);
  const [first] = order;
  if (first === undefined) return [];
  // One that was held by a conflict ahead gets an empty chain next, or newcomers could hold it for ever.
  if (first.heldTimes > 0 && lane.chain.length > 0) return [];
  const requests = order.slice(0, first.heldTimes > 0 ? 1 : isGateIdle(lane, view) ? Math.min(room, FIRST_BUILD) : room);
  return [{ kind: 'build', target: lane.target, tip: lane.tip, onto, requests, inverses: inversesOf(lane), diff3: diff3Rule(view), generated: view.rule.generated ?? [], limits: view.limits }];
}

/** Nothing is being gated: the gate begins with the first ones while those behind are still being merged. */
function isGateIdle(lane: Lane, view: View): boolean {
  return view.rule.gate?.scope === 'each' && lane.chain.length === 0;
}

function inversesOf(lane: Lane): readonly Inverse[] {
  return lane.inverses.filter(({ restoredBy }) => restoredBy === null).map(({ tip, revert }) => ({ tip, revert }));
}

function wantedQuestions(lane: Lane, view: View): readonly Effect[] {
  const effects: Effect[] = [];
  for (const request of lane.requests.values()) {
    if (request.phase.state !== 'deliberating') continue;
    effects.push({ kind: 'prepare', request, onto: request.phase.onto, conflict: request.phase.conflict, gate: view.rule.gate, diff3: view.rule.diff3, inverses: inversesOf(lane), generated: view.rule.generated ?? [], consensus: request.phase.refuted ? { ...view.consensus, land: 'ask' } : view.consensus });
  }
  return effects;
}

function wantedGates(lane: Lane, view: View): readonly Effect[] {
  const { gate } = view.rule;
  if (gate === null) return [];
  const verdicts = verdictsOf(lane);
  const effects: Effect[] = [];
  for (const position of nextToGate(verdicts, gate.scope, view.limits.gatesMax)) {
    const id = lane.chain[position];
    const phase = id === undefined ? undefined : lane.requests.get(id)?.phase;
    if (phase?.state === 'gating') effects.push({ kind: 'gate', target: lane.target, commit: phase.candidate.commit, tree: phase.candidate.tree, gate });
  }
  if (verdicts[0]?.kind === 'failed' && lane.tip !== null && baselineOf(lane, gate) === null) effects.push({ kind: 'baseline', target: lane.target, tip: lane.tip, gate });
  return effects;
}

function wantedTasks(lane: Lane): readonly Effect[] {
  return [...lane.tasksDue].flatMap(([id, due]): Effect[] => {
    const request = lane.requests.get(id);
    return request?.phase.state !== 'landed' ? [] : [{ kind: 'task', request, conflict: due.conflict, choices: due.choices }];
  });
}

/** Without a gate nothing would check a diff3 merge that git itself refuses: it is only offered. */
function diff3Rule(view: View): 'auto' | 'offer' | 'off' {
  return view.rule.diff3 === 'auto' && view.rule.gate === null ? 'offer' : view.rule.diff3;
}

