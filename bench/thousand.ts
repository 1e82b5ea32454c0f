// 1,000 ready branches in one lane: all landed, cost a branch flat, memory bounded.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkAll, disjoint } from './drain.ts';
import { median, type Figure } from './figure.ts';
import { stage } from './stage.ts';

const FILES = 2000;
const SAMPLE_MS = 100;

export async function run(options: { readonly quick: boolean }): Promise<readonly Figure[]> {
  const count = options.quick ? 200 : 1000;
  const edge = count / 10;
  const on = stage(FILES, null);
  try {
    on.ready(disjoint(count));
    const coordinator = on.start(join(on.folder, 'state'), ['--drain']);
    let peakKb = 0;
    const sampler = setInterval(() => (peakKb = Math.max(peakKb, residentKb(coordinator.child.pid))), SAMPLE_MS);
    const startMs = performance.now();
    const code = await coordinator.ended();
    clearInterval(sampler);
    const totalMs = performance.now() - startMs;
    checkAll(on, count, code, coordinator.output());
    const landings = landingTimes(coordinator.output());
    const first = (landings[edge - 1] ?? 0) - (landings[0] ?? 0);
    const last = (landings[count - 1] ?? 0) - (landings[count - edge] ?? 0);
    const note = `${count} branches, ${FILES} files, no gate`;
    return [
      { bench: 'thousand', figure: 'total', value: totalMs, unit: 'ms', baseline: null, baselineValue: null, ratio: null, runs: 1, note },
      { bench: 'thousand', figure: `last ${edge} against first ${edge}`, value: last, unit: 'ms', baseline: `first ${edge}`, baselineValue: first, ratio: last / first, runs: 1, note },
      { bench: 'thousand', figure: 'peak resident memory of the coordinator', value: peakKb / 1024, unit: 'MB', baseline: null, baselineValue: null, ratio: null, runs: 1, note },
      { bench: 'thousand', figure: 'median gap between landings', value: median(landings.slice(1).map((at, index) => at - (landings[index] ?? 0))), unit: 'ms', baseline: null, baselineValue: null, ratio: null, runs: 1, note },
    ];
  } finally {
    on.dispose();
  }
}

/** When each landing was recorded, from the JSON lines of `start --json`; a landing of several counts once for each. */
function landingTimes(output: string): readonly number[] {
  const sizes = new Map<string, number>();
  const times: number[] = [];
  for (const line of output.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { events = [] } = JSON.parse(line) as { events?: readonly { kind: string; atMs: number; intent?: string | { id: string; requests: readonly string[] } }[] };
    for (const event of events) {
      if (event.kind === 'intended' && typeof event.intent === 'object') sizes.set(event.intent.id, event.intent.requests.length);
      if (event.kind === 'landed' && typeof event.intent === 'string') for (let one = 0; one < (sizes.get(event.intent) ?? 1); one += 1) times.push(event.atMs);
    }
  }
  return times;
}

function residentKb(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
