// Gradient boosted trees for choosing one of a group: each tree is a step down the softmax loss. Knows rows of numbers, no conflicts.
import type { ForestData } from '../../src/resolution/forest.ts';

/** `size` rows from `start`, of which number `right` is the right one; `weight` is how much the group counts. */
export type Group = { readonly start: number; readonly size: number; readonly right: number; readonly weight: number };
export type Rows = { readonly values: Float32Array; readonly count: number; readonly width: number };
export type Shape = { readonly trees: number; readonly depth: number; readonly rate: number; readonly seed: number };

const BINS_MAX = 48;
const SAMPLE_MAX = 40_000;
const LAMBDA = 2;
const HESSIAN_MIN = 1;
const GAIN_MIN = 1e-3;
const ROW_SHARE = 0.6;
const COLUMN_SHARE = 0.4;

type Node = { value: number; split: { feature: number; bin: number; low: number; high: number } | null };
type Tree = readonly Node[];

export type Binned = { readonly columns: readonly Uint8Array[]; readonly cuts: readonly (readonly number[])[] };

/** Every column cut at its quantiles: a value's bin is how many cuts are not above it. */
export function binned({ values, count, width }: Rows): Binned {
  const random = randomFrom(5);
  const cuts = Array.from({ length: width }, (_, column) => cutsOf(Float32Array.from({ length: Math.min(count, SAMPLE_MAX) }, () => values[Math.floor(random() * count) * width + column] ?? 0)));
  const columns = cuts.map((some, column) => {
    const bins = new Uint8Array(count);
    for (let row = 0; row < count; row += 1) bins[row] = binOf(some, values[row * width + column] ?? 0);
    return bins;
  });
  return { columns, cuts };
}

function cutsOf(sample: Float32Array): readonly number[] {
  sample.sort();
  const distinct = [...new Set(sample)];
  if (distinct.length <= BINS_MAX) return distinct.slice(1);
  const cuts: number[] = [];
  for (let bin = 1; bin < BINS_MAX; bin += 1) {
    const value = sample[Math.floor(bin * sample.length / BINS_MAX)] ?? 0;
    if (value > (cuts.at(-1) ?? sample[0] ?? 0)) cuts.push(value);
  }
  return cuts;
}

function binOf(cuts: readonly number[], value: number): number {
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cuts[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function grow(data: Binned, groups: readonly Group[], shape: Shape): readonly Tree[] {
  const rows = data.columns[0]?.length ?? 0;
  const state: State = { data, scores: new Float64Array(rows), gradient: new Float64Array(rows), hessian: new Float64Array(rows), nodeOf: new Int32Array(rows), random: randomFrom(shape.seed), shape };
  const trees: Tree[] = [];
  for (let count = 0; count < shape.trees; count += 1) {
    const tree = growOne(state, slopes(state, groups.filter(() => state.random() <= ROW_SHARE)));
    trees.push(tree);
    for (const { start, size } of groups) for (let row = start; row < start + size; row += 1) state.scores[row] = (state.scores[row] ?? 0) + leafOf(tree, data, row);
  }
  return trees;
}

type State = { readonly data: Binned; readonly scores: Float64Array; readonly gradient: Float64Array; readonly hessian: Float64Array; readonly nodeOf: Int32Array; readonly random: () => number; readonly shape: Shape };

/** Gradient and hessian of each row of the groups; returns the rows. */
function slopes({ scores, gradient, hessian, nodeOf }: State, groups: readonly Group[]): Int32Array {
  const rows: number[] = [];
  for (const { start, size, right, weight } of groups) {
    const own = scores.subarray(start, start + size);
    const top = own.reduce((most, score) => Math.max(most, score), -Infinity);
    const sum = own.reduce((all, score) => all + Math.exp(score - top), 0);
    for (let at = 0; at < size; at += 1) {
      const row = start + at;
      const chance = Math.exp((scores[row] ?? 0) - top) / sum;
      gradient[row] = weight * (chance - Number(at === right));
      hessian[row] = Math.max(1e-6, weight * chance * (1 - chance));
      nodeOf[row] = 0;
      rows.push(row);
    }
  }
  return Int32Array.from(rows);
}

/** Level by level; all nodes of a level share one pass over each column. */
function growOne(state: State, rows: Int32Array): Tree {
  const { data, gradient, hessian, nodeOf, random, shape } = state;
  const columns = data.columns.map((_, column) => column).filter((column) => (data.cuts[column]?.length ?? 0) > 0 && random() < COLUMN_SHARE);
  const tree: Node[] = [{ value: 0, split: null }];
  let level = [0];
  for (let depth = 0; level.length > 0; depth += 1) {
    const slot = new Int32Array(tree.length).fill(-1);
    for (const [at, node] of level.entries()) slot[node] = at;
    const live = rows.filter((row) => (slot[nodeOf[row] ?? 0] ?? -1) >= 0);
    const slots = Int32Array.from(live, (row) => slot[nodeOf[row] ?? 0] ?? 0);
    const [sums, curves] = [new Float64Array(level.length), new Float64Array(level.length)];
    for (const [at, row] of live.entries()) {
      const place = slots[at] ?? 0;
      sums[place] = (sums[place] ?? 0) + (gradient[row] ?? 0);
      curves[place] = (curves[place] ?? 0) + (hessian[row] ?? 0);
    }
    const best = depth < shape.depth ? bestSplits(state, columns, { live, slots, sums, curves }) : [];
    const next: number[] = [];
    for (const [at, index] of level.entries()) {
      const node = tree[index];
      if (node === undefined) continue;
      node.value = -shape.rate * (sums[at] ?? 0) / ((curves[at] ?? 0) + LAMBDA);
      const split = best[at];
      if (split === undefined || split === null) continue;
      node.split = { ...split, low: tree.length, high: tree.length + 1 };
      next.push(tree.length, tree.length + 1);
      tree.push({ value: 0, split: null }, { value: 0, split: null });
    }
    for (const row of live) {
      const split = tree[nodeOf[row] ?? 0]?.split;
      if (split) nodeOf[row] = (data.columns[split.feature]?.[row] ?? 0) <= split.bin ? split.low : split.high;
    }
    level = next;
  }
  return tree;
}

type Level = { readonly live: Int32Array; readonly slots: Int32Array; readonly sums: Float64Array; readonly curves: Float64Array };
const STRIDE = BINS_MAX + 1;

function bestSplits({ data, gradient, hessian }: State, columns: readonly number[], { live, slots, sums, curves }: Level): readonly ({ readonly feature: number; readonly bin: number } | null)[] {
  const best = Array.from(sums, () => ({ gain: GAIN_MIN, split: null as { feature: number; bin: number } | null }));
  const [heights, widths] = [new Float64Array(sums.length * STRIDE), new Float64Array(sums.length * STRIDE)];
  for (const feature of columns) {
    const column = data.columns[feature];
    if (column === undefined) continue;
    heights.fill(0);
    widths.fill(0);
    for (let at = 0; at < live.length; at += 1) {
      const row = live[at] ?? 0;
      const place = (slots[at] ?? 0) * STRIDE + (column[row] ?? 0);
      heights[place] = (heights[place] ?? 0) + (gradient[row] ?? 0);
      widths[place] = (widths[place] ?? 0) + (hessian[row] ?? 0);
    }
    const bins = data.cuts[feature]?.length ?? 0;
    for (const [at, one] of best.entries()) {
      const [sum, curve] = [sums[at] ?? 0, curves[at] ?? 0];
      let [low, lowCurve] = [0, 0];
      for (let bin = 0; bin < bins; bin += 1) {
        low += heights[at * STRIDE + bin] ?? 0;
        lowCurve += widths[at * STRIDE + bin] ?? 0;
        if (lowCurve < HESSIAN_MIN || curve - lowCurve < HESSIAN_MIN) continue;
        const gain = low * low / (lowCurve + LAMBDA) + (sum - low) ** 2 / (curve - lowCurve + LAMBDA) - sum * sum / (curve + LAMBDA);
        if (gain > one.gain) Object.assign(one, { gain, split: { feature, bin } });
      }
    }
  }
  return best.map(({ split }) => split);
}

function leafOf(tree: Tree, { columns }: Binned, row: number): number {
  let node = tree[0];
  for (let split = node?.split; split; split = node?.split) node = tree[(columns[split.feature]?.[row] ?? 0) <= split.bin ? split.low : split.high];
  return node?.value ?? 0;
}

const DIGITS = 5;

/** As the product reads it: a value below the cut goes to the node right behind. */
export function dataOf(trees: readonly Tree[], cuts: Binned['cuts']): ForestData {
  const data = { feature: [] as number[], value: [] as number[], other: [] as number[], roots: [] as number[] };
  const write = (tree: Tree, index: number): void => {
    const node = tree[index];
    const at = data.feature.length;
    const split = node?.split ?? null;
    data.feature.push(split?.feature ?? -1);
    data.value.push(Number((split === null ? node?.value ?? 0 : cuts[split.feature]?.[split.bin] ?? 0).toPrecision(DIGITS)));
    data.other.push(0);
    if (split === null) return;
    write(tree, split.low);
    data.other[at] = data.feature.length;
    write(tree, split.high);
  };
  for (const tree of trees) {
    data.roots.push(data.feature.length);
    write(tree, 0);
  }
  return data;
}

/** mulberry32: the same seed, the same model. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
