// Where deliberation starts: the ladder's calibrated chances, shifted by what this repository chose before. Knows no ballots.
import { NONE, type OptionId } from './ballot.ts';
import type { Option } from './option.ts';

/** How much more often than expected a rung was right in this class here; 1 where nothing is known. */
export type RungPrior = (rung: string) => number;

/** Something nobody thought of is always possible. */
const NONE_MIN = 0.02;
const OPTION_MIN = 0.001;

/** Option (and `none`) to probability; sums to 1. Chances that already leave room for `none` are taken as they are. */
export function priorOf(options: readonly Option[], rungPrior: RungPrior = () => 1): ReadonlyMap<OptionId, number> {
  // In an order of their own: sums of fractions depend on it, and the order in which options come must decide nothing.
  const sorted = [...options].sort((a, b) => (a.id < b.id ? -1 : 1));
  const chances = sorted.map((option) => [option.id, Math.max(OPTION_MIN, option.probability * rungPrior(option.rung))] as const);
  const told = chances.reduce((sum, [, chance]) => sum + chance, 0);
  const all = [...chances, [NONE, Math.max(NONE_MIN, 1 - told)] as const];
  const sum = all.reduce((total, [, chance]) => total + chance, 0);
  return new Map(all.map(([id, chance]) => [id, chance / sum]));
}
