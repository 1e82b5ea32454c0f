// How far this repository's outcomes bear out what the ranking believed: its chances made larger or smaller by what was seen. Pure.
import { fitLine, logit, sigmoid, UNCHANGED, type Line } from './platt.ts';

/** The chance the best proposal was given, and whether people committed it. */
export type Outcome = { readonly chance: number; readonly right: boolean };

export const OUTCOMES_MAX = 400;
/** As many outcomes as it takes to believe them as much as the shipped model. */
const PRIOR = 20;
const CHANCE_MAX = 0.985;
/** Beyond it nobody is surer, only louder. */
const EDGE = 1 / (1 + Math.exp(6));

/** `slope` above 1: the ranking is surer than it says, on both sides of one half. */
export type Trust = Line;
export const SHIPPED_TRUST: Trust = UNCHANGED;

/** Platt's line through the outcomes, held to the shipped one by a prior. */
export function trustFrom(outcomes: readonly Outcome[]): Trust {
  const { slope, offset } = fitLine(outcomes.map(({ chance, right }) => ({ x: logit(chance, EDGE), target: Number(right) })), PRIOR);
  // A ranking that is right the less the surer it is teaches nothing but that it is worth nothing.
  return { slope: Math.max(0, slope), offset };
}

/** Order stays as it is: what was likelier is likelier still. */
export function trusted({ slope, offset }: Trust, chance: number): number {
  return Math.min(CHANCE_MAX, sigmoid(slope * logit(chance, EDGE) + offset));
}
