// In what order requests of a lane go: priority that rises with waiting, then arrival, then dependencies before dependents.
import { PRIORITIES } from '../merge/policy.ts';
import type { MergeRequest } from '../merge/request.ts';

/**
 * The level a request stands at now; 0 is the most urgent.
 * Waiting `ageStepMs` raises it one level, so after at most `PRIORITIES.length - 1` steps only earlier arrivals precede it:
 * a request is overtaken by nobody who arrives later than (PRIORITIES.length - 1) x ageStepMs after it.
 */
export function levelOf(request: MergeRequest, nowMs: number, ageStepMs: number): number {
  const waitedMs = Math.max(0, nowMs - request.arrivedAtMs);
  return Math.max(0, PRIORITIES.indexOf(request.priority) - Math.floor(waitedMs / ageStepMs));
}

/** Sorted by level, then arrival. */
export function byUrgency(requests: readonly MergeRequest[], nowMs: number, ageStepMs: number): MergeRequest[] {
  const keyed = requests.map((request) => ({ request, level: levelOf(request, nowMs, ageStepMs) }));
  keyed.sort((a, b) => a.level - b.level || a.request.arrival - b.request.arrival);
  return keyed.map((entry) => entry.request);
}

/** Keeps `sorted` but moves a request behind what it depends on; leaves out those whose dependency is not `placed` by then. */
export function inDependencyOrder(sorted: readonly MergeRequest[], isPlaced: (request: MergeRequest, placed: ReadonlySet<string>) => boolean): MergeRequest[] {
  const placed = new Set<string>();
  const order: MergeRequest[] = [];
  let waiting = [...sorted];
  // Each round places at least one request or ends, so there are at most `sorted.length` rounds.
  for (let round = 0; round < sorted.length; round += 1) {
    const left: MergeRequest[] = [];
    for (const request of waiting) {
      if (!isPlaced(request, placed)) {
        left.push(request);
        continue;
      }
      placed.add(request.id);
      order.push(request);
    }
    if (left.length === waiting.length || left.length === 0) break;
    waiting = left;
  }
  return order;
}
