// GitHub as plain data: all the simulated server knows, in one readonly value. Knows no HTTP, no process, no clock.
import type { components } from '@octokit/openapi-types';

export type Schemas = components['schemas'];
export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';
export type Level = 'read' | 'write' | 'admin';
/** By GitHub's own names: contents, checks, pull_requests, ... */
export type Permissions = Readonly<Record<string, Level>>;

export type Account = { readonly id: number; readonly login: string; readonly type: 'User' | 'Organization' | 'Bot' };
export type App = {
  readonly id: number;
  readonly slug: string;
  readonly owner: string;
  readonly publicKey: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly webhook: { readonly url: string; readonly secret: string } | null;
};
export type Installation = {
  readonly id: number;
  readonly app: number;
  readonly account: string;
  readonly permissions: Permissions;
  /** Numeric repository ids, or everything the account has. */
  readonly repositories: 'all' | readonly number[];
  readonly suspendedAtMs: number | null;
  readonly createdAtMs: number;
};
export type Token = { readonly token: string; readonly installation: number; readonly repositories: 'all' | readonly number[]; readonly permissions: Permissions; readonly expiresAtMs: number };

/** Classic protection or a ruleset; `pattern` is a branch name in which `*` stands for anything but a slash. */
export type BranchRule = {
  readonly id: number;
  readonly kind: 'protection' | 'ruleset';
  readonly pattern: string;
  readonly requiredChecks: readonly { readonly name: string; readonly app: number | null }[];
  readonly pullRequest: boolean;
  readonly approvals: number;
  readonly restrictPushes: boolean;
  readonly mergeQueue: boolean;
  readonly mergeMethod: 'MERGE' | 'SQUASH';
  readonly allowForce: boolean;
  readonly allowDelete: boolean;
  readonly enforceAdmins: boolean;
  /** App ids that no rule holds. */
  readonly bypass: readonly number[];
};

export type Team = { readonly id: number; readonly slug: string; readonly members: readonly string[] };
export type PullPart = {
  readonly head: string;
  readonly headSha: string;
  readonly base: string;
  readonly baseSha: string;
  readonly draft: boolean;
  readonly merged: { readonly atMs: number; readonly by: string; readonly commit: string } | null;
  readonly users: readonly string[];
  readonly teams: readonly string[];
};
/** An issue; a pull request is an issue with a `pull`. They share their numbers. */
export type Issue = {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly author: string;
  readonly state: 'open' | 'closed';
  readonly labels: readonly string[];
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly closedAtMs: number | null;
  readonly pull: PullPart | null;
};
export type Pull = Issue & { readonly pull: PullPart };
export type Comment = { readonly id: number; readonly issue: number; readonly author: string; readonly body: string; readonly createdAtMs: number; readonly updatedAtMs: number };
export type Reaction = { readonly id: number; readonly on: 'comment' | 'issue'; readonly target: number; readonly author: string; readonly content: Schemas['reaction']['content']; readonly createdAtMs: number };
export type Review = { readonly id: number; readonly pull: number; readonly author: string; readonly body: string; readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED'; readonly commit: string; readonly submittedAtMs: number };
export type CheckStatus = 'queued' | 'in_progress' | 'completed';
export type Conclusion = Schemas['check-run']['conclusion'];
export type CheckRun = {
  readonly id: number;
  readonly suite: number;
  readonly app: number;
  readonly name: string;
  readonly headSha: string;
  readonly externalId: string | null;
  readonly status: CheckStatus;
  readonly conclusion: Conclusion;
  readonly detailsUrl: string | null;
  readonly startedAtMs: number | null;
  readonly completedAtMs: number | null;
  readonly output: { readonly title: string | null; readonly summary: string | null; readonly text: string | null };
  readonly actions: readonly { readonly label: string; readonly description: string; readonly identifier: string }[];
};
export type Suite = { readonly id: number; readonly app: number; readonly headSha: string; readonly branch: string | null; readonly createdAtMs: number };
export type Status = { readonly id: number; readonly sha: string; readonly context: string; readonly state: 'error' | 'failure' | 'pending' | 'success'; readonly description: string | null; readonly url: string | null; readonly author: string; readonly createdAtMs: number };
export type QueueEntry = { readonly id: number; readonly pull: number; readonly base: string; readonly headSha: string; readonly by: string };

/** Of a pull request that left the queue; `reason` in GitHub's words. */
export type QueueRemoval = { readonly pull: number; readonly reason: string; readonly atMs: number };

export type Repository = {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  /** The bare repository git itself answers from. */
  readonly bare: string;
  /** What the API believes the refs are; a stale read shows an older one than git does. */
  readonly refs: Readonly<Record<string, string>>;
  readonly roles: Readonly<Record<string, Role>>;
  readonly teams: readonly Team[];
  readonly rules: readonly BranchRule[];
  readonly issues: readonly Issue[];
  readonly comments: readonly Comment[];
  readonly reactions: readonly Reaction[];
  readonly reviews: readonly Review[];
  readonly checks: readonly CheckRun[];
  readonly suites: readonly Suite[];
  readonly statuses: readonly Status[];
  readonly queue: readonly QueueEntry[];
  readonly removals: readonly QueueRemoval[];
  readonly lastNumber: number;
};

export type Delivery = {
  readonly id: number;
  readonly guid: string;
  readonly app: number;
  readonly event: string;
  readonly action: string | null;
  readonly body: string;
  readonly deliveredAtMs: number;
  readonly redelivery: boolean;
  readonly statusCode: number;
  readonly status: string;
  readonly installation: number | null;
  readonly repository: number | null;
};

export type State = {
  /** Where this server answers, without a slash at the end. */
  readonly url: string;
  readonly lastId: number;
  readonly accounts: readonly Account[];
  readonly apps: readonly App[];
  readonly installations: readonly Installation[];
  readonly tokens: readonly Token[];
  readonly repositories: readonly Repository[];
  readonly deliveries: readonly Delivery[];
  /** Lower-case owner/name of what was renamed or transferred -> its id; answered with a redirect. */
  readonly formerNames: Readonly<Record<string, number>>;
};

export function emptyState(url: string): State {
  return { url, lastId: 1000, accounts: [], apps: [], installations: [], tokens: [], repositories: [], deliveries: [], formerNames: {} };
}

export function repositoryOf(state: State, id: number): Repository {
  const found = state.repositories.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no repository ${id}`);
  return found;
}

/** Names are case-blind, as on GitHub. */
export function repositoryNamed(state: State, owner: string, name: string): Repository | null {
  const wanted = `${owner}/${name}`.toLowerCase();
  return state.repositories.find((one) => `${one.owner}/${one.name}`.toLowerCase() === wanted) ?? null;
}

export function accountOf(state: State, login: string): Account | null {
  return state.accounts.find((one) => one.login.toLowerCase() === login.toLowerCase()) ?? null;
}

export function issueOf(repository: Repository, number: number): Issue | null {
  return repository.issues.find((one) => one.number === number) ?? null;
}

export function pullOf(repository: Repository, number: number): Pull | null {
  const issue = issueOf(repository, number);
  return issue !== null && isPull(issue) ? issue : null;
}

export function isPull(issue: Issue): issue is Pull {
  return issue.pull !== null;
}

export function pullsOf(repository: Repository): readonly Pull[] {
  return repository.issues.filter(isPull);
}

export function appOf(state: State, id: number): App {
  const found = state.apps.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no app ${id}`);
  return found;
}

export function botOf(app: App): string {
  return `${app.slug}[bot]`;
}

/** The role that counts: the account's own repository makes its owner admin; everybody else is what the repository says. */
export function roleOf(repository: Repository, login: string): Role {
  if (repository.owner.toLowerCase() === login.toLowerCase()) return 'admin';
  const own = Object.entries(repository.roles).find(([name]) => name.toLowerCase() === login.toLowerCase());
  return own?.[1] ?? 'none';
}

export function mayPush(role: Role): boolean {
  return role === 'admin' || role === 'maintain' || role === 'write';
}

export function reaches(installation: Installation, repository: Repository): boolean {
  if (installation.account.toLowerCase() !== repository.owner.toLowerCase()) return false;
  return installation.repositories === 'all' || installation.repositories.includes(repository.id);
}
