// When a target itself asks to enter the next one, and which hotfixes go back down. Level-triggered: asked again each turn.
import { shortName, type Oid, type RefName } from './branch.ts';
import type { Lane } from './lane.ts';
import type { Sight } from './observation.ts';
import { matchPattern } from './pattern.ts';
import type { Promotion, Route } from './policy.ts';
import { isOpen, type MergeRequest, type RequestKind } from './request.ts';
import { promotionRouteOf, routeOf, routesBackInto } from './route.ts';
import type { View } from './turn.ts';

/** `mark`: remember that this tip was considered, so that it is promoted once. */
export type Due = { readonly what: RequestKind; readonly branch: RefName; readonly tip: Oid; readonly sight: Sight; readonly mark: boolean };

export function duePromotions(lane: Pick<Lane, 'target' | 'requests' | 'promotions'>, view: View): readonly Due[] {
  const due: Due[] = [];
  for (const source of view.lanes.values()) {
    if (source.target === lane.target) continue;
    const promotion = promotionInto(lane, source, view);
    if (promotion !== null) due.push(promotion);
    due.push(...backMergesInto(lane, source, view));
  }
  return due;
}

function promotionInto(lane: Pick<Lane, 'target' | 'requests' | 'promotions'>, source: Lane, view: View): Due | null {
  const { tip } = source;
  if (tip === null || lane.promotions.get(source.target)?.tip === tip) return null;
  const way = promotionRouteOf(view.routing, source.target);
  if (way?.target !== lane.target) return null;
  const { route } = way;
  if (!isDue(route.promote, lane.promotions.get(source.target)?.atMs ?? null, source, view.nowMs)) return null;
  // A busy target moves faster than a gate: the promotion under way comes to its end before the next one starts.
  if ([...lane.requests.values()].some((one) => one.kind.kind === 'promotion' && one.branch === source.target && (one.phase.state === 'gating' || one.phase.state === 'landing'))) return null;
  // Only what Maestro itself landed is promoted unasked.
  if (tip !== source.landedTip) return null;
  return { what: { kind: 'promotion' }, branch: source.target, tip, mark: true, sight: sightOf(`Promote ${shortName(source.target)}`, route.priority) };
}

function isDue(promotion: Promotion, lastMs: number | null, source: Lane, nowMs: number): boolean {
  switch (promotion.when) {
    case 'manual': return false;
    case 'on-ready': return true;
    case 'when-idle': return ![...source.requests.values()].some(isOpen);
    case 'every': case 'daily': {
      // Before the first promotion it counts from the first landing: from the last one it would never end in a busy target.
      const sinceMs = lastMs ?? source.firstLandedAtMs ?? nowMs;
      // The clock was ahead then: better once too early than not until it catches up.
      if (sinceMs > nowMs) return true;
      return promotion.when === 'every' ? nowMs - sinceMs >= promotion.periodMs : lastOccurrenceMs(promotion.minuteOfDay, nowMs) > sinceMs;
    }
  }
}

/** The last time the clock (UTC) showed this minute of the day. */
function lastOccurrenceMs(minuteOfDay: number, nowMs: number): number {
  const dayMs = 86_400_000;
  const todayMs = Math.floor(nowMs / dayMs) * dayMs + minuteOfDay * 60_000;
  return todayMs <= nowMs ? todayMs : todayMs - dayMs;
}

function backMergesInto(lane: Pick<Lane, 'target'>, source: Lane, view: View): readonly Due[] {
  const ways = routesBackInto(view.routing, lane.target);
  if (ways.length === 0) return [];
  return [...source.requests.values()].filter((one) => wantsBack(one, ways, view)).map((one) => ({
    what: { kind: 'back-merge', of: one.id },
    branch: one.branch,
    tip: one.tip,
    mark: false,
    sight: sightOf(one.title, one.priority),
  }));
}

function wantsBack(one: MergeRequest, ways: readonly Route[], view: View): boolean {
  if (one.kind.kind !== 'branch' || one.phase.state !== 'landed' || !ways.some((way) => matchPattern(way.branch, shortName(one.branch)) !== null)) return false;
  const route = routeOf(view.routing, one.branch, view.defaultBranch, null);
  return route.kind === 'to' && route.route !== null && ways.includes(route.route);
}

function sightOf(title: string, priority: Sight['priority']): Sight {
  return { title, author: 'Maestro', dependsOn: [], contained: [], priority };
}
