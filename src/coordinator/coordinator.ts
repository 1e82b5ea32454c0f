// The one loop: take a lane's news, plan, save, then keep running exactly the effects its state asks for. Decides nothing itself.
import { MaestroError } from '../error.ts';
import { shortName, type Oid, type RefName } from '../merge/branch.ts';
import type { Effect } from '../merge/effect.ts';
import type { LedgerEvent } from '../merge/event.ts';
import { emptyLane, fold, type Lane } from '../merge/lane.ts';
import { lessonsOf, teaching, type Kept } from '../merge/memory.ts';
import type { Observation } from '../merge/observation.ts';
import { DEFAULT_POLICY, type Policy } from '../merge/policy.ts';
import { isOpen, type StoredVote } from '../merge/request.ts';
import { targetRuleOf } from '../merge/route.ts';
import type { View } from '../merge/turn.ts';
import type { Clock } from '../port/clock.ts';
import type { Ignored } from '../port/control.ts';
import type { Gate } from '../port/gate.ts';
import { holds, type Git } from '../port/git.ts';
import type { Inbox } from '../port/inbox.ts';
import type { Minds } from '../port/minds.ts';
import type { Store } from '../port/store.ts';
import { landedElsewhere } from '../queue/dependency.ts';
import { plan } from '../queue/plan.ts';
import { rollFor } from '../queue/urgency.ts';
import { Audience } from './audience.ts';
import type { Past } from './deliberation.ts';
import { Errands } from './errand.ts';
import { perform } from './perform.ts';
import { School } from './school.ts';
import { Scribe, type Decision } from './scribe.ts';
import { takenOff } from './taken-off.ts';
import { within } from './within.ts';
import { openRulebook, type ParsedConfig, type Rulebook, type Ruling } from './rulebook.ts';

/** Beside the ledger: a start while the remote is away, or has lost it, still knows which branch is meant. */
export const DEFAULT_BRANCH_NOTE = 'default-branch';
/** Beside the ledger: the branches that are left alone, for their names. */
export const IGNORED_NOTE = 'ignored';
const IGNORED_NOTED_MAX = 100;
const LAST_SAVE_MS_MAX = 2_000;

export type Ports = {
  readonly git: Git;
  readonly store: Store;
  readonly gate: Gate;
  readonly minds: Minds;
  readonly inbox: Inbox;
  readonly clock: Clock;
  readonly parseConfig: (text: string) => Promise<ParsedConfig>;
};

export type Listener = (target: RefName, events: readonly LedgerEvent[], lane: Lane) => void;

export type Notes = { recall(key: string): Promise<string | null>; remember(key: string, value: string): Promise<void> };

export class Coordinator {
  readonly #ports: Ports;
  readonly #rulebook: Rulebook;
  readonly #errands: Errands;
  readonly #scribe: Scribe;
  readonly #school: School;
  /** The ladder remembers nothing across a start: the first conflict waits until it was reminded, and starts its thread. */
  #reminded: Promise<void> | null = null;
  readonly #lanes = new Map<RefName, Lane>();
  readonly #news = new Map<RefName, Observation[]>();
  readonly #listeners = new Set<Listener>();
  /** Landings intended by this run: any other may already be on the remote. */
  readonly #fresh = new Set<string>();
  /** Configs that are not valid while the last good one is in force. */
  readonly #broken = new Map<RefName, string>();
  readonly #lookedAtMs = new Map<RefName, number>();
  /** Takes back the ring a lane asked for at a later time. */
  readonly #alarms = new Map<RefName, () => void>();
  readonly #audience = new Audience();
  #routing: Policy = DEFAULT_POLICY;
  #token = 0;
  /** No effect starts before the remote was seen once: the mirror may lack what the ledger speaks of. */
  #begun = false;
  /** As it was noted last. */
  #ignored = '[]';
  #fatal: ((error: MaestroError) => void) | null = null;
  defaultBranch: RefName;

  constructor(ports: Ports, defaultBranch: RefName) {
    this.#ports = ports;
    this.defaultBranch = defaultBranch;
    this.#rulebook = openRulebook(ports.git, ports.store, () => this.#token, ports.parseConfig, () => this.#routing);
    this.#scribe = new Scribe(ports.store, ports.clock, (target) => ports.inbox.ring(target), (error) => this.#fatal?.(error));
    this.#school = new School(ports.git, ports.minds);
    this.#errands = new Errands({
      clock: ports.clock,
      run: async (effect, abort, repeated) => {
        if (effect.kind === 'prepare') await this.#remind();
        return perform(effect, { ...ports, past: () => this.past }, abort, repeated || this.#isResumed(effect), (vote) => this.#store(effect, vote));
      },
      report: (target, seen) => this.deliver(target, seen),
      retry: (target) => ports.inbox.ring(target),
    });
  }

  /** Becomes the one writer and folds the ledger. Nothing runs before the first ring. */
  async open(holder: string, onFatal: (error: MaestroError) => void): Promise<void> {
    this.#fatal = onFatal;
    this.#token = await this.#ports.store.claim(holder);
    for (const { target, events } of await this.#ports.store.load()) this.#lanes.set(target, fold(emptyLane(target), events));
  }

  /** For who looks while no coordinator runs. */
  async noteIgnored(ignored: readonly Ignored[]): Promise<void> {
    const text = JSON.stringify(ignored.slice(0, IGNORED_NOTED_MAX));
    if (text === this.#ignored) return;
    await this.#note(IGNORED_NOTE, text);
    this.#ignored = text;
  }

  /** A disk that refuses it now is asked again at the next start. */
  async #note(key: string, text: string): Promise<void> {
    const { store } = this.#ports;
    try {
      if (await store.recall(key) !== text) await store.remember(this.#token, key, text);
    } catch (error) {
      if (!(error instanceof MaestroError) || error.code !== 'disk') throw error;
    }
  }

  /** The remote was seen: effects may start. Candidates that are not in the mirror any more are built again. */
  async begin(): Promise<void> {
    if (this.#begun) return;
    for (const lane of this.#lanes.values()) if (await this.#isChainLost(lane)) this.deliver(lane.target, { kind: 'lost' });
    await this.#note(DEFAULT_BRANCH_NOTE, this.defaultBranch);
    this.#begun = true;
    this.ringAll();
  }

  get lanes(): ReadonlyMap<RefName, Lane> {
    return this.#lanes;
  }

  /** What the conflicts of all lanes taught, as it counts now. */
  get past(): Past {
    const nowMs = this.#ports.clock.nowMs();
    return { lessons: [...this.#lanes.values()].flatMap((lane) => lessonsOf(lane.memory, nowMs)), nowMs };
  }

  get routing(): Policy {
    return this.#routing;
  }

  get trouble(): string | null {
    return this.#scribe.trouble ?? this.#errands.trouble() ?? [...this.#broken.values()][0] ?? null;
  }

  /** Errands under way for this lane, as keys; what a pause may still see ending. */
  running(target: RefName): readonly string[] {
    return this.#errands.running(target);
  }

  /** True when nothing runs, nothing waits to be retried and no news is unread. */
  get isQuiet(): boolean {
    return this.#errands.isQuiet() && this.#news.size === 0 && this.#scribe.unsaved.length === 0;
  }

  /** Resolves after this lane's next turn is saved; throws when none will be any more. */
  turned(target: RefName): Promise<void> {
    return this.#audience.wait(target);
  }

  /** Why the lane's last turn could not be saved yet; null where it is. */
  unsaved(target: RefName): string | null {
    return this.#scribe.of(target) === null ? null : this.#scribe.trouble;
  }

  /** Resolves when all news of now are saved, those too that a turn is just reading. */
  async saved(): Promise<void> {
    this.ringAll();
    await Promise.all([...this.#lanes.keys()].map((target) => this.turned(target)));
  }

  /** Nothing is saved here any more: whoever waits for it has to turn to another one, or come back. */
  end(error: MaestroError): void {
    this.#audience.end(error);
  }

  /** Small durable notes of this repository, for whoever shows it. Not part of any decision. */
  get notes(): Notes {
    const { store } = this.#ports;
    return { recall: (key) => store.recall(key), remember: (key, value) => store.remember(this.#token, key, value) };
  }

  /** What the lane may look at, with the rule last read for it. For display; a turn reads its own. */
  viewNow(lane: Lane): View {
    return this.#view(lane, null);
  }

  /** Resolves when the next turn of any lane, or the next errand, has ended. */
  stirred(): Promise<void> {
    return this.#errands.stirred();
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** News for a lane; looked at on its next turn. */
  deliver(target: RefName, seen: Observation): void {
    const news = this.#news.get(target);
    if (news === undefined) this.#news.set(target, [seen]);
    else news.push(seen);
    this.#ports.inbox.ring(target);
  }

  #remind(): Promise<void> {
    return this.#reminded ??= this.#school.teach(this.#lessons());
  }

  #lessons(): readonly Kept[] {
    return [...this.#lanes.values()].flatMap((lane) => teaching(lane.memory));
  }

  #teach(before: Lane, { memory }: Lane): void {
    if (memory === before.memory) return;
    if (this.#reminded === null) void this.#remind();
    else if (memory.forgotten !== before.memory.forgotten) this.#reminded = this.#school.anew(() => this.#lessons());
    else void this.#school.teach(teaching(memory).filter((one) => one.at > before.version));
  }

  /** A vote counts once it is in the ledger: one that was paid is not paid again. */
  async #store(effect: Effect, vote: StoredVote): Promise<void> {
    if (effect.kind !== 'prepare') return;
    this.deliver(effect.request.target, { kind: 'voted', id: effect.request.id, fingerprint: effect.conflict.fingerprint, vote });
    await this.turned(effect.request.target);
  }

  async #isChainLost(lane: Lane): Promise<boolean> {
    for (const id of lane.chain) {
      const phase = lane.requests.get(id)?.phase;
      if (phase?.state === 'gating' && (await this.#ports.git.commit(phase.candidate.commit)) === null) return true;
    }
    return false;
  }

  ringAll(): void {
    for (const target of this.#lanes.keys()) this.#ports.inbox.ring(target);
  }

  /** Reads the routing from the default branch's tip; a broken config keeps the one in force. */
  async readRouting(tip: Oid | null): Promise<void> {
    if (tip === null) return;
    const ruling = await this.#rulebook.at(this.defaultBranch, tip);
    if (ruling.policy !== null) this.#routing = ruling.policy;
  }

  /** One turn of one lane. The inbox never runs two turns of a lane at once. */
  async turn(target: RefName): Promise<void> {
    // Where several processes ring, a key may name anything.
    if (!this.#lanes.has(target) && !this.#isWaiting(target)) return;
    try {
      await this.#takeTurn(target);
    } finally {
      this.#errands.stir();
      this.#tellTurned(target);
    }
  }

  /** What the last push came to is saved before anybody closes the ledger; a disk that refuses keeps nobody here. */
  async close(): Promise<void> {
    for (const forget of this.#alarms.values()) forget();
    this.#school.close();
    await this.#errands.close();
    const waiting = new Set([...this.#news.keys(), ...this.#scribe.unsaved.map(({ before }) => before.target)]);
    await within(LAST_SAVE_MS_MAX, this.#ports.clock, Promise.all([...waiting].map((target) => this.turned(target))));
    this.end(new MaestroError('unreachable', 'Maestro is stopping', { retryable: true }));
  }

  /** Whoever waits for a turn that could not be saved waits on. */
  #tellTurned(target: RefName): void {
    if (!this.#isWaiting(target)) this.#audience.tell(target);
  }

  #isWaiting(target: RefName): boolean {
    return this.#news.has(target) || this.#scribe.of(target) !== null;
  }

  async #takeTurn(target: RefName): Promise<void> {
    const unsaved = this.#scribe.of(target);
    if (unsaved !== null && !(await this.#carryOut(unsaved))) return;
    const before = this.#lanes.get(target) ?? emptyLane(target);
    const view = await this.#viewOf(before);
    await this.#noteArrivals(before, view);
    const off = await this.#takenOff(before);
    const news = [...(this.#news.get(target) ?? []), ...off];
    this.#news.delete(target);
    this.#errands.read(target);
    await this.#carryOut({ before, view, next: plan(before, news, view) });
  }

  /** False while it could not be saved. */
  async #carryOut(decision: Decision): Promise<boolean> {
    if (!(await this.#scribe.save(this.#token, decision))) return false;
    const { before, view, next } = decision;
    const { target } = before;
    this.#lanes.set(target, next.lane);
    this.#lookedAtMs.set(target, view.nowMs);
    this.#comeAgain(target, next.againAtMs, view.nowMs);
    for (const event of next.events) if (event.kind === 'intended') this.#fresh.add(event.intent.id);
    this.#keepErrands(next.lane, view, next.effects);
    if (next.lane.tip !== before.tip) await this.#followTip(next.lane);
    this.#teach(before, next.lane);
    if (next.events.length === 0) return true;
    for (const listener of this.#listeners) listener(target, next.events, next.lane);
    if (next.events.some(concernsOthers)) this.#ringOthers(target);
    if (next.lane.movedBack && next.lane.alarm === null) this.#ports.inbox.ring(target);
    return true;
  }

  #comeAgain(target: RefName, atMs: number | null, nowMs: number): void {
    this.#alarms.get(target)?.();
    this.#alarms.delete(target);
    if (atMs !== null) this.#alarms.set(target, this.#ports.clock.after(atMs - nowMs, () => this.#ports.inbox.ring(target)));
  }

  async #viewOf(lane: Lane): Promise<View> {
    const ruling = lane.tip === null ? null : await this.#rulebook.at(lane.target, lane.tip);
    const isBroken = ruling !== null && ruling.broken !== null;
    if (!isBroken) this.#broken.delete(lane.target);
    else this.#broken.set(lane.target, `the config on ${shortName(lane.target)} is not valid${ruling.policy === null ? '' : ', the last good one stays in force'}: ${ruling.broken}`);
    if (ruling !== null && ruling.policy === null && lane.alarm === null) this.#noteNews(lane, { kind: 'broken-config', detail: ruling.broken ?? 'the config is not valid' });
    else if (lane.alarm?.kind === 'config-broken' && lane.pausedBy === null && ruling?.policy !== null) this.#noteNews(lane, { kind: 'resume', by: 'Maestro', all: false });
    return this.#view(lane, ruling);
  }

  /** A dependency that landed in another target comes into this one without a word: by a promotion, or by hand. */
  async #noteArrivals(lane: Lane, view: View): Promise<void> {
    const roll = lane.tip === null ? null : rollFor(lane, view);
    if (lane.tip === null || roll === null) return;
    for (const request of lane.requests.values()) {
      if (!isOpen(request)) continue;
      for (const { name, tip } of landedElsewhere(request, roll)) if (await holds(this.#ports.git, lane.tip, tip)) this.#noteNews(lane, { kind: 'met', id: request.id, names: [name] });
    }
  }

  /** Asked when a person lets a lane go on whose target was moved past Maestro, before anything else happens there. */
  async #takenOff(lane: Lane): Promise<readonly Observation[]> {
    const goesOn = lane.alarm === null || this.#news.get(lane.target)?.some(({ kind }) => kind === 'resume') === true;
    const seen = lane.movedBack && goesOn ? await takenOff(lane, this.#lanes.values(), this.#ports) : null;
    return seen === null ? [] : [seen];
  }

  #view(lane: Lane, ruling: Ruling | null): View {
    const policy = ruling?.policy ?? this.#routing;
    const nowMs = this.#ports.clock.nowMs();
    return {
      nowMs,
      // Of the time before this run only the ledger knows.
      lookedAtMs: this.#lookedAtMs.get(lane.target) ?? lane.writtenAtMs ?? nowMs,
      rule: targetRuleOf(policy, lane.target),
      // Where no config was ever good there is no rule, and nothing is gated or landed.
      ruleTip: ruling !== null && ruling.policy !== null ? ruling.tip : null,
      limits: policy.limits,
      consensus: policy.consensus,
      routing: this.#routing,
      defaultBranch: this.defaultBranch,
      lanes: this.#lanes,
    };
  }

  #noteNews(lane: Lane, seen: Observation): void {
    this.#news.set(lane.target, [...(this.#news.get(lane.target) ?? []), seen]);
  }

  /** While the rule is not yet that of the new tip the turn that follows at once decides; ending gates in between would run them twice. */
  #keepErrands(lane: Lane, view: View, effects: readonly Effect[]): void {
    const isStill = lane.pausedBy !== null || lane.alarm !== null;
    if (!isStill && lane.tip !== view.ruleTip) return;
    this.#errands.keep(lane.target, this.#begun ? effects : []);
  }

  /** The target's new tip may carry a new config: the next turn plans with it. */
  async #followTip(lane: Lane): Promise<void> {
    if (lane.target === this.defaultBranch) await this.readRouting(lane.tip);
    this.#ports.inbox.ring(lane.target);
  }

  #ringOthers(target: RefName): void {
    for (const other of this.#lanes.keys()) if (other !== target) this.#ports.inbox.ring(other);
  }

  #isResumed(effect: Effect): boolean {
    return effect.kind === 'land' && !this.#fresh.has(effect.intent.id);
  }
}

/** Dependencies, promotions and back-merges of other lanes may hang on these. */
function concernsOthers(event: LedgerEvent): boolean {
  return event.kind === 'landed' || event.kind === 'entered' || event.kind === 'rejected' || event.kind === 'cancelled' || event.kind === 'superseded' || event.kind === 'requested' || event.kind === 'taken-off';
}

