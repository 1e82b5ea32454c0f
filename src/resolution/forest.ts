// Boosted trees read from data: the learned part of the ranking. Knows numbers only; trained by `bench/training`.

/** Trees one after the other. A node with `feature` < 0 is a leaf worth `value`; else `value` is its cut: below it goes to the next node, otherwise to `other`. */
export type ForestData = { readonly feature: readonly number[]; readonly value: readonly number[]; readonly other: readonly number[]; readonly roots: readonly number[] };

export type Forest = { readonly feature: Int16Array; readonly value: Float64Array; readonly other: Int32Array; readonly roots: Int32Array };

export function forestOf(data: ForestData): Forest {
  return { feature: Int16Array.from(data.feature), value: Float64Array.from(data.value), other: Int32Array.from(data.other), roots: Int32Array.from(data.roots) };
}

/** The sum of all trees for one row of features. */
export function scoreOf(forest: Forest, row: readonly number[]): number {
  let sum = 0;
  for (const root of forest.roots) {
    let at = root;
    for (let feature = forest.feature[at] ?? -1; feature >= 0; feature = forest.feature[at] ?? -1)
      at = (row[feature] ?? 0) < (forest.value[at] ?? 0) ? at + 1 : forest.other[at] ?? at + 1;
    sum += forest.value[at] ?? 0;
  }
  return sum;
}

/** Scores of things of which one is right as probabilities that sum to 1. */
export function softmax(scores: readonly number[]): readonly number[] {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const sum = powers.reduce((all, one) => all + one, 0);
  return powers.map((power) => power / sum);
}
