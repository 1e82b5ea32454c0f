// Where a branch goes: routes, targets and promotions of a policy, applied to names. Knows no repository; nothing here exists or not.
import { parseBranch, printable, shortName } from './branch.ts';
import type { RefName } from './branch.ts';
import { fillPattern, matchPattern, shellGlob } from './pattern.ts';
import type { GeneratedRule, Policy, Priority, Route, TargetRule } from './policy.ts';
import { remember } from './remember.ts';

export type Routing =
  /** `route` is null when the policy has none and the default branch takes everything. */
  | { readonly kind: 'to'; readonly target: RefName; readonly route: Route | null; readonly priority: Priority }
  /** `detail` is a sentence for the author. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** Branches enter this one; it moves on by promotion only. */
  | { readonly kind: 'is-target' };

/** Where a marked branch goes. `wantedTarget` is its `Target:` trailer as written. */
export function routeOf(policy: Policy, branch: RefName, defaultBranch: RefName, wantedTarget: string | null): Routing {
  if (isTarget(policy, branch, defaultBranch)) return { kind: 'is-target' };
  const ways = waysOf(policy, branch, defaultBranch);
  const [first] = ways;
  if (first === undefined) return { kind: 'refused', detail: `No route in .github/maestro.yml leads from ${shortName(branch)} to a target.` };
  if (wantedTarget === null) return first;
  const wanted = parseBranch(wantedTarget);
  const way = wanted.ok ? ways.find((way) => way.target === wanted.ref) : undefined;
  const allowed = [...new Set(ways.map((way) => shortName(way.target)))].join(', ');
  return way ?? { kind: 'refused', detail: `Target: ${printable(wantedTarget, 100)} is not where ${shortName(branch)} may go; allowed: ${allowed}.` };
}

/** Whether marked branches can enter `branch`: the default branch, or what some route's `into` can name. */
export function isTarget(policy: Policy, branch: RefName, defaultBranch: RefName): boolean {
  return branch === defaultBranch || isNamed(policy, branch);
}

/** Every target's name as a glob of a shell's `case`; a filter only, it may match more than `isTarget`. */
export function targetPatterns(policy: Policy, defaultBranch: RefName): readonly string[] {
  return [...new Set([shortName(defaultBranch), ...policy.routes.map((route) => shellGlob(route.into))])];
}

export const targetRuleOf = remember((policy: Policy, target: RefName): TargetRule => {
  const name = shortName(target);
  return policy.targets.find((rule) => matchPattern(rule.target, name) !== null) ?? { target: name, gate: null, diff3: 'auto' };
});

/** The routes whose branches come back down into `target` once they landed. */
export const routesBackInto = remember((policy: Policy, target: RefName): readonly Route[] => policy.routes.filter((route) => route.backInto.some((pattern) => matchPattern(pattern, shortName(target)) !== null)));

/** What makes the file, or null where no command is declared for it. */
export function generatedBy(rules: readonly GeneratedRule[], path: string): GeneratedRule | null {
  return rules.find((rule) => rule.paths.some((pattern) => matchPattern(pattern, path) !== null)) ?? null;
}

/** Where a target itself goes next, and when; null when nowhere. */
export function promotionRouteOf(policy: Policy, branch: RefName): { readonly route: Route; readonly target: RefName } | null {
  for (const route of policy.routes) {
    const target = targetBy(route, branch);
    if (target !== null) return { route, target };
  }
  return null;
}

type Way = Extract<Routing, { kind: 'to' }>;

function waysOf(policy: Policy, branch: RefName, defaultBranch: RefName): readonly Way[] {
  if (policy.routes.length === 0) return [{ kind: 'to', target: defaultBranch, route: null, priority: 'normal' }];
  return policy.routes.flatMap((route) => {
    const target = targetBy(route, branch);
    return target === null ? [] : [{ kind: 'to', target, route, priority: route.priority }];
  });
}

/** A route never leads from its own target: `**` into `main` says nothing about `main`. */
const targetBy = remember((route: Route, branch: RefName): RefName | null => {
  const captures = matchPattern(route.branch, shortName(branch));
  const name = captures === null ? null : fillPattern(route.into, captures);
  const parsed = name === null ? null : parseBranch(name);
  return parsed !== null && parsed.ok && parsed.ref !== branch ? parsed.ref : null;
});

const isNamed = remember((policy: Policy, branch: RefName) => policy.routes.some((route) => matchPattern(route.into, shortName(branch)) !== null));
