// State -> what the REST API answers about accounts, apps and repositories, in the official types. Pure.
import { appOf, roleOf } from './state.ts';
import type { App, Installation, Level, Permissions, Repository, Role, Schemas, State } from './state.ts';

export function iso(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

export function nodeId(kind: string, id: number): string {
  return `${kind}_${Buffer.from(`${kind}:${id}`).toString('base64url')}`;
}

export function userView(state: State, login: string): Schemas['simple-user'] {
  const account = state.accounts.find((one) => one.login.toLowerCase() === login.toLowerCase());
  if (account === undefined) throw new Error(`no account ${login}`);
  const url = `${state.url}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login, id: account.id, node_id: nodeId('U', account.id), avatar_url: `${url}/avatar`, gravatar_id: '', url, html_url: `${state.url}/${account.login}`,
    followers_url: `${url}/followers`, following_url: `${url}/following{/other_user}`, gists_url: `${url}/gists{/gist_id}`, starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`, organizations_url: `${url}/orgs`, repos_url: `${url}/repos`, events_url: `${url}/events{/privacy}`, received_events_url: `${url}/received_events`,
    type: account.type, site_admin: false,
  };
}

export function appView(state: State, app: App): NonNullable<Schemas['integration']> {
  return {
    id: app.id, slug: app.slug, node_id: nodeId('A', app.id), client_id: clientId(app.id), owner: userView(state, app.owner), name: app.slug, description: null,
    external_url: state.url, html_url: `${state.url}/apps/${app.slug}`, created_at: iso(0), updated_at: iso(0), permissions: { ...app.permissions }, events: [...app.events],
    installations_count: state.installations.filter((one) => one.app === app.id).length,
  };
}

export function clientId(app: number): string {
  return `Iv23li${String(app).padStart(14, '0')}`;
}

export function installationView(state: State, installation: Installation): Schemas['installation'] {
  const app = appOf(state, installation.app);
  const account = userView(state, installation.account);
  return {
    id: installation.id, account, access_tokens_url: `${state.url}/app/installations/${installation.id}/access_tokens`, repositories_url: `${state.url}/installation/repositories`,
    html_url: `${state.url}/settings/installations/${installation.id}`, app_id: app.id, client_id: clientId(app.id), target_id: account.id, target_type: account.type,
    repository_selection: installation.repositories === 'all' ? 'all' : 'selected', permissions: permissionsView(installation.permissions), events: [...app.events],
    created_at: iso(installation.createdAtMs), updated_at: iso(installation.createdAtMs), single_file_name: null, app_slug: app.slug, suspended_by: null,
    suspended_at: installation.suspendedAtMs === null ? null : iso(installation.suspendedAtMs),
  };
}

export function permissionsView(permissions: Permissions): Schemas['app-permissions'] {
  return { ...permissions };
}

export function repositoryUrl(state: State, repository: Repository): string {
  return `${state.url}/repos/${repository.owner}/${repository.name}`;
}

export function repositoryPage(state: State, repository: Repository): string {
  return `${state.url}/${repository.owner}/${repository.name}`;
}

/** Holds all three of the official kinds: repository, minimal-repository and full-repository. */
export function repositoryView(state: State, repository: Repository): Schemas['repository'] & Schemas['full-repository'] & { license: null } {
  const url = repositoryUrl(state, repository);
  const page = repositoryPage(state, repository);
  const open = repository.issues.filter((one) => one.state === 'open').length;
  return {
    ...repositoryLinks(url, page),
    id: repository.id, node_id: nodeId('R', repository.id), name: repository.name, full_name: `${repository.owner}/${repository.name}`, owner: userView(state, repository.owner),
    private: true, description: null, fork: false, license: null, homepage: null, language: null, forks: 0, forks_count: 0, stargazers_count: 0, watchers_count: 0, watchers: 0, size: 0,
    default_branch: repository.defaultBranch, open_issues: open, open_issues_count: open, has_issues: true, has_projects: false, has_wiki: false, has_pages: false, has_downloads: false,
    has_discussions: false, archived: false, disabled: false, visibility: 'private', pushed_at: iso(0), created_at: iso(0), updated_at: iso(0), mirror_url: null, network_count: 0, subscribers_count: 0,
    topics: [], is_template: false, allow_forking: false, web_commit_signoff_required: false,
  };
}

function repositoryLinks(url: string, page: string) {
  return {
    url, html_url: page, clone_url: `${page}.git`, git_url: `${page}.git`, ssh_url: `git@localhost:${page}`, svn_url: page, archive_url: `${url}/{archive_format}{/ref}`, assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`, branches_url: `${url}/branches{/branch}`, collaborators_url: `${url}/collaborators{/collaborator}`, comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`, compare_url: `${url}/compare/{base}...{head}`, contents_url: `${url}/contents/{+path}`, contributors_url: `${url}/contributors`,
    deployments_url: `${url}/deployments`, downloads_url: `${url}/downloads`, events_url: `${url}/events`, forks_url: `${url}/forks`, git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`, git_tags_url: `${url}/git/tags{/sha}`, hooks_url: `${url}/hooks`, issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`, issues_url: `${url}/issues{/number}`, keys_url: `${url}/keys{/key_id}`, labels_url: `${url}/labels{/name}`, languages_url: `${url}/languages`,
    merges_url: `${url}/merges`, milestones_url: `${url}/milestones{/number}`, notifications_url: `${url}/notifications{?since,all,participating}`, pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`, stargazers_url: `${url}/stargazers`, statuses_url: `${url}/statuses/{sha}`, subscribers_url: `${url}/subscribers`, subscription_url: `${url}/subscription`,
    tags_url: `${url}/tags`, teams_url: `${url}/teams`, trees_url: `${url}/git/trees{/sha}`,
  };
}

/** GitHub's old four words: maintain reads as write, triage as read. */
export function permissionView(state: State, repository: Repository, login: string): Schemas['repository-collaborator-permission'] {
  const role = roleOf(repository, login);
  return { permission: LEGACY[role], role_name: role, user: { ...userView(state, login), role_name: role, permissions: rights(role) } };
}

const LEGACY: Readonly<Record<Role, string>> = { admin: 'admin', maintain: 'write', write: 'write', triage: 'read', read: 'read', none: 'none' };
const ORDER: readonly Role[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

function rights(role: Role): { pull: boolean; triage: boolean; push: boolean; maintain: boolean; admin: boolean } {
  const at = ORDER.indexOf(role);
  return { pull: at >= 1, triage: at >= 2, push: at >= 3, maintain: at >= 4, admin: at >= 5 };
}

export function teamView(state: State, repository: Repository, slug: string): Schemas['team'] & Schemas['team-simple'] {
  const team = repository.teams.find((one) => one.slug === slug);
  const id = team?.id ?? 0;
  const url = `${state.url}/organizations/${repository.owner}/team/${id}`;
  return {
    id, node_id: nodeId('T', id), name: slug, slug, description: null, privacy: 'closed', permission: 'push', url, html_url: `${state.url}/orgs/${repository.owner}/teams/${slug}`,
    members_url: `${url}/members{/member}`, repositories_url: `${url}/repos`, type: 'organization', parent: null,
  };
}

/** write holds read, admin holds both. */
export function covers(has: Level | undefined, needs: Level): boolean {
  const at = { read: 1, write: 2, admin: 3 };
  return has !== undefined && at[has] >= at[needs];
}

