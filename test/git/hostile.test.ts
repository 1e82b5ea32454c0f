// Trees made to hurt: refused by name, fast, and without walking them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isHostile } from '../../src/adapter/git/tree-budget.ts';
import { parseBranch } from '../../src/merge/branch.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { workbench } from '../harness/workbench.ts';
import type { Workbench } from '../harness/workbench.ts';

let bench: Workbench;
let base: Oid;
let blob: Oid;
beforeAll(async () => {
  bench = await workbench();
  base = await bench.repo.commit({ a: 'a\n' }, 'base');
  blob = bench.repo.object('blob', Buffer.from('x'));
});
afterAll(() => bench.close());

test('a tree bomb of sixteen objects is refused in no time', async () => {
  let tree = bench.repo.tree(Array.from({ length: 10 }, (_, at) => ({ mode: '100644', name: `f${at}`, oid: blob })));
  for (let level = 0; level < 9; level += 1) {
    const inner = tree;
    tree = bench.repo.tree(Array.from({ length: 10 }, (_, at) => ({ mode: '40000', name: `d${at}`, oid: inner })));
  }
  expect(await refused(tree)).toMatch(/more than 200000 files/);
});

test('folders 3,000 deep are refused in no time', async () => {
  let tree = bench.repo.tree([{ mode: '100644', name: 'f', oid: blob }]);
  for (let level = 0; level < 3000; level += 1) tree = bench.repo.tree([{ mode: '40000', name: 'd', oid: tree }]);
  expect(await refused(tree)).toMatch(/nested deeper than 256/);
});

test('a folder of 250,000 entries is refused', async () => {
  const entry = Buffer.concat([Buffer.from('\0'), Buffer.from(blob, 'hex')]);
  const names = Array.from({ length: 250_000 }, (_, at) => Buffer.concat([Buffer.from(`100644 f${String(at).padStart(6, '0')}`), entry]));
  expect(await refused(bench.repo.object('tree', Buffer.concat(names)))).toMatch(/more than 200000 files/);
});

test('a subtree that the mirror lost is not followed, and is no fault of the branch', async () => {
  const tip = bench.repo.commitTree(bench.repo.tree([{ mode: '40000', name: 'gone', oid: 'e'.repeat(40) }]), 'lost', [base]);
  expect(await bench.build(base, [tip])).toEqual([{ kind: 'refused', reason: { code: 'gave-up', detail: 'one of its trees is not in the mirror' } }]);
});

describe('names of entries', () => {
  for (const name of ['.git', '.GIT', 'git~1', 'GIT~1', '..', '.', '.git ', '.git.', '.git...', '.git::$INDEX_ALLOCATION', '.g\u200cit', 'a/b', '', '..\\x', 'x\\.git'])
    test(`${JSON.stringify(name)} is refused`, async () => {
      const tree = bench.repo.tree([{ mode: '40000', name: 'deep', oid: bench.repo.tree([{ mode: '100644', name, oid: blob }]) }]);
      expect(await refused(tree)).toContain('an entry named deep/');
    });

  for (const name of ['.gitignore', '.github', 'git', '..a', 'a..', '-rf', '--output=x', 'a b', 'ünïcode', '.gitmodules', 'x\ny', 'git~2'])
    test(`${JSON.stringify(name)} is accepted`, () => {
      expect(isHostile({ mode: '100644', name: Buffer.from(name).toString('latin1') })).toBe(false);
    });

  test('.gitmodules as a symbolic link is refused', async () => {
    expect(await refused(bench.repo.tree([{ mode: '120000', name: '.gitmodules', oid: blob }]))).toContain('.gitmodules');
  });

  test('what the target holds already does not block its branches', async () => {
    const tree = bench.repo.tree([{ mode: '100644', name: 'git~1', oid: blob }]);
    const target = bench.repo.commitTree(tree, 'old sin', [base]);
    const tip = bench.repo.commitTree(bench.repo.tree([{ mode: '100644', name: 'a', oid: blob }, { mode: '100644', name: 'git~1', oid: blob }]), 'work', [target]);
    expect((await bench.build(target, [tip]))[0]?.kind).toBe('candidate');
  });
});

test('the same tree without harm in it passes right after', async () => {
  const tip = await bench.repo.commit({ b: 'b\n' }, 'fine', { parents: [base] });
  expect((await bench.build(base, [tip]))[0]?.kind).toBe('candidate');
});

describe('names of branches', () => {
  for (const name of ['--output=x', '--upload-pack=touch x', '-s', '+main', 'HEAD', 'refs/heads/refs/heads/main', '@', 'e'.repeat(40), 'a;b', '$(id)', '`id`', '"q"', '<img/src=x/onerror=y>', 'a\u202eb', 'a\u200bb', 'a\u3000b', 'a'.repeat(250), 'a..b', 'a.lock', 'a//b', 'a\nb'])
    test(`${JSON.stringify(name).slice(0, 40)} never reaches git`, () => {
      expect(parseBranch(name).ok).toBe(false);
    });
});

async function refused(tree: Oid): Promise<string> {
  const tip = bench.repo.commitTree(tree, 'hostile', [base]);
  const [outcome] = await bench.build(base, [tip]);
  return outcome?.kind === 'refused' && outcome.reason.code === 'unsafe-content' ? outcome.reason.detail : JSON.stringify(outcome);
}
