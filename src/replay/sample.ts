// In what order past merges are looked at until enough are found. Pure: chance comes from a seed.

/** A third of the list further back counts half. */
const HALVINGS = 3;

/** `newestFirst` as it is without a seed; with one, drawn from the whole list, newer ones rather than older ones. */
export function orderFor<T>(newestFirst: readonly T[], seed: number | null): readonly T[] {
  if (seed === null) return newestFirst;
  const draw = drawsFrom(seed);
  const age = Math.max(1, newestFirst.length / HALVINGS);
  // Efraimidis and Spirakis: the largest keys are a weighted sample without replacement.
  return newestFirst
    .map((item, rank) => ({ item, key: Math.log(draw() || Number.MIN_VALUE) * 2 ** (rank / age) }))
    .toSorted((one, other) => other.key - one.key)
    .map(({ item }) => item);
}

/** mulberry32: 0 <= x < 1. */
function drawsFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4_294_967_296;
  };
}
