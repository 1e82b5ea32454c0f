// Two commits into one tree, with as many merge bases as they have: several are first merged into one, as git does it. Knows no graph, only asks it.
import type { Tree } from '../object/node.ts';
import { mergeTrees } from './merge-trees.ts';
import type { MergeOutcome, Shelf } from './outcome.ts';

export type History<Commit> = {
  /** All best common ancestors. */
  mergeBases(one: Commit, other: Commit): readonly Commit[];
  treeOf(commit: Commit): Tree;
};

/** Bases of bases of bases: no more than so often. */
export const BASES_DEPTH_MAX = 8;

export function mergeCommits<Commit>(ours: Commit, theirs: Commit, history: History<Commit>, shelf: Shelf): MergeOutcome {
  return mergeAt(ours, theirs, history, shelf, 0);
}

function mergeAt<Commit>(ours: Commit, theirs: Commit, history: History<Commit>, shelf: Shelf, depth: number): MergeOutcome {
  const bases = history.mergeBases(ours, theirs);
  const [first, second] = bases;
  const declined: MergeOutcome = { kind: 'declined', why: { kind: 'bases', count: bases.length } };
  if (first === undefined || bases.length > 2 || depth > BASES_DEPTH_MAX) return declined;
  const trees = [history.treeOf(ours), history.treeOf(theirs)] as const;
  if (second === undefined) return mergeTrees(history.treeOf(first), ...trees, shelf);
  const base = mergeAt(first, second, history, shelf, depth + 1);
  switch (base.kind) {
    case 'clean': return mergeTrees(base.tree, ...trees, shelf);
    // Git would merge over a base with conflict marks in it.
    case 'conflict': return declined;
    case 'declined': return declined;
    case 'missing': return base;
  }
}
