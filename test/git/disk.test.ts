// A disk that takes nothing more: said as such, to be tried again, and no branch is blamed for it.
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onDisk } from '../../src/adapter/git/disk.ts';
import { gitFailed } from '../../src/adapter/git/run.ts';
import { workbench } from '../harness/workbench.ts';
import type { Workbench } from '../harness/workbench.ts';

const FULL = '/dev/full';
const TRY_AGAIN = { code: 'disk', retryable: true };

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

/** What is written there next under this name does not fit. */
function fill(path: string): void {
  symlinkSync(FULL, path);
}

test.runIf(existsSync(FULL))('a merge that does not fit on the disk is tried again, not held against its branch', async () => {
  const base = await bench.repo.commit({ a: 'a\n' }, 'base');
  const tip = await bench.repo.commit({ b: 'b\n' }, 'tip', { parents: [base] });
  const folder = join(bench.repo.bare, 'maestro-attributes');
  const [name = ''] = readdirSync(folder);
  unlinkSync(join(folder, name));
  fill(join(folder, `${name}.${process.pid}`));
  await expect(bench.build(base, [tip])).rejects.toMatchObject(TRY_AGAIN);
  expect(await bench.build(base, [tip])).toMatchObject([{ kind: 'candidate' }]);
});

test('nothing stays of a file that did not fit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-disk-'));
  const file = join(folder, 'file');
  symlinkSync('nowhere', file);
  expect(() => onDisk(file, () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  })).toThrow(expect.objectContaining(TRY_AGAIN));
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});

test('any other mistake is none of the disk\'s', () => {
  expect(() => onDisk('', () => {
    throw new TypeError('a mistake of ours');
  })).toThrow(TypeError);
});

test('git that cannot write says the same in its own words', () => {
  const failed = (stderr: string) => gitFailed(['write-tree'], { code: 128, stdout: Buffer.alloc(0), stderr });
  expect(failed('fatal: write error: No space left on device')).toMatchObject(TRY_AGAIN);
  expect(failed('fatal: not a tree object')).toMatchObject({ code: 'git-failed', retryable: false });
});
