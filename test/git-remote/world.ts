// A real bare remote with hooks of our own, and Maestro's git on it. Speaks of branches and landings; knows nothing of lanes or ledgers.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGit } from '../../src/adapter/git/git.ts';
import type { OpenGit } from '../../src/adapter/git/git.ts';
import { parseBranch } from '../../src/merge/branch.ts';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import { certificate } from '../../src/merge/certificate.ts';
import type { Inverse, Landing } from '../../src/merge/effect.ts';
import type { Intent } from '../../src/merge/event.ts';
import { requestId } from '../../src/merge/identity.ts';
import type { LandOutcome } from '../../src/merge/observation.ts';
import { DEFAULT_POLICY } from '../../src/merge/policy.ts';
import type { Candidate, MergeRequest } from '../../src/merge/request.ts';
import { repository } from '../harness/repository.ts';
import type { Repository } from '../harness/repository.ts';

export const MAIN = ref('main');
const AT_MS = Date.UTC(2026, 0, 2);

/** A push ready to be made: built on the target's tip at that time. */
export type Plan = { readonly intent: Intent; readonly landings: readonly Landing[] };

export type World = {
  readonly remote: Repository;
  readonly git: OpenGit;
  /** Another Maestro on the same remote, or this one restarted: `state` is its folder. */
  another(state?: string): Promise<OpenGit>;
  readonly state: string;
  /** A branch from `main` (or `from`) that adds a file of its own. */
  agent(name: string, from?: Oid): Promise<Oid>;
  /** Merges of these branches, one on the other. */
  plan(names: readonly string[], by?: OpenGit): Promise<Plan>;
  tip(name?: string): Promise<string>;
  refs(): Promise<readonly string[]>;
  /** A hook of the remote, as sh. `applied` counts pushes that went in. */
  hook(name: 'update' | 'pre-receive' | 'post-receive', body: string): void;
  applied(): number;
  /** A file that a hook can speak through. */
  note(name: string): string;
  close(): Promise<void>;
};

export async function world(options: { readonly format?: 'sha1' | 'sha256'; readonly pushTimeoutMs?: number } = {}): Promise<World> {
  const remote = await repository(options.format);
  await remote.git(['config', 'receive.denyDeletes', 'false']);
  const folder = mkdtempSync(join(tmpdir(), 'maestro-remote-'));
  const opened: OpenGit[] = [];
  const another = async (state = mkdtempSync(join(folder, 'state-'))): Promise<OpenGit> => {
    const git = await openGit({ state, remote: remote.bare, pushTimeoutMs: options.pushTimeoutMs ?? 20_000 });
    opened.push(git);
    return git;
  };
  await remote.commit({ 'README.md': 'one\n' }, 'first', { branch: 'main' });
  const state = join(folder, 'state');
  mkdirSync(state);
  const git = await another(state);
  const count = join(folder, 'applied');
  writeFileSync(count, '');
  const hook: World['hook'] = (name, body) => {
    mkdirSync(join(remote.bare, 'hooks'), { recursive: true });
    writeFileSync(join(remote.bare, 'hooks', name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(remote.bare, 'hooks', name), 0o755);
  };
  hook('post-receive', `echo applied >> ${count}`);
  return {
    remote, git, state, another, hook,
    agent: async (name, from) => remote.commit({ [`${name.replaceAll('/', '-')}.txt`]: `${name}\n` }, `${name} READY_TO_MERGE`, { branch: name, parents: [from ?? await mainOf(remote)] }),
    plan: (names, by = git) => plan(by, names),
    tip: (name = 'main') => remote.git(['rev-parse', '--verify', '--quiet', `refs/heads/${name}`]).catch(() => 'gone'),
    refs: async () => (await remote.git(['for-each-ref', '--format=%(refname)'])).split('\n'),
    applied: () => readFileSync(count, 'utf8').split('\n').length - 1,
    note: (name) => join(folder, name),
    close: async () => {
      await Promise.all(opened.map((one) => one.close()));
      remote.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function ref(name: string): RefName {
  const parsed = parseBranch(name);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.ref;
}

export function land(git: OpenGit, plan: Plan, resumed = false): Promise<LandOutcome> {
  return git.land(plan.intent, plan.landings, resumed);
}

/** Kills the whole process group of the push, this hook included, the first time only. */
export function dieOnce(file: string): string {
  return `if [ ! -e ${file} ]; then : > ${file}; kill -9 0; fi`;
}

async function mainOf(remote: Repository): Promise<Oid> {
  return await remote.git(['rev-parse', 'refs/heads/main']) as Oid;
}

export async function plan(git: OpenGit, names: readonly string[]): Promise<Plan> {
  const tips = await git.fetch([MAIN, ...names.map((name) => ref(name))]);
  const old = tips.get(MAIN);
  if (old === undefined || old === null) throw new Error('no main');
  return planOf(git, old, names.map((name, at) => request(name, tips.get(ref(name)) ?? old, at)));
}

/** As `plan`, for any kind of request. */
export async function planOf(git: OpenGit, old: Oid, requests: readonly MergeRequest[], inverses: readonly Inverse[] = []): Promise<Plan> {
  const candidates = (await buildOn(git, old, requests, inverses)).map(({ outcome }) => {
    if (outcome.kind !== 'candidate') throw new Error(`no candidate: ${JSON.stringify(outcome)}`);
    return outcome.candidate;
  });
  const last = candidates.at(-1);
  if (last === undefined) throw new Error('nothing to land');
  const intent = { id: 'intent1', target: MAIN, old, new: last.commit, tree: last.tree, requests: requests.map(({ id }) => id), atMs: AT_MS };
  return { intent, landings: candidates.map((candidate, at) => landing(requests[at]!, candidate, intent)) };
}

export function buildOn(git: OpenGit, old: Oid, requests: readonly MergeRequest[], inverses: readonly Inverse[] = []): ReturnType<OpenGit['build']> {
  return git.build({ kind: 'build', target: MAIN, tip: old, onto: old, requests, inverses, diff3: 'off', generated: [], limits: DEFAULT_POLICY.limits });
}

function landing(request: MergeRequest, candidate: Candidate, intent: Intent): Landing {
  const text = certificate({ ...request, phase: { state: 'landing', candidate, verdict: { kind: 'not-configured', tree: candidate.tree } } }, intent);
  const { commit, tree, onto, how, restores } = candidate;
  const undoes = request.kind.kind === 'rollback' ? request.kind.merge : null;
  const { tip, branch, title, dependsOn } = request;
  return { id: request.id, commit, tree, onto, how, restores, tip, undoes, branch, title, dependsOn, certificate: text, atMs: AT_MS };
}

export function request(name: string, tip: Oid, at: number): MergeRequest {
  return {
    id: requestId({ kind: 'branch' }, ref(name), tip, MAIN), kind: { kind: 'branch' }, branch: ref(name), tip, target: MAIN, title: name, author: 'Agent <agent@example.org>',
    dependsOn: [], dependsMet: [], priority: 'normal', arrival: at, arrivedAtMs: AT_MS + at * 1000, waitsSinceMs: AT_MS + at * 1000, heldTimes: 0, resolution: null, phase: { state: 'queued', hold: null },
  };
}
