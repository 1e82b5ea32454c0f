import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { readNews } from '../../src/adapter/github/news.ts';
import type { News } from '../../src/port/forge.ts';

const SELF = { appId: 1, login: 'maestro[bot]' };
const AT = { repository: { id: 7, name: 'app', owner: { login: 'acme' } }, installation: { id: 3 }, sender: { login: 'ada', type: 'User' } };
const EXAMPLES = createRequire(import.meta.url)('@octokit/webhooks-examples/api.github.com/index.json') as readonly { readonly name: string; readonly examples: readonly object[] }[];
const all = EXAMPLES.flatMap(({ name, examples: of }) => of.map((payload, at) => ({ name, at, payload })));

const read = (event: string, more: object): News => readNews(event, { ...AT, ...more }, SELF);

describe('a delivery', () => {
  it.each(all)('$name #$at of GitHub\'s own examples is read without a fault', ({ name, payload }) => {
    expect(readNews(name, payload, SELF)).toHaveProperty('kind');
  });

  it.each<[string, string, object]>([
    ['a push of ours', 'push', { ref: 'refs/heads/main', sender: { login: 'maestro[bot]', type: 'Bot' } }],
    ['a tag', 'push', { ref: 'refs/tags/v1' }],
    ['GitHub\'s own merge queue', 'push', { ref: 'refs/heads/gh-readonly-queue/main/pr-1' }],
    ['a candidate of ours', 'push', { ref: 'refs/heads/maestro/gate/main/abc' }],
    ['a name that could mean something else', 'push', { ref: 'refs/heads/--upload-pack=x' }],
    ['a comment on an issue', 'issue_comment', { action: 'created', issue: { number: 1 }, comment: { id: 2, body: 'B' } }],
    ['a deleted comment', 'issue_comment', { action: 'deleted', issue: { number: 1, pull_request: {} }, comment: { id: 2, body: 'B' } }],
    ['a button of another App', 'check_run', { action: 'requested_action', check_run: { external_id: 'r', app: { id: 2 } }, requested_action: { identifier: 'A' } }],
    ['a check of ours', 'check_run', { action: 'completed', check_run: { head_sha: 'a'.repeat(40), app: { id: 1 } } }],
    ['a pull request that was approved no more', 'pull_request_review', { action: 'dismissed', review: { state: 'approved', commit_id: 'a'.repeat(40) }, pull_request: { number: 1, head: { ref: 'x', repo: { id: 7 } } } }],
    ['nothing at all', 'push', { repository: null }],
  ])('%s is news of nothing', (_what, event, more) => {
    expect(read(event, more)).toEqual({ kind: 'nothing' });
  });

  it.each<[string, object, object]>([
    ['push', { ref: 'refs/heads/feature/x', sender: { login: 'agent[bot]', type: 'Bot' } }, { kind: 'moved', branch: 'refs/heads/feature/x' }],
    ['issue_comment', { action: 'created', issue: { number: 1, pull_request: {} }, comment: { id: 2, body: 'B', created_at: '2026-11-29T10:00:00Z' } }, { kind: 'said', said: { kind: 'comment', login: 'ada', atMs: Date.UTC(2026, 10, 29, 10), isMachine: false, isEdit: false } }],
    ['pull_request', { action: 'dequeued', pull_request: { head: { ref: 'feature/x' } } }, { kind: 'queue', branch: 'refs/heads/feature/x' }],
    ['merge_group', { action: 'destroyed', merge_group: { base_ref: 'refs/heads/main' } }, { kind: 'queue', branch: 'refs/heads/main' }],
    ['issue_comment', { action: 'edited', issue: { number: 1, pull_request: {} }, comment: { id: 2, body: 'B' } }, { kind: 'said', said: { isEdit: true, atMs: null } }],
    ['check_run', { action: 'requested_action', check_run: { external_id: 'r', app: { id: 1 } }, requested_action: { identifier: 'A' } }, { kind: 'said', said: { kind: 'press', request: 'r', button: 'A' } }],
    ['status', { sha: 'a'.repeat(40) }, { kind: 'checked' }],
    ['installation', { action: 'suspend' }, { kind: 'installation', active: false }],
    ['repository', { action: 'renamed' }, { kind: 'opened' }],
    ['repository', { action: 'deleted' }, { kind: 'closed' }],
  ])('of %s says what happened', (event, more, news) => {
    expect(read(event, more)).toMatchObject(news);
  });
});
