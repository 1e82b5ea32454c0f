// Where branches go under a hierarchy, and where they may not.
import { describe, expect, it } from 'vitest';
import { parseBranch } from '../../src/merge/branch.ts';
import type { RefName } from '../../src/merge/branch.ts';
import { DEFAULT_POLICY } from '../../src/merge/policy.ts';
import type { Policy, Priority, Route } from '../../src/merge/policy.ts';
import { isTarget, promotionRouteOf, routeOf, targetPatterns, targetRuleOf } from '../../src/merge/route.ts';

function ref(name: string): RefName {
  const parsed = parseBranch(name);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.ref;
}

function route(branch: string, into: string, priority: Priority = 'normal'): Route {
  return { branch, into, priority, promote: { when: 'manual' }, backInto: [] };
}

const main = ref('main');
const hierarchy: Policy = {
  ...DEFAULT_POLICY,
  routes: [
    route('feature/{team}-*', 'team/{team}'),
    route('team/*', 'integration/weekly'),
    route('integration/*', 'main'),
    route('specialists/**', 'main'),
    route('hotfix/*', 'main', 'hotfix'),
    route('hotfix/*', 'integration/weekly'),
  ],
  targets: [{ target: 'integration/*', gate: null, diff3: 'off' }, { target: '**', gate: null, diff3: 'offer' }],
};

function way(branch: string, wanted: string | null = null, policy = hierarchy): string {
  const routing = routeOf(policy, ref(branch), main, wanted);
  switch (routing.kind) {
    case 'to': return `${routing.target} ${routing.priority}`;
    case 'refused': return routing.detail;
    case 'is-target': return 'is-target';
  }
}

describe('without routes', () => {
  it('every branch but the default one enters the default branch', () => {
    expect(way('x/y', null, DEFAULT_POLICY)).toBe('refs/heads/main normal');
    expect(way('x/y', 'main', DEFAULT_POLICY)).toBe('refs/heads/main normal');
    expect(way('main', null, DEFAULT_POLICY)).toBe('is-target');
    expect(way('x/y', 'release', DEFAULT_POLICY)).toContain('allowed: main');
    expect(isTarget(DEFAULT_POLICY, ref('team/web'), main)).toBe(false);
  });
});

describe('with a hierarchy', () => {
  it.each([
    ['feature/web-login', 'refs/heads/team/web normal'],
    ['specialists/db/index', 'refs/heads/main normal'],
    ['hotfix/crash', 'refs/heads/main hotfix'],
    ['team/web', 'is-target'],
    ['integration/weekly', 'is-target'],
    ['main', 'is-target'],
    ['integration/nightly', 'refs/heads/main normal'],
  ])('%s -> %s', (branch, wanted) => {
    expect(way(branch)).toBe(wanted);
  });

  it('a branch no route matches is refused', () => {
    expect(way('experiment')).toBe('No route in .github/maestro.yml leads from experiment to a target.');
  });

  it('Target: chooses among the routes of the branch and nothing else', () => {
    expect(way('hotfix/crash', 'integration/weekly')).toBe('refs/heads/integration/weekly normal');
    expect(way('hotfix/crash', 'refs/heads/main')).toBe('refs/heads/main hotfix');
    expect(way('hotfix/crash', 'team/web')).toBe('Target: team/web is not where hotfix/crash may go; allowed: main, integration/weekly.');
    expect(way('feature/web-login', 'main')).toContain('allowed: team/web');
    expect(way('hotfix/crash', '--force\u001b[0m')).toContain('Target: --force\\u{1b}[0m is not');
  });

  it('a capture that makes no branch name leads nowhere', () => {
    const policy = { ...DEFAULT_POLICY, routes: [route('feature/{team}-*', 'team/{team}.lock')] };
    expect(way('feature/web-x', null, policy)).toContain('No route');
  });

  it('a target moves on by the first route that leads somewhere else', () => {
    expect(promotionRouteOf(hierarchy, ref('team/web'))?.target).toBe('refs/heads/integration/weekly');
    expect(promotionRouteOf(hierarchy, main)).toBeNull();
    expect(promotionRouteOf({ ...hierarchy, routes: [route('**', 'main')] }, main)).toBeNull();
  });

  it('the first rule for a target wins, and a target without one has no gate', () => {
    expect(targetRuleOf(hierarchy, ref('integration/weekly')).diff3).toBe('off');
    expect(targetRuleOf(hierarchy, main).diff3).toBe('offer');
    expect(targetRuleOf(DEFAULT_POLICY, main)).toEqual({ target: 'main', gate: null, diff3: 'auto' });
  });

  it('targets are named to the shell', () => {
    expect(targetPatterns(hierarchy, main)).toEqual(['main', 'team/*', 'integration/weekly']);
  });
});
