// Whose state is meant, told without git: as git would tell it, or not at all.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findPlace } from '../../src/adapter/local/place.ts';
import { stateNear } from '../../src/adapter/local/near.ts';
import { cloneIn, folder, git } from './stage.ts';

const root = folder();
afterAll(root.dispose);
beforeAll(() => {
  const clone = cloneIn(root.path);
  mkdirSync(join(clone, 'deep/er'), { recursive: true });
  mkdirSync(join(root.path, 'none'));
  git(clone, 'worktree', 'add', '-q', join(root.path, 'tree'));
});

test.each(['clone', 'clone/deep/er', 'clone/.git', 'remote.git'])('%s is told as git tells it', async (path) => {
  const told = stateNear(join(root.path, path));
  expect(told).not.toBeNull();
  if (path !== 'clone/.git') expect(told).toBe((await findPlace(join(root.path, path), null)).state);
});

test.each(['tree', 'none'])('%s is left to git', (path) => {
  expect(stateNear(join(root.path, path))).toBeNull();
});

test('a URL is left to git', () => {
  expect(stateNear('https://example.org/a.git')).toBeNull();
});
