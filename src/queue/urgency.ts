// How urgent each request of a lane is now, and who goes next. A request is as urgent as the most urgent one that waits for it.
import type { Lane } from '../merge/lane.ts';
import { isOpen, type MergeRequest, type RequestId } from '../merge/request.ts';
import type { View } from '../merge/turn.ts';
import { blockerOf, openDependencies, rollOf, type Roll } from './dependency.ts';
import { byUrgency, inDependencyOrder, levelOf, waitingSince } from './order.ts';

/** Queued requests in the order they would be built, whether or not there is room for them yet. */
export function buildOrder(lane: Lane, view: View): readonly MergeRequest[] {
  const free = [...lane.requests.values()].filter((one) => one.phase.state === 'queued' && one.phase.hold === null);
  if (free.length === 0) return [];
  const roll = rollFor(lane, view);
  const sorted = byUrgency(free, levelsOf(lane, view, roll));
  if (roll === null) return sorted;
  const stacked = new Set<string>(lane.chain);
  return inDependencyOrder(sorted, (one, placed) => blockerOf(one, (id) => stacked.has(id) || placed.has(id), roll));
}

/** null where nothing open depends on anything: the other lanes need not be read. */
export function rollFor(lane: Lane, view: View): Roll | null {
  if (![...lane.requests.values()].some((one) => one.dependsOn.length > 0 && isOpen(one))) return null;
  return rollOf([...[...view.lanes.values()].filter((other) => other.target !== lane.target), lane]);
}

/** The level of every open request; 0 is the most urgent. */
export function levelsOf(lane: Lane, view: View, roll: Roll | null): ReadonlyMap<RequestId, number> {
  const since = waitingSince(lane.requests.values());
  const open = [...lane.requests.values()].filter(isOpen);
  const levels = new Map(open.map((one) => [one.id, levelOf(one, since.get(one.id) ?? one.waitsSinceMs, view.nowMs, view.limits.ageStepMs)]));
  if (roll !== null) raiseDependencies(open, levels, roll);
  return levels;
}

/** Each is looked at again only when its own level rose, which happens at most once a level. */
function raiseDependencies(open: readonly MergeRequest[], levels: Map<RequestId, number>, roll: Roll): void {
  const rising = open.filter((one) => one.dependsOn.length > 0);
  for (let one = rising.pop(); one !== undefined; one = rising.pop()) {
    const level = levels.get(one.id) ?? 0;
    for (const dependency of openDependencies(one, roll)) {
      if ((levels.get(dependency.id) ?? 0) <= level) continue;
      levels.set(dependency.id, level);
      rising.push(dependency);
    }
  }
}
