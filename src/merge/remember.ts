// What was found once for a name under rules that never change. Pure to whoever asks: only the time differs.

const NAMES_MAX = 5_000;

/** `find` must come to the same for the same two; what it found lives as long as `under` does. */
export function remember<Under extends object, Name extends string, Found>(find: (under: Under, name: Name) => Found): (under: Under, name: Name) => Found {
  const known = new WeakMap<Under, Map<Name, Found>>();
  return (under, name) => {
    const here = known.get(under) ?? new Map<Name, Found>();
    const before = here.get(name);
    if (before !== undefined) return before;
    if (here.size >= NAMES_MAX) here.clear();
    const found = find(under, name);
    known.set(under, here.set(name, found));
    return found;
  };
}
