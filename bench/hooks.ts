// What the installed hooks cost a commit and a push, against the same git on the same data without them, turn by turn.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { install } from '../src/hook/door.ts';
import { figure, median } from './figure.ts';
import type { BenchOptions, Figure } from './figure.ts';

const RUNS = 41;
const RUNS_QUICK = 15;
const MARKED = 'work\n\nREADY_TO_MERGE';

type Turn = 'unmarked commit' | 'unmarked push' | 'marked commit' | 'marked push';
type Sample = { readonly turn: Turn; readonly bareMs: number; readonly hookedMs: number; readonly hookedAtMs: number };

export async function run(options: BenchOptions): Promise<readonly Figure[]> {
  const base = mkdtempSync(join(tmpdir(), 'maestro-bench-hooks-'));
  try {
    const [bare, hooked] = [makeClone(base, 'bare'), makeClone(base, 'hooked')];
    await install({ repo: hooked, spools: [], intoHooksPath: false, dryRun: false, json: false }, null);
    const runs = options.quick ? RUNS_QUICK : RUNS;
    const samples = Array.from({ length: runs + 1 }, (_, at) => oneRound(bare, hooked, at)).slice(1).flat();
    const turns = ['unmarked commit', 'unmarked push', 'marked commit', 'marked push'] as const;
    const ofTurn = (turn: Turn): readonly Sample[] => samples.filter((sample) => sample.turn === turn);
    return [...turns.flatMap((turn) => figuresOf(turn, ofTurn(turn))), signalFigure(hooked, ofTurn('marked push'), runs + 1)];
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

function makeClone(base: string, name: string): string {
  const clone = join(base, name);
  git(base, ['init', '-q', '--bare', '-b', 'main', `${name}.git`]);
  git(base, ['clone', '-q', `${name}.git`, name]);
  git(clone, ['checkout', '-q', '-b', 'feature/a']);
  git(clone, ['commit', '-q', '--allow-empty', '-m', 'start']);
  git(clone, ['push', '-q', 'origin', 'feature/a', 'feature/a:main']);
  return clone;
}

/** Who goes first changes every round, so that neither always finds the warmer cache. */
function oneRound(bare: string, hooked: string, at: number): readonly Sample[] {
  const pair = (turn: Turn, args: readonly string[]): Sample => {
    const first = at % 2 === 0 ? timeMs(bare, args) : null;
    const hookedAtMs = Date.now();
    const hookedMs = timeMs(hooked, args);
    return { turn, hookedMs, hookedAtMs, bareMs: first ?? timeMs(bare, args) };
  };
  const commit = (turn: Turn, message: string): Sample => {
    for (const clone of [bare, hooked]) appendFileSync(join(clone, 'work.txt'), `${turn} ${at}\n`);
    for (const clone of [bare, hooked]) git(clone, ['add', 'work.txt']);
    return pair(turn, ['commit', '-q', '-m', message]);
  };
  const push = ['push', '-q', 'origin', 'feature/a'];
  return [commit('unmarked commit', 'work'), pair('unmarked push', push), commit('marked commit', MARKED), pair('marked push', push)];
}

function timeMs(cwd: string, args: readonly string[]): number {
  const start = performance.now();
  git(cwd, args);
  return performance.now() - start;
}

/** From the start of `git push` to the spool file. Counts only if there is one signal for each marked push and none for the others. */
function signalFigure(hooked: string, samples: readonly Sample[], expected: number): Figure {
  const spool = join(hooked, '.git', 'maestro', 'spool');
  const times = readdirSync(spool).map((name) => statSync(join(spool, name)).mtimeMs).toSorted((a, b) => a - b);
  if (times.length !== expected) throw new Error(`${times.length} signals instead of ${expected}`);
  const tookMs = samples.map((sample) => (times.find((atMs) => atMs >= sample.hookedAtMs - CLOCK_TICK_MS) ?? Number.NaN) - sample.hookedAtMs);
  return figure({ bench: 'hooks', figure: 'start of a marked push to its signal', value: median(tookMs), unit: 'ms', baseline: 'whole push, git without hooks', baselineValue: median(samples.map((sample) => sample.bareMs)), runs: samples.length, note: 'the forecast of conflicts runs behind the signal' });
}

// File times come from the kernel's coarse clock.
const CLOCK_TICK_MS = 10;

function figuresOf(turn: Turn, samples: readonly Sample[]): readonly Figure[] {
  const common = { bench: 'hooks', unit: 'ms', runs: samples.length };
  const bareMs = median(samples.map((sample) => sample.bareMs));
  return [
    figure({ ...common, figure: turn, value: median(samples.map((sample) => sample.hookedMs)), baseline: 'git without hooks', baselineValue: bareMs, note: 'local remote, interleaved' }),
    figure({ ...common, figure: `${turn}, added by the hooks`, value: median(samples.map((sample) => sample.hookedMs - sample.bareMs)), baseline: null, baselineValue: null, note: turn.startsWith('unmarked') ? 'median of the pairs; sh only, to stay under 15' : 'median of the pairs; starts node once' }),
  ];
}

function git(cwd: string, args: readonly string[]): void {
  const identity = { GIT_AUTHOR_NAME: 'Agent', GIT_AUTHOR_EMAIL: 'agent@example.org', GIT_COMMITTER_NAME: 'Agent', GIT_COMMITTER_EMAIL: 'agent@example.org' };
  const done = spawnSync('git', [...args], { cwd, env: { ...process.env, ...identity, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`git ${args.join(' ')}: ${done.stderr}`);
}
