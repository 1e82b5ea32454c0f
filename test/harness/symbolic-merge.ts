// Candidates of the symbolic history: what the git adapter promises of `build` and `options`, without git. Pure.
import type { Oid } from '../../src/merge/branch.ts';
import type { Effect, Inverse } from '../../src/merge/effect.ts';
import type { BuildOutcome } from '../../src/merge/observation.ts';
import type { Candidate, MergeRequest, OptionLetter, Resolution } from '../../src/merge/request.ts';
import type { Answered, BuiltOption, Choice, ConflictText } from '../../src/port/git.ts';
import { NO_INTENT } from '../../src/resolution/conflict-file.ts';
import type { Conflict } from '../../src/resolution/conflict.ts';
import { changedPaths, type Clash, type Files, type History } from './history.ts';

type Build = Extract<Effect, { kind: 'build' }>;
type Built = { readonly id: MergeRequest['id']; readonly outcome: BuildOutcome };

/** Bugs that live in the adapter's half of the work; planted by the simulation only. */
export type MergeBugs = { readonly anyAnswerFits: boolean; readonly forgetsRollbacks: boolean };
export const NO_MERGE_BUGS: MergeBugs = { anyAnswerFits: false, forgetsRollbacks: false };

export function buildChain(history: History, effect: Build, bugs: MergeBugs): readonly Built[] {
  const results: Built[] = [];
  let onto = effect.onto;
  for (const request of effect.requests) {
    const outcome = buildOne(history, effect, request, onto, bugs);
    results.push({ id: request.id, outcome });
    if (outcome.kind === 'candidate') onto = outcome.candidate.commit;
  }
  return results;
}

function buildOne(history: History, effect: Build, request: MergeRequest, onto: Oid, bugs: MergeBugs): BuildOutcome {
  const top = history.get(onto);
  if (request.kind.kind === 'rollback') {
    const undone = history.undo(request.kind.merge, top.files);
    if (undone.clashes.length > 0) return { kind: 'refused', reason: { code: 'rollback-conflict', paths: undone.clashes.map((clash) => clash.path) } };
    if (history.tree(undone.files) === top.tree) return { kind: 'contained' };
    return { kind: 'candidate', candidate: candidate(history, request, onto, undone.files, 'inverse', []), resolution: null };
  }
  const attempt = attemptOf(history, request, onto, bugs.forgetsRollbacks ? [] : effect.inverses);
  if (attempt === null) return { kind: 'refused', reason: { code: 'unrelated-histories' } };
  if (attempt.kind === 'torn') return { kind: 'refused', reason: { code: 'rollback-conflict', paths: attempt.paths } };
  const { merged, restores } = attempt;
  if (merged.clashes.length === 0) {
    const isAhead = onto !== effect.tip && restores.length > 0;
    if (!isAhead && history.tree(merged.files) === top.tree && history.isAncestor(request.tip, effect.tip)) return { kind: 'contained' };
    if (history.tree(merged.files) === top.tree && history.isAncestor(request.tip, onto)) return { kind: 'ahead', why: 'its commit comes in with them' };
    return { kind: 'candidate', candidate: candidate(history, request, onto, merged.files, 'clean', restores), resolution: null };
  }
  const resolution = resolutionFor(request, merged.clashes, effect.diff3, bugs.anyAnswerFits);
  const files = resolution === null ? null : choose(merged.files, merged.clashes, resolution.choices);
  if (files !== null) return { kind: 'candidate', candidate: candidate(history, request, onto, files, 'resolved', restores), resolution };
  if (onto !== effect.tip) {
    const onTip = buildOne(history, effect, request, effect.tip, bugs);
    if (onTip.kind === 'conflict') return onTip;
  }
  return { kind: 'conflict', onTip: onto === effect.tip, onto, conflict: conflictOf(merged.clashes) };
}

export function buildOptions(history: History, request: MergeRequest, onto: Oid, conflict: Conflict, diff3: string, inverses: readonly Inverse[]): readonly BuiltOption[] {
  const attempt = attemptOf(history, request, onto, inverses);
  if (attempt?.kind !== 'merged' || conflictOf(attempt.merged.clashes).fingerprint !== conflict.fingerprint) return [];
  const letters: readonly OptionLetter[] = diff3 === 'off' ? ['A', 'B'] : ['A', 'B', 'C'];
  return letters.flatMap((letter): BuiltOption[] => {
    const files = choose(attempt.merged.files, attempt.merged.clashes, attempt.merged.clashes.map(() => letter));
    if (files === null) return [];
    const made = candidate(history, request, onto, files, 'resolved', []);
    return [{ letter, title: `option ${letter}`, commit: made.commit, tree: made.tree, ledger: { keptOurs: 1, keptTheirs: 1, droppedOurs: 1, droppedTheirs: 1 } }];
  });
}

/** Words are lines: `one+other` is a file of two. */
export function conflictFiles(history: History, request: MergeRequest, onto: Oid, conflict: Conflict, inverses: readonly Inverse[]): readonly ConflictText[] {
  return clashesOf(history, request, onto, conflict, inverses).map(({ path, base, ours, theirs }) => ours === null || theirs === null
    ? { kind: 'alarm', path, alarm: { code: 'unread', why: 'is there on one side only' } }
    : { kind: 'text', file: { path, base: base === null ? null : textOf(base), ours: textOf(ours), theirs: textOf(theirs), intent: NO_INTENT } });
}

export function textOf(word: string): string {
  return `${word.replaceAll('+', '\n')}\n`;
}

/** Texts are what [C] makes of the words; no other is ever proposed here. */
export function buildAnswer(history: History, request: MergeRequest, onto: Oid, conflict: Conflict, choices: readonly Choice[], inverses: readonly Inverse[]): Answered | null {
  const attempt = attemptOf(history, request, onto, inverses);
  const clashes = clashesOf(history, request, onto, conflict, inverses);
  const files = attempt?.kind !== 'merged' || clashes.length === 0 ? null : choose(attempt.merged.files, clashes, choices.map(({ letter }) => letter));
  if (files === null) return null;
  const made = candidate(history, request, onto, files, 'resolved', []);
  return { commit: made.commit, tree: made.tree, ledger: { keptOurs: 1, keptTheirs: 1, droppedOurs: 0, droppedTheirs: 0 }, applied: clashes.map(({ path }, at) => ({ path, choice: choices[at]?.letter ?? 'A', droppedOurs: 0, droppedTheirs: 0 })) };
}

function clashesOf(history: History, request: MergeRequest, onto: Oid, conflict: Conflict, inverses: readonly Inverse[]): readonly Clash[] {
  const attempt = attemptOf(history, request, onto, inverses);
  return attempt?.kind === 'merged' && conflictOf(attempt.merged.clashes).fingerprint === conflict.fingerprint ? attempt.merged.clashes : [];
}

type Attempt = { readonly kind: 'merged'; readonly merged: ReturnType<History['merge']>; readonly restores: readonly Oid[] } | { readonly kind: 'torn'; readonly paths: readonly string[] };

/** The branch's merge on `onto`, with every rollback taken back that the branch asks for again; null without common history. */
export function attemptOf(history: History, request: Pick<MergeRequest, 'tip'>, onto: Oid, inverses: readonly Inverse[]): Attempt | null {
  const [base] = history.mergeBases(onto, request.tip);
  if (base === undefined) return null;
  let files = history.get(onto).files;
  const restores: Oid[] = [];
  for (const inverse of inverses.toReversed()) {
    if (!isAskedAgain(history, inverse, request.tip, onto)) continue;
    const undone = history.undo(inverse.revert, files);
    if (undone.clashes.length > 0) return { kind: 'torn', paths: undone.clashes.map((clash) => clash.path) };
    files = undone.files;
    restores.push(inverse.revert);
  }
  return { kind: 'merged', merged: history.merge(base.files, files, history.get(request.tip).files), restores };
}

/** As the git adapter has it: the last the branch shares with the target before the rollback is the rolled back tip itself. */
export function isAskedAgain(history: History, inverse: Inverse, tip: Oid, onto: Oid): boolean {
  const before = history.get(inverse.revert).parents[0];
  if (before === undefined || !history.mergeBases(before, tip).some((base) => base.oid === inverse.tip)) return false;
  return history.isAncestor(inverse.revert, onto);
}

export function conflictOf(clashes: readonly Clash[]): Conflict {
  const side = (word: string | null): { mode: string; oid: string } | null => (word === null ? null : { mode: '100644', oid: word });
  return {
    fingerprint: clashes.map((clash) => `${clash.path}:${clash.base}:${clash.ours}:${clash.theirs}`).join('|'),
    paths: clashes.map((clash) => ({ path: clash.path, kind: 'content', base: side(clash.base), ours: side(clash.ours), theirs: side(clash.theirs), hunks: [], message: `conflict in ${clash.path}` })),
    partners: [],
  };
}

function resolutionFor(request: MergeRequest, clashes: readonly Clash[], diff3: string, anyAnswerFits: boolean): Resolution | null {
  const { fingerprint } = conflictOf(clashes);
  const { resolution } = request;
  if (resolution !== null && (resolution.fingerprint === fingerprint || anyAnswerFits)) return resolution;
  if (diff3 !== 'auto' || !clashes.every(isFine)) return null;
  return { fingerprint, choices: clashes.map(() => 'C'), by: 'diff3', how: 'diff3' };
}

/** [A] ours, [B] theirs, [C] both words side by side, where the words allow it; null when a letter does not apply. */
function choose(files: Files, clashes: readonly Clash[], choices: readonly OptionLetter[]): Files | null {
  const chosen = new Map(files);
  for (const [at, clash] of clashes.entries()) {
    const letter = choices[at] ?? choices[0];
    if (letter === 'C' && !isFine(clash)) return null;
    const word = letter === 'A' ? clash.ours : letter === 'B' ? clash.theirs : `${clash.ours}+${clash.theirs}`;
    if (word === null) chosen.delete(clash.path);
    else chosen.set(clash.path, word);
  }
  return chosen;
}

function isFine(clash: Clash): boolean {
  return clash.ours?.startsWith('fine') === true && clash.theirs?.startsWith('fine') === true;
}

function candidate(history: History, request: MergeRequest, onto: Oid, files: Files, how: Candidate['how'], restores: readonly Oid[]): Candidate {
  const parents = how === 'inverse' ? [onto] : [onto, request.tip];
  // It quotes the marker on purpose: whoever takes this commit for a signal is wrong.
  const commit = history.commit(files, parents, `Merge ${request.branch} into ${request.target}\n\nREADY_TO_MERGE\n\nMaestro-Merge-Id: ${request.id}\n`, 'Maestro');
  const paths = changedPaths(history.get(onto).files, files);
  return { commit: commit.oid, tree: commit.tree, onto, how, paths, pathCount: paths.length, restores };
}
