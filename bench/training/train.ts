// `node bench/training/train.ts <repository>... > src/resolution/model-data.json`: learns the ladder's two rankings from what people
// committed in past conflicts. Each repository is judged by models that never saw it, and that is what the confidence is fitted on.
import { basename, dirname } from 'node:path';
import { GRAMMAR_PATHS } from '../../src/adapter/syntax/grammar.ts';
import { loadParser } from '../../src/adapter/syntax/parser.ts';
import { findRepository } from '../../src/hook/repository.ts';
import { forestOf, scoreOf, softmax } from '../../src/resolution/forest.ts';
import type { Forest, ForestData } from '../../src/resolution/forest.ts';
import type { Knots } from '../../src/resolution/model.ts';
import { binned, dataOf, grow, type Shape } from './boost.ts';
import { gather, hunkMaterial, optionMaterial, type Material, type Past } from './gather.ts';

const MERGES_MAX = 150;
const FOLDS = 4;
const HUNK_SHAPE: Omit<Shape, 'seed'> = { trees: 140, depth: 6, rate: 0.1 };
const OPTION_SHAPE: Omit<Shape, 'seed'> = { trees: 120, depth: 5, rate: 0.08 };
/** Weight that a knot stands for; fewer would follow noise. */
const KNOT_WEIGHT = 25;
/** Nobody is ever surer: two people agree in three of four cases. */
const CONFIDENCE_MAX = 0.985;

const paths = process.argv.slice(2);
if (paths.length < FOLDS) {
  process.stderr.write(`usage: node bench/training/train.ts <repository>... (at least ${FOLDS})\n`);
  process.exit(2);
}
const all: Past[] = [];
for (const path of paths) {
  const { commonDir } = findRepository(path);
  const past = await gather(path, commonDir, MERGES_MAX);
  all.push(...past);
  process.stderr.write(`${basename(dirname(path))}: ${past.length} conflicted files\n`);
}
const foldOf = (repository: string): number => paths.indexOf(repository) % FOLDS;

const hunks = hunkMaterial(all);
const hunkForests = forestsOf(hunks, HUNK_SHAPE);
const parser = await loadParser(GRAMMAR_PATHS);
const unseen = (repository: string): Forest => hunkForests.folds[foldOf(repository)] ?? hunkForests.whole;
const options = (['nothing', 'merge by merge', 'file by file'] as const).map((learning) => optionMaterial(all, unseen, parser, learning)).reduce(joined);
const optionForests = forestsOf(options, OPTION_SHAPE);
process.stdout.write(`${JSON.stringify({ hunk: hunkForests.data, option: optionForests.data, knots: knotsOf(options, optionForests.folds) })}\n`);

/** One for each fold, trained on the others, and one on everything. */
function forestsOf(material: Material, shape: Omit<Shape, 'seed'>): { readonly folds: readonly Forest[]; readonly whole: Forest; readonly data: ForestData } {
  const data = binned(material);
  const trained = (leaveOut: number): ForestData => dataOf(grow(data, material.groups.filter(({ repository }) => foldOf(repository) !== leaveOut), { ...shape, seed: leaveOut + 2 }), data.cuts);
  const folds = Array.from({ length: FOLDS }, (_, fold) => {
    process.stderr.write(`fold ${fold + 1} of ${FOLDS}\n`);
    return forestOf(trained(fold));
  });
  const whole = trained(-1);
  return { folds, whole: forestOf(whole), data: whole };
}

type Step = { chance: number; right: number; weight: number };

/** How often the likeliest option was right where its chance was such: rising steps, joined to a line. */
function knotsOf(material: Material, folds: readonly Forest[]): Knots {
  const steps: Step[] = [];
  const join = (before: Step, last: Step): void => {
    steps.pop();
    Object.assign(before, { chance: before.chance + last.chance, right: before.right + last.right, weight: before.weight + last.weight });
  };
  for (const { chance, right, weight } of material.groups.map((group) => bestOf(material, group, folds)).toSorted((a, b) => a.chance - b.chance)) {
    steps.push({ chance: chance * weight, right: Number(right) * weight, weight });
    for (let last = steps.at(-1), before = steps.at(-2); last !== undefined && before !== undefined && (before.right / before.weight >= last.right / last.weight || before.weight < KNOT_WEIGHT); last = steps.at(-1), before = steps.at(-2)) join(before, last);
  }
  const [before, last] = steps.slice(-2);
  if (before !== undefined && last !== undefined && last.weight < KNOT_WEIGHT) join(before, last);
  const digits = (value: number): number => Number(value.toPrecision(4));
  return steps.map(({ chance, right, weight }) => ({ at: digits(chance / weight), is: digits(Math.min(CONFIDENCE_MAX, (right + 0.5) / (weight + 1))) }));
}

function bestOf({ values, width }: Material, { repository, start, size, right, weight }: Material['groups'][number], folds: readonly Forest[]): { readonly chance: number; readonly right: boolean; readonly weight: number } {
  const forest = folds[foldOf(repository)];
  const chances = softmax(Array.from({ length: size }, (_, at) => forest === undefined ? 0 : scoreOf(forest, Array.from(values.subarray((start + at) * width, (start + at + 1) * width)))));
  // The last one is `none of these`.
  const best = chances.slice(0, -1).reduce((top, chance, at) => chance > (chances[top] ?? 0) ? at : top, 0);
  return { chance: chances[best] ?? 0, right: best === right, weight };
}

function joined(one: Material, other: Material): Material {
  const values = new Float32Array(one.values.length + other.values.length);
  values.set(one.values);
  values.set(other.values, one.values.length);
  return { values, width: one.width, count: one.count + other.count, groups: [...one.groups, ...other.groups.map((group) => ({ ...group, start: group.start + one.count }))] };
}
