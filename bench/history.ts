// A real repository's own merges, made again: each historical merge becomes a marked branch and a target, `start --drain` lands them,
// and every landed tree is compared with git's own merge of the same parents. MAESTRO_HISTORY=<path or URL>, MAESTRO_MERGES=<n>.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { cleanEnvironment } from '../test/harness/stage.ts';
import type { Figure } from './figure.ts';

const BIN = resolve(import.meta.dirname, '../bin/maestro.mjs');
const CONFIG = 'version: 1\nhierarchy:\n  - branch: work/{n}\n    into: replay/{n}\n';

type Merge = { readonly oid: string; readonly ours: string; readonly theirs: string; readonly tree: string };

export async function run(options: { readonly quick: boolean }): Promise<readonly Figure[]> {
  const source = process.env['MAESTRO_HISTORY'];
  if (source === undefined) throw new Error('set MAESTRO_HISTORY to the path or URL of a repository with merges');
  const count = Number(process.env['MAESTRO_MERGES'] ?? (options.quick ? 30 : 100));
  const folder = mkdtempSync(join(tmpdir(), 'maestro-history-'));
  try {
    const remote = join(folder, 'origin.git');
    const git = (args: readonly string[], input = ''): string => execFileSync('git', args, { cwd: remote, input, encoding: 'utf8', env: cleanEnvironment(), maxBuffer: 1 << 28 }).trim();
    execFileSync('git', ['clone', '-q', '--bare', source, remote], { env: cleanEnvironment() });
    for (const ref of git(['for-each-ref', '--format=%(refname)', 'refs/heads']).split('\n')) if (ref !== git(['symbolic-ref', 'HEAD'])) git(['update-ref', '-d', ref]);
    const merges = choose(git, count);
    stageAll(git, merges);
    const startMs = performance.now();
    const code = await drain(remote, join(folder, 'state'));
    const totalMs = performance.now() - startMs;
    return compare(git, merges, { source, code, totalMs });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Git = (args: readonly string[], input?: string) => string;

/** The newest merges of two parents where neither contains the other. */
function choose(git: Git, count: number): readonly Merge[] {
  const lines = git(['log', '--merges', '--format=%H %P %T', '-n', String(count * 10), 'HEAD']).split('\n');
  const merges: Merge[] = [];
  for (const line of lines) {
    const [oid = '', ours = '', theirs = '', tree, more] = line.split(' ');
    if (tree === undefined || more !== undefined || merges.length >= count) continue;
    const base = git(['merge-base', ours, theirs]);
    if (base !== ours && base !== theirs) merges.push({ oid, ours, theirs, tree });
  }
  return merges;
}

function stageAll(git: Git, merges: readonly Merge[]): void {
  const head = git(['symbolic-ref', 'HEAD']);
  const base = git(['rev-parse', head]);
  const blob = git(['hash-object', '-w', '--stdin'], CONFIG);
  const config = git(['mktree'], `100644 blob ${blob}\tmaestro.yml\n`);
  const tree = git(['mktree'], `040000 tree ${config}\t.github\n`);
  git(['update-ref', head, git(['commit-tree', tree, '-p', base, '-m', 'config'])]);
  for (const [index, merge] of merges.entries()) {
    git(['update-ref', `refs/heads/replay/${index}`, merge.ours]);
    const ready = git(['commit-tree', `${merge.theirs}^{tree}`, '-p', merge.theirs, '-m', `history ${merge.oid}\n\nREADY_TO_MERGE`]);
    git(['update-ref', `refs/heads/work/${index}`, ready]);
  }
}

function drain(remote: string, state: string): Promise<number> {
  const child = spawn(process.execPath, [BIN, 'start', '--repo', remote, '--state', state, '--drain', '--json'], { env: cleanEnvironment(), stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((settle) => child.once('exit', (code) => settle(code ?? -1)));
}

function compare(git: Git, merges: readonly Merge[], run: { readonly source: string; readonly code: number; readonly totalMs: number }): readonly Figure[] {
  const seen = { landed: 0, asked: 0, human: 0 };
  const differences: string[] = [];
  for (const [index, merge] of merges.entries()) {
    const tip = git(['rev-parse', `refs/heads/replay/${index}`]);
    const expected = mergeTree(git, merge);
    const landed = tip === merge.ours ? null : git(['rev-parse', `${tip}^{tree}`]);
    if (landed !== null) seen.landed += 1;
    else seen.asked += 1;
    if (landed === merge.tree) seen.human += 1;
    if (landed !== expected) differences.push(`${merge.oid}: landed ${landed ?? 'nothing'}, git ${expected ?? 'conflict'}`);
  }
  if (differences.length > 0) throw new Error(`${differences.length} differences:\n${differences.join('\n')}`);
  const note = `${run.source}: ${merges.length} merges, ${seen.landed} landed with git's own tree, ${seen.asked} conflicts put to a person, ${seen.human} equal to what the people committed, 0 differences; exit code ${run.code}`;
  return [{ bench: 'history', figure: 'historical merges replayed', value: run.totalMs, unit: 'ms', baseline: null, baselineValue: null, ratio: null, runs: merges.length, note }];
}

function mergeTree(git: Git, merge: Merge): string | null {
  try {
    return git(['merge-tree', '--write-tree', merge.ours, merge.theirs]);
  } catch {
    return null;
  }
}
