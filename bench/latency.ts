// Push of a marked branch to the change of the remote's main: hooks installed, coordinator idle. Peer: a shell loop woken by the remote's own hook.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment, until } from '../test/harness/stage.ts';
import { median, type Figure } from './figure.ts';
import { stage, type Stage } from './stage.ts';

const FILES = 2000;
const WARM_UPS = 2;
const LAND_TIMEOUT_MS = 20_000;
const FROM_PUSH = 'clock from the start of git push to the change of the remote\'s main';

export async function run(options: { readonly quick: boolean }): Promise<readonly Figure[]> {
  const runs = options.quick ? 10 : 60;
  const bare = median(await measurePeer(runs));
  const ungated = await measure(null, runs);
  const gated = await measure('true', runs);
  const queued = [...ungated, ...gated].map((one) => one.queuedMs);
  return [
    ...figures('push seen by the hook to queued', queued, null, 'clock from the spool file to the request in the ledger'),
    ...figures('push to landed, no gate', ungated.map((one) => one.landedMs), bare, FROM_PUSH),
    ...figures('push to landed, gate true in a warm worktree', gated.map((one) => one.landedMs), bare, FROM_PUSH),
  ];
}

type Times = { readonly queuedMs: number; readonly landedMs: number };

async function measure(gate: string | null, runs: number): Promise<readonly Times[]> {
  const on = stage(FILES, gate);
  const spool = join(on.folder, 'state', 'spool');
  try {
    const coordinator = on.start(join(on.folder, 'state'));
    const client = await coordinator.connected();
    const clone = on.clone('agent', spool);
    const pushes = await pushAll(on, clone, runs, gate === null ? 'no gate' : `gate ${gate}`, spool);
    client.close();
    coordinator.child.kill('SIGTERM');
    await coordinator.ended();
    const queuedAtMs = queuedTimes(coordinator.output());
    return pushes.map(({ branch, seenAtMs, landedMs }) => ({ landedMs, queuedMs: (queuedAtMs.get(`refs/heads/${branch}`) ?? Number.NaN) - seenAtMs }));
  } finally {
    on.dispose();
  }
}

type Push = { readonly branch: string; readonly seenAtMs: number; readonly landedMs: number };

/** All branches are there before the first push: between two pushes nothing else has to run. The first two warm the mirror, the processes and the gate's worktree. */
async function pushAll(on: Stage, clone: string, runs: number, what: string, spool: string | null): Promise<readonly Push[]> {
  const pushes: Push[] = [];
  on.readyIn(clone, Array.from({ length: runs + WARM_UPS }, (_, index) => ({ branch: `feature/a${index}`, files: { [`src/d${index % 40}/s${index % 5}/f${index}.txt`]: `change ${index}\n` } })));
  for (let index = 0; index < runs + WARM_UPS; index += 1) {
    process.stderr.write(`\rlatency: ${what}, push ${index + 1} of ${runs + WARM_UPS}   `);
    pushes.push(await pushAndWait(on, clone, `feature/a${index}`, spool));
  }
  process.stderr.write('\n');
  return pushes.slice(WARM_UPS);
}

async function pushAndWait(on: Stage, clone: string, branch: string, spool: string | null): Promise<Push> {
  const before = on.tip('main');
  let seenAtMs = Number.NaN;
  const watcher = spool === null ? null : watch(spool, () => (seenAtMs = Number.isNaN(seenAtMs) ? Date.now() : seenAtMs));
  const startMs = performance.now();
  const push = spawn('git', ['push', '-q', 'origin', branch], { cwd: clone, env: cleanEnvironment(), stdio: 'ignore' });
  const ended = new Promise((settle) => push.once('exit', settle));
  await until(() => (on.tip('main') === before ? null : true), LAND_TIMEOUT_MS, `the landing of ${branch}`);
  const landedMs = performance.now() - startMs;
  await ended;
  watcher?.close();
  // Idle again before the next: the read-back of this landing must not share the next one's time.
  await new Promise((settle) => setTimeout(settle, 60));
  return { branch, seenAtMs, landedMs };
}

/** When each branch was queued, from the JSON lines of `start --json`. */
function queuedTimes(output: string): ReadonlyMap<string, number> {
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  const events = lines.flatMap((line) => (JSON.parse(line) as { events?: readonly { kind: string; branch?: string; atMs: number }[] }).events ?? []);
  return new Map(events.flatMap(({ kind, branch, atMs }) => kind === 'requested' && branch !== undefined ? [[branch, atMs] as const] : []));
}

/** Fifteen lines of shell that check nothing: the floor of what git's own commands cost. */
async function measurePeer(runs: number): Promise<readonly number[]> {
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
    return (await pushAll(on, on.clone('agent', null), runs, 'shell loop', null)).map((one) => one.landedMs);
  } finally {
    if (shell.pid !== undefined) process.kill(-shell.pid, 'SIGKILL');
    on.dispose();
  }
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function figures(name: string, values: readonly number[], bare: number | null, note: string): readonly Figure[] {
  const baseline = bare === null ? null : 'shell loop woken by the remote\'s hook, no checks, p50';
  return [0.5, 0.99].map((share) => {
    const value = percentile(values, share);
    return { bench: 'latency', figure: `${name}, p${share * 100}`, value, unit: 'ms', baseline, baselineValue: bare, ratio: bare === null ? null : value / bare, runs: values.length, note: `${FILES} files; ${note}` };
  });
}
