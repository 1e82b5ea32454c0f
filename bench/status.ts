// `maestro status` from the start of the process to its output. Peer: `git status` in the same clone.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { cleanEnvironment } from '../test/harness/stage.ts';
import { median, type Figure } from './figure.ts';
import { stage } from './stage.ts';
import { disjoint } from './drain.ts';

const BIN = resolve(import.meta.dirname, '../bin/maestro.mjs');

export async function run(options: { readonly quick: boolean }): Promise<readonly Figure[]> {
  const runs = options.quick ? 5 : 25;
  const on = stage(2000, null);
  try {
    on.ready(disjoint(20));
    const state = join(on.folder, 'state');
    const coordinator = on.start(state);
    (await coordinator.connected()).close();
    const clone = on.clone('agent', null);
    const ours: number[] = [];
    const gits: number[] = [];
    for (let round = 0; round < runs; round += 1) {
      gits.push(timed('git', ['status'], clone));
      ours.push(timed(process.execPath, [BIN, 'status', '--repo', on.remote, '--state', state], clone));
    }
    coordinator.child.kill('SIGTERM');
    await coordinator.ended();
    const value = median(ours);
    const baselineValue = median(gits);
    return [{ bench: 'status', figure: 'maestro status, coordinator running', value, unit: 'ms', baseline: 'git status', baselineValue, ratio: value / baselineValue, runs, note: '20 landed requests' }];
  } finally {
    on.dispose();
  }
}

function timed(command: string, args: readonly string[], cwd: string): number {
  const startMs = performance.now();
  const { status, stderr } = spawnSync(command, args, { cwd, env: cleanEnvironment(), encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return performance.now() - startMs;
}
