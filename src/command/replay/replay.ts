// One replay from beginning to end, as one document. Knows the order of things; each thing is done elsewhere.
import { pastMerges, type PastConflict } from '../../adapter/git/past-merge.ts';
import { openView } from '../../adapter/git/view.ts';
import type { Ladder } from '../../adapter/ladder/ladder.ts';
import { figuresOf, type Figures } from '../../replay/figures.ts';
import { orderFor } from '../../replay/sample.ts';
import type { Verdict } from '../../replay/verdict.ts';
import { findConflicts, judgeConflicts, type Found, type Watch } from './past.ts';

export type ReplayChoices = {
  /** For people. */
  readonly repository: string;
  readonly gitDir: string;
  readonly since: string | null;
  readonly seed: number | null;
  /** Conflicted ones. */
  readonly mergesMax: number;
  readonly threshold: number;
  readonly learn: boolean;
};

export type Replay = {
  readonly repository: string;
  readonly seed: number | null;
  readonly since: string | null;
  readonly learned: boolean;
  /** By Ctrl-C, before all was judged. */
  readonly stopped: boolean;
  readonly history: { readonly merges: number } & Omit<Found, 'collisions'>;
  readonly figures: Figures;
  /** Oldest merge first. */
  readonly files: readonly Verdict[];
  readonly unjudged: readonly ({ readonly merge: string } & PastConflict['unjudged'][number])[];
};

export async function replayHistory(choices: ReplayChoices, ladder: Ladder, watch: Watch): Promise<Replay> {
  const view = openView(choices.gitDir);
  try {
    const merges = await pastMerges(view, choices.since);
    const { collisions, ...found } = await findConflicts(view, orderFor(merges, choices.seed), choices.mergesMax, watch);
    const judged = await judgeConflicts(view, collisions, ladder, choices.learn, watch);
    return {
      repository: choices.repository, seed: choices.seed, since: choices.since, learned: choices.learn, stopped: watch.stopped(),
      history: { merges: merges.length, ...found },
      figures: figuresOf(judged, choices.threshold),
      files: judged.flatMap((merge) => merge.files),
      unjudged: judged.flatMap(({ merge, unjudged }) => unjudged.map((path) => ({ merge, ...path }))),
    };
  } finally {
    await view.close();
  }
}
