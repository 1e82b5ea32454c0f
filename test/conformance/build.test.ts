// Hundreds of small random histories: what the build says must be what a plain `git merge-tree` says.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Oid } from '../../src/merge/branch.ts';
import type { Content } from '../harness/repository.ts';
import { requestFor, workbench } from '../harness/workbench.ts';
import type { Workbench } from '../harness/workbench.ts';

const HISTORIES = 320;
const PATHS = ['a.txt', 'b.txt', 'src/c.txt', 'src/d.txt', 'src/e/f.txt', 'g'];
const LINES = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

test(`${HISTORIES} random histories merge as git merges them`, async () => {
  const verdicts = { clean: 0, conflict: 0 };
  for (let seed = 1; seed <= HISTORIES; seed += 1) {
    const { ours, theirs } = await history(seed);
    const [outcome] = await bench.build(ours, [theirs]);
    const plain = await bench.repo.runner.run(['merge-tree', '--write-tree', '--name-only', ours, theirs]);
    const tree = plain.stdout.toString('utf8').split('\n')[0];
    const said = outcome?.kind === 'candidate' ? outcome.candidate.tree : outcome?.kind;
    expect({ seed, said }).toEqual({ seed, said: plain.code === 0 ? tree : 'conflict' });
    verdicts[plain.code === 0 ? 'clean' : 'conflict'] += 1;
  }
  expect(Math.min(verdicts.clean, verdicts.conflict)).toBeGreaterThan(40);
}, 60_000);

test('every conflict has two answers, without markers, that touch nothing else', async () => {
  let met = 0;
  for (let seed = 2000; seed < 2060; seed += 1) {
    const { ours, theirs } = await history(seed);
    const [outcome] = await bench.build(ours, [theirs]);
    if (outcome?.kind !== 'conflict') continue;
    met += 1;
    const options = await bench.options(ours, requestFor(theirs), outcome.conflict);
    const [a, b] = [options.get('A')!.tree, options.get('B')!.tree];
    const files = [await bench.files(a), await bench.files(b)];
    expect(JSON.stringify(files)).not.toMatch(/<{7}|>{7}|~[0-9a-f]{40}/);
    const own = new Set((await changed(ours, theirs)).concat(...outcome.conflict.paths.map((path) => [path.path])));
    expect((await changed(a, b)).filter((path) => !own.has(path))).toEqual([]);
  }
  expect(met).toBeGreaterThan(5);
});

test('a chain is the same merges one after the other', async () => {
  for (let seed = 1000; seed < 1020; seed += 1) {
    const { base, ours, theirs } = await history(seed);
    const third = await bench.repo.commit({ [`new-${seed}.txt`]: 'new\n' }, 'third', { parents: [base] });
    const outcomes = await bench.build(base, [ours, theirs, third]);
    let onto: string = base;
    for (const [at, tip] of [ours, theirs, third].entries()) {
      const outcome = outcomes[at];
      if (outcome?.kind !== 'candidate') continue;
      const tree = (await bench.repo.git(['merge-tree', '--write-tree', onto, tip])).split('\n')[0];
      expect(outcome.candidate).toMatchObject({ tree, onto });
      onto = outcome.candidate.commit;
    }
    expect(outcomes[2]?.kind).toBe('candidate');
  }
});

test('the merge bases found in memory are git\'s own', async () => {
  const random = mulberry(7);
  const commits: Oid[] = [await bench.repo.commit({ 'a.txt': '0' }, 'root', { keep: false })];
  for (let at = 1; at < 60; at += 1) {
    const parents = [...new Set([pick(random, commits.slice(-8)), ...(random() < 0.4 ? [pick(random, commits)] : [])])];
    // Clocks run backwards now and then.
    commits.push(await bench.repo.commit({ 'a.txt': `${at}` }, `c${at}`, { parents, atMs: Date.UTC(2026, 0, 1) + Math.floor(random() * 20) * 60_000 }));
  }
  for (let at = 0; at < 120; at += 1) {
    const [a, b] = [pick(random, commits), pick(random, commits)];
    const plain = (await bench.repo.git(['merge-base', '--all', a, b])).split('\n').toSorted();
    expect([...await bench.reader.mergeBases(a, b)].toSorted()).toEqual(plain);
  }
});

async function changed(from: string, to: string): Promise<string[]> {
  return (await bench.repo.git(['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to])).split('\0').filter((path) => path !== '');
}

async function history(seed: number): Promise<{ readonly base: Oid; readonly ours: Oid; readonly theirs: Oid }> {
  const random = mulberry(seed);
  const files = Object.fromEntries(PATHS.map((path) => [path, text(LINES.map((line) => `${line} of ${path}`))]));
  const base = await bench.repo.commit(files, `base ${seed}`, { keep: false });
  const ours = await side(random, base, files);
  const theirs = await side(random, base, files);
  return { base, ours, theirs };
}

async function side(random: () => number, base: Oid, files: Readonly<Record<string, string>>): Promise<Oid> {
  let tip = base;
  const steps = 1 + Math.floor(random() * 2);
  for (let at = 0; at < steps; at += 1) tip = await bench.repo.commit(edits(random, files), 'work', { parents: [tip] });
  return tip;
}

function edits(random: () => number, files: Readonly<Record<string, string>>): Record<string, Content> {
  const path = pick(random, PATHS);
  const lines = (files[path] ?? '').trimEnd().split('\n');
  const at = Math.floor(random() * lines.length);
  const dice = random();
  if (dice < 0.08) return { [path]: null };
  if (dice < 0.16) return { [path]: null, [`moved/${path}`]: files[path] ?? '' };
  if (dice < 0.22) return { [`added-${Math.floor(random() * 2)}.txt`]: `${Math.floor(random() * 3)}\n` };
  if (dice < 0.27) return { [path]: { mode: '100755', content: files[path] ?? '' } };
  if (dice < 0.32) return { [path]: null, [`${path}/inner`]: 'now a folder\n' };
  if (dice < 0.36) return { [path]: { mode: '120000', content: pick(random, PATHS) } };
  if (dice < 0.40) return { [path]: text(lines.filter((_, index) => index !== at)) };
  return { [path]: text(lines.map((line, index) => index === at ? `${line} changed ${Math.floor(random() * 3)}` : line)) };
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
