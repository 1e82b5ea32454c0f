// What can happen on GitHub, as pure functions: (state, facts) -> the next state, the events it sends, and what was made.
import { isPull, issueOf, pullOf, pullsOf, repositoryOf } from './state.ts';
import type { CheckRun, Comment, Issue, Pull, QueueEntry, Reaction, Repository, Review, State, Status } from './state.ts';
import { checkView, statusView, suiteView } from './view-check.ts';
import { commentView, issueView, pullView, reviewView } from './view-issue.ts';
import type { MergeFacts } from './view-issue.ts';

/** A webhook to be: the payload without what every payload has (repository, sender, installation). */
export type Event = {
  readonly name: string;
  readonly action: string | null;
  readonly repository: number;
  readonly sender: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The only app that hears of it; null for all that listen. */
  readonly only: number | null;
};
export type Change<T> = { readonly state: State; readonly events: readonly Event[]; readonly made: T };
/** Who does it, where, and when. */
export type By = { readonly repository: number; readonly login: string; readonly atMs: number };

const FRESH: MergeFacts = { mergeable: null, commits: 1, changedFiles: 1 };

export function openIssue(state: State, by: By, ask: { readonly title: string; readonly body: string | null; readonly labels: readonly string[] }): Change<Issue> {
  const { next, issue } = newIssue(state, by, { ...ask, pull: null });
  return { state: next, made: issue, events: [event('issues', 'opened', by, { issue: issueView(next, repositoryOf(next, by.repository), issue) })] };
}

export function openPull(state: State, by: By, ask: { readonly title: string; readonly body: string | null; readonly head: string; readonly base: string; readonly draft: boolean }): Change<Pull> {
  const { refs } = repositoryOf(state, by.repository);
  const pull = {
    head: ask.head, headSha: refs[`refs/heads/${ask.head}`] ?? '', base: ask.base, baseSha: refs[`refs/heads/${ask.base}`] ?? '',
    draft: ask.draft, merged: null, users: [], teams: [],
  };
  const { next, issue } = newIssue(state, by, { title: ask.title, body: ask.body, labels: [], pull });
  const made: Pull = { ...issue, pull };
  return { state: next, made, events: [pullEvent(next, by, 'opened', made)] };
}

export function editIssue(state: State, by: By, number: number, patch: Partial<Pick<Issue, 'title' | 'body' | 'labels' | 'state'>>): Change<Issue> {
  const old = mustIssue(state, by, number);
  const closedAtMs = patch.state === undefined || patch.state === old.state ? old.closedAtMs : patch.state === 'closed' ? by.atMs : null;
  const { next, issue } = putIssue(state, by, { ...old, ...patch, closedAtMs, updatedAtMs: by.atMs });
  const action = patch.state !== undefined && patch.state !== old.state ? (patch.state === 'closed' ? 'closed' : 'reopened') : patch.labels === undefined ? 'edited' : 'labeled';
  const sent = isPull(issue) ? pullEvent(next, by, action, issue) : event('issues', action, by, { issue: issueView(next, repositoryOf(next, by.repository), issue) });
  return { state: next, made: issue, events: [sent] };
}

/** Another base, draft or ready. */
export function editPull(state: State, by: By, number: number, patch: Partial<Pick<Pull['pull'], 'base' | 'baseSha' | 'draft'>>, action: 'edited' | 'converted_to_draft' | 'ready_for_review'): Change<Pull> {
  const { next, pull } = putPull(state, by, number, patch);
  return { state: next, made: pull, events: [pullEvent(next, by, action, pull)] };
}

export function requestReviewers(state: State, by: By, number: number, users: readonly string[], teams: readonly string[]): Change<Pull> {
  const old = mustPull(state, by, number);
  const { next, pull } = putPull(state, by, number, { users: union(old.pull.users, users), teams: union(old.pull.teams, teams) });
  return { state: next, made: pull, events: [...users, ...teams].map(() => pullEvent(next, by, 'review_requested', pull)) };
}

/** The head branch has another tip now. */
export function synchronize(state: State, by: By, number: number, headSha: string): Change<Pull> {
  const before = mustPull(state, by, number).pull.headSha;
  const { next, pull } = putPull(state, by, number, { headSha });
  return { state: next, made: pull, events: [pullEvent(next, by, 'synchronize', pull, { before, after: headSha })] };
}

export function mergedPull(state: State, by: By, number: number, commit: string): Change<Pull> {
  const { next, pull } = putPull(state, by, number, { merged: { atMs: by.atMs, by: by.login, commit } }, { state: 'closed', closedAtMs: by.atMs });
  return { state: next, made: pull, events: [pullEvent(next, by, 'closed', pull)] };
}

export function comment(state: State, by: By, issue: number, body: string): Change<Comment> {
  const made: Comment = { id: state.lastId + 1, issue, author: by.login, body, createdAtMs: by.atMs, updatedAtMs: by.atMs };
  const next = patchRepository(bump(state), by.repository, (one) => ({ comments: [...one.comments, made] }));
  return { state: next, made, events: [commentEvent(next, by, 'created', made)] };
}

export function editComment(state: State, by: By, id: number, body: string): Change<Comment> {
  const old = repositoryOf(state, by.repository).comments.find((one) => one.id === id);
  if (old === undefined) throw new Error(`no comment ${id}`);
  const made: Comment = { ...old, body, updatedAtMs: by.atMs };
  const next = patchRepository(state, by.repository, (one) => ({ comments: one.comments.map((other) => (other.id === id ? made : other)) }));
  return { state: next, made, events: [commentEvent(next, by, 'edited', made, { changes: { body: { from: old.body } } })] };
}

export function deleteComment(state: State, by: By, id: number): Change<Comment> {
  const made = repositoryOf(state, by.repository).comments.find((one) => one.id === id);
  if (made === undefined) throw new Error(`no comment ${id}`);
  const next = patchRepository(state, by.repository, (one) => ({ comments: one.comments.filter((other) => other.id !== id) }));
  return { state: next, made, events: [commentEvent(next, by, 'deleted', made)] };
}

/** The same reaction twice is one. GitHub sends no webhook for reactions. */
export function react(state: State, by: By, on: Reaction['on'], target: number, content: Reaction['content']): Change<{ readonly reaction: Reaction; readonly isNew: boolean }> {
  const known = repositoryOf(state, by.repository).reactions.find((one) => one.on === on && one.target === target && one.content === content && one.author === by.login);
  if (known !== undefined) return { state, events: [], made: { reaction: known, isNew: false } };
  const reaction: Reaction = { id: state.lastId + 1, on, target, author: by.login, content, createdAtMs: by.atMs };
  return { state: patchRepository(bump(state), by.repository, (one) => ({ reactions: [...one.reactions, reaction] })), events: [], made: { reaction, isNew: true } };
}

export function review(state: State, by: By, number: number, verdict: Review['state'], body: string, commit: string): Change<Review> {
  const made: Review = { id: state.lastId + 1, pull: number, author: by.login, body, state: verdict, commit, submittedAtMs: by.atMs };
  const asked = mustPull(state, by, number).pull.users.filter((one) => one !== by.login);
  const { next, pull } = putPull(patchRepository(bump(state), by.repository, (one) => ({ reviews: [...one.reviews, made] })), by, number, { users: asked });
  const repository = repositoryOf(next, by.repository);
  // Webhooks write the state small, the API large.
  const view = { ...reviewView(next, repository, made), state: verdict.toLowerCase() };
  return { state: next, made, events: [event('pull_request_review', 'submitted', by, { review: view, pull_request: pullView(next, repository, pull, FRESH) })] };
}

export type CheckAsk = { readonly app: number; readonly name: string; readonly headSha: string } & Partial<Omit<CheckRun, 'id' | 'suite' | 'app' | 'name' | 'headSha'>>;

export function createCheck(state: State, by: By, ask: CheckAsk): Change<CheckRun> {
  const withSuite = suiteFor(state, by, ask.app, ask.headSha, null);
  const made: CheckRun = settledCheck({
    id: withSuite.state.lastId + 1, suite: withSuite.made, externalId: null, status: 'queued', conclusion: null, detailsUrl: null, startedAtMs: by.atMs, completedAtMs: null,
    output: { title: null, summary: null, text: null }, actions: [], ...ask,
  }, by.atMs);
  const next = patchRepository(bump(withSuite.state), by.repository, (one) => ({ checks: [...one.checks, made] }));
  return { state: next, made, events: checkEvents(next, by, 'created', made) };
}

export function updateCheck(state: State, by: By, id: number, patch: Partial<Omit<CheckRun, 'id' | 'suite' | 'app'>>): Change<CheckRun> {
  const old = repositoryOf(state, by.repository).checks.find((one) => one.id === id);
  if (old === undefined) throw new Error(`no check run ${id}`);
  const made = settledCheck({ ...old, ...patch, output: { ...old.output, ...patch.output } }, by.atMs);
  const next = patchRepository(state, by.repository, (one) => ({ checks: one.checks.map((other) => (other.id === id ? made : other)) }));
  return { state: next, made, events: made.status === 'completed' && old.status !== 'completed' ? checkEvents(next, by, 'completed', made) : [] };
}

/** A person pressed one of a check run's buttons. */
export function pressButton(state: State, by: By, id: number, identifier: string): Change<CheckRun> {
  const made = repositoryOf(state, by.repository).checks.find((one) => one.id === id);
  if (made === undefined) throw new Error(`no check run ${id}`);
  const view = checkView(state, repositoryOf(state, by.repository), made);
  return { state, made, events: [event('check_run', 'requested_action', by, { check_run: view, requested_action: { identifier } }, made.app)] };
}

export function setStatus(state: State, by: By, ask: { readonly sha: string; readonly context: string; readonly state: Status['state']; readonly description: string | null; readonly url: string | null }): Change<Status> {
  const made: Status = { ...ask, id: state.lastId + 1, author: by.login, createdAtMs: by.atMs };
  const next = patchRepository(bump(state), by.repository, (one) => ({ statuses: [...one.statuses, made] }));
  const view = statusView(next, repositoryOf(next, by.repository), made);
  const payload = { id: made.id, sha: made.sha, context: made.context, state: made.state, description: made.description, target_url: made.url, created_at: view.created_at, updated_at: view.updated_at, branches: [], name: '', commit: { sha: made.sha } };
  return { state: next, made, events: [event('status', null, by, payload)] };
}

export function enqueue(state: State, by: By, number: number): Change<QueueEntry> {
  const pull = mustPull(state, by, number);
  const made: QueueEntry = { id: state.lastId + 1, pull: number, base: pull.pull.base, headSha: pull.pull.headSha, by: by.login };
  const next = patchRepository(bump(state), by.repository, (one) => ({ queue: [...one.queue, made] }));
  return { state: next, made, events: [pullEvent(next, by, 'enqueued', pull)] };
}

/** Out of the queue, for whatever reason; nothing where it is not in. */
export function dequeue(state: State, by: By, number: number, reason: string): Change<boolean> {
  if (!repositoryOf(state, by.repository).queue.some((one) => one.pull === number)) return { state, made: false, events: [] };
  const next = patchRepository(state, by.repository, (one) => ({ queue: one.queue.filter((other) => other.pull !== number), removals: [...one.removals, { pull: number, reason, atMs: by.atMs }] }));
  return { state: next, made: true, events: [pullEvent(next, by, 'dequeued', mustPull(next, by, number), { reason })] };
}

/** The suite of an app for a commit; made, and asked for by webhook, when there is none. */
export function suiteFor(state: State, by: By, app: number, headSha: string, branch: string | null): Change<number> {
  const known = repositoryOf(state, by.repository).suites.find((one) => one.app === app && one.headSha === headSha);
  if (known !== undefined) return { state, events: [], made: known.id };
  const suite = { id: state.lastId + 1, app, headSha, branch, createdAtMs: by.atMs };
  const next = patchRepository(bump(state), by.repository, (one) => ({ suites: [...one.suites, suite] }));
  const view = suiteView(next, repositoryOf(next, by.repository), suite);
  return { state: next, made: suite.id, events: [event('check_suite', 'requested', by, { check_suite: view }, app)] };
}

/** Runs one change after the other. */
export function inTurn(state: State, steps: readonly ((state: State) => Change<unknown>)[]): Change<null> {
  let now: Change<null> = { state, events: [], made: null };
  for (const step of steps) {
    const { state: next, events } = step(now.state);
    now = { state: next, events: [...now.events, ...events], made: null };
  }
  return now;
}

export function patchRepository(state: State, id: number, patch: (repository: Repository) => Partial<Repository>): State {
  return { ...state, repositories: state.repositories.map((one) => (one.id === id ? { ...one, ...patch(one) } : one)) };
}

export function bump(state: State, by = 1): State {
  return { ...state, lastId: state.lastId + by };
}

export function event(name: string, action: string | null, by: By, payload: Readonly<Record<string, unknown>>, only: number | null = null): Event {
  return { name, action, repository: by.repository, sender: by.login, payload, only };
}

export function pullEvent(state: State, by: By, action: string, pull: Pull, more: Readonly<Record<string, unknown>> = {}): Event {
  return event('pull_request', action, by, { number: pull.number, pull_request: pullView(state, repositoryOf(state, by.repository), pull, FRESH), ...more });
}

function commentEvent(state: State, by: By, action: string, made: Comment, more: Readonly<Record<string, unknown>> = {}): Event {
  const repository = repositoryOf(state, by.repository);
  const issue = issueOf(repository, made.issue);
  if (issue === null) throw new Error(`no issue ${made.issue}`);
  return event('issue_comment', action, by, { issue: issueView(state, repository, issue), comment: commentView(state, repository, made), ...more });
}

function checkEvents(state: State, by: By, action: string, made: CheckRun): readonly Event[] {
  const repository = repositoryOf(state, by.repository);
  const suite = repository.suites.find((one) => one.id === made.suite);
  if (suite === undefined) throw new Error(`no suite ${made.suite}`);
  const suiteNow = suiteView(state, repository, suite);
  const run = event('check_run', action, by, { check_run: { ...checkView(state, repository, made), check_suite: suiteNow } });
  if (made.status !== 'completed' || suiteNow.status !== 'completed') return [run];
  return [run, event('check_suite', 'completed', by, { check_suite: suiteNow })];
}

/** A conclusion completes a run; only a completed run has one. */
function settledCheck(check: CheckRun, atMs: number): CheckRun {
  if (check.conclusion !== null && check.status === 'completed') return { ...check, completedAtMs: check.completedAtMs ?? atMs };
  return { ...check, conclusion: null, completedAtMs: null };
}

function newIssue(state: State, by: By, ask: Pick<Issue, 'title' | 'body' | 'labels' | 'pull'>): { readonly next: State; readonly issue: Issue } {
  const number = repositoryOf(state, by.repository).lastNumber + 1;
  const issue: Issue = { id: state.lastId + 1, number, author: by.login, state: 'open', createdAtMs: by.atMs, updatedAtMs: by.atMs, closedAtMs: null, ...ask };
  return { next: patchRepository(bump(state), by.repository, (one) => ({ lastNumber: number, issues: [...one.issues, issue] })), issue };
}

function putIssue(state: State, by: By, issue: Issue): { readonly next: State; readonly issue: Issue } {
  return { next: patchRepository(state, by.repository, (one) => ({ issues: one.issues.map((other) => (other.number === issue.number ? issue : other)) })), issue };
}

function putPull(state: State, by: By, number: number, patch: Partial<Pull['pull']>, around: Partial<Issue> = {}): { readonly next: State; readonly pull: Pull } {
  const old = mustPull(state, by, number);
  const pull: Pull = { ...old, ...around, updatedAtMs: by.atMs, pull: { ...old.pull, ...patch } };
  return { next: putIssue(state, by, pull).next, pull };
}

function mustIssue(state: State, by: By, number: number): Issue {
  const found = issueOf(repositoryOf(state, by.repository), number);
  if (found === null) throw new Error(`no issue ${number}`);
  return found;
}

function mustPull(state: State, by: By, number: number): Pull {
  const found = pullOf(repositoryOf(state, by.repository), number);
  if (found === null) throw new Error(`no pull request ${number}`);
  return found;
}

export function openPullsFrom(repository: Repository, branch: string): readonly Pull[] {
  return pullsOf(repository).filter((one) => one.state === 'open' && one.pull.head === branch);
}

function union(old: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...old, ...more])];
}
