// One conflicting region: its candidates with the chance the learned ranking gives each, and the chance that none is right.
import { candidatesOf } from './candidate.ts';
import type { Candidate } from './candidate.ts';
import type { HunkLines, Surroundings } from './hunk.ts';
import type { FileView } from './feature-file.ts';
import { CANDIDATE_FEATURES, candidateFeatures, hunkView } from './feature.ts';
import { lessonFeatures, recall } from './feature-lesson.ts';
import { earlierHunkFeatures, earlierTextFeatures } from './feature-earlier.ts';
import { partedLines } from './earlier.ts';
import { replayOf } from './lesson.ts';
import type { Lessons } from './lesson.ts';
import { scoreOf, softmax } from './forest.ts';
import type { Forest } from './forest.ts';

export type Ranked = { readonly candidate: Candidate; readonly chance: number };
/** Best first. `none`: that people would write something else. */
export type RankedHunk = { readonly ranked: readonly Ranked[]; readonly none: number };

export function rankHunk(view: FileView, hunk: HunkLines, around: Surroundings, at: number, forest: Forest, lessons: Lessons | null): RankedHunk {
  const candidates = candidatesFor(view, hunk, around, at, lessons);
  const rows = hunkRows(view, hunk, around, at, candidates, lessons);
  const chances = softmax(rows.map((row) => scoreOf(forest, row)));
  const ranked = candidates.map((candidate, index) => ({ candidate, chance: chances[index] ?? 0 }));
  return { ranked: ranked.toSorted((a, b) => b.chance - a.chance), none: chances.at(-1) ?? 0 };
}

export function candidatesFor({ earlier }: Pick<FileView, 'earlier'>, hunk: HunkLines, around: Surroundings, at: number, lessons: Lessons | null): readonly Candidate[] {
  return candidatesOf(hunk, around, replayOf(lessons, hunk), earlier === null ? null : partedLines(earlier, hunk, around, at));
}

const NONE = CANDIDATE_FEATURES.map(() => -9);

/** A row of features a candidate, and a last one for `none of these`. */
export function hunkRows(view: FileView, hunk: HunkLines, around: Surroundings, at: number, candidates: readonly Candidate[], lessons: Lessons | null): readonly (readonly number[])[] {
  const seen = hunkView(view, hunk, around, at, candidates.length);
  const head = [...view.features, ...seen.features];
  const recalled = recall(lessons, view.file, hunk);
  const learned = (candidate: Candidate | null): readonly number[] => lessonFeatures(recalled, candidate);
  const before = earlierHunkFeatures(view.earlier, hunk, around);
  return [...candidates.map((candidate) => [...head, ...candidateFeatures(view, seen, candidate), 0, ...learned(candidate), ...before, ...earlierTextFeatures(view.earlier, [candidate.key])]), [...head, ...NONE, 1, ...learned(null), ...before, ...earlierTextFeatures(null, [])]];
}
