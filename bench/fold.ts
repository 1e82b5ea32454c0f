// 512 branches that touch each a file of their own, merged one after the other: in memory with all commits, then into the real repository they
// came from. Peer: git's plumbing, `merge-tree` and `commit-tree`, which touches no worktree either.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadRepository } from '../src/adapter/git/live-repository.ts';
import type { LiveRepository } from '../src/adapter/git/live-repository.ts';
import { cleanEnvironment } from '../test/harness/stage.ts';
import { figure, median, type Figure } from './figure.ts';

const FILES = 2000;
const BRANCHES = 512;
/** Of git's loop in a quick run; the rest is taken to be as fast. */
const QUICK_BRANCHES = 64;
const AGENT = { name: 'Agent', email: 'agent@example.org' };
const WHO = 'Agent <agent@example.org> 1770000000 +0000';
const LINES = Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join('');

type Fold = { readonly mergeMs: number; readonly flushMs: number };

export async function run(options: { readonly quick: boolean }): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-fold-'));
  try {
    const expected = makeRepository(folder);
    const folds: Fold[] = [];
    for (let index = 0; index < (options.quick ? 3 : 9); index += 1) folds.push(await inCopy(folder, (copy) => fold(copy, expected)));
    const merged = options.quick ? QUICK_BRANCHES : BRANCHES;
    const loopMs = await inCopy(folder, (copy) => loop(copy, merged, merged === BRANCHES ? expected : null)) * BRANCHES / merged;
    const baseline = `git merge-tree and commit-tree${merged === BRANCHES ? '' : `, from ${merged} branches`}`;
    const note = `${FILES} files, a merge commit each; the tree is git's, git fsck --strict says nothing`;
    return [
      figure({ bench: 'fold', figure: `${BRANCHES} branches merged in memory`, value: median(folds.map(({ mergeMs }) => mergeMs)), unit: 'ms', baseline, baselineValue: loopMs, runs: folds.length, note }),
      figure({ bench: 'fold', figure: `${BRANCHES} branches merged, and in the repository`, value: median(folds.map(({ mergeMs, flushMs }) => mergeMs + flushMs)), unit: 'ms', baseline, baselineValue: loopMs, runs: folds.length, note }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Objects and branches are read before the clock starts: agents that live here made them here. */
async function fold(copy: string, expected: string): Promise<Fold> {
  const live = await loadRepository(copy);
  try {
    await live.warm('main');
    for (let at = 0; at < BRANCHES; at += 1) await live.warm(branch(at));
    const startMs = performance.now();
    mergeAll(live);
    const mergedMs = performance.now();
    const outcome = await live.flush();
    const flushedMs = performance.now();
    const words = git(copy, ['fsck', '--strict', '--no-progress', '--no-dangling']);
    if (outcome.kind !== 'flushed' || git(copy, ['rev-parse', 'main^{tree}']) !== expected || words !== '') throw new Error(`not git's tree: ${outcome.kind} ${words}`);
    return { mergeMs: mergedMs - startMs, flushMs: flushedMs - mergedMs };
  } finally {
    await live.close();
  }
}

function mergeAll({ repository }: LiveRepository): void {
  for (let at = 0; at < BRANCHES; at += 1) {
    const result = repository.merge({ into: 'main', from: branch(at), author: AGENT, message: `Merge ${branch(at)}\n`, forward: false });
    if (result.kind !== 'merged') throw new Error(result.kind);
  }
}

function loop(copy: string, count: number, expected: string | null): Promise<number> {
  const startMs = performance.now();
  let tip = git(copy, ['rev-parse', 'main']);
  for (let at = 0; at < count; at += 1) {
    const tree = git(copy, ['merge-tree', '--write-tree', tip, branch(at)]);
    tip = git(copy, ['commit-tree', tree, '-p', tip, '-p', branch(at), '-m', `Merge ${branch(at)}`]);
  }
  git(copy, ['update-ref', 'refs/heads/main', tip]);
  const took = performance.now() - startMs;
  if (expected !== null && git(copy, ['rev-parse', 'main^{tree}']) !== expected) throw new Error('another tree');
  return Promise.resolve(took);
}

/** The tree of all branches together. */
function makeRepository(folder: string): string {
  const origin = join(folder, 'origin');
  git(folder, ['init', '-q', '--bare', '-b', 'main', origin]);
  const paths = Array.from({ length: FILES }, (_, at) => `src/d${at % 40}/s${at % 5}/f${at}.txt`);
  const commit = (ref: string, message: string, files: readonly (readonly [string, string])[], from: string | null): string => `commit ${ref}\ncommitter ${WHO}\ndata ${message.length}\n${message}\n${from === null ? '' : `from ${from}\n`}${files.map(([path, content]) => `M 100644 inline ${path}\ndata ${content.length}\n${content}\n`).join('')}\n`;
  const changed = paths.slice(0, BRANCHES).map((path, at): readonly [string, string] => [path, `${LINES}changed by ${at}\n`]);
  importInto(origin, commit('refs/heads/main', 'base', paths.map((path) => [path, LINES]), null));
  const base = git(origin, ['rev-parse', 'main']);
  importInto(origin, changed.map((file, at) => commit(`refs/heads/${branch(at)}`, 'work', [file], base)).join(''));
  importInto(origin, commit('refs/heads/expected', 'all', changed, base));
  const tree = git(origin, ['rev-parse', 'expected^{tree}']);
  git(origin, ['branch', '-q', '-D', 'expected']);
  return tree;
}

async function inCopy<T>(folder: string, use: (copy: string) => Promise<T>): Promise<T> {
  const copy = mkdtempSync(join(folder, 'copy-'));
  git(folder, ['clone', '-q', '--mirror', join(folder, 'origin'), copy]);
  try {
    return await use(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function branch(at: number): string {
  return `feature/b${at}`;
}

function importInto(repository: string, stream: string): void {
  execFileSync('git', ['fast-import', '--quiet'], { cwd: repository, env: cleanEnvironment(), input: stream, stdio: ['pipe', 'pipe', 'pipe'] });
}

function git(cwd: string, args: readonly string[]): string {
  return execFileSync('git', [...args], { cwd, encoding: 'utf8', env: cleanEnvironment(), stdio: ['pipe', 'pipe', 'pipe'] }).trim();
}
