// Which branches a tip would conflict with, by git's own merge, within a fixed time. Leaves no object behind in the person's repository.
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseBranch, parseOid } from '../merge/branch.ts';
import type { Oid, RefName } from '../merge/branch.ts';
import { ask, git } from './git.ts';
import { scratchFolder } from './scratch.ts';

const BRANCHES_MAX = 50;
const REFS_READ_MAX = 1_000;
const MERGE = ['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z'];

export type Rival = {
  readonly ref: RefName;
  readonly isTarget: boolean;
  /** Files in which the tip and the rival conflict, and neither of them already with the target. */
  readonly files: readonly string[];
  /** It cannot land as it is either, so nobody has to wait for it. */
  readonly isStuck: boolean;
};
export type Forecast = {
  readonly tip: Oid;
  readonly ref: RefName;
  readonly target: RefName;
  readonly remote: string;
  readonly untilMs: number;
  /** Whether a commit with this message asks to land. */
  readonly isReady: (message: string) => boolean;
};

/** The target first, then ready branches, newest first. What is not known in time is left out: no news is no promise. */
export function predict(forecast: Forecast, nowMs: () => number): readonly Rival[] {
  const leftMs = (): number => forecast.untilMs - nowMs();
  if (leftMs() <= 0) return [];
  const prefix = `refs/remotes/${forecast.remote}/`;
  const target = `${prefix}${forecast.target.slice('refs/heads/'.length)}`;
  const targetTip = parseOid(ask(['rev-parse', '--verify', '--quiet', `${target}^{commit}`]) ?? '');
  const others = readyBranches(forecast, prefix, targetTip, leftMs());
  return inQuarantine((env) => {
    const conflicts = (pairs: readonly Pair[]): readonly (readonly string[])[] => conflictingFiles(pairs, leftMs, env);
    // On its own: it is what a person wants to know most, and time may run out under the others.
    const [withTarget = []] = targetTip === null ? [] : conflicts([[targetTip, forecast.tip]]);
    const shared = conflicts(others.map(({ tip }) => [forecast.tip, tip]));
    const near = others.flatMap((one, at) => (shared[at] ?? []).length === 0 ? [] : [{ ...one, shared: shared[at] ?? [] }]);
    const theirs = targetTip === null ? [] : conflicts(near.map(({ tip }) => [targetTip, tip]));
    const rivals = near.flatMap(({ ref, shared: both }, at) => {
      const own = theirs[at] ?? [];
      // What either of them has to settle with the target anyway is not between the two.
      const files = both.filter((file) => !withTarget.includes(file) && !own.includes(file));
      return files.length === 0 ? [] : [{ ref, isTarget: false, files, isStuck: own.length > 0 }];
    });
    return withTarget.length === 0 ? rivals : [{ ref: forecast.target, isTarget: true, files: withTarget, isStuck: false }, ...rivals];
  });
}

type Pair = readonly [ours: Oid, theirs: Oid];
type Branch = { readonly ref: RefName; readonly tip: Oid };

function readyBranches(forecast: Forecast, prefix: string, targetTip: Oid | null, timeoutMs: number): readonly Branch[] {
  const unmerged = targetTip === null ? [] : [`--no-merged=${targetTip}`];
  const listed = ask(['for-each-ref', '--sort=-committerdate', `--count=${REFS_READ_MAX}`, ...unmerged, '--format=%(objectname)%00%(refname)%00%(symref)%00%(contents)%00%00', prefix], { timeoutMs });
  const branches = (listed ?? '').split('\0\0\n').flatMap((record) => {
    const [oid = '', name = '', symref = '', ...message] = record.split('\0');
    const tip = parseOid(oid);
    const parsed = parseBranch(`refs/heads/${name.slice(prefix.length)}`);
    if (tip === null || !parsed.ok || symref !== '' || parsed.ref === forecast.ref || parsed.ref === forecast.target) return [];
    return forecast.isReady(message.join('\0')) ? [{ ref: parsed.ref, tip }] : [];
  });
  return branches.slice(0, BRANCHES_MAX);
}

/** Of each pair, as far as there is time. Empty also when git cannot tell (older than 2.38, unrelated histories). */
function conflictingFiles(pairs: readonly Pair[], leftMs: () => number, env: NodeJS.ProcessEnv): readonly (readonly string[])[] {
  const together = pairs.length < 2 || leftMs() <= 0 ? [] : readBatch(git([...MERGE, '--stdin'], { input: pairs.map((pair) => `${pair.join(' ')}\n`).join(''), timeoutMs: leftMs(), env }).stdout);
  // One that git refuses ends the batch, and an older git knows none.
  return [...together, ...pairs.slice(together.length).map((pair) => leftMs() <= 0 ? [] : filesOf(git([...MERGE, ...pair], { timeoutMs: leftMs(), env })))];
}

function filesOf({ code, stdout }: ReturnType<typeof git>): readonly string[] {
  return code === 1 ? stdout.split('\0').slice(1).filter((file) => file !== '') : [];
}

/** Whole answers only, each `status tree file..` and an empty word; status 1 is a clean merge. */
function readBatch(output: string): readonly (readonly string[])[] {
  const answers: string[][] = [];
  const words = output.split('\0');
  for (let at = 0, end = words.indexOf('', at); end !== -1 && end < words.length - 1; at = end + 1, end = words.indexOf('', at)) {
    const [status, , ...files] = words.slice(at, end);
    answers.push(status === '0' ? files : []);
  }
  return answers;
}

function inQuarantine<T>(work: (env: NodeJS.ProcessEnv) => T): T {
  const scratch = scratchFolder('predict');
  try {
    const objects = resolve(ask(['rev-parse', '--git-path', 'objects']) ?? '.git/objects');
    const alternates = [JSON.stringify(objects), process.env['GIT_ALTERNATE_OBJECT_DIRECTORIES']].filter((path) => path !== undefined && path !== '').join(':');
    return work({ ...process.env, GIT_OBJECT_DIRECTORY: scratch, GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
