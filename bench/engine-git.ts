// Who else does what the engine does: git's processes on disk and in memory, fast-import, `merge-tree --stdin`, isomorphic-git on memfs.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as isomorphic from 'isomorphic-git';
import { createFsFromVolume, Volume } from 'memfs';
import { cleanEnvironment } from '../test/harness/stage.ts';
import { median } from './figure.ts';

/** Microseconds an operation, by who did it. */
export type Rivals = Readonly<Record<string, number>>;
export type Edit = { readonly path: string; readonly text: string };

export type Peer = {
  /** Of the base commit, as git named it. */
  readonly tree: string;
  commits(): Promise<Rivals>;
  branches(): Promise<Rivals>;
  merges(ours: Edit, theirs: Edit, base: Edit | null): { readonly tree: string; readonly micros: Rivals };
  dispose(): void;
};

const WHO = 'n <e> 1770000000 +0000';
const IMPORTED = 300;
const SHM = '/dev/shm';

export function openPeer(paths: readonly string[], textOf: (path: string) => string, runs: number): Peer {
  const places = { 'git processes, disk': tmpdir(), ...existsSync(SHM) ? { 'git processes, /dev/shm': SHM } : {} };
  const folders = Object.entries(places).map(([who, place]) => ({ who, folder: mkdtempSync(join(place, 'maestro-engine-')) }));
  for (const { folder } of folders) {
    git(folder, ['init', '-q', '--bare', '-b', 'main']);
    git(folder, ['fast-import', '--quiet'], commitOf('main', null, paths.map((path) => ({ path, text: textOf(path) }))));
    git(folder, ['read-tree', 'main']);
  }
  const first = folders[0]?.folder ?? '';
  const path = paths[0] ?? '';
  return {
    tree: git(first, ['rev-parse', 'main^{tree}']),
    commits: async () => ({
      ...interleaved(folders, runs, (folder, at) => commitByProcesses(folder, { path, text: `${at}\n` })),
      'git fast-import': microsOf(() => git(first, ['fast-import', '--quiet', '--force'], Array.from({ length: IMPORTED }, (_, at) => commitOf('fast', at === 0 ? 'refs/heads/main' : null, [{ path: paths[(at * 7919) % paths.length] ?? '', text: `${at}\n` }])).join(''))) / IMPORTED,
      'isomorphic-git on memfs': await isomorphicCommits(first, paths, runs * 4),
    }),
    branches: async () => ({
      ...interleaved(folders, runs, (folder, at) => git(folder, ['branch', `b${at}`, 'main'])),
      'isomorphic-git on memfs': await isomorphicBranches(first, runs * 4),
    }),
    merges: (ours, theirs, base) => {
      for (const { folder } of folders) sides(folder, ours, theirs, base);
      const micros = interleaved(folders, runs, mergeByProcesses);
      return { tree: git(first, ['rev-parse', 'merged^{tree}']), micros: { ...micros, 'git merge-tree --stdin': mergesByBatch(first, IMPORTED) } };
    },
    dispose: () => folders.forEach(({ folder }) => rmSync(folder, { recursive: true, force: true })),
  };
}

function interleaved(folders: readonly { readonly who: string; readonly folder: string }[], runs: number, operation: (folder: string, at: number) => void): Rivals {
  const times = folders.map(({ who, folder }) => ({ who, folder, micros: [] as number[] }));
  for (let at = 0; at < runs; at += 1) for (const { folder, micros } of times) micros.push(microsOf(() => operation(folder, at)));
  return Object.fromEntries(times.map(({ who, micros }) => [who, median(micros)]));
}

function commitByProcesses(folder: string, { path, text }: Edit): void {
  const blob = git(folder, ['hash-object', '-w', '--stdin'], text);
  git(folder, ['update-index', '--cacheinfo', `100644,${blob},${path}`]);
  const tree = git(folder, ['write-tree']);
  git(folder, ['update-ref', 'refs/heads/work', git(folder, ['commit-tree', tree, '-p', 'main', '-m', 'work'])]);
}

function sides(folder: string, ours: Edit, theirs: Edit, base: Edit | null): void {
  const start = commitOf('start', 'refs/heads/main', base === null ? [] : [base]);
  git(folder, ['fast-import', '--quiet', '--force'], `${start}${commitOf('ours', 'refs/heads/start', [ours])}${commitOf('theirs', 'refs/heads/start', [theirs])}`);
}

function mergeByProcesses(folder: string): void {
  const tree = git(folder, ['merge-tree', '--write-tree', 'ours', 'theirs']);
  git(folder, ['update-ref', 'refs/heads/merged', git(folder, ['commit-tree', tree, '-p', 'ours', '-p', 'theirs', '-m', 'merge'])]);
}

/** Written all at once and read at the end: git 2.39 does not flush in between. */
function mergesByBatch(folder: string, count: number): number {
  return microsOf(() => git(folder, ['merge-tree', '--stdin'], 'ours theirs\n'.repeat(count))) / count;
}

function commitOf(branch: string, from: string | null, edits: readonly Edit[]): string {
  const head = `commit refs/heads/${branch}\nauthor ${WHO}\ncommitter ${WHO}\ndata 5\nwork\n${from === null ? '' : `from ${from}\n`}`;
  return head + edits.map(({ path, text }) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`).join('');
}

type Memory = { readonly fs: Parameters<typeof isomorphic.readTree>[0]['fs']; readonly gitdir: string; readonly cache: object };

/** The very packs git wrote. */
function inMemory(folder: string): Memory {
  const volume = new Volume();
  volume.mkdirSync('/repo/objects/pack', { recursive: true });
  volume.mkdirSync('/repo/refs/heads', { recursive: true });
  for (const file of readdirSync(join(folder, 'objects/pack'))) volume.writeFileSync(`/repo/objects/pack/${file}`, readFileSync(join(folder, 'objects/pack', file)));
  volume.writeFileSync('/repo/HEAD', 'ref: refs/heads/main\n');
  volume.writeFileSync('/repo/config', '[core]\n\tbare = true\n');
  volume.writeFileSync('/repo/refs/heads/main', `${git(folder, ['rev-parse', 'main'])}\n`);
  return { fs: createFsFromVolume(volume), gitdir: '/repo', cache: {} };
}

async function isomorphicCommits(folder: string, paths: readonly string[], runs: number): Promise<number> {
  const memory = inMemory(folder);
  const author = { name: 'n', email: 'e', timestamp: 1_770_000_000, timezoneOffset: 0 };
  const micros: number[] = [];
  for (let at = 0; at < runs; at += 1) {
    const start = performance.now();
    const parent = await isomorphic.resolveRef({ ...memory, ref: 'main' });
    const { commit } = await isomorphic.readCommit({ ...memory, oid: parent });
    const tree = await replaced(memory, commit.tree, (paths[(at * 7919) % paths.length] ?? '').split('/'), `${at}\n`);
    await isomorphic.commit({ ...memory, message: 'work\n', author, tree, parent: [parent], ref: 'refs/heads/main' });
    micros.push((performance.now() - start) * 1000);
  }
  return median(micros);
}

async function replaced(memory: Memory, oid: string, [name = '', ...below]: readonly string[], text: string): Promise<string> {
  const { tree } = await isomorphic.readTree({ ...memory, oid });
  const old = tree.find(({ path }) => path === name)?.oid ?? '';
  const next = below.length === 0 ? await isomorphic.writeBlob({ ...memory, blob: Buffer.from(text) }) : await replaced(memory, old, below, text);
  return isomorphic.writeTree({ ...memory, tree: tree.map((entry) => entry.path === name ? { ...entry, oid: next } : entry) });
}

async function isomorphicBranches(folder: string, runs: number): Promise<number> {
  const memory = inMemory(folder);
  const micros: number[] = [];
  for (let at = 0; at < runs; at += 1) {
    const start = performance.now();
    await isomorphic.branch({ ...memory, ref: `b${at}`, object: 'main' });
    micros.push((performance.now() - start) * 1000);
  }
  return median(micros);
}

function microsOf(operation: () => void): number {
  const start = performance.now();
  operation();
  return (performance.now() - start) * 1000;
}

function git(folder: string, args: readonly string[], input = ''): string {
  return execFileSync('git', args, { cwd: folder, env: cleanEnvironment(), input, encoding: 'utf8', maxBuffer: 1 << 28 }).trim();
}
