// A thousand random histories: what the build says must be what a plain `git merge-tree` says.
import { expect, test } from 'vitest';
import { workbench } from '../harness/workbench.ts';
import { mergeAsGit } from './random-history.ts';

test('a thousand random histories merge as git merges them', async () => {
  const bench = await workbench();
  const { clean, conflict } = await mergeAsGit(bench, 1, 1000);
  expect(Math.min(clean, conflict)).toBeGreaterThan(80);
  await bench.close();
});
