// One measured number, and the median it is. Every benchmark speaks this; knows none of them.

export type Figure = {
  readonly bench: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** Who else ran, interleaved, on the same data; null where there is nobody to compare with. */
  readonly baseline: string | null;
  readonly baselineValue: number | null;
  /** value / baselineValue. */
  readonly ratio: number | null;
  readonly runs: number;
  readonly note: string;
};

export type BenchOptions = { readonly quick: boolean };

/** A figure with its ratio worked out and its numbers rounded to what they are worth. */
export function figure(given: Omit<Figure, 'ratio'>): Figure {
  const { value, baselineValue } = given;
  return {
    bench: given.bench, figure: given.figure, value: rounded(value), unit: given.unit,
    baseline: given.baseline, baselineValue: baselineValue === null ? null : rounded(baselineValue),
    ratio: baselineValue === null || baselineValue === 0 ? null : rounded(value / baselineValue),
    runs: given.runs, note: given.note,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

function rounded(value: number): number {
  return Number(value.toPrecision(value >= 1000 ? 5 : 4));
}
