// What a target would be after each of several merges, one on top of the other: all of them from one look at what is in memory.
import { mergeCommits, type History } from './merge-commits.ts';
import type { MergeOutcome, Shelf } from './outcome.ts';

export type Lane<Commit> = {
  readonly start: Commit;
  readonly tips: readonly Commit[];
  readonly history: History<Commit>;
  /** What the tip behind `at` is merged onto. `missing`: not told yet, whatever is like it will do to find out what to read. */
  readonly after: (onto: Commit, at: number, outcome: MergeOutcome) => Commit;
};

export type Foreseen = Exclude<MergeOutcome, { kind: 'missing' }>;

/** `outcomes`: one a tip, in their order. `missing`: bring these in and ask again. */
export type Foresight = { readonly kind: 'foreseen'; readonly outcomes: readonly Foreseen[] } | Extract<MergeOutcome, { kind: 'missing' }>;

export function foresee<Commit>({ start, tips, history, after }: Lane<Commit>, shelf: Shelf): Foresight {
  const outcomes: Foreseen[] = [];
  // Those behind one that is not told want much of what they want now: one burst for all instead of one each.
  const missing = new Set<string>();
  let onto = start;
  for (const [at, tip] of tips.entries()) {
    const outcome = mergeCommits(onto, tip, history, shelf);
    if (outcome.kind === 'missing') for (const id of outcome.objects) missing.add(id);
    else outcomes.push(outcome);
    onto = after(onto, at, missing.size === 0 ? outcome : { kind: 'missing', objects: [] });
  }
  return missing.size > 0 ? { kind: 'missing', objects: [...missing] } : { kind: 'foreseen', outcomes };
}
