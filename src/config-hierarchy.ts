// Whether a hierarchy makes sense as a whole: captures that exist, and no way back to where a branch came from.
import type { Complaint } from './config-problem.ts';
import { parseBranch } from './merge/branch.ts';
import { captureNames, fillPattern, matchPattern } from './merge/pattern.ts';
import type { Route } from './merge/policy.ts';

export function hierarchyComplaints(routes: readonly Route[]): readonly Complaint[] {
  const complaints = routes.flatMap((route, at) => intoComplaints(route).map((text) => ({ path: ['hierarchy', at, 'into'], text })));
  if (complaints.length > 0) return complaints;
  const seen = new Set<string>();
  return routes.flatMap((route, at) => {
    const cycle = cycleFrom(route, routes);
    const key = cycle === null ? '' : [...new Set(cycle)].sort().join(' ');
    if (cycle === null || seen.has(key)) return [];
    seen.add(key);
    return [{ path: ['hierarchy', at], text: `these branches lead in a circle: ${cycle.join(' -> ')}` }];
  });
}

function intoComplaints(route: Route): readonly string[] {
  if (route.into.includes('*')) return ['hierarchy into: must name one target; `*` is only for patterns'];
  const known = captureNames(route.branch);
  const unknown = captureNames(route.into).filter((name) => !known.includes(name));
  const sample = parseBranch(sampleOf(route.into));
  if (unknown.length === 0 && !sample.ok) return [`hierarchy into: \`${route.into}\` is no branch name: ${sample.why}`];
  return unknown.map((name) => `hierarchy into: {${name}} is not captured by \`${route.branch}\``);
}

const HOPS_MAX = 32;

/**
 * Follows one sample branch of the route up the hierarchy. A sample is enough: a circle passes through names that some
 * route makes, and every route's own sample is tried.
 */
function cycleFrom(start: Route, routes: readonly Route[]): readonly string[] | null {
  const trail = [sampleOf(start.branch)];
  for (let hop = 0; hop < HOPS_MAX; hop += 1) {
    const here = trail.at(-1) ?? '';
    const next = hop === 0 ? leadsTo(start, here) : routes.map((route) => leadsTo(route, here)).find((name) => name !== null) ?? null;
    if (next === null) return null;
    const before = trail.indexOf(next);
    if (before >= 0) return [...trail.slice(before), next];
    trail.push(next);
  }
  return trail.slice(0, 4).concat('...');
}

/** Where a route leads from this name; null also where a wide pattern only happens to match its own target. */
function leadsTo(route: Route, name: string): string | null {
  const captures = matchPattern(route.branch, name);
  const target = captures === null ? null : fillPattern(route.into, captures);
  return target === name && route.branch !== name ? null : target;
}

/** Each capture by a sample of its own: where two are swapped the circle needs two rounds, and is one all the same. */
function sampleOf(pattern: string): string {
  const filled = pattern.replaceAll('**', 'x').replaceAll('*', 'x');
  return fillPattern(filled, new Map(captureNames(pattern).map((name, at) => [name, at === 0 ? 'x' : `x${at}`]))) ?? filled;
}
