// Many verdicts as figures: how often, how surely, how exactly. Pure. A figure that nothing stands behind is null, not zero.
import { BINS, brier, calibrationError, reliability } from '../consensus/reliability.ts';
import { isExact, type HunkCount, type Verdict } from './verdict.ts';

/** `whole`: every conflicted path of the merge was text that could be judged. */
export type JudgedMerge = { readonly merge: string; readonly whole: boolean; readonly files: readonly Verdict[] };

export type Figures = {
  readonly threshold: number;
  readonly files: number;
  readonly answered: number;
  readonly exact: number;
  readonly exactByte: number;
  readonly settled: { readonly files: number; readonly exact: number; readonly exactByte: number; /** Of the share of exact ones, 95 %. */ readonly interval: readonly [number, number] | null };
  /** Would have gone to a person. */
  readonly toPerson: number;
  /** Share of exact ones among the most confident files; of equally confident ones the mean counts. */
  readonly curve: readonly { readonly percent: number; readonly exact: number | null }[];
  /** What was committed is among the options. */
  readonly recall: { readonly files: number | null; readonly hunks: number | null };
  readonly hunks: HunkCount;
  readonly merges: { readonly whole: number; readonly settled: number; readonly settledExact: number; readonly exact: number };
  readonly calibration: { readonly brier: number | null; readonly ece: number | null; readonly bins: readonly { readonly files: number; readonly confidence: number; readonly exact: number }[] };
  /** Settled files that miss a line one side added and the people kept; `untold` of them say so in no ledger. */
  readonly loss: { readonly files: number; readonly untold: number };
  readonly ms: { readonly p50: number | null; readonly p95: number | null; readonly max: number | null };
  readonly rungs: readonly { readonly rung: string; readonly files: number; readonly exact: number; readonly confidence: number }[];
};

const PERCENTS = [10, 20, 30, 40, 50];

export function figuresOf(merges: readonly JudgedMerge[], threshold: number): Figures {
  const files = merges.flatMap((merge) => merge.files);
  const answered = files.filter(({ match }) => match !== 'unanswered');
  const settled = answered.filter(({ confidence }) => confidence >= threshold);
  const hunks = sumHunks(files);
  return {
    threshold,
    files: files.length, answered: answered.length, exact: exactIn(answered), exactByte: byteIn(answered),
    settled: { files: settled.length, exact: exactIn(settled), exactByte: byteIn(settled), interval: wilson(exactIn(settled), settled.length) },
    toPerson: files.length - settled.length,
    curve: curveOf(answered, files.length),
    recall: { files: share(files.filter(({ among }) => among).length, files.length), hunks: share(hunks.among, hunks.placed) },
    hunks,
    merges: mergeFigures(merges.filter(({ whole }) => whole), threshold),
    calibration: calibrationOf(answered),
    loss: { files: settled.filter(({ lost }) => lost > 0).length, untold: settled.filter(({ untold }) => untold > 0).length },
    ms: msOf(files.map(({ ms }) => ms)),
    rungs: rungsOf(answered),
  };
}

export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function exactIn(files: readonly Verdict[]): number {
  return files.filter(({ match }) => isExact(match)).length;
}

function byteIn(files: readonly Verdict[]): number {
  return files.filter(({ match }) => match === 'byte').length;
}

function curveOf(answered: readonly Verdict[], all: number): Figures['curve'] {
  const levels = [...Map.groupBy(answered, ({ confidence }) => confidence)].toSorted(([one], [other]) => other - one).map(([, files]) => ({ files: files.length, exact: exactIn(files) }));
  return PERCENTS.map((percent) => {
    const wanted = (all * percent) / 100;
    let [taken, exact] = [0, 0];
    for (const level of levels) {
      const some = Math.min(level.files, wanted - taken);
      taken += some;
      exact += (level.exact * some) / level.files;
    }
    return { percent, exact: wanted > 0 && taken >= wanted - 1e-9 ? exact / wanted : null };
  });
}

/** A merge is as sure as its least sure file. */
function mergeFigures(whole: readonly JudgedMerge[], threshold: number): Figures['merges'] {
  const isRight = ({ files }: JudgedMerge): boolean => files.every(({ match }) => isExact(match));
  const settled = whole.filter(({ files }) => files.every(({ match, confidence }) => match !== 'unanswered' && confidence >= threshold));
  return { whole: whole.length, settled: settled.length, settledExact: settled.filter(isRight).length, exact: whole.filter(isRight).length };
}

function calibrationOf(answered: readonly Verdict[]): Figures['calibration'] {
  const outcomes = answered.map(({ confidence, match }) => ({ confidence, right: isExact(match) }));
  const filled = new Map(reliability(outcomes).map((bin) => [bin.from, bin]));
  const bins = Array.from({ length: BINS }, (_, at) => {
    const bin = filled.get(at / BINS);
    return { files: bin?.outcomes ?? 0, confidence: bin?.confidence ?? 0, exact: bin === undefined ? 0 : Math.round(bin.rate * bin.outcomes) };
  });
  const known = answered.length > 0;
  return { brier: known ? brier(outcomes) : null, ece: known ? calibrationError(outcomes) : null, bins };
}

function msOf(times: readonly number[]): Figures['ms'] {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (part: number): number | null => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? null;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

function rungsOf(answered: readonly Verdict[]): Figures['rungs'] {
  return [...Map.groupBy(answered, ({ rung }) => rung)]
    .map(([rung, files]) => ({ rung, files: files.length, exact: exactIn(files), confidence: files.reduce((sum, { confidence }) => sum + confidence, 0) / files.length }))
    .toSorted((one, other) => other.files - one.files || (one.rung < other.rung ? -1 : 1));
}

function sumHunks(files: readonly Verdict[]): HunkCount {
  const sum = (key: keyof HunkCount): number => files.reduce((total, { hunks }) => total + hunks[key], 0);
  return { all: sum('all'), placed: sum('placed'), right: sum('right'), among: sum('among') };
}

/** Wilson's interval for a share. */
function wilson(hits: number, all: number): readonly [number, number] | null {
  if (all === 0) return null;
  const z = 1.96;
  const [rate, spread] = [hits / all, z * z / all];
  const [middle, reach] = [rate + spread / 2, z * Math.sqrt((rate * (1 - rate)) / all + spread / (4 * all))];
  return [(middle - reach) / (1 + spread), (middle + reach) / (1 + spread)];
}
