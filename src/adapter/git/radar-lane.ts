// What the engine's radar found as a report for people: names and paths as text, owners, the order. Reads nothing.
import { landingOrder, type Crowds, type Standing } from '../../engine/radar/order.ts';
import type { Collision, Finding, Radar } from '../../engine/radar/radar.ts';
import { shortName } from '../../merge/branch.ts';
import type { RadarBranch, RadarCollision, RadarFile, RadarLane } from '../../merge/radar.ts';
import type { Live } from './own-history.ts';
import { shownPath } from './tree.ts';

/** Of one lane. What of it goes to whoever asks is bounded once more, all lanes together. */
const COLLISIONS_MAX = 5_000;
const FILES_MAX = 20;
const HUNKS_MAX = 20;

/** `real`: what two branches have to settle with each other. */
export type Standings = { readonly real: readonly RadarCollision[]; readonly standings: readonly Standing[] };

export function standingsOf(radar: Radar): Standings {
  const names = radar.names;
  const withTarget = new Map(names.map((name) => [name, new Set(pathsOf(radar.against(name)))]));
  const real = radar.collisions().flatMap((collision) => collisionOf(collision, withTarget));
  const rivals = new Map<string, string[]>(names.map((name) => [name, []]));
  for (const { one, other } of real) {
    rivals.get(one)?.push(other);
    rivals.get(other)?.push(one);
  }
  return { real, standings: names.map((name) => ({ name, isStuck: radar.against(name) !== null, rivals: rivals.get(name) ?? [] })) };
}

export function laneOf(ask: Pick<RadarLane, 'target' | 'tip' | 'leftOut'>, radar: Radar, lives: ReadonlyMap<string, Live>, { real, standings }: Standings, crowds: Crowds): RadarLane {
  const names = radar.names;
  const short = (name: string): string => shortOf(lives, name);
  return {
    ...ask,
    branches: names.map((name) => branchOf(name, lives, radar)),
    collisions: real.slice(0, COLLISIONS_MAX).map((one) => ({ ...one, one: short(one.one), other: short(one.other) })),
    order: landingOrder(standings, crowds).map(({ name, after, spares, isStuck }) => ({ branch: short(name), after: after.map(short), holdsUp: spares, conflictsWithTarget: isStuck })),
    pairs: { all: (names.length * (names.length - 1)) / 2, undecided: radar.collisions().filter(({ finding }) => finding.kind === 'open').length, untold: Math.max(0, real.length - COLLISIONS_MAX) },
  };
}

function branchOf(name: string, lives: ReadonlyMap<string, Live>, radar: Radar): RadarBranch {
  const live = lives.get(name);
  const finding = radar.against(name);
  if (live === undefined) throw new Error(`${name} is tracked and not live`);
  return { branch: shortName(live.ref), tip: live.commit.oid, owner: live.commit.author, paths: radar.pathsOf(name).length, conflicts: filesOf(finding).slice(0, FILES_MAX), undecided: finding?.kind === 'open' };
}

function shortOf(lives: ReadonlyMap<string, Live>, name: string): string {
  const live = lives.get(name);
  return live === undefined ? name : shortName(live.ref);
}

/** Without what either of the two has to settle with the target anyway. */
function collisionOf({ one, other, finding }: Collision, withTarget: ReadonlyMap<string, ReadonlySet<string>>): readonly RadarCollision[] {
  if (finding.kind !== 'clash') return [];
  const files = filesOf({ ...finding, clashes: finding.clashes.filter(({ path }) => withTarget.get(one)?.has(path) !== true && withTarget.get(other)?.has(path) !== true) });
  return files.length === 0 ? [] : [{ one, other, files: files.slice(0, FILES_MAX), more: Math.max(0, files.length - FILES_MAX), by: finding.by }];
}

function pathsOf(finding: Finding | null): readonly string[] {
  return finding?.kind === 'clash' ? finding.clashes.map(({ path }) => path) : [];
}

function filesOf(finding: Finding | null): readonly RadarFile[] {
  if (finding?.kind !== 'clash') return [];
  return finding.clashes.map(({ path, kind, hunks }) => ({ path: shownPath(path), kind, hunks: hunks.slice(0, HUNKS_MAX).map(({ ours, theirs }) => ({ one: ours, other: theirs })) }));
}
