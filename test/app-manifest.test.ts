// The App's manifest: no more power than README gives a reason for.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const manifest: unknown = parse(readFileSync(join(import.meta.dirname, '..', 'app.yml'), 'utf8'));

test('it is its owner\'s alone and asks for least privilege', () => {
  expect(manifest).toHaveProperty('public', false);
  expect(manifest).toHaveProperty('default_permissions', { metadata: 'read', contents: 'write', pull_requests: 'write', checks: 'write', issues: 'write', statuses: 'read', merge_queues: 'read', members: 'read' });
});

test('it hears what moves a request, and nothing else', () => {
  expect(manifest).toHaveProperty('default_events', ['push', 'pull_request', 'pull_request_review', 'issue_comment', 'check_run', 'check_suite', 'status', 'merge_group']);
});
