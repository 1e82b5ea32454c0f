// What was learned from open history: two forests and how far their word can be trusted. Data beside it; trained by `bench/training`.
import { forestOf } from './forest.ts';
import type { Forest, ForestData } from './forest.ts';
import data from './model-data.json' with { type: 'json' };

/** `hunk` ranks ways to fill one region, `option` whole texts; `knots` maps its chance to how often such a chance was right. */
export type Model = { readonly hunk: Forest; readonly option: Forest; readonly knots: Knots };
/** A rising broken line from (0, 0) through (at, is), both 0..1. */
export type Knots = readonly { readonly at: number; readonly is: number }[];
export type ModelData = { readonly hunk: ForestData; readonly option: ForestData; readonly knots: Knots };

export const MODEL: Model = modelOf(data);

export function modelOf(from: ModelData): Model {
  return { hunk: forestOf(from.hunk), option: forestOf(from.option), knots: from.knots };
}

export function calibrated({ knots }: Pick<Model, 'knots'>, chance: number): number {
  const next = knots.findIndex((knot) => knot.at >= chance);
  const [right, left] = [knots[next] ?? knots.at(-1), knots[next - 1]];
  if (right === undefined) return chance;
  if (next < 0) return right.is;
  // What is hardly ever right is not as likely as the least that was counted: dozens of such options are no chance together.
  if (left === undefined) return right.is * chance / Math.max(1e-9, right.at);
  return left.is + (right.is - left.is) * (chance - left.at) / Math.max(1e-9, right.at - left.at);
}
