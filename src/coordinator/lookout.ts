// Looks at the remote: which branches moved, what their tips say, which lane that concerns. The truth about a ref is what Git says now.
import { requestId } from '../merge/identity.ts';
import { parseBranch, shortName, type Oid, type RefName } from '../merge/branch.ts';
import type { Observation, Sight } from '../merge/observation.ts';
import { isTarget, promotionRouteOf, routeOf } from '../merge/route.ts';
import { readSignal, type Signal, type SignalReading } from '../merge/signal.ts';
import type { Lane } from '../merge/lane.ts';
import { isOpen } from '../merge/request.ts';
import type { Ignored } from '../port/control.ts';
import type { Commit, Git } from '../port/git.ts';
import type { Coordinator } from './coordinator.ts';

const TITLE_CHARS_MAX = 200;
const READINGS_MAX = 2_000;
/** As many as may wait for a git process by far. */
const COMMITS_AT_ONCE_MAX = 5_000;
const PLAIN: Signal = { dependsOn: [], target: null, priority: null };

export class Lookout {
  readonly #git: Git;
  readonly #coordinator: Coordinator;
  readonly #known = new Map<RefName, Oid>();
  /** Tips that were said to be refused. */
  readonly #refused = new Map<RefName, Oid>();
  readonly #hinted = new Set<RefName>();
  /** Tips that a person called ready who may. */
  readonly #vouched = new Map<RefName, Oid>();
  readonly #readings = new Map<Oid, { readonly marker: string; readonly reading: SignalReading }>();
  #everything = true;
  /** What the fetch of this look brought: null where the remote has no such branch. */
  #seen: ReadonlyMap<RefName, Oid | null> = new Map();
  /** What one look found, handed over at its end: one turn a lane instead of one a branch. */
  #found: { readonly target: RefName; readonly seen: Observation }[] = [];
  /** As of the last look at everything. */
  ignored: readonly Ignored[] = [];

  constructor(git: Git, coordinator: Coordinator) {
    this.#git = git;
    this.#coordinator = coordinator;
  }

  /** Every branch that was fetched, marked or not, where it was seen last. */
  get heads(): ReadonlyMap<RefName, Oid> {
    return this.#known;
  }

  /** A hint that this branch moved; `null`: anything may have. Looked at on the next `look()`. */
  hint(branch: RefName | null): void {
    if (branch === null) this.#everything = true;
    else this.#hinted.add(branch);
  }

  /** This tip counts as marked, whatever its message says. Looked at on the next `look()`. */
  vouch(branch: RefName, tip: Oid): void {
    this.#vouched.set(branch, tip);
    this.#hinted.add(branch);
  }

  /** Works off the hints. `seen`: all heads, where the remote was asked just now. Throws `unreachable`; the hints are kept then. */
  async look(seen: ReadonlyMap<string, Oid> | null = null): Promise<void> {
    const refs = new Set(this.#hinted);
    const all = this.#everything;
    this.#everything = false;
    this.#hinted.clear();
    try {
      if (all) for (const ref of await this.#changedOnRemote(seen)) refs.add(ref);
      await this.#lookAt([...refs]);
      this.#handOver();
    } catch (error) {
      this.#found = [];
      for (const ref of refs) this.#hinted.add(ref);
      this.#everything ||= all;
      throw error;
    }
  }

  async #changedOnRemote(seen: ReadonlyMap<string, Oid> | null): Promise<readonly RefName[]> {
    const heads = seen ?? await this.#git.remoteHeads();
    const changed: RefName[] = [];
    const present = new Set<string>();
    const ignored: Ignored[] = [];
    for (const [raw, oid] of heads) {
      const branch = parseBranch(raw);
      if (!branch.ok) {
        ignored.push({ name: raw, why: branch.why });
        continue;
      }
      present.add(branch.ref);
      if ((this.#known.get(branch.ref) ?? this.#refused.get(branch.ref)) !== oid || this.#isBehind(branch.ref, oid)) changed.push(branch.ref);
    }
    this.ignored = ignored;
    for (const ref of [...this.#known.keys(), ...this.#openBranches()]) if (!present.has(ref)) changed.push(ref);
    return changed;
  }

  /** What was seen may have come at a moment when the lane could not use it; then it is shown again. */
  #isBehind(ref: RefName, oid: Oid): boolean {
    const lane = this.#coordinator.lanes.get(ref);
    if (lane !== undefined && lane.tip !== oid) return true;
    return [...this.#coordinator.lanes.values()].some((other) => holdsOther(other, ref, oid));
  }

  /** After a restart nothing is known yet, but what the ledger holds open must be looked at again. */
  #openBranches(): readonly RefName[] {
    const refs: RefName[] = [];
    for (const lane of this.#coordinator.lanes.values()) {
      refs.push(lane.target);
      for (const request of lane.requests.values()) if (isOpen(request)) refs.push(request.branch);
    }
    return refs;
  }

  async #lookAt(refs: readonly RefName[]): Promise<void> {
    if (refs.length === 0) return;
    // A push is judged by the config and onto the target of this moment, not of the last sweep.
    const asked = [...new Set([this.#coordinator.defaultBranch, ...refs.flatMap((ref) => this.#likelyTargetOf(ref)), ...refs])];
    const before = this.#targetTips();
    const tips = await this.#git.fetch(asked);
    this.#seen = tips;
    // The default branch first: its config says where all others go.
    const first = tips.get(this.#coordinator.defaultBranch);
    if (first !== undefined) await this.#lookAtTarget(this.#coordinator.defaultBranch, first, before);
    await this.#coordinator.readRouting(first ?? null);
    const branches: RefName[] = [];
    for (const [ref, tip] of tips) {
      if (tip === null) this.#known.delete(ref);
      else this.#known.set(ref, tip);
      if (ref === this.#coordinator.defaultBranch) continue;
      if (isTarget(this.#coordinator.routing, ref, this.#coordinator.defaultBranch)) await this.#lookAtTarget(ref, tip, before);
      branches.push(ref);
    }
    for (let at = 0; at < branches.length; at += COMMITS_AT_ONCE_MAX) {
      const some = branches.slice(at, at + COMMITS_AT_ONCE_MAX);
      const commits = await Promise.all(some.map((ref) => this.#tipCommit(tips.get(ref) ?? null)));
      for (const [index, ref] of some.entries()) await this.#lookAtBranch(ref, commits[index] ?? null);
    }
    for (const ref of asked) if (!tips.has(ref)) this.#lookAtRefused(ref, tips.has(this.#coordinator.defaultBranch));
  }

  /** What git will not take cannot be read, so nobody knows whether it was marked: it is said once. A target stands still. */
  #lookAtRefused(ref: RefName, isRoutingKnown: boolean): void {
    const refusal = this.#git.refused.get(ref);
    this.#known.delete(ref);
    if (refusal === undefined) return;
    const { tip, why } = refusal;
    const { defaultBranch, routing } = this.#coordinator;
    if (isTarget(routing, ref, defaultBranch)) return this.#post(ref, { kind: 'refused-target', detail: `${shortName(ref)} cannot be fetched: ${why}.` });
    if (!isRoutingKnown) return;
    this.#refused.set(ref, tip);
    const sight: Sight = { title: shortName(ref), author: '', dependsOn: [], contained: [], priority: 'normal' };
    this.#post(defaultBranch, { kind: 'refused-branch', branch: ref, tip, sight, reason: { code: 'unsafe-content', detail: why } });
    this.#tellOthers(ref, tip, null);
  }

  #post(target: RefName, seen: Observation): void {
    this.#found.push({ target, seen });
  }

  #handOver(): void {
    const all = this.#found;
    this.#found = [];
    for (const { target, seen } of all) this.#coordinator.deliver(target, seen);
  }

  #likelyTargetOf(ref: RefName): readonly RefName[] {
    const route = routeOf(this.#coordinator.routing, ref, this.#coordinator.defaultBranch, null);
    return route.kind === 'to' ? [route.target] : [];
  }

  async #tipCommit(tip: Oid | null): Promise<Commit | null> {
    return tip === null ? null : this.#git.commit(tip);
  }

  /** Taken before the remote is asked: a landing may end while it answers, and what it showed then is not what became of that. */
  #targetTips(): ReadonlyMap<RefName, Oid | null> {
    return new Map([...this.#coordinator.lanes].map(([target, lane]) => [target, lane.tip]));
  }

  async #lookAtTarget(ref: RefName, tip: Oid | null, before: ReadonlyMap<RefName, Oid | null>): Promise<void> {
    if (tip === null && !this.#coordinator.lanes.has(ref)) return;
    const from = before.get(ref) ?? null;
    const relation = from === null || tip === null || from === tip ? 'same' : await this.#git.relation(from, tip);
    this.#post(ref, { kind: 'target', from, tip, relation });
  }

  async #lookAtBranch(ref: RefName, commit: Commit | null): Promise<void> {
    const target = commit === null ? null : await this.#deliverSignal(ref, commit);
    this.#tellOthers(ref, commit?.oid ?? null, target);
  }

  /** Every lane that still holds an older tip of this branch learns that it moved on or is gone. */
  #tellOthers(ref: RefName, tip: Oid | null, target: RefName | null): void {
    for (const lane of this.#coordinator.lanes.values()) {
      if (lane.target === target) continue;
      if (holdsOther(lane, ref, tip)) this.#post(lane.target, { kind: 'branch', branch: ref, tip, sight: null });
    }
  }

  /** A commit never changes, and is looked at again whenever its branch is. */
  #read({ oid, message }: Commit): SignalReading {
    const { marker } = this.#coordinator.routing;
    const before = this.#readings.get(oid);
    if (before?.marker === marker) return before.reading;
    if (this.#readings.size >= READINGS_MAX) this.#readings.clear();
    const reading = readSignal(message, marker);
    this.#readings.set(oid, { marker, reading });
    return reading;
  }

  /** The lane that got the push, or null when its tip is no signal. */
  async #deliverSignal(ref: RefName, commit: Commit): Promise<RefName | null> {
    const reading = this.#read(commit);
    if (reading.kind === 'none' && this.#vouched.get(ref) === commit.oid) return this.#deliverReady(ref, commit, PLAIN);
    if (reading.kind === 'none' || (reading.kind === 'malformed' && !reading.ready)) return null;
    if (reading.signal !== null) return this.#deliverReady(ref, commit, reading.signal);
    const problems = reading.kind === 'malformed' ? reading.problems : [];
    const sight: Sight = { title: titleOf(commit, this.#coordinator.routing.marker), author: commit.author, dependsOn: [], contained: [], priority: 'normal' };
    this.#post(this.#coordinator.defaultBranch, { kind: 'refused-branch', branch: ref, tip: commit.oid, sight, reason: { code: 'malformed-signal', problems } });
    return this.#coordinator.defaultBranch;
  }

  async #deliverReady(ref: RefName, commit: Commit, signal: Signal): Promise<RefName> {
    const route = routeOf(this.#coordinator.routing, ref, this.#coordinator.defaultBranch, signal.target);
    const priority = signal.priority ?? (route.kind === 'to' ? route.priority : 'normal');
    const sight: Sight = { title: titleOf(commit, this.#coordinator.routing.marker), author: commit.author, dependsOn: signal.dependsOn, contained: [], priority };
    if (route.kind !== 'to') {
      const detail = route.kind === 'refused' ? route.detail : whyNoRoute(ref, promotionRouteOf(this.#coordinator.routing, ref) !== null);
      this.#post(this.#coordinator.defaultBranch, { kind: 'refused-branch', branch: ref, tip: commit.oid, sight, reason: { code: 'no-route', detail } });
      return this.#coordinator.defaultBranch;
    }
    const { target } = route;
    // The hierarchy may have changed since: what came to its end elsewhere does not start again here.
    if (this.#endedBeside(target, ref, commit.oid)) return target;
    const targetTip = await this.#knowTarget(target);
    if (targetTip === null) this.#post(target, { kind: 'refused-branch', branch: ref, tip: commit.oid, sight, reason: { code: 'target-missing', target: shortName(target) } });
    else this.#post(target, { kind: 'branch', branch: ref, tip: commit.oid, sight: { ...sight, contained: await this.#containedIn(signal.dependsOn, targetTip) } });
    return target;
  }

  #endedBeside(target: RefName, branch: RefName, tip: Oid): boolean {
    return [...this.#coordinator.lanes.values()].some((lane) => {
      if (lane.target === target) return false;
      const id = requestId({ kind: 'branch' }, branch, tip, lane.target);
      const state = lane.requests.get(id)?.phase.state ?? lane.ended.get(id)?.state;
      return state === 'landed' || state === 'rolled-back' || state === 'cancelled';
    });
  }

  async #knowTarget(target: RefName): Promise<Oid | null> {
    const seen = this.#seen.get(target);
    if (seen !== undefined) return seen;
    const before = this.#targetTips();
    const tip = (await this.#git.fetch([target])).get(target) ?? null;
    this.#seen = new Map([...this.#seen, [target, tip]]);
    if (tip === null) return null;
    this.#known.set(target, tip);
    await this.#lookAtTarget(target, tip, before);
    return tip;
  }

  /** Dependencies that need no request of ours: the target already holds that branch. */
  async #containedIn(names: readonly string[], target: Oid): Promise<readonly string[]> {
    const contained: string[] = [];
    for (const name of names) {
      const branch = parseBranch(name);
      const tip = branch.ok ? this.#known.get(branch.ref) : undefined;
      if (tip === undefined) continue;
      const relation = await this.#git.relation(tip, target);
      if (relation === 'same' || relation === 'forward') contained.push(name);
    }
    return contained;
  }
}

/** A lane never changes, a new one takes its place: of each it is worked out once which tips of which branches it holds open. */
const open = new WeakMap<Lane, ReadonlyMap<RefName, readonly Oid[]>>();

/** Whether it waits for another tip of this branch. */
function holdsOther(lane: Lane, ref: RefName, tip: Oid | null): boolean {
  const known = open.get(lane) ?? openIn(lane);
  open.set(lane, known);
  return known.get(ref)?.some((one) => one !== tip) === true;
}

function openIn({ requests }: Lane): ReadonlyMap<RefName, readonly Oid[]> {
  const tips = new Map<RefName, Oid[]>();
  for (const one of requests.values()) {
    if (one.kind.kind !== 'branch' || !isOpen(one)) continue;
    const known = tips.get(one.branch);
    if (known === undefined) tips.set(one.branch, [one.tip]);
    else known.push(one.tip);
  }
  return tips;
}

/** A target's own marked push. */
function whyNoRoute(target: RefName, isPromoted: boolean): string {
  const name = shortName(target);
  return isPromoted ? `${name} is a target; it moves on by promotion only (\`maestro promote ${name}\`).` : `${name} is where everything ends; it enters nothing.`;
}

/** The subject without the marker. */
function titleOf(commit: Commit, marker: string): string {
  const subject = commit.message.split('\n', 1)[0] ?? '';
  const title = subject.endsWith(marker) ? subject.slice(0, -marker.length) : subject;
  return title.trim().slice(0, TITLE_CHARS_MAX);
}
