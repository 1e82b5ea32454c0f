// How far this repository's outcomes bear out what the ranking believed: its chances moved by what was seen, most of all for files of
// the same name and kind. Pure.
import { circlesAround, type FileCircle } from './circle.ts';
import { logit, sigmoid } from './platt.ts';

/** The chance the best proposal for a file was given, and whether people committed it. */
export type Outcome = Place & { readonly chance: number; readonly right: boolean };
/** A file, and the number of the merge it is of, where outcomes of that merge are known. */
export type Place = { readonly path: string; readonly merge: number | null };

export const OUTCOMES_MAX = 400;
const CHANCE_MAX = 0.985;
/** Beyond it nobody is surer, only louder. */
const EDGE = 1 / (1 + Math.exp(6));

/** Ever closer circles of files, each with what holds it to the shipped ranking; chosen on repositories the ranking had not seen. */
const RIDGES: readonly { readonly circle: Exclude<FileCircle, 'path'> | 'merge'; readonly ridge: number }[] = [{ circle: 'all', ridge: 50 }, { circle: 'kind', ridge: 10 }, { circle: 'name', ridge: 8 }, { circle: 'merge', ridge: 2 }];
const SWEEPS = 12;
/** Newton leaps too far where everybody was sure and wrong. */
const STEP_MAX = 1;

/** By circle, in log-odds: above zero where the ranking is right more often than it says. */
export type Trust = ReadonlyMap<string, number>;
export const SHIPPED_TRUST: Trust = new Map();

type Seen = { readonly circles: readonly (string | null)[]; readonly x: number; readonly target: number };

/** Each circle explains what the wider ones leave: the log-loss brought down circle by circle, a few times over. */
export function trustFrom(outcomes: readonly Outcome[]): Trust {
  const trust = new Map<string, number>();
  const seen = outcomes.map((outcome): Seen => ({ circles: circlesOf(outcome), x: logit(outcome.chance, EDGE), target: Number(outcome.right) }));
  const groups = RIDGES.flatMap(({ ridge }, level) => [...Map.groupBy(seen, ({ circles }) => circles[level] ?? null)].flatMap(([circle, members]) => circle === null ? [] : [{ circle, members, ridge }]));
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) for (const { circle, members, ridge } of groups) trust.set(circle, (trust.get(circle) ?? 0) - stepFor(trust, circle, members, ridge));
  return trust;
}

function stepFor(trust: Trust, circle: string, members: readonly Seen[], ridge: number): number {
  let [slope, curve] = [ridge * (trust.get(circle) ?? 0), ridge];
  for (const { circles, x, target } of members) {
    const chance = sigmoid(x + offsetIn(trust, circles));
    slope += chance - target;
    curve += chance * (1 - chance);
  }
  return Math.max(-STEP_MAX, Math.min(STEP_MAX, slope / curve));
}

/** For one file the order stays as it is: what was likelier is likelier still. */
export function trusted(trust: Trust, place: Place, chance: number): number {
  return Math.min(CHANCE_MAX, sigmoid(logit(chance, EDGE) + offsetIn(trust, circlesOf(place))));
}

/** Null: in none of that kind. */
function circlesOf({ path, merge }: Place): readonly (string | null)[] {
  const around = circlesAround(path);
  return RIDGES.map(({ circle }) => circle !== 'merge' ? around[circle] : merge === null ? null : `merge ${merge}`);
}

function offsetIn(trust: Trust, circles: readonly (string | null)[]): number {
  return circles.reduce((sum, circle) => sum + (circle === null ? 0 : trust.get(circle) ?? 0), 0);
}
