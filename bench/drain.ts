// 50 disjoint ready branches in a 2,000-file repository, gate `true`, `start --drain`. Peer: a loop of git merge --no-ff, gate, push.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { cleanEnvironment, until } from '../test/harness/stage.ts';
import { median, type Figure } from './figure.ts';
import { stage, type Stage } from './stage.ts';

const FILES = 2000;
const BRANCHES = 50;

export async function run(options: { readonly quick: boolean }): Promise<readonly Figure[]> {
  const runs = options.quick ? 1 : 5;
  const ours: { readonly totalMs: number; readonly firstMs: number }[] = [];
  const loops: number[] = [];
  for (let round = 0; round < runs; round += 1) {
    loops.push(withBranches(BRANCHES, (on) => runLoop(on, BRANCHES)));
    ours.push(await drainOnce(BRANCHES));
  }
  const total = median(ours.map((one) => one.totalMs));
  const loop = median(loops);
  const note = `${BRANCHES} branches, ${FILES} files, gate true, cold mirror and worktree, node start included`;
  return [
    { bench: 'drain', figure: '50 branches landed', value: total, unit: 'ms', baseline: 'loop of git merge --no-ff, gate, push', baselineValue: loop, ratio: total / loop, runs, note },
    { bench: 'drain', figure: 'first of 50 landed', value: median(ours.map((one) => one.firstMs)), unit: 'ms', baseline: null, baselineValue: null, ratio: null, runs, note },
  ];
}

export function disjoint(count: number): readonly { readonly branch: string; readonly files: Readonly<Record<string, string>> }[] {
  return Array.from({ length: count }, (_, index) => ({ branch: `feature/b${index}`, files: { [`src/d${index % 40}/s${index % 5}/f${index}.txt`]: `changed by ${index}\n` } }));
}

async function drainOnce(count: number): Promise<{ readonly totalMs: number; readonly firstMs: number }> {
  const on = stage(FILES, 'true');
  try {
    on.ready(disjoint(count));
    const before = on.tip('main');
    const startMs = performance.now();
    const coordinator = on.start(join(on.folder, 'state'), ['--drain']);
    await until(() => (on.tip('main') === before ? null : true), 30_000, 'the first landing');
    const firstMs = performance.now() - startMs;
    const code = await coordinator.ended();
    const totalMs = performance.now() - startMs;
    checkAll(on, count, code, coordinator.output());
    return { totalMs, firstMs };
  } finally {
    on.dispose();
  }
}

/** The benchmark's own proof: every branch is an ancestor of main, each exactly once a second parent. */
export function checkAll(on: Stage, count: number, code: number, output: string): void {
  const merged = on.git(['for-each-ref', '--merged', 'refs/heads/main', '--format=%(refname)', 'refs/heads/feature'], on.remote).trim().split('\n').length;
  if (merged !== count || code !== 0) throw new Error(`${merged} of ${count} landed, exit code ${code}: ${output.slice(-2000)}`);
  const seconds = on.git(['log', '--first-parent', '--merges', '--format=%P', 'refs/heads/main'], on.remote).trim().split('\n').map((line) => line.split(' ')[1]);
  if (new Set(seconds).size !== count) throw new Error(`a branch landed twice: ${seconds.length} merges`);
}

function withBranches<T>(count: number, work: (on: Stage) => T): T {
  const on = stage(FILES, 'true');
  try {
    on.ready(disjoint(count));
    return work(on);
  } finally {
    on.dispose();
  }
}

function runLoop(on: Stage, count: number): number {
  const clone = join(on.folder, 'loop');
  const startMs = performance.now();
  on.git(['clone', '-q', on.remote, clone]);
  const script = `set -e; for i in $(seq 0 ${count - 1}); do git fetch -q origin main feature/b$i; git reset -q --hard origin/main; git merge -q --no-ff -m "Merge feature/b$i" origin/feature/b$i; true; git push -q origin HEAD:main; done`;
  execFileSync('sh', ['-c', script], { cwd: clone, env: cleanEnvironment(), stdio: 'pipe' });
  return performance.now() - startMs;
}
