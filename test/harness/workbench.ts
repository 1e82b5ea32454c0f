// The merge half of the git adapter on a real repository, in few words: requests, builds, options.
import { attributeSource } from '../../src/adapter/git/attributes.ts';
import { buildChain } from '../../src/adapter/git/build.ts';
import type { BuildTools } from '../../src/adapter/git/build.ts';
import { openMerger } from '../../src/adapter/git/merge.ts';
import { objectWriter } from '../../src/adapter/git/object.ts';
import { buildOptions } from '../../src/adapter/git/option.ts';
import { openReader } from '../../src/adapter/git/read.ts';
import { treeBudget } from '../../src/adapter/git/tree-budget.ts';
import { parseBranch } from '../../src/merge/branch.ts';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import type { Diff3Rule, Effect } from '../../src/merge/effect.ts';
import { requestId } from '../../src/merge/identity.ts';
import type { BuildOutcome } from '../../src/merge/observation.ts';
import { DEFAULT_POLICY } from '../../src/merge/policy.ts';
import type { MergeRequest, RequestKind } from '../../src/merge/request.ts';
import type { BuiltOption, FileContent } from '../../src/port/git.ts';
import type { Conflict } from '../../src/resolution/conflict.ts';
import { repository } from './repository.ts';
import type { Repository } from './repository.ts';

const BYTES_MAX = 1_000_000;

/** A file whose renames git finds, and one that it takes for no other form of it. */
export const BODY = 'first line here\nsecond line here\nthird line here\nfourth line here\n';
export const OTHER = 'some quite different text\nthat is not like the other\nat all, not one line\n';

type BuildChoices = Partial<Pick<Extract<Effect, { kind: 'build' }>, 'onto' | 'inverses' | 'diff3'>>;

export type Workbench = BuildTools & {
  readonly repo: Repository;
  /** Builds on `tip`, one on top of the other; a bare commit is a branch named after its place. */
  build(tip: Oid, wanted: readonly (Oid | MergeRequest)[], more?: BuildChoices): Promise<readonly BuildOutcome[]>;
  /** The same with some tools replaced, to see a lie found out. */
  buildWith(tools: Partial<BuildTools>, tip: Oid, wanted: readonly (Oid | MergeRequest)[]): Promise<readonly BuildOutcome[]>;
  /** Every option of a conflict of `tip` with `onto`, by letter. */
  options(onto: Oid, request: MergeRequest, conflict: Conflict, diff3?: Diff3Rule): Promise<ReadonlyMap<string, BuiltOption>>;
  /** Contents of a tree by path; bytes of text as they are. */
  files(tree: string): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
};

export async function workbench(format: 'sha1' | 'sha256' = 'sha1'): Promise<Workbench> {
  const repo = await repository(format);
  const git = repo.runner;
  const writer = objectWriter(repo.bare, format);
  const reader = openReader(git);
  const merger = openMerger(git, writer);
  const budget = treeBudget(reader);
  const tools: BuildTools = { git, writer, reader, merger, budget, attributes: attributeSource(repo.bare, reader, budget) };
  return {
    ...tools, repo,
    build: (tip, wanted, more = {}) => buildWith(tools, tip, wanted, more),
    buildWith: (replaced, tip, wanted) => buildWith({ ...tools, ...replaced }, tip, wanted, {}),
    options: async (onto, request, conflict, diff3 = 'offer') => {
      const options = await buildOptions({ request, onto, conflict, diff3, inverses: [] }, tools);
      return new Map(options.map((option) => [option.letter, option]));
    },
    files: async (tree) => {
      const names = (await repo.git(['ls-tree', '-r', '-z', '--name-only', tree])).split('\0').filter((name) => name !== '');
      const contents = await Promise.all(names.map(async (name) => [name, textOf(await reader.file(tree as Oid, name, BYTES_MAX))] as const));
      return Object.fromEntries(contents);
    },
    close: async () => {
      await Promise.all([reader.close(), merger.close()]);
      repo.dispose();
    },
  };
}

function textOf(content: FileContent): string {
  return content.kind === 'text' ? content.text : '<no file>';
}

async function buildWith(tools: BuildTools, tip: Oid, wanted: readonly (Oid | MergeRequest)[], more: BuildChoices): Promise<readonly BuildOutcome[]> {
  const requests = wanted.map((one, at) => typeof one === 'string' ? requestFor(one, `feature/${at}`) : one);
  const effect = { kind: 'build', target: branch('main'), tip, onto: tip, requests, inverses: [], diff3: 'off', generated: [], limits: DEFAULT_POLICY.limits, ...more } as const;
  return (await buildChain(effect, tools)).map((result) => result.outcome);
}

export function requestFor(tip: Oid, name = 'feature/x', more: Partial<MergeRequest> = {}): MergeRequest {
  const kind: RequestKind = more.kind ?? { kind: 'branch' };
  return {
    id: requestId(kind, branch(name), tip, branch('main')), kind, branch: branch(name), tip, target: branch('main'), title: 'Add a thing', author: 'Agent <agent@example.org>',
    dependsOn: [], dependsMet: [], priority: 'normal', arrival: 0, arrivedAtMs: Date.UTC(2026, 1, 1), waitsSinceMs: Date.UTC(2026, 1, 1), resolution: null, retries: 0, phase: { state: 'queued', hold: null }, ...more,
  } as MergeRequest;
}

export function candidateOf(outcome: BuildOutcome | undefined): Extract<BuildOutcome, { kind: 'candidate' }>['candidate'] {
  if (outcome?.kind !== 'candidate') throw new Error(`expected a candidate, got ${JSON.stringify(outcome)}`);
  return outcome.candidate;
}

export function conflictOf(outcome: BuildOutcome | undefined): Conflict {
  if (outcome?.kind !== 'conflict') throw new Error(`expected a conflict, got ${JSON.stringify(outcome)}`);
  return outcome.conflict;
}

function branch(name: string): RefName {
  const parsed = parseBranch(name);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.ref;
}
