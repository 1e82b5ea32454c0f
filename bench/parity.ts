// Real histories merged again, in memory and by git: the engine's verdict and tree against those of `git merge-tree`, merge by merge.
// `--repo PATH` (bare git directories, may be repeated), `--merges N` of each, spread evenly.
import { parseArgs } from 'node:util';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { CommitGraph } from '../src/engine/history/commit-graph.ts';
import { mergeCommits } from '../src/engine/merge/merge-commits.ts';
import type { MergeOutcome } from '../src/engine/merge/outcome.ts';
import { Tree } from '../src/engine/object/node.ts';
import { figure, type Figure } from './figure.ts';
import { gitVerdicts, objectSource, type ObjectSource, type Verdict } from './parity-git.ts';

const MERGES = 2000;
const QUICK_MERGES = 200;
const ROUNDS_MAX = 400;

type Row = { readonly id: string; readonly ours: string; readonly theirs: string };
type Tally = { decided: number; gitClean: number; cleanDecided: number; gitConflict: number; wrongTree: number; missed: number; falseConflict: number; readonly declined: Map<string, number>; readonly odd: string[] };

export async function run(options: { readonly quick: boolean }): Promise<readonly Figure[]> {
  const { repos, merges } = asked(options.quick);
  const figures: Figure[] = [];
  for (const repo of repos) figures.push(...await compare(repo, merges));
  return figures;
}

function asked(quick: boolean): { readonly repos: readonly string[]; readonly merges: number } {
  const { values } = parseArgs({ strict: false, allowPositionals: true, options: { repo: { type: 'string', multiple: true }, merges: { type: 'string' } } });
  const repos = (values.repo ?? ['.git']).filter((repo) => typeof repo === 'string');
  return { repos, merges: typeof values.merges === 'string' ? Number(values.merges) : quick ? QUICK_MERGES : MERGES };
}

async function compare(repo: string, most: number): Promise<readonly Figure[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'parity-'));
  const source = objectSource(repo);
  try {
    const { graph, merges } = historyOf(repo);
    const rows = sample(merges, most);
    const verdicts = gitVerdicts(repo, scratch, rows);
    const tally: Tally = { decided: 0, gitClean: 0, cleanDecided: 0, gitConflict: 0, wrongTree: 0, missed: 0, falseConflict: 0, declined: new Map(), odd: [] };
    const startMs = performance.now();
    for (const [at, row] of rows.entries()) {
      const verdict = verdicts[at];
      if (verdict !== undefined) count(tally, row, verdict, await mergeOf(graph, source, row));
    }
    return figuresOf(repo, tally.gitClean + tally.gitConflict, tally, performance.now() - startMs);
  } finally {
    source.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function historyOf(repo: string): { readonly graph: CommitGraph; readonly merges: readonly Row[] } {
  const graph = new CommitGraph();
  const merges: Row[] = [];
  const lines = execFileSync('git', ['-C', repo, 'log', '--all', '--topo-order', '--reverse', '--format=%H %T %P'], { encoding: 'utf8', maxBuffer: 1 << 30 }).trimEnd().split('\n');
  for (const line of lines) {
    const [id = '', tree = '', ...parents] = line.trimEnd().split(' ');
    graph.add(id, parents, tree);
    const [ours, theirs] = parents;
    if (parents.length === 2 && ours !== undefined && theirs !== undefined) merges.push({ id, ours, theirs });
  }
  return { graph, merges };
}

function sample(rows: readonly Row[], most: number): readonly Row[] {
  const step = Math.max(1, rows.length / most);
  const picked: Row[] = [];
  for (let at = 0; at < rows.length; at += step) picked.push(...rows.slice(Math.floor(at), Math.floor(at) + 1));
  return picked;
}

async function mergeOf(graph: CommitGraph, source: ObjectSource, row: Row): Promise<MergeOutcome | string> {
  const history = { mergeBases: (one: string, other: string) => graph.mergeBases(one, other), treeOf: (commit: string) => Tree.known(graph.treeOf(commit)) };
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const outcome = mergeCommits(row.ours, row.theirs, history, source.shelf);
    if (outcome.kind !== 'missing') return outcome;
    if (!await source.bring(outcome.objects)) return 'unread';
  }
  return 'rounds';
}

function count(tally: Tally, row: Row, git: Verdict, outcome: MergeOutcome | string): void {
  if (git.isClean) tally.gitClean += 1;
  else tally.gitConflict += 1;
  const kind = typeof outcome === 'string' ? outcome : outcome.kind === 'declined' ? outcome.why.kind : outcome.kind;
  if (typeof outcome === 'string' || outcome.kind === 'declined' || outcome.kind === 'missing') {
    tally.declined.set(kind, (tally.declined.get(kind) ?? 0) + 1);
    return;
  }
  tally.decided += 1;
  if (git.isClean) tally.cleanDecided += 1;
  const odd = (name: 'wrongTree' | 'missed' | 'falseConflict'): void => {
    tally[name] += 1;
    tally.odd.push(`${name} ${row.id}`);
  };
  if (outcome.kind === 'clean' && !git.isClean) odd('missed');
  else if (outcome.kind === 'conflict' && git.isClean) odd('falseConflict');
  else if (outcome.kind === 'clean' && outcome.tree.id !== git.tree) odd('wrongTree');
}

function figuresOf(repo: string, rows: number, tally: Tally, tookMs: number): readonly Figure[] {
  const name = basename(repo) === 'repo' || basename(repo) === '.git' ? basename(dirname(repo)) : basename(repo);
  const declined = [...tally.declined].map(([kind, times]) => `${kind} ${times}`).join(', ');
  const plain = (label: string, value: number, unit: string, note = ''): Figure =>
    figure({ bench: 'parity', figure: `${name} ${label}`, value, unit, baseline: null, baselineValue: null, runs: rows, note });
  return [
    plain('decided', 100 * tally.decided / rows, '%', `declined: ${declined || 'none'}; ${(tookMs / rows).toFixed(1)} ms a merge with reading`),
    plain('clean merges decided', 100 * tally.cleanDecided / Math.max(1, tally.gitClean), '%', `${tally.gitClean} clean, ${tally.gitConflict} conflicts by git`),
    plain('wrong trees', tally.wrongTree, 'merges', tally.odd.join(' ')),
    plain('missed conflicts', tally.missed, 'merges'),
    plain('false conflicts', tally.falseConflict, 'merges'),
  ];
}
