// Past conflicts of repositories with what people committed, and what the two rankings are told about them. Reads; writes nothing.
import { pastMerges, readConflict } from '../../src/adapter/git/past-merge.ts';
import { openView } from '../../src/adapter/git/view.ts';
import { findConflicts, type Learning } from '../../src/command/replay/past.ts';
import { mergeLines } from '../../src/engine/line/merge-lines.ts';
import { orderFor } from '../../src/replay/sample.ts';
import { align } from '../../src/resolution/align.ts';
import type { ConflictFile } from '../../src/resolution/conflict-file.ts';
import { draftsOf } from '../../src/resolution/draft.ts';
import { viewOf } from '../../src/resolution/feature-file.ts';
import { optionRows } from '../../src/resolution/feature-option.ts';
import type { Forest } from '../../src/resolution/forest.ts';
import { conflicts, rankHunks } from '../../src/resolution/ladder.ts';
import { learn, noLessons, type Lessons } from '../../src/resolution/lesson.ts';
import { bareKey, linesOf } from '../../src/resolution/line.ts';
import { candidatesFor, hunkRows } from '../../src/resolution/rank.ts';
import type { Parser } from '../../src/resolution/syntax.ts';
import type { Group, Rows } from './boost.ts';

/** One file people had to resolve. `merge` groups files, `repository` groups merges. */
export type Past = { readonly repository: string; readonly merge: string; readonly file: ConflictFile; readonly committed: string };

const HUNKS_MAX = 60;
const SEED = 7;

/** Oldest first, so that lessons never come from the future. */
export async function gather(repository: string, gitDir: string, mergesMax: number): Promise<readonly Past[]> {
  const view = openView(gitDir);
  try {
    const { collisions } = await findConflicts(view, orderFor(await pastMerges(view, null), SEED), mergesMax, { stopped: () => false, progress: () => undefined });
    const past: Past[] = [];
    for (const collision of collisions.toSorted((a, b) => a.atMs - b.atMs)) {
      const { merge, files } = await readConflict(view, collision);
      for (const { file, committed } of files) past.push({ repository, merge, file: looksBack(merge) ? file : withoutEarlier(file), committed });
    }
    return past;
  } finally {
    await view.close();
  }
}

/** One merge of four as where nobody looked back: texts alone are all that `resolve` may be given. */
function looksBack(merge: string): boolean {
  return Number.parseInt(merge.slice(6, 8), 16) % 4 !== 0;
}

function withoutEarlier({ path, base, ours, theirs, intent }: ConflictFile): ConflictFile {
  return { path, base, ours, theirs, intent };
}

/** Rows of one kind with their groups; `fold` by repository, so that a model is judged on repositories it has not seen. */
export type Material = Rows & { readonly groups: readonly (Group & { readonly repository: string })[] };

/** By merge: as in a new repository, as when whole merges are answered, as when outcomes are told one by one. */
const LEARNINGS: readonly Learning[] = ['nothing', 'nothing', 'merge by merge', 'merge by merge', 'merge by merge', 'file by file', 'file by file', 'file by file'];

/** The first ranking's: a group a hunk. */
export function hunkMaterial(all: readonly Past[]): Material {
  const collect = new Collector();
  const hunksIn = countBy(all, ({ repository, merge, file }) => [`${repository} ${merge}`, conflicts(mergeLines(file.base ?? '', file.ours, file.theirs, 'eager')).length]);
  const learningOf = (merge: string): Learning => LEARNINGS[Number.parseInt(merge.slice(0, 6), 16) % LEARNINGS.length] ?? 'nothing';
  inOrder(all, learningOf, ({ repository, merge, file, committed }, taught) => {
    const regions = mergeLines(file.base ?? '', file.ours, file.theirs, 'eager');
    const open = conflicts(regions);
    if (open.length === 0 || open.length > HUNKS_MAX) return;
    const view = viewOf(file, regions);
    const taken = align(regions, linesOf(committed));
    for (const [at, { hunk, around }] of open.entries()) {
      const lines = taken[at] ?? null;
      if (lines === null) continue;
      const candidates = candidatesFor(view, hunk, around, at, taught);
      const right = candidates.findIndex(({ key }) => key === bareKey(lines));
      collect.add(repository, hunkRows(view, hunk, around, at, candidates, taught), right < 0 ? candidates.length : right, 1 / Math.sqrt(hunksIn.get(`${repository} ${merge}`) ?? 1));
    }
  });
  return collect.material();
}

const FILES_A_REPOSITORY = 350;

/** The second ranking's: a group a file. `forestOf` is the first ranking as trained without that repository. */
export function optionMaterial(all: readonly Past[], forestOf: (repository: string) => Forest, parser: Parser, learning: Learning): Material {
  const collect = new Collector();
  const filesIn = countBy(all, ({ repository, merge }) => [`${repository} ${merge}`, 1]);
  const filesOf = countBy(all, ({ repository }) => [repository, 1]);
  inOrder(all, () => learning, ({ repository, merge, file, committed }, taught) => {
    const view = viewOf(file, mergeLines(file.base ?? '', file.ours, file.theirs, 'eager'));
    if (view.hunkCount === 0 || view.hunkCount > HUNKS_MAX) return;
    const { drafts, context } = draftsOf(view, rankHunks(view, { hunk: forestOf(repository) }, taught), parser, taught);
    const right = drafts.findIndex(({ key }) => key === bareKey(linesOf(committed)));
    const weight = Math.min(1, FILES_A_REPOSITORY / (filesOf.get(repository) ?? 1)) / Math.sqrt(filesIn.get(`${repository} ${merge}`) ?? 1);
    collect.add(repository, optionRows(context, drafts), right < 0 ? drafts.length : right, weight);
  });
  return collect.material();
}

/** Each file with what could be known of those before it. */
function inOrder(all: readonly Past[], learningOf: (merge: string) => Learning, look: (past: Past, lessons: Lessons | null) => void): void {
  for (const [, past] of Map.groupBy(all, ({ repository }) => repository)) {
    const lessons = noLessons();
    for (const [merge, files] of Map.groupBy(past, (one) => one.merge)) {
      const learning = learningOf(merge);
      const teach = ({ file, committed }: Past): void => void learn(lessons, file, committed);
      for (const one of files) {
        look(one, learning === 'nothing' ? null : lessons);
        if (learning === 'file by file') teach(one);
      }
      if (learning !== 'file by file') files.forEach(teach);
    }
  }
}

class Collector {
  readonly #rows: (readonly number[])[] = [];
  readonly #groups: (Group & { readonly repository: string })[] = [];

  add(repository: string, rows: readonly (readonly number[])[], right: number, weight: number): void {
    this.#groups.push({ repository, start: this.#rows.length, size: rows.length, right, weight });
    this.#rows.push(...rows);
  }

  material(): Material {
    const width = this.#rows[0]?.length ?? 0;
    const values = new Float32Array(this.#rows.length * width);
    for (const [at, row] of this.#rows.entries()) values.set(row, at * width);
    return { values, count: this.#rows.length, width, groups: this.#groups };
  }
}

function countBy<T>(items: readonly T[], of: (item: T) => readonly [string, number]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) {
    const [key, by] = of(item);
    counts.set(key, (counts.get(key) ?? 0) + by);
  }
  return counts;
}
