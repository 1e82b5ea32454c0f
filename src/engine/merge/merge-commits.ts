// Two commits into one tree, with as many merge bases as they have: several are first merged into one, as git does it. Knows no graph, only asks it.
import type { Blob, Tree } from '../object/node.ts';
import type { LineBook } from './line-book.ts';
import { judgeTrees, mergeTrees } from './merge-trees.ts';
import type { MergeOutcome, Shelf, Verdict } from './outcome.ts';

export type History<Commit> = {
  /** All best common ancestors. */
  mergeBases(one: Commit, other: Commit): readonly Commit[];
  treeOf(commit: Commit): Tree;
};

/** Bases of bases of bases: no more than so often. */
export const BASES_DEPTH_MAX = 8;

/** `made`: as `mergeTrees` has it. */
export function mergeCommits<Commit>(ours: Commit, theirs: Commit, history: History<Commit>, shelf: Shelf, made: Blob[] = []): MergeOutcome {
  const base = commonTree(ours, theirs, history, shelf);
  return base.kind === 'clean' ? mergeTrees(base.tree, history.treeOf(ours), history.treeOf(theirs), shelf, null, made) : base;
}

/** The same without the tree. */
export function judgeCommits<Commit>(ours: Commit, theirs: Commit, history: History<Commit>, shelf: Shelf, book: LineBook): Verdict {
  const base = commonTree(ours, theirs, history, shelf);
  return base.kind === 'clean' ? judgeTrees(base.tree, history.treeOf(ours), history.treeOf(theirs), shelf, book) : base;
}

/** What both have in common: the tree of their merge base, or what two of them merge to. */
function commonTree<Commit>(ours: Commit, theirs: Commit, history: History<Commit>, shelf: Shelf, depth = 0): Exclude<MergeOutcome, { kind: 'conflict' }> {
  const bases = history.mergeBases(ours, theirs);
  const [first, second] = bases;
  const declined = { kind: 'declined', why: { kind: 'bases', count: bases.length } } as const;
  if (first === undefined || bases.length > 2 || depth > BASES_DEPTH_MAX) return declined;
  if (second === undefined) return { kind: 'clean', tree: history.treeOf(first) };
  const base = commonTree(first, second, history, shelf, depth + 1);
  const merged = base.kind === 'clean' ? mergeTrees(base.tree, history.treeOf(first), history.treeOf(second), shelf) : base;
  // Git would merge over a base with conflict marks in it.
  return merged.kind === 'conflict' || merged.kind === 'declined' ? declined : merged;
}
