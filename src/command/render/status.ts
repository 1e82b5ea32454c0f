// The table of lanes: what is open in the order it would land, and what closed lately. Status in, lines out.
import { adviceFor } from '../../merge/advice.ts';
import { printable } from '../../merge/branch.ts';
import type { MergeRequest } from '../../merge/request.ts';
import { count, duration } from '../../merge/wording.ts';
import type { LaneStatus, Status } from '../../port/control.ts';
import { ignoredLines } from './ignored.ts';
import { line, type Line } from './line.ts';
import { nameOf, stateOf } from './request.ts';
import { age } from './time.ts';
import { cut, fit, widthOf } from './width.ts';

const OPEN_SHOWN = 40;
const CLOSED_SHOWN = 6;
const NAME_COLUMNS_MAX = 44;
const GAP = '  ';

/** `note` stands on top, e.g. that nobody is running. */
export function statusLines(status: Status, nowMs: number, columns: number, note: string | null = null): readonly Line[] {
  const since = status.running ? `running for ${duration(nowMs - status.startedAtMs)}` : 'not running';
  const empty = status.lanes.every((lane) => lane.open.length === 0 && lane.closed.length === 0);
  return [
    line('head', `Maestro  ${since}  ${printable(status.remote)}`),
    ...(note === null ? [] : [line('ask', note)]),
    ...(status.trouble === null ? [] : [line('bad', `trouble: ${printable(status.trouble)}`)]),
    ...ignoredLines(status.ignored),
    ...status.lanes.flatMap((lane) => ['', ...laneLines(lane, nowMs, columns)]).map((one) => typeof one === 'string' ? line('plain', one) : one),
    ...(empty ? [line('plain', ''), line('plain', `Nothing is queued.${status.marker === null ? '' : ` A push whose last commit says ${status.marker} starts a merge.`}`)] : []),
  ].map((one) => ({ ...one, text: cut(one.text, columns) }));
}

function laneLines(lane: LaneStatus, nowMs: number, columns: number): readonly Line[] {
  const target = printable(lane.target);
  const hidden = lane.open.length - OPEN_SHOWN;
  return [
    line('head', `${target}${GAP}${lane.tip === null ? 'not seen yet' : lane.tip.slice(0, 12)}${GAP}${count(lane.open.length, 'open request')}`),
    ...(lane.alarm === null ? [] : [line('bad', `  stands still (${lane.alarm.kind}): ${printable(lane.alarm.detail)}`), line('plain', `  next: maestro resume ${target}, once that is as it should be`)]),
    ...(lane.pausedBy === null ? [] : [line('ask', `  paused by ${printable(lane.pausedBy)}; next: maestro resume ${target}`)]),
    ...openRows(lane, nowMs, columns),
    ...(hidden > 0 ? [line('quiet', `  and ${hidden} more`)] : []),
    ...closedLines(lane.closed, nowMs),
  ];
}

function openRows(lane: LaneStatus, nowMs: number, columns: number): readonly Line[] {
  const rows = lane.open.slice(0, OPEN_SHOWN).map(({ request, position, waitsFor }) => ({ cells: [String(position + 1), request.id, nameOf(request), stateOf(request).word, age(nowMs - request.arrivedAtMs), printable(waitsFor)], tone: stateOf(request).tone }));
  if (rows.length === 0) return [];
  const head = { cells: ['#', 'ID', 'BRANCH', 'STATE', 'AGE', 'WAITS FOR'], tone: 'quiet' as const };
  const widths = head.cells.map((_, at) => Math.min(NAME_COLUMNS_MAX, Math.max(...[head, ...rows].map((row) => widthOf(row.cells[at] ?? '')))));
  return [head, ...rows].map(({ cells, tone }) => line(tone, cut(`  ${cells.map((cell, at) => at === cells.length - 1 ? cell : fit(cell, widths[at] ?? 0)).join(GAP)}`, columns)));
}

/** What was refused first: somebody has to act on it. In each group the latest last, as the ledger has it. */
function closedLines(closed: readonly MergeRequest[], nowMs: number): readonly Line[] {
  const isRefused = (request: MergeRequest): boolean => adviceFor(request) !== null;
  const shown = [...closed.filter(isRefused).slice(-CLOSED_SHOWN), ...closed.filter((one) => !isRefused(one)).slice(-CLOSED_SHOWN)];
  return shown.map((request) => {
    const { word, tone } = stateOf(request);
    const when = 'atMs' in request.phase ? `${age(nowMs - request.phase.atMs)} ago` : '';
    const why = request.phase.state === 'rejected' ? ` (${request.phase.reason.code})` : '';
    return line(tone === 'plain' ? 'quiet' : tone, `  ${word === 'landed' ? '✓' : isRefused(request) ? '✗' : '·'} ${word}${why}  ${nameOf(request)}  ${request.id}  ${when}`);
  });
}
