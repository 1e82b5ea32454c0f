// What an app asks about itself: identity, installations, tokens, deliveries, limits.
import { randomBytes } from 'node:crypto';
import { TOKEN_LIFE_MS } from './auth.ts';
import { BUDGET } from './hub.ts';
import { ACCEPTED, CREATED, OK, Refused, alone, found, loose, paged, texts } from './route.ts';
import type { Asked, Route } from './route.ts';
import { appOf, reaches } from './state.ts';
import type { Installation, Level, Permissions, Repository, State, Token } from './state.ts';
import { deliveryView } from './view-check.ts';
import { appView, covers, installationView, iso, permissionsView, repositoryView } from './view.ts';

export const APP_ROUTES: readonly Route[] = [
  alone('get', '/app', 'app', (asked) => ({ status: OK, body: appView(asked.state, appOf(asked.state, appId(asked))) })),
  // The description of this list wants accounts that are a user and an enterprise at once.
  loose('get', '/app/installations', 'app', [], (asked) => ({
    status: OK, body: paged(asked, asked.state.installations.filter((one) => one.app === appId(asked)).map((one) => installationView(asked.state, one))),
  })),
  alone('get', '/app/installations/{installation_id}', 'app', (asked) => ({ status: OK, body: installationView(asked.state, ownInstallation(asked)) })),
  alone('post', '/app/installations/{installation_id}/access_tokens', 'app', (asked) => {
    const token = mint(asked, ownInstallation(asked));
    asked.hub.set((state) => ({ ...state, tokens: [...state.tokens, token] }));
    const named = token.repositories === 'all' ? {} : { repositories: token.repositories.map((id) => repositoryView(asked.state, found(asked.state.repositories.find((one) => one.id === id)))) };
    return {
      status: CREATED, body: { token: token.token, expires_at: iso(token.expiresAtMs), permissions: permissionsView(token.permissions), repository_selection: token.repositories === 'all' ? 'all' as const : 'selected' as const, ...named },
    };
  }),
  alone('get', '/repos/{owner}/{repo}/installation', 'app', (asked) => {
    const repository = found(asked.state.repositories.find((one) => sameName(one, asked.param('owner'), asked.param('repo'))));
    return { status: OK, body: installationView(asked.state, found(asked.state.installations.find((one) => one.app === appId(asked) && reaches(one, repository)))) };
  }),
  alone('get', '/installation/repositories', 'installation', (asked) => {
    const { actor, state } = asked;
    const installation = state.installations.find((one) => actor.kind === 'installation' && one.id === actor.installation);
    const all = state.repositories.filter((one) => installation !== undefined && reaches(installation, one) && actor.kind === 'installation' && (actor.repositories === 'all' || actor.repositories.includes(one.id)));
    return { status: OK, body: { total_count: all.length, repository_selection: 'selected', repositories: paged(asked, all.map((one) => repositoryView(state, one))) } };
  }),
  alone('get', '/app/hook/deliveries', 'app', (asked) => {
    const cursor = Number(asked.query.get('cursor') ?? Number.MAX_SAFE_INTEGER);
    const status = asked.query.get('status');
    const all = asked.state.deliveries.filter((one) => one.app === appId(asked) && one.id < cursor && (status === null || (status === 'success') === (one.statusCode < 400)));
    return { status: OK, body: paged(asked, all.map(deliveryView)) };
  }),
  alone('post', '/app/hook/deliveries/{delivery_id}/attempts', 'app', (asked) => {
    const delivery = found(asked.state.deliveries.find((one) => one.id === Number(asked.param('delivery_id')) && one.app === appId(asked)));
    asked.hub.post.redeliver(delivery.id);
    return { status: ACCEPTED, body: {} };
  }),
  alone('get', '/rate_limit', 'anyone', (asked) => {
    const remaining = asked.actor.kind === 'installation' ? asked.hub.budget.get(asked.actor.installation) ?? BUDGET : BUDGET;
    const rate = { limit: BUDGET, remaining, used: BUDGET - remaining, reset: hourEnd(asked.hub.nowMs()) };
    return { status: OK, body: { resources: { core: rate, search: rate, graphql: rate }, rate } };
  }),
];

export function hourEnd(nowMs: number): number {
  return Math.ceil(nowMs / 1000) + 3600;
}

function appId(asked: Asked): number {
  return asked.actor.kind === 'app' ? asked.actor.app : 0;
}

function ownInstallation(asked: Asked): Installation {
  return found(asked.state.installations.find((one) => one.id === Number(asked.param('installation_id')) && one.app === appId(asked)));
}

/** Never more than the installation holds: asking for more is an error, as on GitHub. */
function mint(asked: Asked, installation: Installation): Token {
  if (installation.suspendedAtMs !== null) throw new Refused(403, 'This installation has been suspended');
  const permissions = narrowed(installation.permissions, asked.body['permissions']);
  const repositories = chosen(asked.state, installation, asked.body);
  // The stateless format of 2026: the app's id in it, and far longer than 40 characters.
  const token = `ghs_${installation.app}_${randomBytes(180).toString('base64url')}`;
  return { token, installation: installation.id, repositories, permissions, expiresAtMs: asked.hub.nowMs() + TOKEN_LIFE_MS };
}

function narrowed(has: Permissions, asked: unknown): Permissions {
  if (typeof asked !== 'object' || asked === null) return { metadata: 'read', ...has };
  const wanted = Object.entries(asked) as [string, Level][];
  if (wanted.some(([name, level]) => !covers(name === 'metadata' ? 'read' : has[name], level))) throw new Refused(422, 'The permissions requested are not granted to this installation.');
  return { metadata: 'read', ...Object.fromEntries(wanted) };
}

function chosen(state: State, installation: Installation, body: Asked['body']): Token['repositories'] {
  const names = texts(body, 'repositories');
  const ids = Array.isArray(body['repository_ids']) ? body['repository_ids'].map(Number) : [];
  if (names.length + ids.length === 0) return installation.repositories;
  const own = state.repositories.filter((one) => reaches(installation, one));
  const found = own.filter((one) => names.includes(one.name) || ids.includes(one.id)).map((one) => one.id);
  if (found.length < new Set([...names, ...ids]).size) throw new Refused(422, 'There is at least one repository that does not exist or is not accessible to the parent installation.');
  return found;
}

function sameName(repository: Repository, owner: string, name: string): boolean {
  return `${repository.owner}/${repository.name}`.toLowerCase() === `${owner}/${name}`.toLowerCase();
}
