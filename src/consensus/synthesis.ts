// A text that a voter outside wrote for the hunks of a file, from all that the rounds found out. It is an option like any other.
import type { Region } from '../engine/line/region.ts';
import type { Option } from './option.ts';

/** `texts`: one for each hunk, in order; null where the voter had none. */
export type Synthesis = { readonly voter: string; readonly family: string; readonly texts: readonly string[] | null };

export const SYNTHESIS_RUNG = 'synthesis';

/** The file with these texts in its hunks and nothing else changed; null unless there is one for each. */
export function filled(regions: readonly Region[], texts: readonly string[]): string | null {
  const rest = [...texts];
  const parts = regions.map((region) => region.kind === 'stable' ? region.lines.join('') : rest.shift());
  return rest.length > 0 || parts.includes(undefined) ? null : parts.join('');
}

/** The ladder knows nothing of it: half of what is left to `none` is all it may claim before anybody voted. */
export function chanceOfNew(options: readonly Option[]): number {
  return Math.max(0, 1 - options.reduce((sum, option) => sum + option.probability, 0)) / 2;
}
