// Where the new parts of a side stand among those of the base.
import type { Block } from './block.ts';

/** For each part of the base, and for its end: the side's new parts right behind the nearest part before it that the side kept. */
export function newcomers(base: readonly Block[], side: readonly Block[]): readonly (readonly Block[])[] {
  const inBase = new Set(base.map((part) => part.key));
  const place = new Map(side.map((part, at) => [part.key, at]));
  const from = (start: number): readonly Block[] => {
    let end = start;
    while (end < side.length && !inBase.has(side[end]?.key ?? '')) end += 1;
    return side.slice(start, end);
  };
  let run = from(0);
  const runs = [run];
  for (const { key } of base) {
    const at = place.get(key);
    if (at !== undefined) run = from(at + 1);
    runs.push(run);
  }
  return runs;
}
