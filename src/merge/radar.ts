// What the radar saw, for people and programs: who collides with whom, where, and in which order to land. Data only; it steers nothing.
import type { Oid, RefName } from './branch.ts';

/** Lines from 1 on, in the file as each side has it. */
export type RadarHunk = { readonly one: { readonly start: number; readonly end: number }; readonly other: { readonly start: number; readonly end: number } };

export type RadarFile = { readonly path: string; readonly kind: string; readonly hunks: readonly RadarHunk[] };

/** `owner`: the author of the tip. `conflicts`: with the target as it is; `undecided`: nobody could say. */
export type RadarBranch = { readonly branch: string; readonly tip: Oid; readonly owner: string; readonly paths: number; readonly conflicts: readonly RadarFile[]; readonly undecided: boolean };

/** Beyond what either of the two has to settle with the target anyway. `more`: files that are not listed. */
export type RadarCollision = { readonly one: string; readonly other: string; readonly files: readonly RadarFile[]; readonly more: number; readonly by: 'engine' | 'git' };

/** `after`: those it collides with that land before it, the first of them. */
export type RadarPlace = { readonly branch: string; readonly after: readonly string[]; readonly holdsUp: number; readonly conflictsWithTarget: boolean };

export type RadarLane = {
  readonly target: string;
  readonly tip: Oid;
  readonly branches: readonly RadarBranch[];
  readonly collisions: readonly RadarCollision[];
  readonly order: readonly RadarPlace[];
  /** Branches that are not looked at: `old` by the date of their tips, `beyond` the number that is looked at. */
  readonly leftOut: { readonly old: number; readonly beyond: number };
  readonly pairs: { readonly all: number; /** Nobody could say, or git was not asked for so many. */ readonly undecided: number; /** Collisions there was no room for. */ readonly untold: number };
};

/** `trouble`: why there is nothing, or nothing newer. */
export type RadarReport = { readonly lanes: readonly RadarLane[]; readonly trouble: string | null };

/** What concerns one branch, or all of it. */
export function radarOf(report: RadarReport, branch: string): RadarReport {
  return { ...report, lanes: report.lanes.filter((lane) => lane.branches.some((one) => one.branch === branch)).map((lane) => about(lane, branch)) };
}

function about(lane: RadarLane, branch: string): RadarLane {
  const collisions = lane.collisions.filter(({ one, other }) => one === branch || other === branch);
  const near = new Set([branch, ...collisions.flatMap(({ one, other }) => [one, other])]);
  return { ...lane, collisions, branches: lane.branches.filter((one) => near.has(one.branch)), order: lane.order.filter((one) => near.has(one.branch)) };
}

/** Of a report as JSON, about: whoever asks again and again, as hooks do, is answered at once. */
export const REPORT_CHARS_MAX = 5 * 1024 * 1024;

/** How much is told of each: the first that makes the report fit counts. */
type Room = { readonly collisions: number; readonly files: number; readonly hunks: number; readonly after: number };
const ROOMS: readonly Room[] = [
  { collisions: 5_000, files: 20, hunks: 4, after: 100 },
  { collisions: 5_000, files: 6, hunks: 1, after: 20 },
  { collisions: 5_000, files: 2, hunks: 1, after: 10 },
  { collisions: 1_000, files: 1, hunks: 0, after: 5 },
];

/** What many branches have to settle in many files is told in less detail: who with whom before where. */
export function fitted(report: RadarReport, charsMax: number = REPORT_CHARS_MAX): RadarReport {
  let told = report;
  for (const room of ROOMS) {
    if (charsOf(told) <= charsMax) return told;
    told = { ...report, lanes: report.lanes.map((lane) => within(lane, room)) };
  }
  return told;
}

function within(lane: RadarLane, room: Room): RadarLane {
  const few = (files: readonly RadarFile[]): readonly RadarFile[] => files.slice(0, room.files).map((file) => ({ ...file, hunks: file.hunks.slice(0, room.hunks) }));
  const told = lane.collisions.slice(0, room.collisions);
  return {
    ...lane,
    branches: lane.branches.map((one) => ({ ...one, conflicts: few(one.conflicts) })),
    collisions: told.map((one) => ({ ...one, files: few(one.files), more: one.more + Math.max(0, one.files.length - room.files) })),
    order: lane.order.map((one) => ({ ...one, after: one.after.slice(0, room.after) })),
    pairs: { ...lane.pairs, untold: lane.pairs.untold + lane.collisions.length - told.length },
  };
}

/** What a branch, a file and a hunk take beside names and paths. */
const [ENTRY_CHARS, FILE_CHARS, HUNK_CHARS] = [160, 50, 80];

function charsOf({ lanes }: RadarReport): number {
  let chars = 0;
  const count = (files: readonly RadarFile[]): void => {
    for (const { path, hunks } of files) chars += FILE_CHARS + path.length + HUNK_CHARS * hunks.length;
  };
  for (const { branches, collisions, order } of lanes) {
    for (const { branch, owner, conflicts } of branches) {
      chars += ENTRY_CHARS + branch.length + owner.length;
      count(conflicts);
    }
    for (const { one, other, files } of collisions) {
      chars += ENTRY_CHARS + one.length + other.length;
      count(files);
    }
    for (const { branch, after } of order) chars += ENTRY_CHARS + branch.length + after.reduce((sum, name) => sum + name.length + 3, 0);
  }
  return chars;
}

/** As seen from `branch`: its own lines come first. */
export function seenFrom(collision: RadarCollision, branch: string): { readonly rival: string; readonly files: readonly RadarFile[] } {
  if (collision.one === branch) return { rival: collision.other, files: collision.files };
  return { rival: collision.one, files: collision.files.map((file) => ({ ...file, hunks: file.hunks.map(({ one, other }) => ({ one: other, other: one })) })) };
}

export type RadarAsk = { readonly target: RefName; readonly tip: Oid; readonly branches: ReadonlyMap<RefName, Oid> };
