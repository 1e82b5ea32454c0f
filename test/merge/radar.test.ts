// A report of the radar, told in as much detail as there is room for.
import { expect, test } from 'vitest';
import type { Oid } from '../../src/merge/branch.ts';
import { fitted, REPORT_CHARS_MAX, type RadarFile, type RadarLane, type RadarReport } from '../../src/merge/radar.ts';

const CHARS_MAX = 8 * 1024 * 1024;
const TIP = 'a'.repeat(40) as Oid;

test('a usual report is told as it is', () => {
  const report = reportOf([laneOf(20, 3, 2)]);
  expect(fitted(report)).toBe(report);
});

test.each([[100, 20, 1, 1], [100, 20, 20, 1], [1000, 20, 20, 1], [300, 20, 20, 6]])('%d branches that all collide in %d files at %d places, in as many lanes, fit', (branches, files, hunks, lanes) => {
  const told = fitted(reportOf(Array.from({ length: lanes }, () => laneOf(branches, files, hunks))));
  expect(JSON.stringify(told).length).toBeLessThan(CHARS_MAX);
  expect(told.lanes[0]?.branches).toHaveLength(branches);
});

test('who collides with whom is told before where, and what is left out is counted', () => {
  const [lane] = fitted(reportOf([laneOf(100, 20, 5)])).lanes;
  expect(lane?.collisions).toHaveLength(4950);
  expect(new Set(lane?.collisions.map(({ files, more }) => files.length + more))).toEqual(new Set([20]));
  const [none] = fitted(reportOf([laneOf(100, 20, 5)]), REPORT_CHARS_MAX / 10).lanes;
  expect((none?.collisions.length ?? 0) + (none?.pairs.untold ?? 0)).toBe(4950);
});

function reportOf(lanes: readonly RadarLane[]): RadarReport {
  return { trouble: null, lanes };
}

/** Of everybody with everybody, as far as a lane tells it. */
function laneOf(branches: number, files: number, hunks: number): RadarLane {
  const names = Array.from({ length: branches }, (_, at) => `agent/worker-${at}`);
  const where: readonly RadarFile[] = Array.from({ length: files }, (_, at) => ({ path: `packages/service-${at}/src/generated/client-${at}.ts`, kind: 'content', hunks: Array.from({ length: hunks }, (_one, hunk) => ({ one: { start: 1000 * hunk, end: 1000 * hunk + 9 }, other: { start: 1000 * hunk, end: 1000 * hunk + 9 } })) }));
  const pairs = names.flatMap((one, at) => names.slice(at + 1).map((other) => ({ one, other })));
  return {
    target: 'main', tip: TIP, leftOut: { old: 0, beyond: 0 },
    branches: names.map((branch) => ({ branch, tip: TIP, owner: 'Agent <agent@example.org>', paths: files, conflicts: where, undecided: false })),
    collisions: pairs.slice(0, 5_000).map((pair) => ({ ...pair, files: where, more: 0, by: 'engine' })),
    order: names.map((branch, at) => ({ branch, after: names.slice(0, at), holdsUp: 0, conflictsWithTarget: false })),
    pairs: { all: pairs.length, undecided: 0, untold: Math.max(0, pairs.length - 5_000) },
  };
}
