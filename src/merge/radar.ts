// What the radar saw, for people and programs: who collides with whom, where, and in which order to land. Data only; it steers nothing.
import type { Oid, RefName } from './branch.ts';

/** Lines from 1 on, in the file as each side has it. */
export type RadarHunk = { readonly one: { readonly start: number; readonly end: number }; readonly other: { readonly start: number; readonly end: number } };

export type RadarFile = { readonly path: string; readonly kind: string; readonly hunks: readonly RadarHunk[] };

/** `owner`: the author of the tip. `conflicts`: with the target as it is; `undecided`: nobody could say. */
export type RadarBranch = { readonly branch: string; readonly tip: Oid; readonly owner: string; readonly paths: number; readonly conflicts: readonly RadarFile[]; readonly undecided: boolean };

/** Beyond what either of the two has to settle with the target anyway. `more`: files that are not listed. */
export type RadarCollision = { readonly one: string; readonly other: string; readonly files: readonly RadarFile[]; readonly more: number; readonly by: 'engine' | 'git' };

/** `after`: those it collides with that land before it. */
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

/** As seen from `branch`: its own lines come first. */
export function seenFrom(collision: RadarCollision, branch: string): { readonly rival: string; readonly files: readonly RadarFile[] } {
  if (collision.one === branch) return { rival: collision.other, files: collision.files };
  return { rival: collision.one, files: collision.files.map((file) => ({ ...file, hunks: file.hunks.map(({ one, other }) => ({ one: other, other: one })) })) };
}

export type RadarAsk = { readonly target: RefName; readonly tip: Oid; readonly branches: ReadonlyMap<RefName, Oid> };
