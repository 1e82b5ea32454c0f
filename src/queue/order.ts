// In what order requests of a lane go: priority that rises with waiting, then arrival, then dependencies before dependents.
import { PRIORITIES } from '../merge/policy.ts';
import type { MergeRequest, RequestId } from '../merge/request.ts';

/** What keeps a request from going next: one that has to go before it, or one that is not on its way at all. */
export type Blocker = { readonly kind: 'none' } | { readonly kind: 'request'; readonly id: RequestId } | { readonly kind: 'nobody' };

/**
 * The level of one that waits since `sinceMs`; 0 is the most urgent.
 * Waiting `ageStepMs` raises it one level, so after at most `PRIORITIES.length - 1` steps only earlier arrivals precede it:
 * a request is overtaken by nobody who arrives later than (PRIORITIES.length - 1) x ageStepMs after it.
 */
export function levelOf(request: Pick<MergeRequest, 'priority'>, sinceMs: number, nowMs: number, ageStepMs: number): number {
  const waitedMs = Math.max(0, nowMs - sinceMs);
  return Math.max(0, PRIORITIES.indexOf(request.priority) - Math.floor(waitedMs / ageStepMs));
}

/** Since when each waits. Whoever came earlier waits at least as long, though the clock was set back in between. */
export function waitingSince(requests: Iterable<MergeRequest>): ReadonlyMap<RequestId, number> {
  const since = new Map<RequestId, number>();
  let earliestMs = Infinity;
  for (const { id, waitsSinceMs } of [...requests].sort((a, b) => b.arrival - a.arrival)) {
    earliestMs = Math.min(earliestMs, waitsSinceMs);
    since.set(id, earliestMs);
  }
  return since;
}

/** Sorted by level, then arrival. */
export function byUrgency(requests: readonly MergeRequest[], levels: ReadonlyMap<RequestId, number>): MergeRequest[] {
  const level = (request: MergeRequest): number => levels.get(request.id) ?? 0;
  return [...requests].sort((a, b) => level(a) - level(b) || a.arrival - b.arrival);
}

/** Keeps `sorted` but moves a request right behind what it depends on; leaves out those whose dependency is not among `sorted`. */
export function inDependencyOrder(sorted: readonly MergeRequest[], blockerOf: (request: MergeRequest, placed: ReadonlySet<string>) => Blocker): MergeRequest[] {
  const placed = new Set<string>();
  const order: MergeRequest[] = [];
  const behind = new Map<string, MergeRequest[]>();
  for (const first of sorted) {
    // One that is placed frees those behind it, most urgent first.
    const ready = [first];
    for (let one = ready.pop(); one !== undefined; one = ready.pop()) {
      const blocker = blockerOf(one, placed);
      if (blocker.kind === 'request') behind.set(blocker.id, [...(behind.get(blocker.id) ?? []), one]);
      if (blocker.kind !== 'none') continue;
      placed.add(one.id);
      order.push(one);
      ready.push(...(behind.get(one.id)?.toReversed() ?? []));
    }
  }
  return order;
}
