// kill -9 at 10 random moments of the 50-branch run, restarted each time: nothing lost, nothing doubled, nothing stuck, no operator command.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkAll, disjoint } from './drain.ts';
import { median, type Figure } from './figure.ts';
import { stage } from './stage.ts';

const BRANCHES = 50;
const SPAN_MS = 600;

export async function run(options: { readonly quick: boolean }): Promise<readonly Figure[]> {
  const kills = options.quick ? 4 : 10;
  const on = stage(2000, 'true');
  try {
    on.ready(disjoint(BRANCHES));
    const state = join(on.folder, 'state');
    const restarts: number[] = [];
    let hit = 0;
    for (let round = 0; round < kills; round += 1) {
      const startedAtMs = Date.now();
      const coordinator = on.start(state, ['--drain']);
      // Spread over the run; a fixed sequence, so that a failure can be run again.
      await new Promise((settle) => setTimeout(settle, 80 + ((round * 379) % SPAN_MS)));
      if (coordinator.child.exitCode !== null) continue;
      coordinator.child.kill('SIGKILL');
      await coordinator.ended();
      if (hit > 0) restarts.push(...firstStep(coordinator.output(), startedAtMs));
      hit += 1;
    }
    const startedAtMs = Date.now();
    const last = on.start(state, ['--drain']);
    const code = await last.ended();
    restarts.push(...firstStep(last.output(), startedAtMs));
    checkAll(on, BRANCHES, code, last.output());
    const locks = readdirSync(on.remote, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.lock'));
    const note = `${hit} of ${kills} kills hit a running coordinator; ${locks.length} locks left on the remote; every branch landed exactly once`;
    const fsck = on.git(['fsck', '--full', '--strict'], on.remote);
    if (/error|missing/.test(fsck)) throw new Error(fsck);
    return [
      { bench: 'kill', figure: 'lost, doubled or stuck', value: 0, unit: 'branches', baseline: null, baselineValue: null, ratio: null, runs: hit, note },
      { bench: 'kill', figure: 'restart to first step', value: restarts.length === 0 ? Number.NaN : median(restarts), unit: 'ms', baseline: null, baselineValue: null, ratio: null, runs: restarts.length, note },
    ];
  } finally {
    on.dispose();
  }
}

/** From the start of the process to its first event in the ledger; empty where it was killed before. */
function firstStep(output: string, startedAtMs: number): readonly number[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
  const times = lines.flatMap((line) => (JSON.parse(line) as { events?: readonly { atMs: number }[] }).events ?? []).map(({ atMs }) => atMs);
  return times.length === 0 ? [] : [Math.min(...times) - startedAtMs];
}
