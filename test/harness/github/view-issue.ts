// State -> what the REST API answers about issues, pull requests, comments and reviews, in the official types. Pure.
import { botOf, roleOf } from './state.ts';
import type { Comment, Issue, Pull, Reaction, Repository, Review, Schemas, State } from './state.ts';
import { appView, iso, nodeId, repositoryPage, repositoryUrl, repositoryView, teamView, userView } from './view.ts';

export type MergeFacts = { readonly mergeable: boolean | null; readonly commits: number; readonly changedFiles: number };
const UNKNOWN: MergeFacts = { mergeable: null, commits: 1, changedFiles: 1 };

export function labelView(state: State, repository: Repository, name: string): Schemas['label'] & { description: string } {
  return { id: repository.id * 100 + name.length, node_id: nodeId('L', repository.id), url: `${repositoryUrl(state, repository)}/labels/${encodeURIComponent(name)}`, name, description: '', color: 'ededed', default: false };
}

export function issueView(state: State, repository: Repository, issue: Issue): Schemas['issue'] {
  const url = `${repositoryUrl(state, repository)}/issues/${issue.number}`;
  const page = `${repositoryPage(state, repository)}/${issue.pull === null ? 'issues' : 'pull'}/${issue.number}`;
  const pull = `${repositoryUrl(state, repository)}/pulls/${issue.number}`;
  return {
    id: issue.id, node_id: nodeId('I', issue.id), url, repository_url: repositoryUrl(state, repository), labels_url: `${url}/labels{/name}`, comments_url: `${url}/comments`, events_url: `${url}/events`,
    html_url: page, number: issue.number, state: issue.state, state_reason: null, title: issue.title, body: issue.body, user: userView(state, issue.author),
    labels: issue.labels.map((name) => labelView(state, repository, name)), assignee: null, assignees: [], milestone: null, locked: false,
    comments: repository.comments.filter((one) => one.issue === issue.number).length, closed_at: isoOrNull(issue.closedAtMs), created_at: iso(issue.createdAtMs), updated_at: iso(issue.updatedAtMs),
    author_association: association(repository, issue.author), performed_via_github_app: viaApp(state, issue.author),
    ...(issue.pull === null ? {} : { draft: issue.pull.draft, pull_request: { url: pull, html_url: page, diff_url: `${page}.diff`, patch_url: `${page}.patch`, merged_at: isoOrNull(issue.pull.merged?.atMs ?? null) } }),
  };
}

export function pullSimpleView(state: State, repository: Repository, issue: Pull): Schemas['pull-request-simple'] {
  return pullView(state, repository, issue, UNKNOWN);
}

export function pullView(state: State, repository: Repository, issue: Pull, facts: MergeFacts): Schemas['pull-request'] & Schemas['pull-request-simple'] {
  const { pull } = issue;
  const url = `${repositoryUrl(state, repository)}/pulls/${issue.number}`;
  const issueUrl = `${repositoryUrl(state, repository)}/issues/${issue.number}`;
  const page = `${repositoryPage(state, repository)}/pull/${issue.number}`;
  const statuses = `${repositoryUrl(state, repository)}/statuses/${pull.headSha}`;
  const side = (ref: string, sha: string) => ({ label: `${repository.owner}:${ref}`, ref, sha, user: userView(state, repository.owner), repo: repositoryView(state, repository) });
  return {
    url, id: issue.id, node_id: nodeId('PR', issue.id), html_url: page, diff_url: `${page}.diff`, patch_url: `${page}.patch`, issue_url: issueUrl, commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`, review_comment_url: `${repositoryUrl(state, repository)}/pulls/comments{/number}`, comments_url: `${issueUrl}/comments`, statuses_url: statuses,
    number: issue.number, state: issue.state, locked: false, title: issue.title, user: userView(state, issue.author), body: issue.body, labels: issue.labels.map((name) => ({ ...labelView(state, repository, name) })),
    milestone: null, active_lock_reason: null, created_at: iso(issue.createdAtMs), updated_at: iso(issue.updatedAtMs), closed_at: isoOrNull(issue.closedAtMs), merged_at: isoOrNull(pull.merged?.atMs ?? null),
    merge_commit_sha: pull.merged?.commit ?? null, assignee: null, assignees: [], requested_reviewers: pull.users.map((login) => userView(state, login)),
    requested_teams: pull.teams.map((slug) => teamView(state, repository, slug)), head: side(pull.head, pull.headSha), base: side(pull.base, pull.baseSha),
    _links: {
      self: { href: url }, html: { href: page }, issue: { href: issueUrl }, comments: { href: `${issueUrl}/comments` }, review_comments: { href: `${url}/comments` },
      review_comment: { href: `${repositoryUrl(state, repository)}/pulls/comments{/number}` }, commits: { href: `${url}/commits` }, statuses: { href: statuses },
    },
    author_association: association(repository, issue.author), auto_merge: null, draft: pull.draft, merged: pull.merged !== null, mergeable: issue.state === 'open' ? facts.mergeable : null,
    rebaseable: facts.mergeable, mergeable_state: mergeableState(facts.mergeable), merged_by: pull.merged === null ? null : userView(state, pull.merged.by),
    comments: repository.comments.filter((one) => one.issue === issue.number).length, review_comments: 0, maintainer_can_modify: false, commits: facts.commits, additions: 0, deletions: 0, changed_files: facts.changedFiles,
  };
}

export function commentView(state: State, repository: Repository, comment: Comment): Schemas['issue-comment'] {
  const issue = repository.issues.find((one) => one.number === comment.issue);
  const page = `${repositoryPage(state, repository)}/${issue?.pull ? 'pull' : 'issues'}/${comment.issue}`;
  return {
    id: comment.id, node_id: nodeId('IC', comment.id), url: `${repositoryUrl(state, repository)}/issues/comments/${comment.id}`, html_url: `${page}#issuecomment-${comment.id}`, body: comment.body,
    user: userView(state, comment.author), created_at: iso(comment.createdAtMs), updated_at: iso(comment.updatedAtMs), issue_url: `${repositoryUrl(state, repository)}/issues/${comment.issue}`,
    author_association: association(repository, comment.author), performed_via_github_app: viaApp(state, comment.author),
  };
}

export function reactionView(state: State, reaction: Reaction): Schemas['reaction'] {
  return { id: reaction.id, node_id: nodeId('REA', reaction.id), user: userView(state, reaction.author), content: reaction.content, created_at: iso(reaction.createdAtMs) };
}

export function reviewView(state: State, repository: Repository, review: Review): Schemas['pull-request-review'] {
  const page = `${repositoryPage(state, repository)}/pull/${review.pull}#pullrequestreview-${review.id}`;
  const pull = `${repositoryUrl(state, repository)}/pulls/${review.pull}`;
  return {
    id: review.id, node_id: nodeId('PRR', review.id), user: userView(state, review.author), body: review.body, state: review.state, html_url: page, pull_request_url: pull,
    _links: { html: { href: page }, pull_request: { href: pull } }, submitted_at: iso(review.submittedAtMs), commit_id: review.commit, author_association: association(repository, review.author),
  };
}

/** What GitHub shows is no proof of anything: members of a private organisation read as CONTRIBUTOR or NONE. */
function association(repository: Repository, login: string): Schemas['author-association'] {
  if (repository.owner.toLowerCase() === login.toLowerCase()) return 'OWNER';
  return roleOf(repository, login) === 'none' ? 'NONE' : 'CONTRIBUTOR';
}

function viaApp(state: State, login: string): Schemas['nullable-integration'] {
  const app = state.apps.find((one) => botOf(one) === login);
  return app === undefined ? null : appView(state, app);
}

function mergeableState(mergeable: boolean | null): string {
  if (mergeable === null) return 'unknown';
  return mergeable ? 'clean' : 'dirty';
}

function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : iso(atMs);
}
