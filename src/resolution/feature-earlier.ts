// What the rankings are told of what the file was on each side before: numbers only, -1 where nobody looked.
import type { HunkLines, Surroundings } from './hunk.ts';
import type { EarlierView } from './earlier.ts';
import { bareLines, speaks } from './line.ts';

const SIDES = ['ours', 'theirs'] as const;

export const EARLIER_FILE_FEATURES: readonly string[] = ['texts before', 'gave up', 'had other'].flatMap((what) => SIDES.map((side) => `${what} ${side}`)).concat('parted later');

export function earlierFileFeatures(view: EarlierView | null): readonly number[] {
  if (view === null) return EARLIER_FILE_FEATURES.map(() => -1);
  const sides = SIDES.map((side) => view[side]);
  return [...sides.map(({ texts }) => Math.log1p(texts.length)), ...sides.map(({ givenUp }) => Math.log1p(givenUp.size)), ...sides.map(({ hadOther }) => hadOther < 0 ? 0 : 1 / (1 + hadOther)), Number(view.parted !== null)];
}

export const EARLIER_HUNK_FEATURES: readonly string[] = SIDES.flatMap((side) => [`had other here ${side}`, `how long ago ${side}`, `gave up of other ${side}`]);

/** Whether a side had before what the other has in this place, and how much of what the other added. */
export function earlierHunkFeatures(view: EarlierView | null, hunk: HunkLines, around: Surroundings): readonly number[] {
  if (view === null) return EARLIER_HUNK_FEATURES.map(() => -1);
  const base = new Set(bareLines(hunk.base));
  const known = view.knownIn(hunk, around);
  return SIDES.flatMap((side, which) => {
    const other = side === 'ours' ? hunk.theirs : hunk.ours;
    const { how, at } = known[which === 0 ? 0 : 1];
    const own = new Set(bareLines(hunk[side]));
    const added = bareLines(other).filter((line) => speaks(line) && !base.has(line) && !own.has(line));
    return [how, how === 0 ? -1 : Math.log1p(at), added.length === 0 ? -1 : added.filter((line) => view[side].givenUp.has(line)).length / added.length];
  });
}

export const EARLIER_TEXT_FEATURES: readonly string[] = SIDES.map((side) => `brings back ${side}`);

/** How many lines that a side gave up are in a text, given as the keys of its parts. */
export function earlierTextFeatures(view: EarlierView | null, keys: readonly string[]): readonly number[] {
  if (view === null) return EARLIER_TEXT_FEATURES.map(() => -1);
  const back = [0, 0];
  for (const key of keys) for (const line of key.split('\n')) for (const [at, side] of SIDES.entries()) if (view[side].givenUp.has(line)) back[at] = (back[at] ?? 0) + 1;
  return back.map((count) => Math.log1p(count));
}
