// The radar as a table: what conflicts with the target, who collides with whom and in which lines, and in which order to land.
import { printable } from '../../merge/branch.ts';
import type { RadarBranch, RadarCollision, RadarFile, RadarHunk, RadarLane, RadarPlace, RadarReport } from '../../merge/radar.ts';
import { count } from '../../merge/wording.ts';
import { line, type Line } from './line.ts';
import { cut } from './width.ts';

const COLLISIONS_SHOWN = 40;
const FILES_SHOWN = 6;
const HUNKS_SHOWN = 4;
const PLACES_SHOWN = 40;
const RIVALS_SHOWN = 3;

export function radarLines(report: RadarReport, columns: number, note: string | null = null): readonly Line[] {
  return [
    ...(note === null ? [] : [line('ask', note)]),
    ...(report.trouble === null ? [] : [line('bad', `trouble: ${printable(report.trouble)}`)]),
    ...report.lanes.flatMap((lane, at) => [...(at === 0 ? [] : [line('plain', '')]), ...laneLines(lane)]),
    ...(report.lanes.length === 0 && report.trouble === null ? [line('plain', 'No live branch: nothing can collide.')] : []),
  ].map((one) => ({ ...one, text: cut(one.text, columns) }));
}

function laneLines(lane: RadarLane): readonly Line[] {
  const stuck = lane.branches.filter(({ conflicts }) => conflicts.length > 0);
  const owners = new Map(lane.branches.map(({ branch, owner }) => [branch, owner]));
  const hidden = lane.collisions.length - COLLISIONS_SHOWN;
  return [
    line('head', `${printable(lane.target)}  ${lane.tip.slice(0, 12)}  ${count(lane.branches.length, 'live branch', 'live branches')}, ${count(lane.collisions.length + lane.pairs.untold, 'collision')}`),
    ...stuck.flatMap(stuckLines),
    ...lane.collisions.slice(0, COLLISIONS_SHOWN).flatMap((one) => collisionLines(one, owners)),
    ...(hidden > 0 ? [line('quiet', `  and ${hidden} more collisions (--json has them)`)] : []),
    ...(lane.collisions.length + stuck.length === 0 ? [line('good', '  nothing collides')] : orderLines(lane.order)),
    ...limitLines(lane),
  ];
}

function stuckLines({ branch, owner, conflicts }: RadarBranch): readonly Line[] {
  return [line('bad', `  ${printable(branch)} (${ownerName(owner)}) conflicts with the target`), ...fileLines(conflicts, 0)];
}

function collisionLines({ one, other, files, more }: RadarCollision, owners: ReadonlyMap<string, string>): readonly Line[] {
  const name = (branch: string): string => `${printable(branch)} (${ownerName(owners.get(branch) ?? '')})`;
  return [line('ask', `  ${name(one)} x ${name(other)}`), ...fileLines(files, more)];
}

function fileLines(files: readonly RadarFile[], more: number): readonly Line[] {
  const hidden = Math.max(0, files.length - FILES_SHOWN) + more;
  return [
    ...files.slice(0, FILES_SHOWN).map(({ path, kind, hunks }) => line('plain', `    ${printable(path)}  ${hunks.length === 0 ? kind : hunkWords(hunks)}`)),
    ...(hidden > 0 ? [line('quiet', `    and ${count(hidden, 'more file', 'more files')}`)] : []),
  ];
}

function hunkWords(hunks: readonly RadarHunk[]): string {
  const shown = hunks.slice(0, HUNKS_SHOWN).map(({ one, other }) => `${lines(one)} x ${lines(other)}`).join(', ');
  return hunks.length > HUNKS_SHOWN ? `lines ${shown} and ${hunks.length - HUNKS_SHOWN} more` : `lines ${shown}`;
}

function lines({ start, end }: RadarHunk['one']): string {
  return end < start ? `before ${start}` : start === end ? String(start) : `${start}-${end}`;
}

function orderLines(order: readonly RadarPlace[]): readonly Line[] {
  const hidden = order.length - PLACES_SHOWN;
  return [
    line('head', '  Best landing order'),
    ...order.slice(0, PLACES_SHOWN).map((place, at) => line(place.conflictsWithTarget ? 'bad' : place.after.length > 0 ? 'ask' : 'plain', `  ${String(at + 1).padStart(3)}. ${printable(place.branch)}: ${placeWords(place)}`)),
    ...(hidden > 0 ? [line('quiet', `       and ${hidden} more`)] : []),
  ];
}

/** Why it stands where it stands. */
export function placeWords({ after, holdsUp, conflictsWithTarget }: RadarPlace): string {
  if (conflictsWithTarget) return 'conflicts with the target as it is: merge that first';
  const others = (names: number): string => count(names, 'branch', 'branches');
  if (after.length > 0) return `to be merged by hand after ${after.slice(0, RIVALS_SHOWN).map((name) => printable(name)).join(', ')}${after.length > RIVALS_SHOWN ? ` and ${after.length - RIVALS_SHOWN} more` : ''}`;
  return holdsUp === 0 ? 'collides with nobody' : `as it is; ${others(holdsUp)} will have to be merged by hand after it`;
}

function limitLines({ leftOut, pairs }: RadarLane): readonly Line[] {
  return [
    ...(pairs.undecided === 0 ? [] : [line('quiet', `  ${count(pairs.undecided, 'pair')} could not be judged`)]),
    ...(leftOut.old === 0 ? [] : [line('quiet', `  ${count(leftOut.old, 'branch', 'branches')} not looked at: 90 days behind the target`)]),
    ...(leftOut.beyond === 0 ? [] : [line('quiet', `  ${count(leftOut.beyond, 'branch', 'branches')} not looked at: beyond the 1,000 newest`)]),
  ];
}

/** `Ada <ada@example.org>` as `Ada`. */
export function ownerName(owner: string): string {
  const name = owner.replace(/\s*<[^>]*>$/, '');
  return printable(name === '' ? 'unknown' : name, 60);
}
