// State -> what the REST API answers about checks, statuses, rules and deliveries, in the official types. Pure.
import { appOf, pullsOf } from './state.ts';
import type { BranchRule, CheckRun, Delivery, Repository, Schemas, State, Status, Suite } from './state.ts';
import { appView, iso, nodeId, repositoryPage, repositoryUrl, repositoryView, userView } from './view.ts';

export function checkView(state: State, repository: Repository, check: CheckRun): Schemas['check-run'] {
  const url = `${repositoryUrl(state, repository)}/check-runs/${check.id}`;
  return {
    id: check.id, head_sha: check.headSha, node_id: nodeId('CR', check.id), external_id: check.externalId ?? '', url, html_url: `${repositoryPage(state, repository)}/runs/${check.id}`,
    details_url: check.detailsUrl, status: check.status, conclusion: check.conclusion, started_at: isoOrNull(check.startedAtMs), completed_at: isoOrNull(check.completedAtMs),
    output: { ...check.output, annotations_count: 0, annotations_url: `${url}/annotations` }, name: check.name, check_suite: { id: check.suite }, app: appView(state, appOf(state, check.app)),
    pull_requests: pullsAt(state, repository, check.headSha),
  };
}

/** The part of a suite that webhooks and lists show and our callers read. */
export function suiteView(state: State, repository: Repository, suite: Suite) {
  const runs = repository.checks.filter((one) => one.suite === suite.id);
  const done = runs.length > 0 && runs.every((one) => one.status === 'completed');
  const red = runs.some((one) => one.conclusion !== 'success' && one.conclusion !== 'neutral' && one.conclusion !== 'skipped');
  const url = `${repositoryUrl(state, repository)}/check-suites/${suite.id}`;
  return {
    id: suite.id, node_id: nodeId('CS', suite.id), head_branch: suite.branch, head_sha: suite.headSha, status: done ? 'completed' as const : 'queued' as const,
    conclusion: done ? (red ? 'failure' as const : 'success' as const) : null, url, before: null, after: suite.headSha, pull_requests: pullsAt(state, repository, suite.headSha),
    app: appView(state, appOf(state, suite.app)), created_at: iso(suite.createdAtMs), updated_at: iso(suite.createdAtMs), latest_check_runs_count: runs.length, check_runs_url: `${url}/check-runs`,
  };
}

export function statusView(state: State, repository: Repository, status: Status): Schemas['status'] {
  return { ...simpleStatusView(state, repository, status), creator: userView(state, status.author) };
}

export function combinedView(state: State, repository: Repository, sha: string): Schemas['combined-commit-status'] {
  const latest = new Map(repository.statuses.filter((one) => one.sha === sha).map((one) => [one.context, one]));
  const all = [...latest.values()];
  const url = `${repositoryUrl(state, repository)}/commits/${sha}`;
  return { state: combined(all), statuses: all.map((one) => simpleStatusView(state, repository, one)), sha, total_count: all.length, repository: repositoryView(state, repository), commit_url: url, url: `${url}/status` };
}

export function ruleViews(repository: Repository, branch: string): Schemas['repository-rule-detailed'][] {
  return rulesFor(repository, branch).filter((one) => one.kind === 'ruleset').flatMap((rule) => rulesetViews(repository, rule));
}

export function rulesFor(repository: Repository, branch: string): readonly BranchRule[] {
  return repository.rules.filter((rule) => matches(rule.pattern, branch));
}

export function protectionView(state: State, repository: Repository, branch: string): Schemas['branch-protection'] {
  const rule = rulesFor(repository, branch).find((one) => one.kind === 'protection');
  const checks = rule?.requiredChecks ?? [];
  return {
    enabled: rule !== undefined,
    required_status_checks: { enforcement_level: checks.length === 0 ? 'off' : 'non_admins', contexts: checks.map((one) => one.name), checks: checks.map((one) => ({ context: one.name, app_id: one.app })) },
    ...(rule?.restrictPushes ? { protection_url: `${repositoryUrl(state, repository)}/branches/${branch}/protection` } : {}),
  };
}

export function deliveryView(delivery: Delivery): Schemas['hook-delivery-item'] {
  return {
    id: delivery.id, guid: delivery.guid, delivered_at: iso(delivery.deliveredAtMs), redelivery: delivery.redelivery, duration: 0.01, status: delivery.status, status_code: delivery.statusCode,
    event: delivery.event, action: delivery.action, installation_id: delivery.installation, repository_id: delivery.repository, throttled_at: null,
  };
}

function rulesetViews(repository: Repository, rule: BranchRule): Schemas['repository-rule-detailed'][] {
  const info = { ruleset_source_type: 'Repository' as const, ruleset_source: `${repository.owner}/${repository.name}`, ruleset_id: rule.id };
  const found: Schemas['repository-rule-detailed'][] = [];
  if (!rule.allowDelete) found.push({ type: 'deletion', ...info });
  if (!rule.allowForce) found.push({ type: 'non_fast_forward', ...info });
  if (rule.restrictPushes) found.push({ type: 'update', ...info });
  if (rule.pullRequest) {
    const parameters = { dismiss_stale_reviews_on_push: false, require_code_owner_review: false, require_last_push_approval: false, required_approving_review_count: rule.approvals, required_review_thread_resolution: false };
    found.push({ type: 'pull_request', parameters, ...info });
  }
  if (rule.requiredChecks.length > 0) {
    const required = rule.requiredChecks.map((one) => ({ context: one.name, ...(one.app === null ? {} : { integration_id: one.app }) }));
    found.push({ type: 'required_status_checks', parameters: { required_status_checks: required, strict_required_status_checks_policy: false }, ...info });
  }
  if (rule.mergeQueue) {
    const parameters = { check_response_timeout_minutes: 60, grouping_strategy: 'ALLGREEN' as const, max_entries_to_build: 5, max_entries_to_merge: 5, merge_method: rule.mergeMethod, min_entries_to_merge: 1, min_entries_to_merge_wait_minutes: 5 };
    found.push({ type: 'merge_queue', parameters, ...info });
  }
  return found;
}

function simpleStatusView(state: State, repository: Repository, status: Status): Schemas['simple-commit-status'] {
  return {
    url: `${repositoryUrl(state, repository)}/statuses/${status.sha}`, avatar_url: null, id: status.id, node_id: nodeId('SC', status.id), state: status.state, description: status.description,
    target_url: status.url, context: status.context, created_at: iso(status.createdAtMs), updated_at: iso(status.createdAtMs),
  };
}

function combined(all: readonly Status[]): string {
  if (all.some((one) => one.state === 'failure' || one.state === 'error')) return 'failure';
  return all.length === 0 || all.some((one) => one.state === 'pending') ? 'pending' : 'success';
}

function pullsAt(state: State, repository: Repository, sha: string): Schemas['pull-request-minimal'][] {
  const repo = { id: repository.id, url: repositoryUrl(state, repository), name: repository.name };
  return pullsOf(repository).filter((one) => one.state === 'open' && one.pull.headSha === sha).map((one) => ({
    id: one.id, number: one.number, url: `${repositoryUrl(state, repository)}/pulls/${one.number}`,
    head: { ref: one.pull.head, sha: one.pull.headSha, repo }, base: { ref: one.pull.base, sha: one.pull.baseSha, repo },
  }));
}

function matches(pattern: string, branch: string): boolean {
  const source = pattern.split('**').map((part) => part.split('*').map((text) => text.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)).join('[^/]*')).join('.*');
  return new RegExp(`^${source}$`).test(branch);
}

function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : iso(atMs);
}
