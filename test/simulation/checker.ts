// Watches a whole run and says which law it broke first. Computes everything anew from the remote's history; trusts no word of the machine.
import { emptyLane, type Lane } from '../../src/merge/lane.ts';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import type { Effect } from '../../src/merge/effect.ts';
import type { Intent, LedgerEvent } from '../../src/merge/event.ts';
import { mentionOf } from '../../src/merge/mention.ts';
import { DEFAULT_POLICY } from '../../src/merge/policy.ts';
import { routeOf } from '../../src/merge/route.ts';
import { readSignal } from '../../src/merge/signal.ts';
import { isOpen, type MergeRequest, type Phase, type RequestId, type Resolution } from '../../src/merge/request.ts';
import type { Conflict } from '../../src/resolution/conflict.ts';
import { count } from '../harness/fault.ts';
import { isGreen } from '../harness/symbolic-gate.ts';
import { MAIN, type Watcher, type World } from '../harness/world.ts';
import { checkMove, standingAt, type Landed } from './landing-check.ts';
import { policyAt, rulesAt } from './rule.ts';
import { checkAgain, checkWords } from './word-check.ts';

type Build = Extract<Effect, { kind: 'build' }>;

export type Violation = { readonly invariant: string; readonly detail: string };

export class Checker implements Watcher {
  readonly world: World;
  /** What the ledger says, folded here. */
  readonly lanes = new Map<RefName, Lane>();
  /** Every request of every target as the ledger last had it, also those a lane has forgotten. */
  readonly requests = new Map<RefName, Map<RequestId, MergeRequest>>();
  readonly checked = new Map<string, number>();
  /** Every intent with its requests as they were when it was saved. */
  readonly intents = new Map<string, { readonly intent: Intent; readonly requests: readonly MergeRequest[] }>();
  /** Every value a target ever had. */
  readonly values = new Map<RefName, Set<Oid>>();
  readonly landed: Landed = { rollbacks: new Map(), inverses: new Map() };
  /** Every commit Maestro moved a target along. */
  readonly ours = new Set<string>();
  /** Whose dropped work was handed out, as `target id`. */
  readonly tasked = new Set<string>();
  /** Tips that a target had while nothing in it was open, as `target tip`. */
  readonly idle = new Set<string>();
  /** When the remote first had each tip, in time that truly passed. */
  readonly sinceMs = new Map<Oid, number>();
  readonly #delivered = new Set<string>();
  violation: Violation | null = null;
  #movesSeen = 0;

  constructor(world: World) {
    this.world = world;
  }

  fail(invariant: string, detail: string): void {
    this.violation ??= { invariant, detail };
  }

  /** Counts one check, and fails when it does not hold. */
  holds(invariant: string, ok: boolean, detail: () => string): void {
    count(this.checked, invariant);
    if (!ok) this.fail(invariant, detail());
  }

  appended(token: number, newest: number, target: RefName, events: readonly LedgerEvent[]): void {
    this.holds('I6 one fenced writer', token === newest, () => `run ${token} wrote to ${target} after run ${newest} took over`);
    for (const event of events) {
      const before = this.lanes.get(target) ?? emptyLane(target);
      const after = this.world.product.fold(before, [event]);
      this.lanes.set(target, after);
      this.#checkEvent(target, before, event);
      checkWords(this, before, after, event);
      this.#keep(target, before, after, event);
      if (event.kind === 'tasked') this.tasked.add(`${target} ${event.id}`);
      if (event.kind === 'tip') this.#checkTip(before, event.oid, events);
    }
    const lane = this.lanes.get(target);
    if (lane === undefined) return;
    this.#checkOneOpen(lane);
    if (![...lane.requests.values()].some(isOpen)) this.idle.add(`${target} ${lane.tip}`);
  }

  /** All of a target's requests, the one that was written about last at the end. */
  requestsOf(target: RefName): readonly MergeRequest[] {
    return [...(this.requests.get(target)?.values() ?? [])];
  }

  #keep(target: RefName, before: Lane, after: Lane, event: LedgerEvent): void {
    const known = this.requests.get(target) ?? new Map<RequestId, MergeRequest>();
    this.requests.set(target, known);
    const { requests, intent } = mentionOf(event);
    for (const id of intent === null ? requests : before.landing?.requests ?? []) {
      const one = after.requests.get(id);
      if (one === undefined) continue;
      known.delete(id);
      known.set(id, one);
    }
  }

  started(what: string, target: RefName, lane: Lane | undefined, build?: Build): void {
    const held = build?.requests[0];
    if (held !== undefined && held.heldTimes > 0) this.holds('O2 a held one is next', build?.onto === build?.tip, () => `${held.branch} was held before, and is merged behind others again`);
    this.holds('I7 pause', lane === undefined || (lane.pausedBy === null && lane.alarm === null), () => `${what} starts on ${target}, which is ${lane?.pausedBy === null ? 'stopped' : 'paused'}`);
  }

  /** After each step: what moved on the remote. */
  look(): void {
    const { moves } = this.world.remote;
    for (; this.#movesSeen < moves.length; this.#movesSeen += 1) {
      const move = moves[this.#movesSeen];
      if (move === undefined) continue;
      if (move.by === 'maestro') checkMove(this, move);
      if (move.by === 'maestro' && move.new !== null) for (const { oid } of this.world.history.firstParents(move.new, move.old) ?? []) this.ours.add(oid);
      const values = this.values.get(move.ref) ?? new Set();
      this.values.set(move.ref, values);
      if (move.new !== null) values.add(move.new);
      if (move.new !== null && !this.sinceMs.has(move.new)) this.sinceMs.set(move.new, this.world.moments.passedMs);
      if (move.by === 'maestro' && move.intent !== null && !move.late) this.#delivered.add(move.intent);
    }
  }

  /** I15: what the coordinator has in memory is the fold of what is saved. */
  compareMemory(): void {
    for (const [target, lane] of this.world.service?.coordinator.lanes ?? []) {
      const saved = this.lanes.get(target);
      if (saved === undefined || saved.version !== lane.version) continue;
      this.holds('I15 state = fold(ledger)', plain(lane) === plain(saved), () => `${target} differs:\n memory ${plain(lane)}\n ledger ${plain(saved)}`);
    }
  }

  contains(target: RefName, commit: Oid): boolean {
    const tip = this.world.remote.tip(target);
    return tip !== null && this.world.history.isAncestor(commit, tip);
  }

  everHad(target: RefName, commit: Oid): boolean {
    for (const value of this.values.get(target) ?? []) if (this.world.history.isAncestor(commit, value)) return true;
    return false;
  }

  #checkEvent(target: RefName, lane: Lane, event: LedgerEvent): void {
    this.look();
    switch (event.kind) {
      case 'requested': return this.#checkRequested(lane, event);
      case 'retried': return this.holds('I2 one outcome', isClosed(lane, event.id), () => `${event.id} is retried while open`);
      case 'met': case 'held': case 'released': case 'built': case 'conflicted': case 'superseded': case 'cancelled': case 'asked':
        return this.#checkStillOpen(lane, event.id, event.kind);
      case 'taken-off': return this.#checkTakenOff(target, lane, event);
      case 'decided': return this.#checkDecided(lane, event);
      case 'rejected': return this.#checkRejected(target, lane, event);
      case 'intended': return this.#checkIntended(lane, event.intent);
      case 'landed': return this.#checkLanded(target, lane, event.intent);
      case 'not-landed': return this.#checkNotLanded(target, lane, event.intent);
      case 'entered': case 'dropped': case 'voted': case 'tasked': case 'gated': case 'baseline': case 'rolled-back': case 'tip': case 'paused': case 'resumed': case 'stopped': case 'skipped': case 'forgotten': case 'promoted': return;
    }
  }

  /** A target that lost history stops its lane: only a person knows what was meant. */
  #checkTip(lane: Lane, tip: Oid, events: readonly LedgerEvent[]): void {
    const kept = lane.tip === null || this.world.history.isAncestor(lane.tip, tip);
    this.holds('I4 a rewound target stops', kept || lane.alarm !== null || events.some((event) => event.kind === 'stopped'), () => `${lane.target} went from ${lane.tip} to ${tip} and the lane goes on`);
  }

  #checkRequested(lane: Lane, event: Extract<LedgerEvent, { kind: 'requested' }>): void {
    this.holds('I2 one outcome', !lane.requests.has(event.id), () => `${event.id} is requested twice`);
    const before = this.requests.get(lane.target)?.get(event.id);
    if (before !== undefined) checkAgain(this, before);
    if (event.what.kind !== 'branch') return;
    const message = this.world.history.get(event.tip).message;
    this.holds('I12 own pushes start nothing', readSignal(message, 'READY_TO_MERGE').kind !== 'none', () => `${event.branch} ${event.tip} is no signal: ${message}`);
  }

  #checkStillOpen(lane: Lane, id: RequestId, what: string): void {
    const request = lane.requests.get(id);
    this.holds('I2 one outcome', request !== undefined && isOpen(request), () => `${id} is ${what} but ${request?.phase.state ?? 'unknown'}`);
  }

  /** Only what landed is said to have been taken off, and only what the target was seen without. */
  #checkTakenOff(target: RefName, lane: Lane, { ids, back, tip }: Extract<LedgerEvent, { kind: 'taken-off' }>): void {
    const { history } = this.world;
    const isIn = (id: RequestId): boolean | null => {
      const phase = (lane.requests.get(id) ?? this.requests.get(target)?.get(id))?.phase;
      return phase?.state === 'landed' || phase?.state === 'rolled-back' ? history.isAncestor(phase.candidate.commit, tip) : null;
    };
    for (const id of ids) this.holds('H1 moved back', isIn(id) !== true, () => `${id} is said to be taken off, and ${target} had it at ${tip}`);
    for (const id of back) this.holds('H1 moved back', isIn(id) !== false, () => `${id} is said to be there again, and ${target} had it not at ${tip}`);
  }

  #checkDecided(lane: Lane, event: Extract<LedgerEvent, { kind: 'decided' }>): void {
    const phase = lane.requests.get(event.id)?.phase;
    this.holds('I9 only open questions', conflictOf(phase, event.resolution.how)?.fingerprint === event.resolution.fingerprint, () => `${event.id} is decided while ${phase?.state ?? 'unknown'}`);
  }

  #checkRejected(target: RefName, lane: Lane, { id, reason }: Extract<LedgerEvent, { kind: 'rejected' }>): void {
    this.#checkStillOpen(lane, id, 'rejected');
    const request = lane.requests.get(id);
    if (request === undefined) return;
    if (reason.code === 'already-contained' && request.kind.kind !== 'rollback')
      this.holds('I14 honest words', this.everHad(target, request.tip), () => `${id} is called contained, but ${target} never had ${request.tip}`);
    if (reason.code === 'already-contained' && request.kind.kind === 'branch' && this.contains(target, request.tip))
      this.holds('I8 rollback', !this.#isRolledBack(target, request), () => `${id} is called contained, but it was rolled back`);
    if (!('tail' in reason)) return;
    this.#checkBlame(target, lane, request);
    this.holds('I2 a red agreement is asked about', request.resolution?.how !== 'consensus', () => `${id} is rejected for what the minds agreed on`);
  }

  /** Its merge was built, landed and taken back: the content is not there though the commit is, unless somebody else brought the very same. */
  #isRolledBack(target: RefName, request: MergeRequest): boolean {
    const tip = this.world.remote.tip(target);
    return tip !== null && standingAt(this, target, tip).some((inverse) => inverse.tip === request.tip && this.contains(target, inverse.revert) && !this.#isBack(target, inverse.revert));
  }

  #isBack(target: RefName, revert: Oid): boolean {
    const { history, remote } = this.world;
    const tip = remote.tip(target);
    if (tip === null) return false;
    const { files, clashes } = history.undo(revert, history.get(tip).files);
    return clashes.length === 0 && history.tree(files) === history.get(tip).tree;
  }

  #checkBlame(target: RefName, lane: Lane, request: MergeRequest): void {
    if (request.phase.state !== 'gating' || lane.tip === null) return;
    const { history } = this.world;
    const { candidate } = request.phase;
    const fair = this.rules(target, lane.tip).some(({ gate }) => gate !== null && !isGreen(history.filesOf(candidate.tree), gate) && isGreen(history.get(candidate.onto).files, gate));
    this.holds('I2 the guilty is named', fair, () => `${request.id} is rejected, but the gate does not go red because of it`);
  }

  rules(target: RefName, tip: Oid): ReturnType<typeof rulesAt> {
    return rulesAt(this.world.history, target, tip, this.values.get(target) ?? new Set());
  }

  #checkIntended(lane: Lane, intent: Intent): void {
    this.intents.set(intent.id, { intent, requests: intent.requests.flatMap((id) => lane.requests.get(id) ?? []) });
    this.holds('I7 pause', lane.pausedBy === null && lane.alarm === null, () => `${intent.id} is intended on a paused lane`);
    this.holds('I6 one fenced writer', lane.landing === null, () => `${intent.id} is intended while another lands`);
    const ahead = new Set<string>();
    for (const id of intent.requests) {
      const request = lane.requests.get(id);
      if (request === undefined) return this.fail('I1 landed is gated', `${id} is to land and unknown`);
      this.holds('I1 landed is gated', request.phase.state === 'gating' && (request.phase.verdict?.kind === 'passed' || request.phase.verdict?.kind === 'not-configured'), () => `${id} is to land without a verdict`);
      this.#checkRoute(lane.target, request);
      for (const name of request.dependsOn) this.holds('I13 dependency order', this.#isMet(lane.target, name, ahead), () => `${id} is to land before ${name}`);
      ahead.add(request.branch).add(id);
    }
  }

  /** A branch enters only where the default branch's config, as it is or was, lets it. */
  #checkRoute(target: RefName, request: MergeRequest): void {
    if (request.kind.kind !== 'branch') return;
    const reading = readSignal(this.world.history.get(request.tip).message, 'READY_TO_MERGE');
    const wanted = reading.kind === 'none' ? null : reading.signal?.target ?? null;
    const isAllowed = [...(this.values.get(MAIN) ?? [])].some((tip) => {
      const way = routeOf(policyAt(this.world.history, tip) ?? DEFAULT_POLICY, request.branch, MAIN, wanted);
      return way.kind === 'to' && way.target === target;
    });
    this.holds('I16 routes from the default branch', isAllowed, () => `${request.branch} is to enter ${target}, where no route leads`);
  }

  /** In the target itself, whichever way it came there; landed in another one is not enough. */
  #isMet(target: RefName, name: string, ahead: ReadonlySet<string>): boolean {
    const branch = `refs/heads/${name}` as RefName;
    return ahead.has(branch) || [...(this.values.get(branch) ?? [])].some((tip) => this.everHad(target, tip));
  }

  #checkLanded(target: RefName, lane: Lane, id: string): void {
    const intent = lane.landing;
    this.holds('I14 honest words', intent?.id === id && this.everHad(target, intent.new), () => `${id} is called landed, but ${target} never had it`);
  }

  /** A push that came in after its sender had given up cannot be known of; any other can. */
  #checkNotLanded(target: RefName, lane: Lane, id: string): void {
    const intent = lane.landing;
    if (intent?.id !== id) return this.fail('I14 honest words', `${id} is called not landed, but was not landing`);
    this.holds('I14 honest words', !this.#delivered.has(id) || !this.contains(target, intent.new), () => `${id} is called not landed, but ${target} has it`);
  }

  #checkOneOpen(lane: Lane): void {
    const open = new Set<string>();
    for (const one of lane.requests.values()) {
      if (!isOpen(one) || one.phase.state === 'landing' || (one.kind.kind !== 'branch' && one.kind.kind !== 'promotion')) continue;
      const key = `${one.kind.kind} ${one.branch}`;
      this.holds('I2 newest tip only', !open.has(key), () => `two open requests for ${key} in ${lane.target}`);
      open.add(key);
    }
  }
}

/** What is open to an answer of this kind. */
function conflictOf(phase: Phase | undefined, how: Resolution['how']): Conflict | null {
  if (phase?.state === 'deliberating') return how === 'consensus' && !phase.refuted ? phase.conflict : null;
  return phase?.state === 'escalated' && how === 'person' ? phase.question.conflict : null;
}

function isClosed(lane: Lane, id: RequestId): boolean {
  const request = lane.requests.get(id);
  return request !== undefined && !isOpen(request);
}

function plain(lane: Lane): string {
  return JSON.stringify(lane, (_, value: unknown) => (value instanceof Map ? [...value] : value));
}
