// Past conflicts settled once more with the tests as judge, held against what people committed: what became of each, and the sum. Pure.

/** `by`: the room, or a merge finer than git's. Settled means that the gate was green on exactly that tree. */
export type GatedOutcome =
  | { readonly kind: 'settled'; readonly by: string; /** Every conflicted path as people committed it, white space ignored. */ readonly exact: boolean }
  /** All agreed, and the gate failed on it though both sides pass it. */
  | { readonly kind: 'red'; readonly by: string }
  /** All agreed, and the gate fails on a side as well: it can judge nothing. */
  | { readonly kind: 'red-before'; readonly by: string }
  | { readonly kind: 'person'; readonly why: string };

/** `silent`: somewhere on the way the gate failed on what failed it before; `tail` is the end of what it printed there, '' elsewhere. */
export type GatedMerge = { readonly merge: string; readonly paths: number; readonly outcome: GatedOutcome; readonly runs: number; readonly silent: boolean; readonly tail: string };

export type GatedFigures = {
  readonly merges: number;
  readonly settled: number;
  readonly exact: number;
  readonly red: number;
  readonly redBefore: number;
  readonly silent: number;
  /** Runs of the gate, setups not counted. */
  readonly runs: number;
  readonly persons: readonly { readonly why: string; readonly merges: number }[];
};

export function gatedFigures(merges: readonly GatedMerge[]): GatedFigures {
  const outcomes = merges.map(({ outcome }) => outcome);
  const whys = outcomes.flatMap((outcome) => outcome.kind === 'person' ? [outcome.why] : []);
  const count = (wanted: (outcome: GatedOutcome) => boolean): number => outcomes.filter(wanted).length;
  return {
    merges: merges.length,
    settled: count(({ kind }) => kind === 'settled'),
    exact: count((outcome) => outcome.kind === 'settled' && outcome.exact),
    red: count(({ kind }) => kind === 'red'),
    redBefore: count(({ kind }) => kind === 'red-before'),
    silent: merges.filter(({ silent }) => silent).length,
    runs: merges.reduce((sum, { runs }) => sum + runs, 0),
    persons: [...Map.groupBy(whys, (why) => why)].map(([why, some]) => ({ why, merges: some.length })).toSorted((one, other) => other.merges - one.merges || (one.why < other.why ? -1 : 1)),
  };
}
