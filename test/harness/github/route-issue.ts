// Issues and the conversation on them: comments, reactions, labels, people's permission.
import { comment, deleteComment, editComment, editIssue, openIssue, react } from './change.ts';
import type { Asked, AskedThere, Route } from './route.ts';
import { CREATED, NO_CONTENT, OK, Refused, found, mustText, paged, text, texts, there } from './route.ts';
import { accountOf, issueOf, roleOf } from './state.ts';
import type { Comment, Issue, Permissions, Reaction } from './state.ts';
import { commentView, issueView, labelView, reactionView } from './view-issue.ts';
import { permissionView } from './view.ts';

const WRITE: readonly Permissions[] = [{ issues: 'write' }, { pull_requests: 'write' }];
const READ: readonly Permissions[] = [{ issues: 'read' }, { pull_requests: 'read' }];
const BODY_MAX = 65_536;
const REACTIONS: readonly string[] = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'];

export const ISSUE_ROUTES: readonly Route[] = [
  there('get', '/repos/{owner}/{repo}/issues', [{ issues: 'read' }], (asked) => {
    const state = asked.query.get('state') ?? 'open';
    const labels = (asked.query.get('labels') ?? '').split(',').filter((one) => one !== '');
    const creator = asked.query.get('creator');
    const all = asked.repository.issues.filter((one) => (state === 'all' || one.state === state) && labels.every((name) => one.labels.includes(name)) && (creator === null || one.author === creator)).toReversed();
    return { status: OK, body: paged(asked, all.map((one) => issueView(asked.state, asked.repository, one))) };
  }),
  there('post', '/repos/{owner}/{repo}/issues', [{ issues: 'write' }], (asked) => {
    const made = asked.hub.apply((state) => openIssue(state, asked.by, { title: mustText(asked.body, 'title', 'Issue'), body: text(asked.body, 'body') ?? null, labels: texts(asked.body, 'labels') }));
    return { status: CREATED, body: issueView(asked.hub.state(), asked.repository, made) };
  }),
  there('get', '/repos/{owner}/{repo}/issues/comments/{comment_id}', READ, (asked) => ({ status: OK, body: commentView(asked.state, asked.repository, commentAsked(asked)) })),
  there('patch', '/repos/{owner}/{repo}/issues/comments/{comment_id}', WRITE, (asked) => {
    const made = asked.hub.apply((state) => editComment(state, asked.by, commentAsked(asked).id, bodyOf(asked)));
    return { status: OK, body: commentView(asked.hub.state(), asked.repository, made) };
  }),
  there('delete', '/repos/{owner}/{repo}/issues/comments/{comment_id}', WRITE, (asked) => {
    asked.hub.apply((state) => deleteComment(state, asked.by, commentAsked(asked).id));
    return { status: NO_CONTENT, body: null };
  }),
  there('get', '/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', READ, (asked) => ({
    status: OK, body: paged(asked, asked.repository.reactions.filter((one) => one.on === 'comment' && one.target === commentAsked(asked).id).map((one) => reactionView(asked.state, one))),
  })),
  there('post', '/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', WRITE, (asked) => reacted(asked, 'comment', commentAsked(asked).id)),
  there('post', '/repos/{owner}/{repo}/issues/{issue_number}/reactions', WRITE, (asked) => reacted(asked, 'issue', issueAsked(asked).number)),
  there('get', '/repos/{owner}/{repo}/issues/{issue_number}/comments', READ, (asked) => {
    const since = Date.parse(asked.query.get('since') ?? '1970-01-01T00:00:00Z');
    const all = asked.repository.comments.filter((one) => one.issue === issueAsked(asked).number && one.updatedAtMs >= since);
    return { status: OK, body: paged(asked, all.map((one) => commentView(asked.state, asked.repository, one))) };
  }),
  there('post', '/repos/{owner}/{repo}/issues/{issue_number}/comments', WRITE, (asked) => {
    const made = asked.hub.apply((state) => comment(state, asked.by, issueAsked(asked).number, bodyOf(asked)));
    return { status: CREATED, body: commentView(asked.hub.state(), asked.repository, made) };
  }),
  there('post', '/repos/{owner}/{repo}/issues/{issue_number}/labels', WRITE, (asked) => {
    const labels = [...new Set([...issueAsked(asked).labels, ...texts(asked.body, 'labels')])];
    asked.hub.apply((state) => editIssue(state, asked.by, issueAsked(asked).number, { labels }));
    return { status: OK, body: labels.map((name) => labelView(asked.state, asked.repository, name)) };
  }),
  there('get', '/repos/{owner}/{repo}/issues/{issue_number}', READ, (asked) => ({ status: OK, body: issueView(asked.state, asked.repository, issueAsked(asked)) })),
  there('patch', '/repos/{owner}/{repo}/issues/{issue_number}', WRITE, (asked) => {
    const [title, body, state] = [text(asked.body, 'title'), text(asked.body, 'body'), text(asked.body, 'state')];
    const patch = { ...(title === undefined ? {} : { title }), ...(body === undefined ? {} : { body }), ...(state === 'open' || state === 'closed' ? ({ state } as const) : {}) };
    const made = asked.hub.apply((now) => editIssue(now, asked.by, issueAsked(asked).number, patch));
    return { status: OK, body: issueView(asked.hub.state(), asked.repository, made) };
  }),
  there('get', '/repos/{owner}/{repo}/collaborators/{username}/permission', [{ metadata: 'read' }], (asked) => {
    const account = found(accountOf(asked.state, asked.param('username')));
    return { status: OK, body: permissionView(asked.state, asked.repository, account.login) };
  }),
  there('get', '/repos/{owner}/{repo}/collaborators/{username}', [{ metadata: 'read' }], (asked) => {
    if (roleOf(asked.repository, asked.param('username')) === 'none') throw new Refused(404, 'Not Found');
    return { status: NO_CONTENT, body: null };
  }),
];

function issueAsked(asked: AskedThere): Issue {
  return found(issueOf(asked.repository, Number(asked.param('issue_number'))));
}

function commentAsked(asked: AskedThere): Comment {
  return found(asked.repository.comments.find((one) => one.id === Number(asked.param('comment_id'))));
}

function bodyOf(asked: Asked): string {
  const body = mustText(asked.body, 'body', 'IssueComment');
  if (body.length > BODY_MAX) throw new Refused(422, 'Validation Failed', [{ resource: 'IssueComment', code: 'custom', field: 'body', message: `body is too long (maximum is ${BODY_MAX} characters)` }]);
  return body;
}

function reacted(asked: AskedThere, on: Reaction['on'], target: number) {
  const content = mustText(asked.body, 'content', 'Reaction');
  if (!REACTIONS.includes(content)) throw new Refused(422, 'Validation Failed', [{ resource: 'Reaction', code: 'invalid', field: 'content' }]);
  const { reaction, isNew } = asked.hub.apply((state) => react(state, asked.by, on, target, content as Reaction['content']));
  return { status: isNew ? CREATED : OK, body: reactionView(asked.hub.state(), reaction) };
}
