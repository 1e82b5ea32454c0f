// The App as a new user sees it: `node examples/github.ts`, on a machine with nothing but the clone.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('three branches are pushed, a question is answered in a comment, and a landing rolled back by one', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [resolve(import.meta.dirname, '../../examples/github.ts')]);
  const order = ['Apollo pushes', 'Landed on main', 'Athena pushes', 'Needs a decision', 'Human merge decision needed', 'Asked: `casey`', 'Casey comments: B', 'Landed on main', 'Refactor task', 'Casey comments: /maestro rollback', 'is being rolled back by', 'was rolled back', '  Roll back'];
  const seen = order.map((words) => stdout.indexOf(words));
  expect(seen).not.toContain(-1);
  expect(stdout.trimEnd().split('\n').filter((line) => line.startsWith('  Merge '))).toHaveLength(3);
});
