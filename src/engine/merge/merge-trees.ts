// Three trees into one, as git merges them: equal to git's tree, or declined. Decides by ids first, by paths next, by lines last.
import { isKnownSame, type Blob, type Tree } from '../object/node.ts';
import { walk, type Walked } from './walk.ts';
import type { LineBook } from './line-book.ts';
import type { Lines } from './merge-file.ts';
import type { Clash, MergeOutcome, Shelf, Verdict } from './outcome.ts';
import { followRenames } from './follow-renames.ts';

/** `base`: the only merge base of the two commits. The trees' attributes and the merge's configuration must be git's defaults. `book`: for whoever merges the same texts again and again. `made`: takes the files of the merge that neither side had. */
export function mergeTrees(base: Tree, ours: Tree, theirs: Tree, shelf: Shelf, book: LineBook | null = null, made: Blob[] = []): MergeOutcome {
  return merge(base, ours, theirs, shelf, { book, wanted: 'tree', made });
}

/** What `mergeTrees` would say, without the tree, and the faster the more of the texts the book has seen. */
export function judgeTrees(base: Tree, ours: Tree, theirs: Tree, shelf: Shelf, book: LineBook): Verdict {
  const outcome = merge(base, ours, theirs, shelf, { book, wanted: 'verdict', made: [] });
  return outcome.kind === 'clean' ? CLEAN : outcome;
}

const CLEAN: Verdict = { kind: 'clean' };

function merge(base: Tree, ours: Tree, theirs: Tree, shelf: Shelf, lines: Lines): MergeOutcome {
  if (isKnownSame(base, theirs) || isKnownSame(ours, theirs)) return { kind: 'clean', tree: ours };
  if (isKnownSame(base, ours)) return { kind: 'clean', tree: theirs };
  const walked = walk(base, ours, theirs, shelf, lines);
  const mayRename = walked.mayRename || walked.left.ours.size + walked.left.theirs.size > 0;
  if (!mayRename || walked.declined !== null || walked.missing.length > 0) return outcomeOf(walked);
  const followed = followRenames({ base, ours, theirs }, walked.left, shelf);
  switch (followed.kind) {
    case 'moved':
      lines.made.length = 0;
      return withClashes(outcomeOf(walk(followed.base, followed.ours, followed.theirs, shelf, lines)), followed.clashes);
    case 'none': return outcomeOf(walked);
    case 'conflict': return { kind: 'conflict', clashes: [...followed.clashes, ...walked.sure] };
    case 'declined': return orSure(followed, walked.sure);
    case 'missing': return followed;
  }
}

function outcomeOf({ tree, clashes, sure, missing, declined }: Walked): MergeOutcome {
  if (declined !== null) return orSure({ kind: 'declined', why: declined }, sure);
  if (missing.length > 0) return { kind: 'missing', objects: [...new Set(missing)] };
  return clashes.length > 0 ? { kind: 'conflict', clashes } : { kind: 'clean', tree };
}

/** What is not modelled may add to the conflict, but not undo it. */
function orSure(declined: Extract<MergeOutcome, { kind: 'declined' }>, sure: readonly Clash[]): MergeOutcome {
  return sure.length > 0 ? { kind: 'conflict', clashes: sure } : declined;
}

function withClashes(outcome: MergeOutcome, more: readonly Clash[]): MergeOutcome {
  if (more.length === 0 || outcome.kind === 'missing') return outcome;
  return { kind: 'conflict', clashes: outcome.kind === 'conflict' ? [...more, ...outcome.clashes] : more };
}
