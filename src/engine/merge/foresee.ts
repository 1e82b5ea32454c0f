// What a target would be after each of several branches, merged one on the other as a lane does: a branch that conflicts is left out, and the
// next takes its place. Answers from memory alone; git's own merge stays what counts.
import { Tree } from '../object/node.ts';
import type { ObjectId } from '../object/id.ts';
import { mergeTrees } from './merge-trees.ts';
import type { Clash, Decline, Shelf } from './outcome.ts';

/** Of the commits that are asked about; `CommitGraph` is one. */
export type History = {
  mergeBases(one: ObjectId, other: ObjectId): readonly ObjectId[];
  isAncestor(ancestor: ObjectId, commit: ObjectId): boolean;
  treeOf(commit: ObjectId): ObjectId;
  parentsOf(commit: ObjectId): readonly ObjectId[];
};

export type Foreseen =
  /** The target's tree once this one is in too. */
  | { readonly kind: 'clean'; readonly tree: Tree }
  | { readonly kind: 'conflict'; readonly clashes: readonly Clash[] }
  /** Not to be told, and nothing behind it either. */
  | { readonly kind: 'unknown'; readonly why: Decline | { readonly kind: 'unrelated' | 'behind' } };

export type Foresight = { readonly kind: 'foreseen'; readonly steps: readonly Foreseen[] } | { readonly kind: 'missing'; readonly objects: readonly ObjectId[] };

/** One step a branch, in this order. `missing`: bring these in and ask again. */
export function foresee(target: ObjectId, tips: readonly ObjectId[], history: History, shelf: Shelf): Foresight {
  const [start, lane] = [Tree.known(history.treeOf(target)), { target, history, shelf }];
  const steps: Foreseen[] = [];
  const missing: ObjectId[] = [];
  let so: SoFar = { tree: start, tips: [], own: new Set() };
  for (const tip of tips) {
    const own = ownCommits(tip, lane);
    const step = missing.length > 0 ? mergeNext(lane, { tree: start, tips: [], own: new Set() }, tip, own) : steps.at(-1)?.kind === 'unknown' ? BEHIND : mergeNext(lane, so, tip, own);
    // What the merge with the target alone wants read is wanted later too: one burst for all instead of one each.
    if (step.kind === 'missing') missing.push(...step.objects);
    else steps.push(step);
    if (step.kind === 'clean' && missing.length === 0) so = { tree: step.tree, tips: [...so.tips, tip], own: new Set([...so.own, ...own]) };
  }
  return missing.length > 0 ? { kind: 'missing', objects: [...new Set(missing)] } : { kind: 'foreseen', steps };
}

const BEHIND: Foreseen = { kind: 'unknown', why: { kind: 'behind' } };

type Lane = { readonly target: ObjectId; readonly history: History; readonly shelf: Shelf };
/** `own`: commits of the branches that the target had not. */
type SoFar = { readonly tree: Tree; readonly tips: readonly ObjectId[]; readonly own: ReadonlySet<ObjectId> };

function mergeNext({ target, history, shelf }: Lane, so: SoFar, tip: ObjectId, own: ReadonlySet<ObjectId>): Foreseen | Extract<Foresight, { kind: 'missing' }> {
  // Only with commits in common beside the target's can there be a better base than the target's.
  const [base, ...more] = ![...own].some((commit) => so.own.has(commit)) ? history.mergeBases(target, tip) : basesOf([target, ...so.tips], tip, history);
  if (base === undefined) return { kind: 'unknown', why: { kind: 'unrelated' } };
  if (more.length > 0) return { kind: 'unknown', why: { kind: 'bases', count: more.length + 1 } };
  const outcome = mergeTrees(Tree.known(history.treeOf(base)), so.tree, Tree.known(history.treeOf(tip)), shelf);
  return outcome.kind === 'declined' ? { kind: 'unknown', why: outcome.why } : outcome;
}

/** Of a merge that does not exist yet, with all that is in it: the best of what each of its parts has in common with the branch. */
function basesOf(parts: readonly ObjectId[], tip: ObjectId, history: History): readonly ObjectId[] {
  const common = [...new Set(parts.flatMap((part) => history.mergeBases(part, tip)))];
  return common.filter((one) => !common.some((other) => other !== one && history.isAncestor(one, other)));
}

/** What the branch brings in. */
function ownCommits(tip: ObjectId, { target, history }: Lane): ReadonlySet<ObjectId> {
  const own = new Set<ObjectId>();
  const waiting = [tip];
  for (let commit = waiting.pop(); commit !== undefined; commit = waiting.pop()) {
    if (own.has(commit) || history.isAncestor(commit, target)) continue;
    own.add(commit);
    waiting.push(...history.parentsOf(commit));
  }
  return own;
}
