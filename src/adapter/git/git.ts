// The Git port put together from its parts: one mirror, one remote, the merges and the landing. Holds no rule of its own.
import { join } from 'node:path';
import type { Oid } from '../../merge/branch.ts';
import type { Git } from '../../port/git.ts';
import { attributeSource } from './attributes.ts';
import { bindBuild } from './build-verb.ts';
import { readCertificate, readLanding } from './certificate.ts';
import { droppedBy } from './dropped.ts';
import { PUSH_TIMEOUT_MS, land } from './land.ts';
import type { LandContext } from './land.ts';
import { openEngine } from './engine-opinion.ts';
import { openLibrary } from './library.ts';
import { openMerger } from './merge.ts';
import type { Merger } from './merge.ts';
import { IDENTITY } from './message.ts';
import { openMirror } from './mirror.ts';
import type { Mirror, Token } from './mirror.ts';
import { objectWriter } from './object.ts';
import type { ObjectWriter } from './object.ts';
import { secondOpinion } from './opinion.ts';
import { publish, withdraw } from './publish.ts';
import { openReader } from './read.ts';
import type { Reader } from './read.ts';
import { openRemote } from './remote.ts';
import { decode } from './settle.ts';
import { openTestaments } from './testament.ts';
import { treeBudget } from './tree-budget.ts';

export type GitOptions = { readonly state: string; readonly remote: string; readonly pushTimeoutMs?: number; readonly token?: Token | null; readonly onTrouble?: (text: string) => void };

export type OpenGit = Git & {
  readonly mirror: string;
  /** Hardened git on the mirror for the gate: stdout, or a throw. */
  /** Reads for the gate, through the same lasting processes. */
  readonly objects: Pick<Reader, 'blob' | 'changes'> & { treeOf(commit: Oid): Promise<Oid | null> };
  gateGit(args: readonly string[], more: { readonly env?: Readonly<Record<string, string>>; readonly input?: string }): Promise<string>;
};

/** Asks the remote nothing yet, so it also opens while the remote is away. */
export async function openGit(options: GitOptions): Promise<OpenGit> {
  const mirror = await openMirror(join(options.state, 'mirror.git'), options.remote, options.token ?? null);
  const reader = openReader(mirror.git);
  const remote = openRemote(mirror, reader);
  const writer = currentWriter(mirror);
  const merger = openMerger(mirror.git, writer);
  // Opened at the first landing that needs it, and never shared with the builder.
  let second: Merger | null = null;
  const secondMerger = (): Merger => second ??= openMerger(mirror.git, writer);
  const budget = treeBudget(reader);
  const attributes = attributeSource(mirror.directory, reader, budget);
  const tools = { git: mirror.git, reader, merger, writer, budget, attributes };
  const context: LandContext = {
    mirror, remote, writer, reader,
    identity: IDENTITY,
    pushTimeoutMs: options.pushTimeoutMs ?? PUSH_TIMEOUT_MS,
    commit: (oid) => reader.commit(oid),
    isAncestor: (a, b) => reader.isAncestor(a, b),
    ...secondOpinion({ attributes, reader, writer, merger: secondMerger, engine: openEngine({ attributes, reader, library: openLibrary(reader) }), onDisagreement: (text) => options.onTrouble?.(text) }),
  };
  return {
    mirror: mirror.directory,
    refused: remote.refused,
    gateGit: (args, more) => mirror.git.must(args, more),
    objects: { blob: (oid, bytesMax) => reader.blob(oid, bytesMax), changes: (a, b) => reader.changes(a, b), treeOf: async (commit) => (await reader.commit(commit))?.tree ?? null },
    remoteHeads: () => remote.heads(),
    defaultBranch: () => remote.defaultBranch(),
    fetch: (refs) => remote.fetch(refs),
    commit: (oid) => reader.commit(oid),
    file: (commit, path, bytesMax) => reader.file(commit, path, bytesMax),
    text: async (blob, bytesMax) => {
      const content = await reader.blob(blob, bytesMax);
      return content === null ? null : decode(content.toString('latin1'));
    },
    relation: (a, b) => relate(reader, a, b),
    ...bindBuild(tools),
    droppedBy: (request, conflict, choices) => droppedBy(tools, request, conflict, choices),
    isMergeOf: async (merge) => (await context.recompute([merge]))[0]?.tree === merge.tree,
    land: (intent, landings, resumed) => land(context, intent, landings, resumed),
    // A push is in or out.
    callBack: () => Promise.resolve(false),
    publish: (ref, oid) => publish(mirror, ref, oid),
    withdraw: (ref, oid) => withdraw(mirror, ref, oid),
    certificate: (request, merge) => readCertificate({ mirror, reader }, request, merge),
    landed: (request) => readLanding({ mirror, reader }, request),
    ...openTestaments(mirror, remote, writer),
    close: async () => {
      mirror.close();
      await Promise.all([reader.close(), merger.close(), second?.close()]);
    },
  };
}

async function relate(reader: Reader, a: Oid, b: Oid): Promise<'same' | 'forward' | 'rewound' | 'diverged'> {
  if (a === b) return 'same';
  const bases = await reader.mergeBases(a, b);
  return bases.includes(a) ? 'forward' : bases.includes(b) ? 'rewound' : 'diverged';
}

/** The hash algorithm is known for sure only after the remote's first answer. */
function currentWriter(mirror: Mirror): ObjectWriter {
  const writer = (): ObjectWriter => objectWriter(mirror.directory, mirror.algorithm());
  return { commit: (fields) => writer().commit(fields), tag: (fields) => writer().tag(fields), blob: (content) => writer().blob(content), tree: (entries) => writer().tree(entries) };
}
