// Push of a marked branch to the change of the remote's main: hooks installed, coordinator idle. Peer: a shell loop woken by the remote's own hook.
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment, until } from '../test/harness/stage.ts';
import { median, type Figure } from './figure.ts';
import { stage, type Stage } from './stage.ts';

const FILES = 2000;
const LAND_TIMEOUT_MS = 20_000;

export async function run(options: { readonly quick: boolean }): Promise<readonly Figure[]> {
  const runs = options.quick ? 10 : 60;
  const bare = await measurePeer(runs);
  const ungated = await measure(null, runs);
  const gated = await measure('true', runs);
  return [
    figure('push to landed, no gate, p50', median(ungated), bare, runs),
    figure('push to landed, no gate, p99', percentile(ungated, 0.99), bare, runs),
    figure('push to landed, gate true in a warm worktree, p50', median(gated), bare, runs),
    figure('push to landed, gate true in a warm worktree, p99', percentile(gated, 0.99), bare, runs),
  ];
}

async function measure(gate: string | null, runs: number): Promise<readonly number[]> {
  const on = stage(FILES, gate);
  try {
    const coordinator = on.start(join(on.folder, 'state'));
    const client = await coordinator.connected();
    const clone = on.clone('agent', join(on.folder, 'state', 'spool'));
    const times: number[] = [];
    // The first two warm the mirror, the processes and the gate's worktree.
    for (let index = 0; index < runs + 2; index += 1) {
      const tookMs = await pushAndWait(on, clone, index);
      if (index >= 2) times.push(tookMs);
    }
    client.close();
    coordinator.child.kill('SIGTERM');
    await coordinator.ended();
    return times;
  } finally {
    on.dispose();
  }
}

async function pushAndWait(on: Stage, clone: string, index: number): Promise<number> {
  const branch = `feature/a${index}`;
  on.git(['fetch', '-q', 'origin', 'main'], clone);
  on.git(['checkout', '-q', '-B', branch, 'FETCH_HEAD'], clone);
  appendFileSync(join(clone, `src/d${index % 40}/s${index % 5}/f${index % 40 === index ? index : index % 200}.txt`), `change ${index}\n`);
  on.git(['commit', '-qam', `change ${index}\n\nREADY_TO_MERGE`], clone);
  const before = on.tip('main');
  const startMs = performance.now();
  const push = spawn('git', ['push', '-q', 'origin', branch], { cwd: clone, env: cleanEnvironment(), stdio: 'ignore' });
  const ended = new Promise((settle) => push.once('exit', settle));
  await until(() => (on.tip('main') === before ? null : true), LAND_TIMEOUT_MS, `the landing of ${branch}`);
  const tookMs = performance.now() - startMs;
  await ended;
  // Idle again before the next: the read-back of this landing must not share the next one's time.
  await new Promise((settle) => setTimeout(settle, 60));
  return tookMs;
}

/** Fifteen lines of shell that check nothing: the floor of what git's own commands cost. */
async function measurePeer(runs: number): Promise<number> {
  const on = stage(FILES, null);
  const fifo = join(on.folder, 'fifo');
  spawnSync('mkfifo', [fifo]);
  writeFileSync(join(on.remote, 'hooks/post-receive'), `#!/bin/sh\nwhile read o n r; do case $r in refs/heads/main) ;; *) echo "$r" > ${fifo} & ;; esac; done\n`);
  chmodSync(join(on.remote, 'hooks/post-receive'), 0o755);
  const loop = `exec 3<>${fifo}; while read -r ref <&3; do git fetch -q origin "+$ref:refs/in/x" main || continue; m=$(git rev-parse FETCH_HEAD^0); m=$(git ls-remote origin refs/heads/main | cut -f1); t=$(git merge-tree --write-tree $m refs/in/x) || continue; c=$(git commit-tree -p $m -p refs/in/x -m merge $t); git push -q --force-with-lease=main:$m origin $c:refs/heads/main; done`;
  const mirror = join(on.folder, 'loop');
  on.git(['clone', '-q', on.remote, mirror]);
  const shell = spawn('sh', ['-c', loop], { cwd: mirror, env: cleanEnvironment(), stdio: 'ignore', detached: true });
  try {
    const clone = on.clone('agent', null);
    const times: number[] = [];
    for (let index = 0; index < runs + 2; index += 1) {
      const tookMs = await pushAndWait(on, clone, index);
      if (index >= 2) times.push(tookMs);
    }
    return median(times);
  } finally {
    if (shell.pid !== undefined) process.kill(-shell.pid, 'SIGKILL');
    on.dispose();
  }
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function figure(name: string, value: number, bare: number, runs: number): Figure {
  return { bench: 'latency', figure: name, value, unit: 'ms', baseline: 'shell loop woken by the remote\'s hook, no checks, p50', baselineValue: bare, ratio: value / bare, runs, note: `${FILES} files; clock from the start of git push to the change of the remote's main` };
}
