// How far this repository's outcomes bear out what the ranking believed: its chances made larger or smaller by what was seen. Pure.

/** The chance the best proposal was given, and whether people committed it. */
export type Outcome = { readonly chance: number; readonly right: boolean };

export const OUTCOMES_MAX = 400;
/** As many outcomes as it takes to believe them as much as the shipped model. */
const PRIOR = 20;
const STEPS = 8;
const CHANCE_MAX = 0.985;
const LOGIT_MAX = 6;

/** `slope` above 1: the ranking is surer than it says, on both sides of one half. */
export type Trust = { readonly slope: number; readonly offset: number };
export const SHIPPED_TRUST: Trust = { slope: 1, offset: 0 };

/** Platt's line through the outcomes, held to the shipped one by a prior; Newton's steps on two numbers. */
export function trustFrom(outcomes: readonly Outcome[]): Trust {
  let { slope, offset } = SHIPPED_TRUST;
  for (let step = 0; step < STEPS; step += 1) {
    let [gradientSlope, gradientOffset, slopes, offsets, both] = [PRIOR * (slope - 1), PRIOR * offset, PRIOR, PRIOR, 0];
    for (const { chance, right } of outcomes) {
      const at = logit(chance);
      const believed = sigmoid(slope * at + offset);
      const error = believed - Number(right);
      const curve = believed * (1 - believed);
      gradientSlope += error * at;
      gradientOffset += error;
      slopes += curve * at * at;
      offsets += curve;
      both += curve * at;
    }
    const determinant = slopes * offsets - both * both;
    slope -= (offsets * gradientSlope - both * gradientOffset) / determinant;
    offset -= (slopes * gradientOffset - both * gradientSlope) / determinant;
  }
  // A ranking that is right the less the surer it is teaches nothing but that it is worth nothing.
  return Number.isFinite(slope) && Number.isFinite(offset) ? { slope: Math.max(0, slope), offset } : SHIPPED_TRUST;
}

/** Order stays as it is: what was likelier is likelier still. */
export function trusted({ slope, offset }: Trust, chance: number): number {
  return Math.min(CHANCE_MAX, sigmoid(slope * logit(chance) + offset));
}

function logit(chance: number): number {
  const inner = Math.min(1 - 1e-6, Math.max(1e-6, chance));
  return Math.max(-LOGIT_MAX, Math.min(LOGIT_MAX, Math.log(inner / (1 - inner))));
}

function sigmoid(at: number): number {
  return 1 / (1 + Math.exp(-at));
}
