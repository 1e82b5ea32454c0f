// Goes through a repository's past conflicts with the ladder: finds them newest first, judges them oldest first. Prints nothing.
import { collisionKey, mergeAgain, readConflict, type Collision, type PastConflict, type PastMerge } from '../../adapter/git/past-merge.ts';
import type { View } from '../../adapter/git/view.ts';
import type { Ladder } from '../../adapter/ladder/ladder.ts';
import { judge, type Verdict } from '../../replay/verdict.ts';
import type { JudgedMerge } from '../../replay/figures.ts';
import type { GatedMerge } from '../../replay/gated.ts';
import { findingOf } from '../resolve/finding.ts';

export type Watch = { /** Between two steps: whether to end with what there is. */ readonly stopped: () => boolean; readonly progress: (text: string) => void };
export type Found = { readonly lookedAt: number; readonly unreadable: number; readonly conflicted: number; /** Conflicts with no text in them, or seen before. */ readonly passedOver: number; readonly collisions: readonly Collision[] };
export type Judged = JudgedMerge & { readonly unjudged: PastConflict['unjudged']; /** Null without a gate. */ readonly gated: GatedMerge | null };
export type Rehearse = (collision: Collision, ladder: Ladder) => Promise<GatedMerge>;

/** Merges in flight at once: git answers one after another, but never has to wait for us. */
const AT_ONCE = 32;
export const SCOPE = 'replay';

export async function findConflicts(view: View, merges: readonly PastMerge[], wanted: number, watch: Watch): Promise<Found> {
  const seen = new Set<string>();
  const collisions: Collision[] = [];
  let [lookedAt, unreadable, conflicted] = [0, 0, 0];
  for (let at = 0; at < merges.length && collisions.length < wanted && !watch.stopped(); at += AT_ONCE) {
    const some = merges.slice(at, at + AT_ONCE);
    for (const result of await Promise.all(some.map((past) => mergeAgain(view, past)))) {
      if (collisions.length >= wanted) break;
      lookedAt += 1;
      if (result === 'unreadable') unreadable += 1;
      if (typeof result === 'string') continue;
      conflicted += 1;
      const key = collisionKey(result);
      if (hasText(result) && !seen.has(key)) collisions.push(result);
      seen.add(key);
    }
    watch.progress(`${lookedAt} of ${merges.length} merges looked at, ${collisions.length} with a conflict`);
  }
  return { lookedAt, unreadable, conflicted, passedOver: conflicted - collisions.length, collisions };
}

function hasText({ stages }: Collision): boolean {
  const files = stages.filter(({ mode }) => mode.startsWith('100'));
  return files.some(({ stage, path }) => stage === 2 && files.some((other) => other.stage === 3 && other.path === path));
}

/** When what people did is told. Before a whole merge was judged, people knew nothing of it; file by file is how `resolve` may be told. */
export type Learning = 'nothing' | 'merge by merge' | 'file by file';

/** Oldest first: nothing comes from the future. */
export async function judgeConflicts(view: View, collisions: readonly Collision[], ladder: Ladder, learning: Learning, watch: Watch, rehearse: Rehearse | null): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (const collision of collisions.toSorted((one, other) => one.atMs - other.atMs || (one.merge < other.merge ? -1 : 1))) {
    if (watch.stopped()) break;
    const past = await readConflict(view, collision);
    if (past.files.length === 0) continue;
    // Before its lessons: nothing is known of it yet.
    const gated = rehearse === null ? null : await unlessStopped(watch, () => rehearse(collision, ladder));
    judged.push({ ...await judgeOne(past, ladder, learning, watch), gated });
    watch.progress(`${judged.length} of ${collisions.length} conflicted merges resolved again`);
  }
  return judged;
}

/** Null when it was cut short: that says nothing. */
async function unlessStopped<T>(watch: Watch, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (watch.stopped()) return null;
    throw error;
  }
}

async function judgeOne(past: PastConflict, ladder: Ladder, learning: Learning, watch: Watch): Promise<Omit<Judged, 'gated'>> {
  const files: Verdict[] = [];
  const lessons: (() => Promise<void>)[] = [];
  for (const { file, committed } of past.files) {
    if (watch.stopped()) break;
    const startedAt = performance.now();
    const answer = await ladder.resolve(SCOPE, file);
    files.push(judge(past.merge, file, committed, findingOf(answer), performance.now() - startedAt));
    const teach = (): Promise<void> => ladder.learn({ scope: SCOPE, file, resolved: committed });
    if (learning === 'file by file') await teach();
    else lessons.push(teach);
  }
  if (learning === 'merge by merge') for (const teach of lessons) await teach();
  return { merge: past.merge, whole: past.unjudged.length === 0 && files.length === past.files.length, files, unjudged: past.unjudged };
}
