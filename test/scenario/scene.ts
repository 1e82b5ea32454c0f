// The words of the real scenarios: a bare remote, pushes as the remote would show them, a Maestro of this process on real git, gate and ledger.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { gitEnvironment } from '../../src/adapter/git/run.ts';
import { Ladder } from '../../src/adapter/ladder/ladder.ts';
import { systemClock } from '../../src/adapter/local/clock.ts';
import { openMaestro, type Maestro } from '../../src/compose.ts';
import { shortName, type Oid } from '../../src/merge/branch.ts';
import type { Lane } from '../../src/merge/lane.ts';
import type { MergeRequest, Phase, RequestKind } from '../../src/merge/request.ts';
import { repository, type CommitChoices, type Content, type Files, type Repository } from '../harness/repository.ts';

export type In<State extends Phase['state']> = MergeRequest & { readonly phase: Extract<Phase, { state: State }> };
/** `ladder`: the thread to think about conflicts in, where not the real one. */
export type SceneChoices = { readonly files?: Files; readonly config?: string; readonly ladder?: URL };
export type PushChoices = CommitChoices & { readonly trailers?: string; readonly message?: string };

export type Scene = {
  readonly folder: string;
  readonly state: string;
  readonly remote: Repository;
  /** main's first commit. */
  readonly base: Oid;
  /** What was said about trouble before the start was through. */
  readonly said: readonly string[];
  /** A marked commit on a branch off the first commit (or off the branch as it stands), and the hook's hint of it. */
  ready(branch: string, files: Files, choices?: PushChoices): Promise<Oid>;
  /** The same without marker and hint: what nobody tells Maestro of. */
  quietly(branch: string, files: Files, choices?: PushChoices): Promise<Oid>;
  /** Drops the hint that a hook would drop. */
  hint(branch: string): void;
  remove(branch: string): void;
  hook(name: string, script: string): void;
  /** On the remote itself, or on a clone of it. */
  start(repo?: string): Promise<Maestro>;
  clone(name: string): string;
  stop(): Promise<void>;
  lane(target?: string): Lane | null;
  /** The latest request of a branch in any lane. */
  request(branch: string, kind?: RequestKind['kind']): MergeRequest | null;
  reaches<State extends Phase['state']>(branch: string, state: State, kind?: RequestKind['kind']): Promise<In<State>>;
  landed(...branches: readonly string[]): Promise<void>;
  until<T>(what: string, seen: () => T | null | undefined | false): Promise<T>;
  tip(branch?: string): Promise<Oid>;
  /** A file of a branch on the remote, null when it is not there. */
  read(path: string, branch?: string): Promise<string | null>;
  /** Second parents along the first-parent line, oldest first: what was merged, in order. */
  merged(target?: string): Promise<readonly string[]>;
};

const PATIENCE_MS = 30_000;
const LOOK_MS = 10;

export async function scene({ files = { 'a.txt': 'one\ntwo\nthree\n' }, config, ladder: thread }: SceneChoices = {}): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-scene-'));
  const state = join(folder, 'state');
  const remote = await repository();
  const said: string[] = [];
  const thinking = thread === undefined ? null : new Ladder(thread, systemClock());
  const ladder = thinking === null ? {} : { ladder: { shared: { open: () => thinking, close: () => thinking.close() }, scope: 'here' } };
  let maestro: Maestro | null = null;
  let look = (): void => undefined;
  onTestFinished(async () => {
    await maestro?.close();
    await ladder.ladder?.shared.close();
    rmSync(folder, { recursive: true, force: true });
    remote.dispose();
  });
  const base = await remote.commit({ ...files, ...(config === undefined ? {} : { '.github/maestro.yml': config }) }, 'base', { branch: 'main' });

  const push = async (branch: string, changes: Files, choices: PushChoices, message: string): Promise<Oid> => {
    const tip = (await remote.git(['for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`])) as Oid | '';
    return remote.commit(changes, message, { parents: [tip === '' ? base : tip], ...choices, branch });
  };
  const hint = (branch: string): void => {
    if (!existsSync(join(state, 'spool'))) return;
    const draft = join(folder, `hint-${Math.random()}`);
    writeFileSync(draft, `v1 ${'0'.repeat(40)} refs/heads/${branch}\n`);
    renameSync(draft, join(state, 'spool', `hint-${process.hrtime.bigint()}`));
  };
  const request = (branch: string, kind: RequestKind['kind'] = 'branch'): MergeRequest | null => {
    const all = [...(maestro?.service.coordinator.lanes.values() ?? [])].flatMap((lane) => [...lane.requests.values()]);
    return all.filter((one) => shortName(one.branch) === branch && one.kind.kind === kind).toSorted((a, b) => a.arrival - b.arrival).at(-1) ?? null;
  };
  const until = <T>(what: string, seen: () => T | null | undefined | false): Promise<T> => new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearInterval(timer);
      clearTimeout(late);
      settle();
    };
    const once = (): void => {
      const value = seen();
      if (value !== null && value !== undefined && value !== false) end(() => resolve(value));
    };
    const timer = setInterval(once, LOOK_MS);
    const late = setTimeout(() => end(() => reject(new Error(`${what} did not happen: ${picture(maestro)}`))), PATIENCE_MS);
    look = once;
    once();
  });
  const reaches = <State extends Phase['state']>(branch: string, wanted: State, kind?: RequestKind['kind']): Promise<In<State>> =>
    until(`${branch} ${wanted}`, () => {
      const found = request(branch, kind);
      return found !== null && isIn(found, wanted) ? found : null;
    });

  return {
    folder, state, remote, base, said, request, reaches, until, hint,
    ready: async (branch, changes, choices = {}) => {
      const oid = await push(branch, changes, choices, choices.message ?? `work on ${branch}\n\nREADY_TO_MERGE\n${choices.trailers ?? ''}`);
      hint(branch);
      return oid;
    },
    quietly: (branch, changes, choices = {}) => push(branch, changes, choices, choices.message ?? `more of ${branch}`),
    remove: (branch) => {
      rmSync(join(remote.bare, 'refs/heads', branch));
      hint(branch);
    },
    hook: (name, script) => {
      mkdirSync(join(remote.bare, 'hooks'), { recursive: true });
      writeFileSync(join(remote.bare, 'hooks', name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(remote.bare, 'hooks', name), 0o755);
    },
    clone: (name) => {
      const path = join(folder, name);
      execFileSync('git', ['clone', '-q', '--template=', remote.bare, path], { env: gitEnvironment({ GIT_PROTOCOL_FROM_USER: '1' }) });
      return path;
    },
    start: async (repo = remote.bare) => {
      maestro = await openMaestro({
        repo, state, patient: true, ...ladder,
        onEvents: () => look(),
        onTrouble: (text) => said.push(text),
        onFatal: (error) => said.push(error.message),
      });
      return maestro;
    },
    stop: async () => {
      await maestro?.close();
      maestro = null;
    },
    lane: (target = 'main') => [...(maestro?.service.coordinator.lanes.values() ?? [])].find((lane) => shortName(lane.target) === target) ?? null,
    landed: async (...branches) => {
      for (const branch of branches) await reaches(branch, 'landed');
    },
    tip: async (branch = 'main') => (await remote.git(['rev-parse', `refs/heads/${branch}`])) as Oid,
    read: (path, branch = 'main') => remote.git(['show', `refs/heads/${branch}:${path}`]).catch(() => null),
    merged: async (target = 'main') => {
      const parents = await remote.git(['log', '--first-parent', '--merges', '--reverse', '--format=%P', `refs/heads/${target}`]);
      return parents.split('\n').filter((line) => line !== '').map((line) => line.split(' ')[1] ?? '');
    },
  };
}


/** A gate that stands still until it is let go; `started` is seen from outside. */
export function heldGate(on: { readonly folder: string }): { readonly run: string; readonly hasStarted: () => boolean; readonly letGo: () => void } {
  const [started, go] = [join(on.folder, 'gate-started'), join(on.folder, 'gate-go')];
  return { run: `touch ${started}; until [ -e ${go} ]; do sleep 0.02; done`, hasStarted: () => existsSync(started), letGo: () => writeFileSync(go, '') };
}

export function gateConfig(run: string, more = ''): string {
  return `version: 1\ntargets:\n  - target: main\n    gate: ${JSON.stringify(run)}\n${more}`;
}

export function entry(mode: string, content: string): Content {
  return { mode, content };
}

function isIn<State extends Phase['state']>(request: MergeRequest, state: State): request is In<State> {
  return request.phase.state === state;
}

/** For a failure's message: every lane, every request and where it stands. */
function picture(maestro: Maestro | null): string {
  const lanes = [...(maestro?.service.coordinator.lanes.values() ?? [])];
  const trouble = maestro?.service.trouble() ?? 'none';
  return `trouble: ${trouble}; ${lanes.map((lane) => `${lane.target} at ${lane.tip}${lane.alarm === null ? '' : ` ALARM ${lane.alarm.kind} ${lane.alarm.detail}`}${lane.pausedBy === null ? '' : ' paused'}: ${[...lane.requests.values()].map((one) => `${one.kind.kind} ${one.branch} ${JSON.stringify(one.phase).slice(0, 300)}`).join('; ')}`).join(' | ')}`;
}
