// The hierarchy that a list of branch names suggests. Names in, routes out; only what is there is proposed.
import { matchPattern } from '../../merge/pattern.ts';
import type { Priority } from '../../merge/policy.ts';

export type ProposedRoute = { readonly branch: string; readonly into: string; readonly priority?: Priority; readonly backInto?: readonly string[] };

/** Empty when everything simply goes to the default branch. The first match wins, so the narrow ones come first. */
export function proposeHierarchy(branches: readonly string[], defaultBranch: string): readonly ProposedRoute[] {
  const others = branches.filter((name) => name !== defaultBranch);
  const below = (folder: string): readonly string[] => others.filter((name) => name.startsWith(`${folder}/`));
  const teams = below('team').filter((name) => matchPattern('team/*', name) !== null);
  const integration = pickIntegration(below('integration'));
  const afterTeams = integration ?? defaultBranch;
  const routes = [
    ...featureRoutes(below('feature'), teams, afterTeams),
    ...(teams.length === 0 ? [] : [{ branch: 'team/*', into: afterTeams }]),
    ...(integration === null ? [] : [{ branch: 'integration/*', into: defaultBranch }]),
    ...(below('specialists').length === 0 ? [] : [{ branch: 'specialists/**', into: defaultBranch }]),
    ...(below('hotfix').length === 0 ? [] : [{ branch: 'hotfix/*', into: defaultBranch, priority: 'hotfix' as const, backInto: [...(integration === null ? [] : ['integration/*']), ...(teams.length === 0 ? [] : ['team/*'])] }]),
  ];
  if (routes.every((route) => route.into === defaultBranch)) return hasLevels(routes) ? [...routes, rest(defaultBranch)] : [];
  const covered = (name: string): boolean => routes.some((route) => matchPattern(route.branch, name) !== null);
  return others.every(covered) ? routes : [...routes, rest(defaultBranch)];
}

/** With any list a branch that fits nowhere is refused; whoever had none until now would be surprised. */
function rest(defaultBranch: string): ProposedRoute {
  return { branch: '**', into: defaultBranch };
}

/** Teams and integration branches are levels even where all of them lead to the default branch. */
function hasLevels(routes: readonly ProposedRoute[]): boolean {
  return routes.some((route) => route.branch === 'team/*' || route.branch === 'integration/*');
}

function pickIntegration(names: readonly string[]): string | null {
  const fitting = names.filter((name) => matchPattern('integration/*', name) !== null);
  return fitting.find((name) => name === 'integration/weekly') ?? fitting[0] ?? null;
}

function featureRoutes(features: readonly string[], teams: readonly string[], otherwise: string): readonly ProposedRoute[] {
  if (features.length === 0) return [];
  const toTeams = ['feature/{team}-*', 'feature/{team}/*'].flatMap((pattern) => routesToTeams(pattern, features, teams));
  const covered = features.every((name) => toTeams.some((route) => matchPattern(route.branch, name) !== null));
  return covered ? toTeams : [...toTeams, { branch: 'feature/*', into: otherwise }];
}

/** One pattern where it always names a team that exists; else one for each team, so that nobody is sent to a branch that is not there. */
function routesToTeams(pattern: string, features: readonly string[], teams: readonly string[]): readonly ProposedRoute[] {
  const named = features.flatMap((name) => matchPattern(pattern, name)?.get('team') ?? []);
  const known = teams.filter((team) => named.includes(team.slice('team/'.length)));
  if (known.length === 0) return [];
  const all = named.every((name) => teams.includes(`team/${name}`));
  return all ? [{ branch: pattern, into: 'team/{team}' }] : known.map((team) => ({ branch: pattern.replace('{team}', team.slice('team/'.length)), into: team }));
}
