// `maestro radar`: who collides with whom among the live branches. Asks the coordinator, or else looks at this clone as it was last fetched.
import { MaestroError } from '../error.ts';
import { radarOf, type RadarReport } from '../merge/radar.ts';
import { CLEAR } from './terminal.ts';
import { printJson, type Call, type Verb } from './verb.ts';
import { withRadar } from './reach.ts';
import { paint } from './render/line.ts';
import { radarLines } from './render/radar.ts';
import { endTidily, onStop } from './stop.ts';

const LOOK_MS = 2_000;
const AS_FETCHED = 'no coordinator is running: this is what this clone last fetched (git fetch for the newest)';

export const radar: Verb = {
  args: [['[branch]', 'only what concerns this branch']],
  flags: [['--watch', 'print again on every change until interrupted (--json: one line a change)']],
  notes: 'Live branches, marked or not, are merged with their target and with each other, file by file and line by line; nothing is written.\nLooked at are the 1,000 newest that are at most 90 days behind the target\'s tip, but for Maestro\'s own (maestro/...). What collides is told, never stopped: exit code 0.\nWorks without a running coordinator, from what this clone last fetched.',
  run,
};

function run(call: Call): Promise<number> {
  endTidily('SIGHUP');
  return withRadar(call, async (look, live) => {
    if (call.has('watch')) return watch(call, look, live);
    endTidily('SIGINT', 'SIGTERM');
    return show(call, mustBeLive(call, about(call, await look())), live);
  });
}

/** What concerns the branch that was named, or all of it. */
function about(call: Call, report: RadarReport): RadarReport {
  const branch = call.arg(0);
  return branch === null ? report : radarOf(report, branch);
}

function mustBeLive(call: Call, report: RadarReport): RadarReport {
  if (call.arg(0) === null || report.lanes.length > 0 || report.trouble !== null) return report;
  throw new MaestroError('unknown-request', `${call.arg(0)} is no live branch: there is none of that name, its target has it already, or its last commit is too old`, { next: 'maestro radar' });
}

function show(call: Call, report: RadarReport, live: boolean): number {
  if (call.json) printJson(call, report);
  else call.terminal.out(paint(radarLines(report, call.terminal.columns(), live ? null : AS_FETCHED), call.terminal.colour));
  return 0;
}

/** A branch that is not there yet may come, and one that landed may come again: a watch goes on. */
async function watch(call: Call, look: () => Promise<RadarReport>, live: boolean): Promise<number> {
  const stopped = new Promise<'stopped'>((resolve) => void onStop(() => resolve('stopped')));
  let last = '';
  for (;;) {
    const seen = await Promise.race([stopped, look()]);
    if (seen === 'stopped') return 0;
    const report = about(call, seen);
    const text = JSON.stringify(report);
    if (text !== last) {
      last = text;
      if (call.terminal.isTerminal && !call.json) call.terminal.out(CLEAR);
      show(call, report, live);
    }
    let next: ReturnType<typeof setTimeout> | undefined;
    const end = await Promise.race([stopped, new Promise<void>((resolve) => (next = setTimeout(resolve, LOOK_MS)))]);
    clearTimeout(next);
    if (end === 'stopped') return 0;
  }
}
