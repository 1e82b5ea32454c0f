// A target with GitHub's own merge queue: what would be pushed is put into the queue instead, and followed until it is in or out.
// What GitHub says of it only rings: landed is what the target is seen to hold.
import { MaestroError } from '../../error.ts';
import { shortName, type Oid, type RefName } from '../../merge/branch.ts';
import type { Landing } from '../../merge/effect.ts';
import type { RequestId } from '../../merge/request.ts';
import type { Intent } from '../../merge/event.ts';
import type { LandOutcome, QueueMerge } from '../../merge/observation.ts';
import type { Clock } from '../../port/clock.ts';
import type { Forge, QueuedPull } from '../../port/forge.ts';
import { holds, type Git, type PublishedRef } from '../../port/git.ts';
import { Bells, type Bell } from './bell.ts';

export type MergeQueueOptions = {
  readonly forge: Pick<Forge, 'rules' | 'openPull' | 'queuedPull' | 'enqueue' | 'dequeue'>;
  readonly git: Git;
  readonly clock: Clock;
};

/** Rules change seldom, landings come by the second. */
const KNOWN_MS = 5 * 60_000;
/** A webhook may be lost: then it is looked at all the same. */
const LOOK_MS = 20_000;
/** What GitHub's parts do not agree on yet is looked at again soon, ever more seldom. */
const UNCLEAR_MS = 250;
/** A pull request that may not enter yet (a check runs, a review is missing) is tried again so long. */
const PATIENCE_MS = 60 * 60_000;

/** One request on its way through the queue: the branch whose pull request it is, and the commit that has to get in. */
type Walker = {
  readonly landing: Landing;
  readonly branch: RefName;
  readonly head: Oid;
  /** Where it is no mere merge of its branch: the name that our own merge is shown under. */
  readonly shown: PublishedRef | null;
  /** When it had been taken out of the queue before this walk; undefined before the first look. */
  removedMs: number | null | undefined;
  isIn: boolean;
  /** Looks in a row at which GitHub's parts did not agree: one of them is behind. */
  unclear: number;
  end: End | null;
  /** Who wants it out, and who is told whether it got out. */
  calledBack: { readonly by: string; readonly answer: (isOut: boolean) => void } | null;
};

/** `strange`: the commit in the target is not the merge it stands for. */
type End = { readonly kind: 'merged'; readonly merge: QueueMerge; readonly strange: string | null } | { readonly kind: 'removed'; readonly why: string; readonly calledBackBy?: string };
type Walk = { readonly intent: Intent; readonly startedMs: number; readonly resumed: boolean };

export class MergeQueue {
  readonly #options: MergeQueueOptions;
  readonly #known = new Map<RefName, { readonly hasQueue: boolean; readonly untilMs: number }>();
  /** By branch, target and commit. */
  readonly #bells: Bells;
  readonly #closing = new AbortController();
  /** On their way at this moment. */
  readonly #walkers = new Set<Walker>();

  constructor(options: MergeQueueOptions) {
    this.#options = options;
    this.#bells = new Bells(options.clock);
  }

  /** As Git's own, for targets of both sorts. */
  async land(intent: Intent, landings: readonly Landing[], resumed: boolean): Promise<LandOutcome> {
    if (!(await this.#hasQueue(intent.target))) return this.#options.git.land(intent, landings, resumed);
    const tip = await this.#tipOf(intent.target);
    if (tip === null) return { kind: 'missing' };
    // Pushed while there was no queue yet.
    if (await holds(this.#options.git, tip, intent.new)) return { kind: 'landed' };
    return this.#walk(walkersOf(landings), { intent, startedMs: this.#options.clock.nowMs(), resumed });
  }

  /** Out it is once GitHub has said so; on its way in it is simply not put in. */
  callBack(id: RequestId, by: string): Promise<boolean> {
    const walker = [...this.#walkers].find((one) => one.landing.id === id && one.end === null && one.calledBack === null);
    if (walker === undefined) return Promise.resolve(false);
    return new Promise((resolve) => {
      walker.calledBack = { by, answer: resolve };
      this.#bells.ring(walker.branch);
    });
  }

  /** Something was said about this branch, target or commit. */
  changed(what: string): void {
    this.#bells.ring(what);
  }

  close(): void {
    this.#closing.abort();
  }

  /** While GitHub does not answer nothing is pushed; where it never shows its rules, it is the push that finds out. */
  async #hasQueue(target: RefName): Promise<boolean> {
    const { forge, clock } = this.#options;
    const known = this.#known.get(target);
    if (known !== undefined && known.untilMs > clock.nowMs()) return known.hasQueue;
    const hasQueue = await forge.rules(target).then((rules) => rules.mergeQueue, (error: unknown) => {
      if (!(error instanceof MaestroError) || error.retryable) throw error;
      return false;
    });
    this.#known.set(target, { hasQueue, untilMs: clock.nowMs() + KNOWN_MS });
    return hasQueue;
  }

  async #walk(walkers: readonly Walker[], walk: Walk): Promise<LandOutcome> {
    const { git } = this.#options;
    const { target } = walk.intent;
    const keys = [target, ...walkers.flatMap(({ branch, head }) => [branch, head])];
    const bell = this.#bells.hang(keys);
    for (const walker of walkers) this.#walkers.add(walker);
    try {
      for (const { shown, head } of walkers) if (shown !== null) await git.publish(shown, head);
      await this.#follow(walkers, walk, bell);
    } finally {
      this.#bells.takeDown(keys, bell);
      for (const walker of walkers) this.#walkers.delete(walker);
      for (const { calledBack, end } of walkers) calledBack?.answer(end?.kind === 'removed');
    }
    // One that stays is a branch too many, and no reason to doubt what was seen.
    for (const { shown, head } of walkers) if (shown !== null) await git.withdraw(shown, head).catch(() => undefined);
    const ends = walkers.map(({ landing, end }) => ({ id: landing.id, end }));
    const strange = ends.flatMap(({ end }) => end?.kind === 'merged' && end.strange !== null ? [end.strange] : []);
    return {
      kind: 'queued',
      merges: ends.flatMap(({ end }) => end?.kind === 'merged' ? [end.merge] : []),
      removed: ends.flatMap(({ id, end }) => end?.kind === 'removed' ? [{ id, why: end.why, ...(end.calledBackBy === undefined ? {} : { calledBackBy: end.calledBackBy }) }] : []),
      tip: await this.#tipOf(target) ?? walk.intent.old,
      ...(strange.length === 0 ? {} : { alarm: { kind: 'read-back', detail: strange.join(' ') } }),
    };
  }

  /** Until each is in or out: one that is left in the queue could land behind our back. */
  async #follow(walkers: readonly Walker[], walk: Walk, bell: Bell): Promise<void> {
    for (;;) {
      bell.rung = false;
      let mayEnter = true;
      for (const walker of walkers) {
        if (mayEnter || walker.calledBack !== null) walker.end ??= await this.#step(walker, walk);
        if (walker.end !== null) walker.calledBack?.answer(walker.end.kind === 'removed');
        // In order: the next one enters behind it.
        mayEnter &&= walker.end !== null || walker.isIn;
      }
      if (walkers.every(({ end }) => end !== null)) return;
      await this.#bells.wait(bell, waitMs(walkers), this.#closing.signal);
      if (this.#closing.signal.aborted) throw new MaestroError('unreachable', 'closed while a merge queue was followed', { retryable: true });
    }
  }

  async #step(walker: Walker, walk: Walk): Promise<End | null> {
    try {
      return await this.#lookAt(walker, walk);
    } catch (error) {
      if (!(error instanceof MaestroError) || error.retryable) throw error;
      return { kind: 'removed', why: `${error.message}${error.next === null ? '' : `: ${error.next}`}` };
    }
  }

  async #lookAt(walker: Walker, walk: Walk): Promise<End | null> {
    const pull = await this.#pullOf(walker, walk.intent.target);
    if (pull === null) return walker.isIn ? { kind: 'removed', why: 'its pull request was closed' } : null;
    walker.unclear = pull.isMerged || (walker.isIn && !pull.isQueued) ? walker.unclear + 1 : 0;
    if (pull.isMerged) return this.#arrived(walker, walk.intent.target, pull.merge);
    if (walker.removedMs === undefined) walker.removedMs = removedBefore(pull, walk);
    if (pull.removed !== null && pull.removed.atMs !== walker.removedMs) return { kind: 'removed', why: pull.removed.why };
    if (pull.isQueued) walker.isIn = true;
    if (walker.calledBack !== null) return this.#takeOut(walker, walker.calledBack.by, pull);
    // What entered and is seen neither in the queue nor out of it is an old sight.
    return walker.isIn ? null : this.#enter(walker, pull, walk.startedMs);
  }

  /** One that entered and is not seen in the queue may have been let in: the next look knows more. */
  async #takeOut({ isIn }: Walker, by: string, pull: QueuedPull): Promise<End | null> {
    if (isIn && !(pull.isQueued && await this.#options.forge.dequeue(pull.id))) return null;
    return { kind: 'removed', why: `cancelled by ${by}`, calledBackBy: by };
  }

  /** Opened where there is none. */
  async #pullOf({ branch, head, landing, isIn }: Walker, target: RefName): Promise<QueuedPull | null> {
    const { forge } = this.#options;
    const known = await forge.queuedPull(branch, target, head);
    if (known !== null || isIn) return known;
    await forge.openPull({ branch, target, title: landing.title, body: `Opened by Maestro: ${target.replace('refs/heads/', '')} has a merge queue, and only pull requests enter it. Nothing is needed here.` });
    return forge.queuedPull(branch, target, head);
  }

  async #enter(walker: Walker, pull: QueuedPull, startedMs: number): Promise<End | null> {
    const { forge, clock } = this.#options;
    const why = pull.head === walker.head ? await forge.enqueue(pull.id, walker.head) : 'its pull request is at another commit';
    walker.isIn = why === null;
    return why === null || clock.nowMs() < startedMs + PATIENCE_MS ? null : { kind: 'removed', why };
  }

  /** GitHub calls it merged; the target itself has to show it. */
  async #arrived({ landing, head }: Walker, target: RefName, merge: Oid | null): Promise<End | null> {
    const tip = await this.#tipOf(target);
    if (tip === null || merge === null || !(await holds(this.#options.git, tip, merge))) return null;
    const commit = await this.#options.git.commit(merge);
    const onto = commit?.parents[0];
    if (commit === null || onto === undefined) return null;
    const how = await holds(this.#options.git, merge, head) ? 'merge' : 'squash';
    const { tree } = commit;
    const isSound = await this.#options.git.isMergeOf({ commit: merge, onto, tip: head, tree });
    const strange = isSound ? null : `GitHub's merge queue put ${merge.slice(0, 12)} into ${shortName(target)} for ${landing.title}, and that is not what merging ${head.slice(0, 12)} into ${onto.slice(0, 12)} gives: look at what it changed before you resume.`;
    return { kind: 'merged', merge: { id: landing.id, commit: merge, tree, onto, how }, strange };
  }

  async #tipOf(target: RefName): Promise<Oid | null> {
    return (await this.#options.git.fetch([target])).get(target) ?? null;
  }
}

function waitMs(walkers: readonly Walker[]): number {
  const unclear = walkers.filter((one) => one.end === null && one.unclear > 0).map((one) => UNCLEAR_MS * 2 ** one.unclear);
  return Math.min(LOOK_MS, ...unclear);
}

/** An earlier life of this walk may have put it in and seen nothing of its end. */
function removedBefore({ removed }: QueuedPull, { intent, resumed }: Walk): number | null {
  return removed === null || (resumed && removed.atMs >= intent.atMs) ? null : removed.atMs;
}

/**
 * Those that may be in the queue at once. Whoever depends on another, or carries a merge of ours, goes alone: the queue may throw out
 * the one ahead and let in the one behind.
 */
function walkersOf(landings: readonly Landing[]): readonly Walker[] {
  const isFree = (landing: Landing): boolean => isPlain(landing) && landing.dependsOn.length === 0;
  const end = landings.findIndex((landing) => !isFree(landing));
  const together = end === -1 ? landings : landings.slice(0, Math.max(1, end));
  return together.map((landing): Walker => {
    const rest = { landing, removedMs: undefined, isIn: false, unclear: 0, end: null, calledBack: null };
    if (isPlain(landing)) return { ...rest, branch: landing.branch, head: landing.tip, shown: null };
    const shown = `refs/heads/maestro/queue/${landing.id}` as const;
    return { ...rest, branch: shown as string as RefName, head: landing.commit, shown };
  });
}

/** The queue merges branches as they are. */
function isPlain({ how, restores, undoes }: Landing): boolean {
  return how === 'clean' && restores.length === 0 && undoes === null;
}
