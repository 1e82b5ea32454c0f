// Small random histories, the same for the same seed, and what a plain `git merge-tree` says of them.
import { expect } from 'vitest';
import type { Oid } from '../../src/merge/branch.ts';
import type { Content, Repository } from '../harness/repository.ts';
import type { Workbench } from '../harness/workbench.ts';

const PATHS = ['a.txt', 'b.txt', 'src/c.txt', 'src/d.txt', 'src/e/f.txt', 'g'];
const LINES = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];

/** How many of these histories merge cleanly and how many conflict; fails where the build says anything else than git. */
export async function mergeAsGit(bench: Workbench, from: number, to: number): Promise<{ readonly clean: number; readonly conflict: number }> {
  const verdicts = { clean: 0, conflict: 0 };
  for (let seed = from; seed <= to; seed += 1) {
    const { ours, theirs } = await history(bench.repo, seed);
    const [outcome] = await bench.build(ours, [theirs]);
    const plain = await bench.repo.runner.run(['merge-tree', '--write-tree', '--name-only', ours, theirs]);
    const tree = plain.stdout.toString('utf8').split('\n')[0];
    const said = outcome?.kind === 'candidate' ? outcome.candidate.tree : outcome?.kind;
    expect({ seed, said }).toEqual({ seed, said: plain.code === 0 ? tree : 'conflict' });
    verdicts[plain.code === 0 ? 'clean' : 'conflict'] += 1;
  }
  return verdicts;
}

/** Two sides of one base, each a commit or two: edits, deletions, moves, modes, links, folders where files were. */
export async function history(repo: Repository, seed: number): Promise<{ readonly base: Oid; readonly ours: Oid; readonly theirs: Oid }> {
  const random = mulberry(seed);
  const files = Object.fromEntries(PATHS.map((path) => [path, text(LINES.map((line) => `${line} of ${path}`))]));
  const base = await repo.commit(files, `base ${seed}`, { keep: false });
  const ours = await side(repo, random, base, files);
  const theirs = await side(repo, random, base, files);
  return { base, ours, theirs };
}

async function side(repo: Repository, random: () => number, base: Oid, files: Readonly<Record<string, string>>): Promise<Oid> {
  let tip = base;
  const steps = 1 + Math.floor(random() * 2);
  for (let at = 0; at < steps; at += 1) tip = await repo.commit(edits(random, files), 'work', { parents: [tip] });
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

export function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

export function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
