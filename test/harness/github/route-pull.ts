// Pull requests: open, list, edit, reviewers, reviews, merge. Whether one can be merged is asked of real git.
import { commitTree, mergeTrees } from './bare.ts';
import type { Bare } from './bare.ts';
import { editIssue, editPull, openPull, requestReviewers, review } from './change.ts';
import { refsMoved } from './ref.ts';
import { CREATED, OK, Refused, found, mustText, paged, text, texts, there } from './route.ts';
import type { Asked, AskedThere, Route } from './route.ts';
import { rulesFor } from './view-check.ts';
import { checkPassed } from './rule.ts';
import { pullOf, pullsOf, roleOf } from './state.ts';
import type { Pull, Review } from './state.ts';
import { pullSimpleView, pullView, reviewView } from './view-issue.ts';
import type { MergeFacts } from './view-issue.ts';

const VERDICTS: Readonly<Record<string, Review['state']>> = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' };

export const PULL_ROUTES: readonly Route[] = [
  there('get', '/repos/{owner}/{repo}/pulls', [{ pull_requests: 'read' }], (asked) => {
    const all = pullsOf(asked.repository).filter((one) => isWanted(asked, one)).toReversed();
    const ordered = asked.query.get('direction') === 'asc' ? all.toReversed() : all;
    return { status: OK, body: paged(asked, ordered.map((one) => pullSimpleView(asked.state, asked.repository, one))) };
  }),
  there('post', '/repos/{owner}/{repo}/pulls', [{ pull_requests: 'write' }], async (asked) => {
    const head = mustText(asked.body, 'head', 'PullRequest').replace(/^[^:]*:/, '');
    const base = mustText(asked.body, 'base', 'PullRequest');
    await refuseImpossible(asked, head, base);
    const ask = { title: mustText(asked.body, 'title', 'PullRequest'), body: text(asked.body, 'body') ?? null, head, base, draft: asked.body['draft'] === true };
    const made = asked.hub.apply((state) => openPull(state, asked.by, ask));
    return { status: CREATED, body: await viewed(asked, made.number) };
  }),
  there('get', '/repos/{owner}/{repo}/pulls/{pull_number}', [{ pull_requests: 'read' }], async (asked) => {
    const pull = pullAsked(asked);
    return { status: OK, body: pullView(asked.state, asked.repository, pull, await factsOf(asked.bare, pull)) };
  }),
  there('patch', '/repos/{owner}/{repo}/pulls/{pull_number}', [{ pull_requests: 'write' }], async (asked) => {
    const { number } = pullAsked(asked);
    const [title, body, state, base] = [text(asked.body, 'title'), text(asked.body, 'body'), text(asked.body, 'state'), text(asked.body, 'base')];
    if (base !== undefined) {
      const baseSha = branchAsked(asked, 'base', base);
      asked.hub.apply((now) => editPull(now, asked.by, number, { base, baseSha }, 'edited'));
    }
    const patch = { ...(title === undefined ? {} : { title }), ...(body === undefined ? {} : { body }), ...(state === 'open' || state === 'closed' ? ({ state } as const) : {}) };
    if (Object.keys(patch).length > 0) asked.hub.apply((now) => editIssue(now, asked.by, number, patch));
    return { status: OK, body: await viewed(asked, number) };
  }),
  there('post', '/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', [{ pull_requests: 'write' }], (asked) => {
    const pull = pullAsked(asked);
    const [users, teams] = [texts(asked.body, 'reviewers'), texts(asked.body, 'team_reviewers')];
    refuseReviewers(asked, pull, users, teams);
    const made = asked.hub.apply((state) => requestReviewers(state, asked.by, pull.number, users, teams));
    return { status: CREATED, body: pullSimpleView(asked.hub.state(), asked.repository, made) };
  }),
  there('get', '/repos/{owner}/{repo}/pulls/{pull_number}/reviews', [{ pull_requests: 'read' }], (asked) => {
    const { number } = pullAsked(asked);
    return { status: OK, body: paged(asked, asked.repository.reviews.filter((one) => one.pull === number).map((one) => reviewView(asked.state, asked.repository, one))) };
  }),
  there('post', '/repos/{owner}/{repo}/pulls/{pull_number}/reviews', [{ pull_requests: 'write' }], (asked) => {
    const pull = pullAsked(asked);
    const verdict = VERDICTS[text(asked.body, 'event') ?? 'COMMENT'];
    if (verdict === 'APPROVED' && pull.author === asked.login) throw new Refused(422, 'Unprocessable Entity', ['Can not approve your own pull request']);
    const made = asked.hub.apply((state) => review(state, asked.by, pull.number, verdict ?? 'COMMENTED', text(asked.body, 'body') ?? '', pull.pull.headSha));
    return { status: OK, body: reviewView(asked.hub.state(), asked.repository, made) };
  }),
  there('put', '/repos/{owner}/{repo}/pulls/{pull_number}/merge', [{ contents: 'write' }], async (asked) => {
    const pull = pullAsked(asked);
    const sha = text(asked.body, 'sha');
    if (sha !== undefined && sha !== pull.pull.headSha) throw new Refused(409, 'Head branch was modified. Review and try the merge again.');
    const commit = await merged(asked, pull);
    return { status: OK, body: { sha: commit, merged: true, message: 'Pull Request successfully merged' } };
  }),
];

async function merged(asked: AskedThere, pull: Pull): Promise<string> {
  if (pull.state === 'closed' || pull.pull.draft) throw new Refused(405, 'Pull Request is not mergeable');
  const missing = rulesFor(asked.repository, pull.pull.base).flatMap((one) => one.requiredChecks).find((one) => !checkPassed(asked.repository, one, pull.pull.headSha));
  if (missing !== undefined) throw new Refused(405, `Required status check "${missing.name}" is expected.`);
  const ref = `refs/heads/${pull.pull.base}`;
  const base = await asked.bare.must(['rev-parse', ref]);
  const outcome = await mergeTrees(asked.bare, base, pull.pull.headSha);
  if (outcome.kind === 'conflict') throw new Refused(405, 'Pull Request is not mergeable');
  const title = text(asked.body, 'commit_title') ?? `Merge pull request #${pull.number} from ${asked.repository.owner}/${pull.pull.head}`;
  const commit = await commitTree(asked.bare, outcome.tree, [base, pull.pull.headSha], `${title}\n\n${text(asked.body, 'commit_message') ?? pull.title}\n`);
  if ((await asked.bare.run(['update-ref', ref, commit, base])).code !== 0) throw new Refused(405, 'Base branch was modified. Review and try the merge again.');
  await refsMoved(asked.hub, asked.bare, asked.by);
  return commit;
}

export async function factsOf(bare: Bare, pull: Pull): Promise<MergeFacts> {
  const base = (await bare.run(['rev-parse', '--verify', '--quiet', `refs/heads/${pull.pull.base}`])).stdout;
  if (base === '') return { mergeable: null, commits: 0, changedFiles: 0 };
  const outcome = await mergeTrees(bare, base, pull.pull.headSha);
  const count = await bare.run(['rev-list', '--count', `${base}..${pull.pull.headSha}`]);
  const names = await bare.run(['diff', '--name-only', `${base}...${pull.pull.headSha}`]);
  return { mergeable: outcome.kind === 'merged', commits: Number(count.stdout), changedFiles: names.stdout === '' ? 0 : names.stdout.split('\n').length };
}

async function viewed(asked: AskedThere, number: number) {
  const state = asked.hub.state();
  const repository = found(state.repositories.find((one) => one.id === asked.repository.id));
  const pull = found(pullOf(repository, number));
  return pullView(state, repository, pull, await factsOf(asked.bare, pull));
}

function pullAsked(asked: AskedThere): Pull {
  return found(pullOf(asked.repository, Number(asked.param('pull_number'))));
}

function isWanted(asked: AskedThere, pull: Pull): boolean {
  const state = asked.query.get('state') ?? 'open';
  const [head, base] = [asked.query.get('head'), asked.query.get('base')];
  // A head without its owner filters nothing, as on GitHub.
  const sameHead = head === null || !head.includes(':') || head === `${asked.repository.owner}:${pull.pull.head}`;
  return (state === 'all' || pull.state === state) && sameHead && (base === null || base === pull.pull.base);
}

function branchAsked(asked: Asked & Pick<AskedThere, 'repository'>, field: string, branch: string): string {
  const sha = asked.repository.refs[`refs/heads/${branch}`];
  if (sha === undefined) throw new Refused(422, 'Validation Failed', [{ resource: 'PullRequest', field, code: 'invalid' }]);
  return sha;
}

async function refuseImpossible(asked: AskedThere, head: string, base: string): Promise<void> {
  const headSha = branchAsked(asked, 'head', head);
  const baseSha = branchAsked(asked, 'base', base);
  const custom = (message: string): Refused => new Refused(422, 'Validation Failed', [{ resource: 'PullRequest', code: 'custom', message }]);
  if (pullsOf(asked.hub.state().repositories.find((one) => one.id === asked.repository.id) ?? asked.repository).some((one) => one.state === 'open' && one.pull.head === head && one.pull.base === base)) {
    throw custom(`A pull request already exists for ${asked.repository.owner}:${head}.`);
  }
  const count = await asked.bare.run(['rev-list', '--count', `${baseSha}..${headSha}`]);
  if (count.stdout === '0') throw custom(`No commits between ${base} and ${head}`);
}

function refuseReviewers(asked: AskedThere, pull: Pull, users: readonly string[], teams: readonly string[]): void {
  if (users.some((one) => one.toLowerCase() === pull.author.toLowerCase())) throw new Refused(422, 'Review cannot be requested from pull request author.');
  if (users.some((one) => roleOf(asked.repository, one) === 'none')) throw new Refused(422, 'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.');
  if (teams.some((slug) => !asked.repository.teams.some((one) => one.slug === slug))) throw new Refused(422, 'Could not resolve to a node with the global id of the team.');
}

