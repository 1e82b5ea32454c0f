// kill -9 at 10 random moments of the 50-branch run, restarted each time: nothing lost, nothing doubled, nothing stuck, no operator command.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../test/harness/stage.ts';
import { checkAll, disjoint } from './drain.ts';
import { median, type Figure } from './figure.ts';
import { stage } from './stage.ts';

const BRANCHES = 50;
const SPAN_MS = 900;

export async function run(options: { readonly quick: boolean }): Promise<readonly Figure[]> {
  const kills = options.quick ? 4 : 10;
  const on = stage(2000, 'true');
  try {
    on.ready(disjoint(BRANCHES));
    const state = join(on.folder, 'state');
    const restarts: number[] = [];
    let hit = 0;
    for (let round = 0; round < kills; round += 1) {
      const coordinator = on.start(state, ['--drain']);
      // Spread over the run; a fixed sequence, so that a failure can be run again.
      await new Promise((settle) => setTimeout(settle, 80 + ((round * 379) % SPAN_MS)));
      if (coordinator.child.exitCode !== null) continue;
      coordinator.child.kill('SIGKILL');
      await coordinator.ended();
      hit += 1;
    }
    const before = on.tip('main');
    const startMs = performance.now();
    const last = on.start(state, ['--drain']);
    const moved = until(() => (on.tip('main') === before ? null : performance.now() - startMs), 30_000, 'a step after the restart').catch(() => null);
    const code = await last.ended();
    const first = await Promise.race([moved, Promise.resolve(null)]);
    if (first !== null) restarts.push(first);
    checkAll(on, BRANCHES, code, last.output());
    const locks = readdirSync(on.remote, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.lock'));
    const note = `${hit} of ${kills} kills hit a running coordinator; ${locks.length} locks left on the remote; every branch landed exactly once`;
    const fsck = on.git(['fsck', '--full', '--strict'], on.remote);
    if (/error|missing/.test(fsck)) throw new Error(fsck);
    return [
      { bench: 'kill', figure: 'lost, doubled or stuck', value: 0, unit: 'branches', baseline: null, baselineValue: null, ratio: null, runs: hit, note },
      { bench: 'kill', figure: 'restart to first landing', value: restarts.length === 0 ? 0 : median(restarts), unit: 'ms', baseline: null, baselineValue: null, ratio: null, runs: restarts.length, note },
    ];
  } finally {
    on.dispose();
  }
}
