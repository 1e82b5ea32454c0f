// The simulated GitHub, opened: one server on loopback, one app installed, people, repositories. The words of a test; the truth is in state.ts.
import { rmSync } from 'node:fs';
import type { Files } from '../repository.ts';
import { appKeys } from './auth.ts';
import { newBare } from './bare.ts';
import type { FaultPlan } from './fault.ts';
import { BUDGET, openHub } from './hub.ts';
import type { Call, Hub } from './hub.ts';
import { ACTIONS_APP, placeOf } from './place.ts';
import type { Place } from './place.ts';
import type { Post } from './post.ts';
import { listen } from './server.ts';
import { accountOf, appOf, emptyState } from './state.ts';
import type { Account, App, Installation, Permissions, Repository, Role, State } from './state.ts';
import { installHook } from './transport.ts';
import { installationView } from './view.ts';

/** What Maestro asks for (the issue's least privilege). */
export const PERMISSIONS: Permissions = { metadata: 'read', contents: 'write', pull_requests: 'write', issues: 'write', checks: 'write', statuses: 'read', merge_queues: 'write', members: 'read' };
export const EVENTS = [
  'push', 'create', 'delete', 'pull_request', 'pull_request_review', 'issue_comment', 'issues', 'check_run', 'check_suite', 'status', 'merge_group', 'installation', 'installation_repositories', 'repository',
];
export const PEOPLE: Readonly<Record<string, Role>> = { ada: 'write', ben: 'write', eve: 'read', max: 'admin' };
export const SECRET = 'a webhook secret of more than thirty-two characters';

export type Choice = { readonly permissions?: Permissions; readonly events?: readonly string[]; readonly nowMs?: () => number };
export type GitHub = {
  /** Base address of the REST API; GraphQL is at `/graphql`, git at `/<owner>/<name>.git`. */
  readonly url: string;
  readonly app: { readonly id: number; readonly slug: string; readonly login: string; readonly privateKey: string; readonly secret: string };
  state(): State;
  readonly fault: FaultPlan;
  readonly webhooks: Post;
  /** All calls so far whose `METHOD /path` matches; git's are `PUSH`, `FETCH` and `REFS` with `/owner/name`. */
  calls(pattern?: string): readonly Call[];
  forgetCalls(): void;
  deliverTo(url: string): void;
  /** Makes the owner, the people with their roles and the repository, installs the app on it, and pushes the files as its admin. */
  repository(name: string, files?: Files, choice?: { readonly people?: Readonly<Record<string, Role>>; readonly installed?: boolean; readonly defaultBranch?: string }): Promise<Place>;
  person(login: string, type?: Account['type']): void;
  /** The installation on this account. */
  installation(account: string): Installation;
  suspend(account: string): void;
  unsuspend(account: string): void;
  uninstall(account: string): void;
  /** Only these repositories (numeric ids) from now on. */
  select(account: string, repositories: 'all' | readonly number[]): void;
  /** The owner has accepted other permissions. */
  grant(account: string, permissions: Permissions): void;
  /** What an installation has left of its hour's calls. */
  budget(account: string, remaining: number): void;
  close(): Promise<void>;
};

export async function openGitHub(choice: Choice = {}): Promise<GitHub> {
  const shelf: { hub: Hub | null } = { hub: null };
  const { server, url } = await listen(() => shelf.hub ?? closed());
  const hub = openHub(seeded(url, choice), choice.nowMs ?? Date.now);
  shelf.hub = hub;
  const places: Place[] = [];
  const app = appOf(hub.state(), APP_ID);
  const installation: GitHub['installation'] = (account) => hub.state().installations.find((one) => one.app === APP_ID && one.account === account) ?? closed();
  const change = (account: string, patch: Partial<Installation>, name: string, action: string): void => {
    const { id } = installation(account);
    hub.set((state) => ({ ...state, installations: state.installations.map((one) => (one.id === id ? { ...one, ...patch } : one)) }));
    announce(hub, installation(account), name, action);
  };
  return {
    url, fault: hub.fault, webhooks: hub.post, installation,
    app: { id: app.id, slug: app.slug, login: `${app.slug}[bot]`, privateKey: appKeys().privateKey, secret: SECRET },
    state: () => hub.state(),
    calls: (pattern = '.*') => hub.calls.filter((one) => new RegExp(`^${pattern}$`).test(`${one.method} ${one.path}`)),
    forgetCalls: () => void hub.calls.splice(0),
    deliverTo: (target) => hub.set((state) => ({ ...state, apps: state.apps.map((one) => (one.id === APP_ID ? { ...one, webhook: { url: target, secret: SECRET } } : one)) })),
    repository: async (name, files = { 'README.md': 'one\n' }, { people = PEOPLE, installed = true, defaultBranch = 'main' } = {}) => {
      const place = await foundRepository(hub, name, people, defaultBranch);
      places.push(place);
      if (installed) install(hub, name.split('/')[0] ?? '', app);
      const admin = Object.entries(people).find(([, role]) => role === 'admin')?.[0];
      if (admin !== undefined && Object.keys(files).length > 0) await place.push(admin, defaultBranch, files, 'first');
      return place;
    },
    person: (login, type = 'User') => hub.set((state) => withAccount(state, login, type)),
    suspend: (account) => change(account, { suspendedAtMs: hub.nowMs() }, 'installation', 'suspend'),
    unsuspend: (account) => change(account, { suspendedAtMs: null }, 'installation', 'unsuspend'),
    uninstall: (account) => {
      const gone = installation(account);
      hub.set((state) => ({ ...state, installations: state.installations.filter((one) => one.id !== gone.id) }));
      announce(hub, gone, 'installation', 'deleted');
    },
    select: (account, repositories) => change(account, { repositories }, 'installation_repositories', 'removed'),
    grant: (account, permissions) => change(account, { permissions }, 'installation', 'new_permissions_accepted'),
    budget: (account, remaining) => void hub.budget.set(installation(account).id, Math.min(BUDGET, remaining)),
    close: async () => {
      await hub.post.settled();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      for (const place of places) place.dispose();
      for (const one of hub.state().repositories) rmSync(one.bare, { recursive: true, force: true });
    },
  };
}

const APP_ID = 4711;

function seeded(url: string, choice: Choice): State {
  const { publicKey } = appKeys();
  const app: App = { id: APP_ID, slug: 'maestro', owner: 'maker', publicKey, permissions: choice.permissions ?? PERMISSIONS, events: choice.events ?? EVENTS, webhook: null };
  const actions: App = { id: ACTIONS_APP, slug: 'github-actions', owner: 'github', publicKey, permissions: { checks: 'write', statuses: 'write' }, events: [], webhook: null };
  const state: State = { ...emptyState(url), apps: [app, actions] };
  const accounts: readonly (readonly [string, Account['type']])[] = [['maker', 'User'], ['github', 'Organization'], ['maestro[bot]', 'Bot'], ['github-actions[bot]', 'Bot'], ['github-merge-queue[bot]', 'Bot']];
  return accounts.reduce<State>((so, [login, type]) => withAccount(so, login, type), state);
}

function withAccount(state: State, login: string, type: Account['type']): State {
  if (accountOf(state, login) !== null) return state;
  return { ...state, lastId: state.lastId + 1, accounts: [...state.accounts, { id: state.lastId + 1, login, type }] };
}

async function foundRepository(hub: Hub, fullName: string, people: Readonly<Record<string, Role>>, defaultBranch: string): Promise<Place> {
  const [owner = '', name = ''] = fullName.split('/');
  const bare = await newBare(defaultBranch);
  installHook(bare.directory);
  const id = hub.state().lastId + 1;
  const repository: Repository = {
    id, owner, name, defaultBranch, bare: bare.directory, refs: {}, roles: people, teams: [], rules: [], issues: [], comments: [], reactions: [], reviews: [], checks: [], suites: [], statuses: [], queue: [], removals: [], lastNumber: 0,
  };
  hub.set((state) => {
    const owned = withAccount({ ...state, lastId: id, repositories: [...state.repositories, repository] }, owner, 'Organization');
    return Object.keys(people).reduce((so, login) => withAccount(so, login, 'User'), owned);
  });
  return placeOf(hub, id);
}

function install(hub: Hub, account: string, app: App): void {
  if (hub.state().installations.some((one) => one.app === app.id && one.account === account)) return;
  const id = hub.state().lastId + 1;
  const made: Installation = { id, app: app.id, account, permissions: app.permissions, repositories: 'all', suspendedAtMs: null, createdAtMs: hub.nowMs() };
  hub.set((state) => ({ ...state, lastId: id, installations: [...state.installations, made] }));
  announce(hub, made, 'installation', 'created');
}

function announce(hub: Hub, installation: Installation, name: string, action: string): void {
  const state = hub.state();
  const repositories = state.repositories.filter((one) => one.owner === installation.account).map((one) => ({ id: one.id, name: one.name, full_name: `${one.owner}/${one.name}`, private: true }));
  const removed = name === 'installation_repositories' ? { repositories_added: [], repositories_removed: repositories.filter((one) => installation.repositories !== 'all' && !installation.repositories.includes(one.id)), repository_selection: 'selected' } : { repositories };
  hub.post.tell(installation, name, action, { installation: installationView(state, installation), ...removed }, installation.account);
}

function closed(): never {
  throw new Error('there is no such thing on this GitHub');
}
