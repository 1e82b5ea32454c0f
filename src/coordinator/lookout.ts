// Looks at the remote: which branches moved, what their tips say, which lane that concerns. The truth about a ref is what Git says now.
import { parseBranch, shortName, type Oid, type RefName } from '../merge/branch.ts';
import type { Observation, Sight } from '../merge/observation.ts';
import { isTarget, routeOf } from '../merge/route.ts';
import { readSignal, type Signal } from '../merge/signal.ts';
import { isOpen } from '../merge/request.ts';
import type { Commit, Git } from '../port/git.ts';
import type { Coordinator } from './coordinator.ts';

const TITLE_CHARS_MAX = 200;

export type Lookout = {
  /** A hint that this branch moved; `null`: anything may have. Looked at on the next `look()`. */
  hint(branch: RefName | null): void;
  /** Works off the hints. Throws `unreachable`; the hints are kept then. */
  look(): Promise<void>;
  /** Branches whose names are refused, as the remote spells them. */
  readonly refusedNames: ReadonlySet<string>;
};

export function openLookout(git: Git, coordinator: Coordinator): Lookout {
  const known = new Map<RefName, Oid>();
  const refusedNames = new Set<string>();
  const hinted = new Set<RefName>();
  let everything = true;
  /** What one look found, handed over at its end: one turn a lane instead of one a branch. */
  let found: { readonly target: RefName; readonly seen: Observation }[] = [];

  return {
    refusedNames,
    hint: (branch) => {
      if (branch === null) everything = true;
      else hinted.add(branch);
    },
    look: async () => {
      const refs = new Set(hinted);
      const all = everything;
      everything = false;
      hinted.clear();
      try {
        if (all) for (const ref of await changedOnRemote()) refs.add(ref);
        await lookAt([...refs]);
        handOver();
      } catch (error) {
        found = [];
        for (const ref of refs) hinted.add(ref);
        everything ||= all;
        throw error;
      }
    },
  };

  async function changedOnRemote(): Promise<readonly RefName[]> {
    const heads = await git.remoteHeads();
    const changed: RefName[] = [];
    const present = new Set<string>();
    for (const [raw, oid] of heads) {
      const branch = parseBranch(raw);
      if (!branch.ok) {
        refusedNames.add(raw);
        continue;
      }
      present.add(branch.ref);
      if (known.get(branch.ref) !== oid || isBehind(branch.ref, oid)) changed.push(branch.ref);
    }
    for (const ref of [...known.keys(), ...openBranches()]) if (!present.has(ref)) changed.push(ref);
    return changed;
  }

  /** What was seen may have come at a moment when the lane could not use it; then it is shown again. */
  function isBehind(ref: RefName, oid: Oid): boolean {
    const lane = coordinator.lanes.get(ref);
    if (lane !== undefined && lane.tip !== oid) return true;
    return [...coordinator.lanes.values()].some((other) => [...other.requests.values()].some((one) => one.branch === ref && one.kind.kind === 'branch' && isOpen(one) && one.tip !== oid));
  }

  /** After a restart nothing is known yet, but what the ledger holds open must be looked at again. */
  function openBranches(): readonly RefName[] {
    const refs: RefName[] = [];
    for (const lane of coordinator.lanes.values()) {
      refs.push(lane.target);
      for (const request of lane.requests.values()) if (isOpen(request)) refs.push(request.branch);
    }
    return refs;
  }

  async function lookAt(refs: readonly RefName[]): Promise<void> {
    if (refs.length === 0) return;
    const missing = coordinator.lanes.get(coordinator.defaultBranch)?.tip == null ? [coordinator.defaultBranch] : [];
    const tips = await git.fetch([...new Set([...missing, ...refs])]);
    // The default branch first: its config says where all others go.
    const first = tips.get(coordinator.defaultBranch);
    if (first !== undefined) await lookAtTarget(coordinator.defaultBranch, first);
    await coordinator.readRouting(first ?? null);
    const branches: RefName[] = [];
    for (const [ref, tip] of tips) {
      if (tip === null) known.delete(ref);
      else known.set(ref, tip);
      if (ref === coordinator.defaultBranch) continue;
      if (isTarget(coordinator.routing, ref, coordinator.defaultBranch)) await lookAtTarget(ref, tip);
      branches.push(ref);
    }
    const commits = await Promise.all(branches.map((ref) => tipCommit(tips.get(ref) ?? null)));
    for (const [index, ref] of branches.entries()) await lookAtBranch(ref, commits[index] ?? null);
  }

  function post(target: RefName, seen: Observation): void {
    found.push({ target, seen });
  }

  function handOver(): void {
    const all = found;
    found = [];
    for (const { target, seen } of all) coordinator.deliver(target, seen);
  }

  async function tipCommit(tip: Oid | null): Promise<Commit | null> {
    return tip === null ? null : git.commit(tip);
  }

  async function lookAtTarget(ref: RefName, tip: Oid | null): Promise<void> {
    const lane = coordinator.lanes.get(ref);
    if (tip === null && lane === undefined) return;
    const before = lane?.tip ?? null;
    const relation = before === null || tip === null || before === tip ? 'same' : await git.relation(before, tip);
    post(ref, { kind: 'target', from: before, tip, relation });
  }

  async function lookAtBranch(ref: RefName, commit: Commit | null): Promise<void> {
    const target = commit === null ? null : await deliverSignal(ref, commit);
    // Every lane that still holds an older tip of this branch learns that it moved on or is gone.
    for (const lane of coordinator.lanes.values()) {
      if (lane.target === target) continue;
      if ([...lane.requests.values()].some((one) => one.branch === ref && one.kind.kind === 'branch' && isOpen(one) && one.tip !== commit?.oid))
        post(lane.target, { kind: 'branch', branch: ref, tip: commit?.oid ?? null, sight: null });
    }
  }

  /** The lane that got the push, or null when its tip is no signal. */
  async function deliverSignal(ref: RefName, commit: Commit): Promise<RefName | null> {
    const reading = readSignal(commit.message, coordinator.routing.marker);
    if (reading.kind === 'none' || (reading.kind === 'malformed' && !reading.ready)) return null;
    if (reading.signal !== null) return deliverReady(ref, commit, reading.signal);
    const problems = reading.kind === 'malformed' ? reading.problems : [];
    const sight: Sight = { title: titleOf(commit, coordinator.routing.marker), author: commit.author, dependsOn: [], contained: [], priority: 'normal' };
    post(coordinator.defaultBranch, { kind: 'refused-branch', branch: ref, tip: commit.oid, sight, reason: { code: 'malformed-signal', problems } });
    return coordinator.defaultBranch;
  }

  async function deliverReady(ref: RefName, commit: Commit, signal: Signal): Promise<RefName> {
    const route = routeOf(coordinator.routing, ref, coordinator.defaultBranch, signal.target);
    const sight: Sight = { title: titleOf(commit, coordinator.routing.marker), author: commit.author, dependsOn: signal.dependsOn, contained: [], priority: signal.priority ?? (route.kind === 'to' ? route.priority : 'normal') };
    if (route.kind !== 'to') {
      const detail = route.kind === 'refused' ? route.detail : `${shortName(ref)} is where everything ends; it enters nothing.`;
      post(coordinator.defaultBranch, { kind: 'refused-branch', branch: ref, tip: commit.oid, sight, reason: { code: 'no-route', detail } });
      return coordinator.defaultBranch;
    }
    const { target } = route;
    const targetTip = await knowTarget(target);
    if (targetTip === null) post(target, { kind: 'refused-branch', branch: ref, tip: commit.oid, sight, reason: { code: 'target-missing', target: shortName(target) } });
    else post(target, { kind: 'branch', branch: ref, tip: commit.oid, sight: { ...sight, contained: await containedIn(signal.dependsOn, targetTip) } });
    return target;
  }

  async function knowTarget(target: RefName): Promise<Oid | null> {
    const tip = coordinator.lanes.get(target)?.tip ?? known.get(target) ?? null;
    if (tip !== null) {
      if (coordinator.lanes.get(target)?.tip == null && !found.some((one) => one.target === target)) await lookAtTarget(target, tip);
      return tip;
    }
    const fetched = (await git.fetch([target])).get(target) ?? null;
    if (fetched === null) return null;
    known.set(target, fetched);
    await lookAtTarget(target, fetched);
    return fetched;
  }

  /** Dependencies that need no request of ours: the target already holds that branch. */
  async function containedIn(names: readonly string[], target: Oid): Promise<readonly string[]> {
    const contained: string[] = [];
    for (const name of names) {
      const branch = parseBranch(name);
      const tip = branch.ok ? known.get(branch.ref) : undefined;
      if (tip === undefined) continue;
      const relation = await git.relation(tip, target);
      if (relation === 'same' || relation === 'forward') contained.push(name);
    }
    return contained;
  }
}

/** The subject without the marker. */
function titleOf(commit: Commit, marker: string): string {
  const subject = commit.message.split('\n', 1)[0] ?? '';
  const title = subject.endsWith(marker) ? subject.slice(0, -marker.length) : subject;
  return title.trim().slice(0, TITLE_CHARS_MAX);
}
