// In which order branches had best land: as many as possible as they are, then those that have to be merged by hand, and after whom.

export type Standing = { readonly name: string; /** It cannot land as it is, whatever the others do. */ readonly isStuck: boolean; readonly rivals: readonly string[] };

/** `after`: those landing before it that it collides with. `spares`: how many it would hold up if it landed first of all. */
export type Place = { readonly name: string; readonly after: readonly string[]; readonly spares: number; readonly isStuck: boolean };

/** Who goes with each of those that land before it, and not with all of them: by name, those it does not go with. */
export type Crowds = ReadonlyMap<string, readonly string[]>;

/**
 * Greedy: of those that may still land as they are, the one that spoils the fewest others; equal ones by name. Whoever collides with one that
 * landed comes after all that did not have to be touched, and the stuck ones come last.
 */
export function landingOrder(standings: readonly Standing[], crowds: Crowds = new Map()): readonly Place[] {
  const able = new Map(standings.filter(({ isStuck }) => !isStuck).map((one) => [one.name, new Set(one.rivals)]));
  for (const rivals of able.values()) for (const name of rivals) if (!able.has(name)) rivals.delete(name);
  const first = pickApart(able).filter((name) => !crowds.has(name));
  const rank = new Map(first.map((name, at) => [name, at]));
  const rework = [...able.keys()].filter((name) => !rank.has(name)).toSorted((a, b) => (able.get(a)?.size ?? 0) - (able.get(b)?.size ?? 0) || compare(a, b));
  const stuck = standings.filter(({ isStuck }) => isStuck).map(({ name }) => name).toSorted(compare);
  const all = [...first, ...rework, ...stuck];
  const at = new Map(all.map((name, place) => [name, place]));
  const rivalsOf = new Map(standings.map(({ name, rivals }) => [name, rivals]));
  return all.map((name, place) => {
    const rivals = rivalsOf.get(name) ?? [];
    const before = (other: string): boolean => (at.get(other) ?? Number.POSITIVE_INFINITY) < place;
    const after = [...new Set([...rivals, ...crowds.get(name) ?? []])].filter(before).toSorted((a, b) => (at.get(a) ?? 0) - (at.get(b) ?? 0));
    return { name, after, spares: rivals.filter((rival) => !before(rival)).length, isStuck: stuck.includes(name) };
  });
}

/** Names of which no two collide. */
function pickApart(rivals: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const left = new Map([...rivals].map(([name, others]) => [name, others.size]));
  const buckets: Set<string>[] = [];
  const put = (name: string, count: number): void => void (buckets[count] ??= new Set()).add(name);
  for (const name of [...left.keys()].toSorted(compare)) put(name, left.get(name) ?? 0);
  const drop = (name: string): void => {
    buckets[left.get(name) ?? 0]?.delete(name);
    left.delete(name);
  };
  const picked: string[] = [];
  while (left.size > 0) {
    const [next] = buckets.find((bucket) => bucket !== undefined && bucket.size > 0) ?? [];
    if (next === undefined) break;
    picked.push(next);
    drop(next);
    for (const spoilt of rivals.get(next) ?? []) {
      if (!left.has(spoilt)) continue;
      drop(spoilt);
      for (const other of rivals.get(spoilt) ?? []) {
        const count = left.get(other);
        if (count === undefined) continue;
        buckets[count]?.delete(other);
        left.set(other, count - 1);
        put(other, count - 1);
      }
    }
  }
  return picked;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
