// Merge requests become candidates, one on top of the other. Writes objects only: no ref moves here, nothing is landed.
import { MaestroError } from '../../error.ts';
import { shortName } from '../../merge/branch.ts';
import type { Oid } from '../../merge/branch.ts';
import type { Effect } from '../../merge/effect.ts';
import type { BuildOutcome } from '../../merge/observation.ts';
import { PATHS_MAX } from '../../merge/request.ts';
import type { Candidate, MergeRequest, RequestId, Resolution } from '../../merge/request.ts';
import { generatedBy } from '../../merge/route.ts';
import type { AttributeSource } from './attributes.ts';
import { describeConflict, fingerprintOf } from './conflict.ts';
import { chainBases, type ChainBases } from './chain-base.ts';
import type { Change } from './change.ts';
import { checkContainment } from './contain.ts';
import { dateOf } from './date.ts';
import { restore, undo } from './inverse.ts';
import type { Merger } from './merge.ts';
import { IDENTITY, mergeMessage, rollbackMessage } from './message.ts';
import type { ObjectWriter } from './object.ts';
import type { DatedCommit, Reader } from './read.ts';
import type { GitRunner } from './run.ts';
import { applyChoices, plainChoices } from './settle.ts';
import type { Choice, Left } from './settle.ts';
import type { TreeBudget } from './tree-budget.ts';
import { shownPath } from './tree.ts';
import { wrongBase } from './true-base.ts';
import { openPaths, unitsOf } from './unit.ts';
import type { Conflicted, Sides, Unit } from './unit.ts';

export type BuildTools = { readonly git: GitRunner; readonly reader: Reader; readonly merger: Merger; readonly writer: ObjectWriter; readonly budget: TreeBudget; readonly attributes: AttributeSource };
type BuildEffect = Extract<Effect, { kind: 'build' }>;
type Results = readonly { readonly id: RequestId; readonly outcome: BuildOutcome }[];

/** In order; a request that gives no candidate is left out of the chain and the next one takes its place. */
export async function buildChain(effect: BuildEffect, tools: BuildTools): Promise<Results> {
  await readAhead(effect, tools);
  const results: { id: RequestId; outcome: BuildOutcome }[] = [];
  let onto = effect.onto;
  const basesOf = chainBases(tools.reader, onto);
  for (const request of effect.requests) {
    const outcome = await buildOne({ ...tools, effect, request, basesOf }, onto);
    results.push({ id: request.id, outcome });
    if (outcome.kind === 'candidate') onto = outcome.candidate.commit;
  }
  return results;
}

/** Everything that does not depend on the request before, asked for at once: the answers wait in the reader's and the budget's memory. */
async function readAhead(effect: BuildEffect, tools: BuildTools): Promise<void> {
  const target = await need(tools.reader, effect.tip);
  await tools.budget.refusal(target.tree, target.tree, effect.limits);
  await Promise.all(effect.requests.map(async (request) => {
    const tip = request.kind.kind === 'rollback' ? null : await tools.reader.commit(request.tip);
    if (tip !== null) await tools.budget.refusal(tip.tree, target.tree, effect.limits);
  }));
}

type Work = BuildTools & { readonly effect: BuildEffect; readonly attributesFile: string; readonly request: MergeRequest; readonly basesOf: ChainBases; readonly onto: DatedCommit };

/** Attributes are those of what is merged into, so that a chain gives what landing one by one would give. */
async function buildOne(task: Omit<Work, 'onto' | 'attributesFile'>, onto: Oid): Promise<BuildOutcome> {
  const { kind } = task.request;
  const attributes = await task.attributes.of(onto);
  if (attributes.kind === 'unusable') return onto === task.effect.tip ? { kind: 'refused', reason: { code: 'target-unusable', detail: attributes.why } } : { kind: 'ahead', why: attributes.why };
  const work = { ...task, attributesFile: attributes.file, onto: await need(task.reader, onto) };
  return kind.kind === 'rollback' ? buildRollback(work, kind) : buildMerge(work);
}

async function buildRollback(work: Work, kind: { readonly of: RequestId; readonly merge: Oid }): Promise<BuildOutcome> {
  const { onto, request } = work;
  const undone = await undo(work, kind.merge, onto.tree, work.attributesFile);
  if (undone.kind === 'conflict') return { kind: 'refused', reason: { code: 'rollback-conflict', paths: undone.paths.slice(0, PATHS_MAX) } };
  if (undone.tree === onto.tree) return { kind: 'contained' };
  const commit = work.writer.commit({ tree: undone.tree, parents: [onto.oid], identity: IDENTITY, atMs: dateOf(request, [onto]), message: rollbackMessage(request, kind.of) });
  const changed = (await work.reader.changes(onto.tree, undone.tree)).map((change) => change.path);
  return { kind: 'candidate', candidate: candidateOf(onto.oid, { tree: undone.tree, commit, how: 'inverse', changed, restores: [] }), resolution: null };
}

async function buildMerge(work: Work): Promise<BuildOutcome> {
  const { request, onto, reader, effect } = work;
  const tip = await need(reader, request.tip);
  const target = await need(reader, effect.tip);
  // Before anything walks it: a tree of sixteen objects can hold ten billion files.
  const unsafe = await work.budget.refusal(tip.tree, target.tree, effect.limits);
  if (unsafe !== null) return { kind: 'refused', reason: unsafe };
  const bases = await work.basesOf(onto.oid, tip.oid);
  if (bases.length === 0) return { kind: 'refused', reason: { code: 'unrelated-histories' } };
  const restored = await restore(work, effect.inverses, tip.oid, onto.oid, onto.tree, work.attributesFile);
  if (restored.kind === 'conflict') return { kind: 'refused', reason: { code: 'rollback-conflict', paths: restored.paths.slice(0, PATHS_MAX) } };
  const baseTrees = await Promise.all(bases.map(async (base) => (await need(reader, base)).tree));
  const merge: Merge = { ...work, tip, bases, baseTrees, own: changesOf(reader, baseTrees, tip.tree), restores: restored.restores, allowed: restored.paths, start: startOf(work, restored.tree) };
  const result = await work.merger.merge(merge.start, tip.oid, work.attributesFile);
  if (result.kind === 'conflict') return settleOrReport(merge, result);
  if (result.tree === onto.tree) {
    // Rolled back in the target, its work is there only with those ahead.
    const isAhead = onto.oid !== effect.tip && restored.restores.length > 0;
    if (!isAhead && await reader.isAncestor(tip.oid, effect.tip)) return { kind: 'contained' };
    if (await reader.isAncestor(tip.oid, onto.oid)) return { kind: 'ahead', why: 'its commit comes in with them' };
  }
  return finish(merge, { tree: result.tree, how: 'clean', units: [], resolution: null });
}

/** Asked before the merge and awaited after it: the two processes work side by side. */
function changesOf(reader: Reader, bases: readonly Oid[], tip: Oid): Promise<readonly Change[]> {
  const changes = Promise.all(bases.map((base) => reader.changes(base, tip))).then((lists) => lists.flat());
  // A merge that conflicts never awaits it; whoever does still sees the failure.
  changes.catch(() => undefined);
  return changes;
}

/** `start` is `onto`, or a stand-in on top of it that holds the restored work. `own` is what the branch changed since its bases. */
type Merge = Work & { readonly tip: DatedCommit; readonly bases: readonly Oid[]; readonly baseTrees: readonly Oid[]; readonly own: Promise<readonly Change[]>; readonly start: Oid; readonly restores: readonly Oid[]; readonly allowed: readonly string[] };

function startOf(work: Work, tree: Oid): Oid {
  const { onto, request } = work;
  return tree === onto.tree ? onto.oid : work.writer.commit({ tree, parents: [onto.oid], identity: IDENTITY, atMs: request.arrivedAtMs, message: 'restored' });
}

async function settleOrReport(merge: Merge, result: Conflicted): Promise<BuildOutcome> {
  const sides = sidesOf(merge.request, merge.start);
  const units = unitsOf(result, sides);
  const strange = await mergedFromElsewhere(merge, units);
  if (strange !== null) return { kind: 'refused', reason: { code: 'verification-failed', detail: `git merged ${strange} from another base than the one both histories have` } };
  const settled = await settle(merge, { result, units, sides });
  if (settled !== null) return finish(merge, { ...settled, how: 'resolved', units });
  const { effect, request, onto } = merge;
  if (onto.oid !== effect.tip) {
    const onTip = await buildOne(merge, effect.tip);
    if (onTip.kind === 'conflict') return onTip;
  }
  const conflict = await describeConflict(merge, units, { base: merge.bases[0] ?? null, ours: merge.start, theirs: merge.tip.oid });
  return { kind: 'conflict', onTip: onto.oid === effect.tip, onto: onto.oid, conflict: { ...conflict, partners: conflict.partners.filter((partner) => partner.request !== request.id) } };
}

/** With several bases git merges from one of its own making, which only git can tell. */
async function mergedFromElsewhere({ reader, baseTrees, own, start }: Merge, units: readonly Unit[]): Promise<string | null> {
  const [base] = baseTrees;
  if (base === undefined || baseTrees.length > 1) return null;
  const [theirs, { tree }] = await Promise.all([own, need(reader, start)]);
  return wrongBase(reader, units, { base, ours: tree, theirs });
}

/** A recorded answer to exactly this conflict, or diff3 where the target lets it land by itself: never for what is made, not merged. */
async function settle(merge: Merge, left: Left): Promise<{ readonly tree: Oid; readonly resolution: Resolution } | null> {
  const fingerprint = fingerprintOf(left.units);
  const { resolution } = merge.request;
  if (resolution !== null && resolution.fingerprint === fingerprint) {
    const chosen = await applyChoices(merge, left, choicesOf(resolution, left.units));
    return chosen === null ? null : { tree: chosen.tree, resolution: { ...resolution, applied: chosen.applied } };
  }
  const { diff3, generated } = merge.effect;
  const isMade = left.units.some(({ path }) => generatedBy(generated, shownPath(path)) !== null);
  const finer = diff3 === 'auto' && !isMade ? await applyChoices(merge, left, plainChoices(['C'])) : null;
  return finer === null ? null : { tree: finer.tree, resolution: { fingerprint, choices: left.units.map(() => 'C'), by: 'diff3', how: 'diff3', applied: finer.applied } };
}

/** With the mirror lost its sources are lost too: the conflict is then met, and thought about, again. */
export function choicesOf({ choices, sources = [], made = [] }: Resolution, units: readonly Unit[]): readonly Choice[] {
  return choices.map((letter, at) => {
    const commit = sources.find((source) => source.letter === letter)?.commit;
    return { letter, source: commit === undefined ? null : { kind: 'commit', commit, whole: made.includes(shownPath(units[at]?.path ?? '')) } };
  });
}

type Settled = { readonly tree: Oid; readonly how: 'clean' | 'resolved'; readonly units: readonly Unit[]; readonly resolution: Resolution | null };

async function finish(merge: Merge, settled: Settled): Promise<BuildOutcome> {
  const { request, onto, tip, reader } = merge;
  const allowed = [...merge.allowed, ...openPaths(settled.units)];
  const { changes, stray } = await checkContainment(merge.git, reader, { onto: onto.tree, merged: settled.tree, bases: merge.baseTrees, tip: tip.tree, own: merge.own, allowed });
  if (stray !== null) return { kind: 'refused', reason: { code: 'verification-failed', detail: `the merge changes ${stray}, which the branch did not` } };
  const commit = merge.writer.commit({ tree: settled.tree, parents: [onto.oid, tip.oid], identity: IDENTITY, atMs: dateOf(request, [onto, tip]), message: mergeMessage(request) });
  const candidate = candidateOf(onto.oid, { tree: settled.tree, commit, how: settled.how, changed: changes.map((change) => change.path), restores: merge.restores });
  return { kind: 'candidate', candidate, resolution: settled.resolution };
}

function candidateOf(onto: Oid, made: { readonly tree: Oid; readonly commit: Oid; readonly how: Candidate['how']; readonly changed: readonly string[]; readonly restores: readonly Oid[] }): Candidate {
  const { tree, commit, how, changed, restores } = made;
  return { commit, tree, onto, how, paths: changed.slice(0, PATHS_MAX).map((path) => shownPath(path)), pathCount: changed.length, restores };
}

export function sidesOf(request: MergeRequest, ours: Oid): Sides {
  return { ours, theirs: request.tip, oursName: shortName(request.target), theirsName: shortName(request.branch) };
}

export async function need(reader: Reader, oid: Oid): Promise<DatedCommit> {
  const commit = await reader.commit(oid);
  if (commit === null) throw new MaestroError('git-failed', `commit ${oid} is not in the mirror`, { retryable: true });
  return commit;
}
