// Three-way merges by git's own engine, in processes that live on. Decides nothing about the outcome; both commits were read before.
import { spawn } from 'node:child_process';
import { MaestroError } from '../../error.ts';
import type { Oid } from '../../merge/branch.ts';
import { attributesFile } from './attributes.ts';
import { mergeTaker, parseSingle } from './merge-output.ts';
import type { MergeResult } from './merge-output.ts';
import type { ObjectWriter } from './object.ts';
import { gitFailed, gitProgram } from './run.ts';
import type { GitRunner } from './run.ts';
import { Session } from './session.ts';

const PROCESSES_MAX = 4;
const MERGES_PER_PROCESS_MAX = 2000;
const TIMEOUT_MS = 60_000;
const PAIRS_MAX = 10_000;
const SYNTHETIC = 'Maestro <maestro@localhost>';

export type Merger = {
  /** Two commits that exist and share history. `attributes` is a file as an AttributeSource gives it. */
  merge(ours: Oid, theirs: Oid, attributes?: string): Promise<MergeResult>;
  /** Three trees, `base` given. */
  mergeWithBase(base: Oid, ours: Oid, theirs: Oid, attributes?: string): Promise<BasedMerge>;
  /** A second opinion: one fresh process for all pairs, thrown away. */
  mergeBatch(pairs: readonly (readonly [Oid, Oid])[], attributes?: string): Promise<readonly (Oid | 'conflict')[]>;
  close(): Promise<void>;
};

/** `ours` and `theirs` are the stand-in commits git's words speak of. */
export type BasedMerge = { readonly result: MergeResult; readonly ours: Oid; readonly theirs: Oid };

let lasting: Promise<boolean> | null = null;

type Live = { readonly session: Session; merges: number };

export function openMerger(git: GitRunner, writer: ObjectWriter): Merger {
  const plain = attributesFile(git.directory, []);
  const live = new Map<string, Live>();
  // Asked now, beside everything else that opens: the first merge is what a start waits for.
  const canLast = lasting ??= canUnbuffer();

  const single = async (ours: Oid, theirs: Oid, attributes: string): Promise<MergeResult> => {
    const args = ['merge-tree', '--write-tree', '-z', '--messages', ours, theirs];
    const result = await git.run(args, { config: setting(attributes), timeoutMs: TIMEOUT_MS });
    if (result.code > 1) throw gitFailed(args, result);
    return parseSingle(result.stdout, result.code);
  };

  const merge = async (ours: Oid, theirs: Oid, attributes = plain): Promise<MergeResult> => {
    if (!await canLast) return single(ours, theirs, attributes);
    try {
      return await liveFor(git, live, attributes).ask(`${ours} ${theirs}\n`, mergeTaker);
    } catch (error) {
      // A batch that died or fell out of step says nothing about this merge: ask a process that does nothing else.
      if (error instanceof MaestroError && error.code === 'git-failed') return single(ours, theirs, attributes);
      throw error;
    }
  };

  return {
    merge,
    mergeWithBase: async (base, ours, theirs, attributes) => {
      // 2.39 knows no --merge-base: commits that nobody else will see make the base what it should be.
      const stand = (tree: Oid, parents: readonly Oid[], message: string): Oid => writer.commit({ tree, parents, identity: SYNTHETIC, atMs: 0, message });
      const root = stand(base, [], 'base');
      const [left, right] = [stand(ours, [root], 'ours'), stand(theirs, [root], 'theirs')];
      return { result: await merge(left, right, attributes), ours: left, theirs: right };
    },
    mergeBatch: (pairs, attributes = plain) => batch(git, pairs, attributes),
    close: async () => {
      await Promise.all([...live.values()].map(({ session }) => session.close()));
      live.clear();
    },
  };
}

/** The attributes' own process; the one used longest ago makes room. */
function liveFor(git: GitRunner, live: Map<string, Live>, attributes: string): Session {
  const known = live.get(attributes);
  live.delete(attributes);
  if (known !== undefined && known.merges >= MERGES_PER_PROCESS_MAX) known.session.retire();
  const entry = known !== undefined && known.merges < MERGES_PER_PROCESS_MAX ? known : { session: start(git, attributes), merges: 0 };
  entry.merges += 1;
  live.set(attributes, entry);
  const [oldest] = live;
  if (live.size > PROCESSES_MAX && oldest !== undefined) {
    live.delete(oldest[0]);
    oldest[1].session.retire();
  }
  return entry.session;
}

function start(git: GitRunner, attributes: string): Session {
  const { args, env } = git.command(['merge-tree', '--write-tree', '--stdin', '-z'], setting(attributes));
  // git before 2.49 keeps a clean answer in its buffer until the input ends.
  return new Session({ program: 'stdbuf', args: ['-o0', gitProgram(), ...args], env, trailer: '', timeoutMs: TIMEOUT_MS, replaysMax: 0 });
}

async function batch(git: GitRunner, pairs: readonly (readonly [Oid, Oid])[], attributes: string): Promise<readonly (Oid | 'conflict')[]> {
  if (pairs.length > PAIRS_MAX) throw new MaestroError('internal', `more than ${PAIRS_MAX} merges in one batch`);
  if (pairs.length === 0) return [];
  const args = ['merge-tree', '--write-tree', '--stdin', '-z'];
  const result = await git.run(args, { config: setting(attributes), input: pairs.map((pair) => `${pair.join(' ')}\n`).join(''), timeoutMs: TIMEOUT_MS });
  if (result.code !== 0) throw gitFailed(args, result);
  const answers: (Oid | 'conflict')[] = [];
  for (let rest = result.stdout; answers.length < pairs.length;) {
    const taken = mergeTaker()(rest);
    if (taken === null) throw new MaestroError('git-failed', 'merge-tree answered fewer merges than it was asked', { retryable: true });
    answers.push(taken.value.kind === 'clean' ? taken.value.tree : 'conflict');
    rest = rest.subarray(taken.used);
  }
  return answers;
}

function setting(attributes: string): readonly string[] {
  return [`core.attributesFile=${attributes}`];
}

/** Found out once. */
function canUnbuffer(): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('stdbuf', ['-o0', 'true'], { stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
