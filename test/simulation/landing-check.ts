// The laws of one move of a target by Maestro, checked on the commits themselves: gated, contained, on top, once, undone exactly.
import type { Oid, RefName } from '../../src/merge/branch.ts';
import type { Inverse } from '../../src/merge/effect.ts';
import type { Intent } from '../../src/merge/event.ts';
import type { MergeRequest } from '../../src/merge/request.ts';
import type { SymbolicCommit } from '../harness/history.ts';
import { isGreen } from '../harness/symbolic-gate.ts';
import { attemptOf, conflictOf, isAskedAgain } from '../harness/symbolic-merge.ts';
import type { Move } from '../harness/symbolic-remote.ts';
import type { Checker } from './checker.ts';

/** What the remote was seen to get: which merge each rollback took back, and what landed its work again. */
export type Landed = { readonly rollbacks: Map<Oid, Oid>; readonly inverses: Map<RefName, readonly (Inverse & { readonly restoredBy: readonly Oid[] })[]> };

/** Rollbacks that stand where this is the tip: a target that is moved back loses what landed their work again, too. */
export function standingAt(checker: Checker, target: RefName, tip: Oid): readonly Inverse[] {
  return (checker.landed.inverses.get(target) ?? []).filter(({ restoredBy }) => !restoredBy.some((commit) => checker.world.history.isAncestor(commit, tip)));
}

export function checkMove(checker: Checker, move: Move): void {
  const { world } = checker;
  const saved = checker.intents.get(move.intent ?? '');
  const intent = saved?.intent;
  checker.holds('I1 intent before push', intent !== undefined && intent.target === move.ref && intent.new === move.new && intent.old === move.old, () => `${move.ref} moved ${move.old} -> ${move.new} without a saved intent`);
  checker.holds('I4 no force, no create', move.old !== null && move.new !== null && world.history.isAncestor(move.old, move.new), () => `${move.ref} moved ${move.old} -> ${move.new}`);
  if (saved === undefined || intent === undefined || move.old === null || move.new === null || checker.violation !== null) return;
  const commits = world.history.firstParents(move.new, move.old) ?? [];
  checker.holds('I1 first parents', commits.length === intent.requests.length, () => `${intent.id} pushed ${commits.length} commits for ${intent.requests.length} requests`);
  checkGates(checker, saved, commits);
  for (const [at, commit] of commits.entries()) {
    const request = saved.requests[at];
    if (request !== undefined && checker.violation === null) checkCommit(checker, move.ref, request, commit);
  }
  checkOnce(checker, move.new);
}

function checkGates(checker: Checker, { intent, requests }: { readonly intent: Intent; readonly requests: readonly MergeRequest[] }, commits: readonly SymbolicCommit[]): void {
  const rules = checker.rules(intent.target, intent.old);
  for (const { phase } of requests) {
    const verdict = phase.state === 'gating' ? phase.verdict : null;
    const known = verdict !== null && rules.some(({ gate }) => (verdict.kind === 'not-configured' ? gate === null : gate?.run === verdict.gate));
    checker.holds('I16 config from the target', known, () => `${intent.id} was gated by ${JSON.stringify(verdict)}, the target asks for ${JSON.stringify(rules.map((rule) => rule.gate?.run ?? null))}`);
  }
  // Where a whole chain is gated at once, the tree that becomes the target's is the one that counts.
  const exact = (scope: 'each' | 'chain'): readonly MergeRequest[] => (scope === 'chain' ? requests.slice(-1) : requests);
  const onTree = rules.some(({ gate }) => gate === null || exact(gate.scope).every(({ phase }) => phase.state === 'gating' && phase.verdict?.tree === phase.candidate.tree));
  checker.holds('I1 gated on its tree', onTree, () => `${intent.id} lands a tree that no gate saw`);
  const green = rules.some(({ gate }) => gate === null || (gate.scope === 'chain' ? commits.slice(-1) : commits).every((commit) => isGreen(commit.files, gate)));
  checker.holds('I1 landed is gated', green, () => `${intent.id} landed what its gate calls red`);
}

function checkCommit(checker: Checker, target: RefName, request: MergeRequest, commit: SymbolicCommit): void {
  const [onto, second] = commit.parents;
  if (onto === undefined) return checker.fail('I3 nothing lost', `${commit.oid} has no parent`);
  if (request.kind.kind === 'rollback') checkRollback(checker, target, request, request.kind.merge, commit, onto);
  else checkMerge(checker, target, request, commit, onto, second);
}

function checkRollback(checker: Checker, target: RefName, request: MergeRequest, merge: Oid, commit: SymbolicCommit, onto: Oid): void {
  const { history } = checker.world;
  const undone = history.undo(merge, history.get(onto).files);
  checker.holds('I8 rollback', commit.parents.length === 1 && undone.clashes.length === 0 && history.tree(undone.files) === commit.tree, () => `${request.id} is not the inverse of ${merge}`);
  checker.landed.rollbacks.set(commit.oid, merge);
  checker.landed.inverses.set(target, [...(checker.landed.inverses.get(target) ?? []), { tip: request.tip, revert: commit.oid, restoredBy: [] }]);
}

/** Everything but the conflicting paths follows from the two parents; those follow from the recorded answer. */
function checkMerge(checker: Checker, target: RefName, request: MergeRequest, commit: SymbolicCommit, onto: Oid, second: Oid | undefined): void {
  const { history } = checker.world;
  checker.holds('I3 nothing lost', second === request.tip && commit.parents.length === 2, () => `${commit.oid} does not hold ${request.tip}`);
  const standing = standingAt(checker, target, onto);
  const attempt = attemptOf(history, request, onto, standing);
  if (attempt?.kind !== 'merged') return checker.fail('I5 only its own changes', `${request.id} landed a merge that cannot be made`);
  const { files, clashes } = attempt.merged;
  const answered = new Map(clashes.map((clash, at) => {
    const letter = request.resolution?.choices[at];
    return [clash.path, letter === 'A' ? clash.ours : letter === 'B' ? clash.theirs : letter === 'C' ? `${clash.ours}+${clash.theirs}` : undefined];
  }));
  const wrong = [...new Set([...files.keys(), ...commit.files.keys(), ...answered.keys()])].find((path) => (commit.files.get(path) ?? null) !== (answered.has(path) ? answered.get(path) : files.get(path) ?? null));
  checker.holds(attempt.restores.length > 0 ? 'I8 landing again' : 'I5 only its own changes', wrong === undefined, () => `${request.id} landed ${wrong} as ${commit.files.get(wrong ?? '')}, its parents give ${files.get(wrong ?? '')}`);
  if (clashes.length > 0 && request.resolution !== null) checker.holds('I9 only open questions', request.resolution.fingerprint === conflictOf(clashes).fingerprint, () => `${request.id} landed with an answer to another question`);
  const restored = new Set(standing.filter((inverse) => isAskedAgain(history, inverse, request.tip, onto)).map(({ revert }) => revert));
  checker.landed.inverses.set(target, (checker.landed.inverses.get(target) ?? []).map((one) => restored.has(one.revert) ? { ...one, restoredBy: [...one.restoredBy, commit.oid] } : one));
}

/** A tip enters a target once, unless it was rolled back in between. */
function checkOnce(checker: Checker, tip: Oid): void {
  const { history } = checker.world;
  const inside = new Set<Oid>();
  for (const commit of history.firstParents(tip, null) ?? []) {
    const [, second] = commit.parents;
    const undone = checker.landed.rollbacks.get(commit.oid);
    const taken = undone === undefined ? undefined : history.get(undone).parents[1];
    if (taken !== undefined) inside.delete(taken);
    if (second === undefined) continue;
    checker.holds('I2 landed once', !inside.has(second), () => `${second} landed twice`);
    inside.add(second);
  }
}
