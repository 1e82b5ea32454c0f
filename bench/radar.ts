// The radar: 1,000 branches against each other, and one that moved; every verdict on pairs that share a path held against git's.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import { Radar, type PairBase, type RadarBranch } from '../src/engine/radar/radar.ts';
import { differences } from '../src/engine/object/difference.ts';
import { Blob, MODE, Tree, type Entry } from '../src/engine/object/node.ts';
import type { Shelf } from '../src/engine/merge/outcome.ts';
import { figure, median, type BenchOptions, type Figure } from './figure.ts';

const FOLDERS = 300;
const FILES = 35;
const LINES = 60;
const HOT = 50;
const SHELF: Shelf = { entries: (tree) => tree.entries, bytes: (blob) => blob.bytes };

export async function run({ quick }: BenchOptions): Promise<readonly Figure[]> {
  const count = quick ? 200 : 1_000;
  const world = makeWorld(count);
  const baseOf: PairBase = () => world.base;
  const cold: number[] = [];
  let radar = new Radar();
  for (let round = 0; round < (quick ? 3 : 7); round += 1) {
    radar = new Radar();
    const startedAt = performance.now();
    radar.aim(world.base, []);
    for (const branch of world.branches) radar.put(branch);
    const wants = radar.settle(SHELF, baseOf);
    cold.push(performance.now() - startedAt);
    if (wants.objects.length + wants.bases.length > 0) throw new Error('the radar wants what is in memory already');
  }
  const moves = moved(radar, world, baseOf, quick ? 50 : 300);
  const git = await againstGit(radar, world, quick);
  const pairs = (count * (count - 1)) / 2;
  const checked = `${git.checked} pairs that share a path checked against git: ${git.collisions} collisions, ${git.missed} missed, ${git.extra} extra, ${git.open} declined`;
  const baseline = `git merge-tree --stdin, ${git.random} random pairs, extrapolated`;
  return [
    figure({ bench: 'radar', figure: `all pairs of ${count} branches`, value: median(cold), unit: 'ms', baseline, baselineValue: git.msAPair * pairs, runs: cold.length, note: checked }),
    figure({ bench: 'radar', figure: `one moved branch of ${count}, p50`, value: quantile(moves, 0.5), unit: 'ms', baseline, baselineValue: git.msAPair * (count - 1), runs: moves.length, note: '' }),
    figure({ bench: 'radar', figure: `one moved branch of ${count}, p99`, value: quantile(moves, 0.99), unit: 'ms', baseline: null, baselineValue: null, runs: moves.length, note: '' }),
  ];
}

type World = { readonly base: Tree; readonly branches: readonly RadarBranch[]; readonly rewrite: (seed: number) => Tree };

/** Folders of files; every branch edits 1 to 8 of them: one in five is hot, the rest is in a folder of its own. */
function makeWorld(count: number): World {
  const random = seeded(7);
  const folders = new Map(Array.from({ length: FOLDERS }, (_, at) => [`dir${String(at).padStart(3, '0')}`, Array.from({ length: FILES }, (_, file) => textOf(at * FILES + file))]));
  const made = treeOf(folders, new Map());
  // With ids, as of a repository.
  const base = Tree.known(made.id, made.entries);
  const change = (pick: () => number): Tree => {
    const home = Math.floor(pick() * FOLDERS);
    const edits = new Map<string, string>();
    const wanted = 1 + Math.floor(pick() * 8);
    for (let at = 0; at < wanted; at += 1) {
      const hot = Math.floor(pick() * HOT);
      const [folder, file] = pick() < 0.2 ? [hot % FOLDERS, Math.floor(hot / FOLDERS)] : [home, Math.floor(pick() * FILES)];
      const name = `dir${String(folder).padStart(3, '0')}/file${String(file).padStart(3, '0')}`;
      edits.set(name, edited(textOf(folder * FILES + file), Math.floor(pick() * LINES), pick()));
    }
    return treeOf(folders, edits);
  };
  const branches = Array.from({ length: count }, (_, at): RadarBranch => {
    const tree = change(random);
    return { name: `branch-${at}`, tip: tree.id, tree, base };
  });
  return { base, branches, rewrite: (seed) => change(seeded(seed)) };
}

function moved(radar: Radar, { branches, rewrite, base }: World, baseOf: PairBase, times: number): readonly number[] {
  return Array.from({ length: times }, (_, at) => {
    const before = branches[(at * 37) % branches.length];
    if (before === undefined) throw new Error('no branch');
    const tree = rewrite(1_000 + at);
    const next = { ...before, tip: tree.id, tree, base };
    const startedAt = performance.now();
    radar.put(next);
    radar.settle(SHELF, baseOf);
    const took = performance.now() - startedAt;
    // As it was, so that git is asked about the branches it was given.
    radar.put(before);
    radar.settle(SHELF, baseOf);
    return took;
  });
}

type Checked = { readonly checked: number; readonly collisions: number; readonly missed: number; readonly extra: number; readonly open: number; readonly random: number; readonly msAPair: number };

/** The same trees as commits of a real repository on tmpfs where there is one. */
async function againstGit(radar: Radar, { base, branches }: World, quick: boolean): Promise<Checked> {
  const directory = mkdtempSync(join(tmpdir(), 'maestro-bench-radar-'));
  try {
    const commits = importInto(directory, base, branches);
    const paths = branches.map(({ name }) => new Set(radar.pathsOf(name)));
    const sharing: (readonly [number, number])[] = [];
    for (let one = 0; one < branches.length; one += 1) for (let other = one + 1; other < branches.length; other += 1) if ([...paths[one] ?? []].some((path) => paths[other]?.has(path) === true)) sharing.push([one, other]);
    const random = seeded(99);
    const pick = (): number => Math.floor(random() * branches.length);
    const some = Array.from({ length: quick ? 300 : 2_000 }, () => [pick(), pick()] as const);
    const startedAt = performance.now();
    await mergeAll(directory, commits, some);
    const msAPair = (performance.now() - startedAt) / some.length;
    const verdicts = await mergeAll(directory, commits, sharing);
    let [collisions, missed, extra, open] = [0, 0, 0, 0];
    for (const [at, [one, other]] of sharing.entries()) {
      const finding = radar.collisionsOf(branches[one]?.name ?? '').find((found) => found.one === branches[other]?.name || found.other === branches[other]?.name)?.finding;
      const isConflict = verdicts[at] === 'conflict';
      if (finding?.kind === 'open') open += 1;
      else if (isConflict && finding === undefined) missed += 1;
      else if (!isConflict && finding !== undefined) extra += 1;
      if (isConflict) collisions += 1;
    }
    if (missed + extra > 0) throw new Error(`the radar and git disagree: ${missed} missed, ${extra} extra`);
    return { checked: sharing.length, collisions, missed, extra, open, random: some.length, msAPair };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function importInto(directory: string, base: Tree, branches: readonly RadarBranch[]): readonly string[] {
  must(directory, ['init', '-q', '--bare'], '');
  const head = (ref: string, from: string): string => `commit ${ref}\ncommitter b <b@b> 1700000000 +0000\ndata 1\nx\n${from}`;
  const whole = allFiles('', base).map(([path, text]) => `M 100644 inline ${path}\ndata ${text.length}\n${text}\n`).join('');
  const changes = branches.map(({ name, tree }) => {
    const found = differences(base, tree, SHELF, FOLDERS * FILES);
    const edits = found.kind === 'found' ? found.differences : [];
    return head(`refs/heads/${name}`, `from refs/heads/main\n${edits.map(({ path, to }) => file(path, to)).join('')}`);
  });
  must(directory, ['fast-import', '--quiet'], [head('refs/heads/main', whole), ...changes].join('\n'));
  const listed = must(directory, ['for-each-ref', '--format=%(refname:short) %(objectname)'], '');
  const tips = new Map(listed.trim().split('\n').map((line) => line.split(' ') as [string, string]));
  return branches.map(({ name }) => tips.get(name) ?? '');
}

function file(path: string, entry: Entry | null): string {
  const bytes = entry?.node.kind === 'blob' ? entry.node.bytes : null;
  const text = Buffer.from(bytes ?? new Uint8Array()).toString('latin1');
  return `M 100644 inline ${path}\ndata ${text.length}\n${text}\n`;
}

function allFiles(prefix: string, tree: Tree): readonly (readonly [string, string])[] {
  return (tree.entries ?? []).flatMap(({ name, node }) => node.kind === 'tree' ? allFiles(`${prefix}${name}/`, node) : node.kind === 'blob' ? [[`${prefix}${name}`, Buffer.from(node.bytes ?? new Uint8Array()).toString('latin1')] as const] : []);
}

/** In one process, asked all at once; verdicts in order. */
function mergeAll(directory: string, commits: readonly string[], pairs: readonly (readonly [number, number])[]): Promise<readonly ('clean' | 'conflict')[]> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['-c', 'core.fsync=none', '--git-dir', directory, 'merge-tree', '--write-tree', '--stdin', '-z', '--no-messages'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('close', () => {
      const said = Buffer.concat(chunks).toString('latin1');
      const verdicts = [...said.matchAll(/(?:^|\0\0|\0)([01])\0[0-9a-f]{40}\0/g)].map(([, status]) => status === '1' ? 'clean' as const : 'conflict' as const);
      if (verdicts.length === pairs.length) resolve(verdicts);
      else reject(new Error(`git answered ${verdicts.length} of ${pairs.length} merges`));
    });
    child.stdin.end(pairs.map(([one, other]) => `${commits[one]} ${commits[other]}\n`).join(''));
  });
}

function must(directory: string, args: readonly string[], input: string): string {
  const result = spawnSync('git', args, { cwd: directory, input: Buffer.from(input, 'latin1'), maxBuffer: 1 << 28 });
  if (result.status !== 0) throw new Error(`git ${args[0]}: ${result.stderr.toString()}`);
  return result.stdout.toString('latin1');
}

const kept = new Map<string, Entry>();

/** Untouched folders and files are the same nodes everywhere, as they are after a merge in memory or a read by id. */
function treeOf(folders: ReadonlyMap<string, readonly string[]>, edits: ReadonlyMap<string, string>): Tree {
  const touched = new Set([...edits.keys()].map((path) => path.split('/')[0]));
  return Tree.of([...folders].map(([folder, files]): Entry => {
    const same = touched.has(folder) ? undefined : kept.get(folder);
    if (same !== undefined) return same;
    const entries = files.map((text, at): Entry => {
      const name = `file${String(at).padStart(3, '0')}`;
      const edit = edits.get(`${folder}/${name}`);
      const known = edit === undefined ? kept.get(`${folder}/${name}`) : undefined;
      const entry = known ?? { name, mode: MODE.file, node: Blob.of(Buffer.from(edit ?? text, 'latin1')) };
      if (edit === undefined) kept.set(`${folder}/${name}`, entry);
      return entry;
    });
    const entry: Entry = { name: folder, mode: MODE.tree, node: Tree.of(entries) };
    if (!touched.has(folder)) kept.set(folder, entry);
    return entry;
  }));
}

function textOf(seed: number): string {
  return Array.from({ length: LINES }, (_, at) => `file ${seed} line ${at} of some code(${seed * at});\n`).join('');
}

function edited(text: string, at: number, salt: number): string {
  return text.split('\n').map((line, number) => number === at ? `${line} // ${salt}` : line).join('\n');
}

function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
