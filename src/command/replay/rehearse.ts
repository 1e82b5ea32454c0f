// One past conflict, all the way: merged as the coordinator merges, heard in its room without a key, gated by its gate. What would have
// landed is held against what people committed. Nothing lands.
import { confer, type PrepareEffect } from '../../coordinator/prepare.ts';
import { MaestroError } from '../../error.ts';
import type { Collision } from '../../adapter/git/past-merge.ts';
import type { ObjectInfo, Reader } from '../../adapter/git/read.ts';
import { parseBranch, type Oid, type RefName } from '../../merge/branch.ts';
import { requestId } from '../../merge/identity.ts';
import type { BuildOutcome } from '../../merge/observation.ts';
import { DEFAULT_POLICY, type GateRule } from '../../merge/policy.ts';
import type { Candidate, MergeRequest, Verdict } from '../../merge/request.ts';
import type { Gate } from '../../port/gate.ts';
import { notConfigured, type Git } from '../../port/git.ts';
import type { Minds } from '../../port/minds.ts';
import type { GatedMerge, GatedOutcome } from '../../replay/gated.ts';
import { isSame } from '../../replay/verdict.ts';

export type Rehearsal = {
  readonly git: Pick<Git, 'build' | 'options' | 'conflictFiles' | 'answer'>;
  readonly gate: Pick<Gate, 'run'>;
  readonly minds: Minds;
  readonly reader: Reader;
  readonly rule: GateRule;
  readonly threshold: number;
  readonly abort: AbortSignal;
  /** Before each run of the gate. */
  readonly onRun: (runs: number) => void;
};

const TARGET = branch('target');
const BRANCH = branch('branch');
const TEXT_BYTES_MAX = 4 * 1024 * 1024;
const NOTHING_LEARNED = { lessons: [], nowMs: 0 };

export async function rehearse(past: Collision, stage: Rehearsal): Promise<GatedMerge> {
  const judge = await deltaGate(past, stage);
  const outcome = await becomes(past, { ...stage, gate: judge });
  const paths = new Set(past.stages.map(({ path }) => path)).size;
  return { merge: past.merge, paths, outcome, runs: judge.runs(), silent: judge.tail() !== null, tail: judge.tail() ?? '' };
}

async function becomes(past: Collision, stage: Rehearsal): Promise<GatedOutcome> {
  const request = requestOf(past);
  const { limits, consensus } = DEFAULT_POLICY;
  const [built] = await stage.git.build({ kind: 'build', target: TARGET, tip: past.ours, onto: past.ours, requests: [request], inverses: [], diff3: 'auto', generated: [], limits });
  const outcome: BuildOutcome = built?.outcome ?? { kind: 'contained' };
  switch (outcome.kind) {
    case 'candidate': return judged(past, stage, outcome.resolution?.by ?? 'git', await gateOn(stage, outcome.candidate));
    case 'conflict': return heard(past, stage, { kind: 'prepare', request, onto: past.ours, conflict: outcome.conflict, gate: stage.rule, diff3: 'off', inverses: [], generated: [], consensus: { ...consensus, threshold: stage.threshold } });
    case 'refused': return { kind: 'person', why: outcome.reason.code };
    case 'contained': case 'ahead': return { kind: 'person', why: outcome.kind };
  }
}

async function heard(past: Collision, stage: Rehearsal, effect: PrepareEffect): Promise<GatedOutcome> {
  const { agreed, ...rest } = await confer(effect, { ...stage, past: () => NOTHING_LEARNED }, stage.abort, () => Promise.resolve());
  if (agreed !== null) return judged(past, stage, 'consensus', agreed.verdict);
  const open = [...rest.unread, ...rest.heard].map(({ thought }) => thought.outcome).find((outcome) => outcome.kind === 'person');
  return { kind: 'person', why: open?.kind === 'person' ? open.code : 'no-answer' };
}

async function judged(past: Collision, stage: Rehearsal, by: string, verdict: Verdict): Promise<GatedOutcome> {
  switch (verdict.kind) {
    case 'passed': return { kind: 'settled', by, exact: await isAsCommitted(past, stage.reader, verdict.tree) };
    case 'failed': return { kind: 'red', by };
    case 'not-configured': return { kind: 'red-before', by };
  }
}

function gateOn({ gate, rule, abort }: Rehearsal, { commit, tree }: Pick<Candidate, 'commit' | 'tree'>): Promise<Verdict> {
  return gate.run(commit, tree, rule, abort, TARGET);
}

type DeltaGate = Pick<Gate, 'run'> & { readonly runs: () => number; /** Of the first side that was red; null where none had to be asked. */ readonly tail: () => string | null };

/** Red that was red before is nobody's fault: where the gate fails on a side as well, it says nothing. Once per tree. */
async function deltaGate({ ours, theirs }: Collision, { gate, reader, onRun }: Rehearsal): Promise<DeltaGate> {
  const known = new Map<Oid, Verdict>();
  let tail: string | null = null;
  const once: Gate['run'] = async (commit, tree, ...more) => {
    const before = known.get(tree);
    if (before !== undefined) return before;
    onRun(known.size + 1);
    const verdict = await gate.run(commit, tree, ...more);
    known.set(tree, verdict);
    return verdict;
  };
  const run: Gate['run'] = async (commit, tree, ...more) => {
    const verdict = await once(commit, tree, ...more);
    if (verdict.kind !== 'failed') return verdict;
    for (const side of [ours, theirs]) {
      const parent = await reader.commit(side);
      const before = parent === null ? null : await once(parent.oid, parent.tree, ...more);
      if (before?.kind !== 'failed') continue;
      tail ??= before.tail;
      return notConfigured(tree);
    }
    return verdict;
  };
  return { run, runs: () => known.size, tail: () => tail };
}

async function isAsCommitted({ merge, stages }: Collision, reader: Reader, tree: Oid): Promise<boolean> {
  for (const path of new Set(stages.map((stage) => stage.path))) {
    const [made, wanted] = await Promise.all([reader.info(`${tree}:${path}`), reader.info(`${merge}:${path}`)]);
    if (made?.oid === wanted?.oid) continue;
    const [one, other] = await Promise.all([textOf(reader, made), textOf(reader, wanted)]);
    if (one === null || other === null || !isSame(one, other)) return false;
  }
  return true;
}

async function textOf(reader: Reader, found: ObjectInfo | null): Promise<string | null> {
  const bytes = found === null ? null : await reader.blob(found.oid, TEXT_BYTES_MAX);
  return bytes?.toString('utf8') ?? null;
}

function requestOf({ merge, theirs, atMs }: Collision): MergeRequest {
  return {
    id: requestId({ kind: 'branch' }, BRANCH, theirs, TARGET), kind: { kind: 'branch' }, branch: BRANCH, tip: theirs, target: TARGET, title: merge, author: '',
    dependsOn: [], dependsMet: [], priority: 'normal', arrival: 0, arrivedAtMs: atMs, waitsSinceMs: atMs, heldTimes: 0, resolution: null, phase: { state: 'queued', hold: null },
  };
}

function branch(name: string): RefName {
  const parsed = parseBranch(name);
  if (!parsed.ok) throw new MaestroError('internal', parsed.why);
  return parsed.ref;
}
