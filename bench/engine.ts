// Agents' git in memory against git's own: commits, branches, merges, messages, and what a crowd of them takes. Same trees, or no figure.
import { SharedRepository, type MessageType } from '../src/engine.ts';
import { crowd, ecosystem } from './engine-crowd.ts';
import { openPeer, type Peer } from './engine-git.ts';
import { figure, median, type BenchOptions, type Figure } from './figure.ts';

const WHO = { name: 'Agent', email: 'agent@example.org' };
const SECONDS = 1_770_000_000;
const BRANCHES = 100;
const LINES = 300;

type Times = { readonly p50: number; readonly p99: number; readonly runs: number };

export async function run({ quick }: BenchOptions): Promise<readonly Figure[]> {
  const runs = quick ? 3000 : 30_000;
  const peer = openPeer(deepPaths(), textOf, quick ? 3 : 15);
  try {
    return [
      ...await commits(peer, 'deep', deepPaths(), 'at-once', runs), ...await commits(peer, 'deep', deepPaths(), 'late', runs),
      ...await commits(null, 'flat', flatPaths(), 'at-once', runs / 20),
      ...await branches(peer, runs), ...disjointMerges(peer, runs / 3), ...sameFileMerges(peer, runs / 30), ...messages(runs),
      ...await ecosystem(quick),
    ];
  } finally {
    peer.dispose();
  }
}

async function commits(peer: Peer | null, shape: 'deep' | 'flat', paths: readonly string[], ids: 'at-once' | 'late', runs: number): Promise<readonly Figure[]> {
  const repo = planted(paths, ids);
  if (peer !== null && repo.tip('main')?.tree.id !== peer.tree) throw new Error('not the same tree as git has');
  const branches = crowd(repo, 'main', shape === 'flat' ? 1 : BRANCHES);
  const times = timed(runs, (at) => {
    repo.commit({ branch: branches[at % branches.length] ?? '', author: WHO, message: 'work\n', changes: [{ path: paths[(at * 7919) % paths.length] ?? '', content: `edit ${at}\n` }] });
  });
  const name = `commit, one of ${paths.length} files, ${shape}, id ${ids}`;
  const note = shape === 'flat' ? 'one folder, one branch' : `depth 4, ${branches.length} branches by turns, all history kept`;
  const figures = peer === null ? [bare(`${name}, p50`, times.p50, times.runs, note)] : Object.entries(await peer.commits()).map(([who, micros]) => against(`${name}, p50`, times.p50, who, micros, times.runs, note));
  return [...figures, bare(`${name}, p99`, times.p99, times.runs, note)];
}

async function branches(peer: Peer, runs: number): Promise<readonly Figure[]> {
  const repo = planted(deepPaths(), 'at-once');
  // Far below what a clock can tell apart: a hundred at a time.
  const micros = batches(runs / 100, (at) => void repo.branch(`agent/b${at}`, 'main'));
  return Object.entries(await peer.branches()).map(([who, git]) => against('branch, p50', micros, who, git, runs, 'of batches of 100'));
}

function disjointMerges(peer: Peer, runs: number): readonly Figure[] {
  const paths = deepPaths();
  const repo = planted(paths, 'at-once');
  const [one, two] = [paths[0] ?? '', paths.at(-1) ?? ''];
  const pairs = Array.from({ length: runs }, (_, at) => [`o${at}`, `t${at}`] as const);
  for (const [at, [ours, theirs]] of pairs.entries()) {
    for (const [branch, path] of [[ours, one], [theirs, two]] as const) {
      repo.branch(branch, 'main');
      repo.commit({ branch, author: WHO, message: 'work\n', changes: [{ path, content: `${at}\n` }] });
    }
  }
  const times = timed(pairs.length, (at) => void repo.merge({ into: pairs[at]?.[0] ?? '', from: pairs[at]?.[1] ?? '', author: WHO, message: 'merge\n' }));
  const checked = peer.merges({ path: one, text: '0\n' }, { path: two, text: '0\n' }, null);
  if (repo.tip('o0')?.tree.id !== checked.tree) throw new Error('not the tree git merges to');
  return [
    ...Object.entries(checked.micros).map(([who, micros]) => against('merge of other files, with its commit, p50', times.p50, who, micros, times.runs, 'a file a side')),
    bare('merge of other files, with its commit, p99', times.p99, times.runs, 'a file a side'),
  ];
}

function sameFileMerges(peer: Peer, runs: number): readonly Figure[] {
  const path = deepPaths()[0] ?? '';
  const repo = planted([path, ...deepPaths().slice(1)], 'at-once');
  const lines = Array.from({ length: LINES }, (_, at) => `const line${at} = ${at * 7};\n`);
  const edited = (at: number, by: string): string => lines.map((line, index) => index === at ? `${by};\n` : line).join('');
  const put = (branch: string, content: string): void => void repo.commit({ branch, author: WHO, message: 'work\n', changes: [{ path, content }] });
  put('main', lines.join(''));
  const pairs = Array.from({ length: runs }, (_, at) => [`o${at}`, `t${at}`] as const);
  for (const [at, [ours, theirs]] of pairs.entries()) {
    for (const branch of [ours, theirs]) repo.branch(branch, 'main');
    put(ours, edited(20, `ours ${at}`));
    put(theirs, edited(270, `theirs ${at}`));
  }
  const again = timed(runs, () => void repo.tryMerge('o0', 't0'));
  const verdict = verdicts(repo, pairs);
  const times = timed(runs, (at) => void repo.merge({ into: pairs[at]?.[0] ?? '', from: pairs[at]?.[1] ?? '', author: WHO, message: 'merge\n' }));
  const checked = peer.merges({ path, text: edited(20, 'ours 0') }, { path, text: edited(270, 'theirs 0') }, { path, text: lines.join('') });
  if (repo.tip('o0')?.tree.id !== checked.tree) throw new Error('not the tree git merges to');
  const name = `merge of one ${LINES}-line file`;
  return [
    ...Object.entries(checked.micros).map(([who, micros]) => against(`${name}, with its commit, p50`, times.p50, who, micros, times.runs, 'a hunk a side, texts never seen before')),
    bare(`${name}, tried again, p50`, again.p50, again.runs, 'the same three texts'),
    bare(`${name}, verdict only, p50`, verdict.p50, verdict.runs, 'two branches that were each held against others before, never against each other'),
  ];
}

function verdicts(repo: SharedRepository, pairs: readonly (readonly [string, string])[]): Times {
  const some = pairs.slice(0, 40);
  const crossed = some.flatMap(([ours], at) => some.flatMap(([, theirs], other) => at === other ? [] : [[ours, theirs] as const]));
  for (const [ours, theirs] of some) repo.judge(ours, theirs);
  return timed(crossed.length, (at) => void repo.judge(crossed[at]?.[0] ?? '', crossed[at]?.[1] ?? ''));
}

function messages(runs: number): readonly Figure[] {
  const repo = new SharedRepository({ now: () => SECONDS });
  let heard = 0;
  repo.messages.open('dev');
  repo.messages.listen('dev', () => heard += 1);
  const type: MessageType = 'finding';
  const message = { from: 'core', to: 'dev', type, content: 'look at src/a' };
  const micros = batches(runs, () => void repo.messages.send(message));
  if (heard === 0) throw new Error('nobody heard');
  return [bare('message in process, p50', micros, runs * 100, 'one subscriber; of batches of 100')];
}

function planted(paths: readonly string[], ids: 'at-once' | 'late'): SharedRepository {
  const repo = new SharedRepository({ now: () => SECONDS, ids, bytesMax: 1 << 30 });
  const made = repo.commit({ branch: 'main', author: WHO, message: 'base\n', changes: paths.map((path) => ({ path, content: textOf(path) })), expected: null });
  if (made.kind !== 'committed') throw new Error(made.kind);
  return repo;
}

function textOf(path: string): string {
  return `${path}\n`;
}

function deepPaths(): readonly string[] {
  const folders = Array.from({ length: 6 ** 4 }, (_, at) => `dir${at % 6}/sub${Math.floor(at / 6) % 6}/mod${Math.floor(at / 36) % 6}/pkg${Math.floor(at / 216)}`);
  return folders.flatMap((folder) => Array.from({ length: 8 }, (_, at) => `${folder}/file${at}.ts`));
}

function flatPaths(): readonly string[] {
  return Array.from({ length: 10_000 }, (_, at) => `file-${String(at).padStart(5, '0')}.ts`);
}

/** Microseconds; the first tenth warms up. */
function timed(runs: number, operation: (at: number) => void): Times {
  const micros: number[] = [];
  for (let at = 0; at < runs; at += 1) {
    const start = process.hrtime.bigint();
    operation(at);
    micros.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  const sorted = micros.slice(Math.floor(runs / 10)).toSorted((one, other) => one - other);
  return { p50: median(sorted), p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN, runs: sorted.length };
}

function batches(count: number, operation: (at: number) => void): number {
  return timed(count, (at) => {
    for (let index = 0; index < 100; index += 1) operation(at * 100 + index);
  }).p50 / 100;
}

function bare(name: string, value: number, runs: number, note: string): Figure {
  return figure({ bench: 'engine', figure: name, value, unit: 'us', baseline: null, baselineValue: null, runs, note });
}

function against(name: string, value: number, baseline: string, baselineValue: number, runs: number, note: string): Figure {
  return figure({ bench: 'engine', figure: name, value, unit: 'us', baseline, baselineValue, runs, note });
}
