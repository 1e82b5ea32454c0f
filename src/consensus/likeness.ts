// What makes two conflicts the same question, and two texts the same answer to it: hashes over hunks, white space aside.
import { createHash } from 'node:crypto';
import { mergeLines } from '../engine/line/merge-lines.ts';
import { align } from '../resolution/align.ts';
import type { ConflictFile } from '../resolution/conflict-file.ts';
import { fingerprint } from '../resolution/lesson.ts';
import { bareKey, linesOf } from '../resolution/line.ts';

export type Likeness = {
  /** Equal for equal hunks, whichever side is whose and whatever stands around them; '' where there is none. */
  readonly hunks: string;
  /** Equal for texts that put the same into the hunks. */
  readonly fillingOf: (text: string) => string;
};

export function likenessOf({ base, ours, theirs }: Pick<ConflictFile, 'base' | 'ours' | 'theirs'>): Likeness {
  const regions = mergeLines(base ?? '', ours, theirs, 'eager');
  const hunks = regions.flatMap((region) => region.kind === 'hunk' ? [fingerprint(region)] : []);
  return {
    hunks: hunks.length === 0 ? '' : hashOf(hunks),
    fillingOf: (text) => {
      const taken = align(regions, linesOf(text));
      // Where the lines around a hunk are gone, only the whole text says what was chosen.
      return hashOf(taken.includes(null) ? [text] : taken.map((lines) => bareKey(lines ?? [])));
    },
  };
}

export function hashOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}\n${text}`);
  return hash.digest('hex');
}
