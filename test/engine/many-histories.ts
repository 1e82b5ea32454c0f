// Many small histories at once, the same for the same seed: two sides of one base that edit, delete, move, retype, or move whole folders
// about. Written by one `git fast-import`, judged by one `git merge-tree`.
import type { Oid } from '../../src/merge/branch.ts';
import { mulberry, pick } from '../conformance/random-history.ts';
import type { Workbench } from '../harness/workbench.ts';

const PATHS = ['a', 'b.txt', 'lib/h', 'lib/i', 'src/c', 'src/d', 'src/e/f', 'src/e/g', 'x/y/z'];
const FOLDERS = ['lib', 'src', 'src/e', 'x/y', 'x'];
const LINES = Array.from({ length: 9 }, (_, at) => `line ${at}`);

type File = { readonly mode: '100644' | '100755' | '120000'; readonly text: string };
type Files = ReadonlyMap<string, File>;

export type Judged = { readonly seed: number; readonly base: Oid; readonly ours: Oid; readonly theirs: Oid; readonly git: Oid | 'conflict' | 'gave up' };

/** `files`: of all kinds of work. `folders`: mostly folders that are moved, split, moved into each other and added to. */
export type Work = 'files' | 'folders';

export async function manyHistories(bench: Workbench, from: number, to: number, kind: Work = 'files'): Promise<readonly Judged[]> {
  const seeds = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  await bench.repo.git(['fast-import', '--quiet'], Buffer.from(seeds.map((seed) => storyOf(seed, kind)).join(''), 'latin1'));
  const named = new Map((await bench.repo.git(['for-each-ref', '--format=%(refname:strip=3) %(objectname)', `refs/many/${kind}`])).trim().split('\n').map((line) => line.split(' ') as [string, Oid]));
  const commits = seeds.map((seed) => ({ seed, base: named.get(`${seed}/base`)!, ours: named.get(`${seed}/ours`)!, theirs: named.get(`${seed}/theirs`)! }));
  const answers = await answersOf(bench, commits.map(({ ours, theirs }) => [ours, theirs] as const));
  return commits.map((one, at) => ({ ...one, git: answers[at]! }));
}

/** Git 2.39 stops at some folders that were moved onto each other: those merges are found by halves. */
async function answersOf(bench: Workbench, pairs: readonly (readonly [Oid, Oid])[]): Promise<readonly (Oid | 'conflict' | 'gave up')[]> {
  try {
    return await bench.merger.mergeBatch(pairs);
  } catch (error) {
    if (!String(error).includes('Assertion')) throw error;
    const half = pairs.length >> 1;
    return half === 0 ? ['gave up'] : [...await answersOf(bench, pairs.slice(0, half)), ...await answersOf(bench, pairs.slice(half))];
  }
}

function storyOf(seed: number, kind: Work): string {
  const random = mulberry(seed);
  const [base, step] = kind === 'files' ? [filesAtFirst(PATHS), work] as const : [foldersAtFirst(random), folderWork] as const;
  const sides = { base, ours: sideOf(random, base, step), theirs: sideOf(random, base, step) };
  const refOf = (name: string): string => `refs/many/${kind}/${seed}/${name}`;
  return Object.entries(sides).map(([name, files]) => commitOf(refOf(name), name === 'base' ? null : refOf('base'), files)).join('');
}

function filesAtFirst(paths: readonly string[]): Files {
  return new Map(paths.map((path) => [path, { mode: '100644', text: textOf(LINES.map((line) => `${line} of ${path}`)) }]));
}

function commitOf(ref: string, parent: string | null, files: Files): string {
  const message = `the ${ref}`;
  const head = `commit ${ref}\ncommitter A <a@b> 1 +0000\ndata ${message.length}\n${message}\n${parent === null ? '' : `from ${parent}\n`}deleteall\n`;
  return head + [...files].map(([path, { mode, text }]) => `M ${mode} inline ${path}\ndata ${text.length}\n${text}\n`).join('') + '\n';
}

function sideOf(random: () => number, base: Files, step: (random: () => number, files: Map<string, File>) => void): Files {
  const files = new Map(base);
  const steps = 1 + Math.floor(random() * 4);
  for (let at = 0; at < steps && files.size > 0; at += 1) step(random, files);
  return files;
}

function work(random: () => number, files: Map<string, File>): void {
  const path = pick(random, [...files.keys()]);
  const file = files.get(path)!;
  const dice = Math.floor(random() * 20);
  if (dice < 7) files.set(path, edited(random, file));
  else if (dice < 9) files.delete(path);
  else if (dice < 11) move(files, path, `${pick(random, FOLDERS)}/${pick(random, ['moved', 'h', 'n'])}`, random() < 0.5 ? file : edited(random, file));
  else if (dice < 13) moveFolder(files, pick(random, FOLDERS), pick(random, ['lib', 'new', 'new/er', 'src/e']));
  else if (dice < 16) put(files, `${pick(random, FOLDERS)}/n${Math.floor(random() * 2)}`, { mode: '100644', text: `new ${Math.floor(random() * 2)}\n` });
  else if (dice < 17) files.set(path, { ...file, mode: file.mode === '100644' ? '100755' : '100644' });
  else if (dice < 18) put(files, `${path}/inner`, file);
  else if (dice < 19) put(files, pick(random, FOLDERS), { mode: '100644', text: 'a file where a folder was\n' });
  else files.set(path, { mode: '120000', text: pick(random, PATHS) });
}

const HOMES = ['lib', 'src', 'src/in', 'src/in/deep', 'doc'];
const NEW_HOMES = [...HOMES, 'new', 'new/in', 'in', 'src/new'];

/** Some files share their names, some their content. */
function foldersAtFirst(random: () => number): Files {
  const paths = HOMES.flatMap((home) => ['index', 'a', 'b', 'c'].slice(0, 1 + Math.floor(random() * 4)).map((name) => `${home}/${name === 'index' ? name : `${name}-${home.replaceAll('/', '-')}`}`));
  const files = new Map(filesAtFirst(['README', ...paths]));
  if (random() < 0.5) for (const path of paths) if (random() < 0.3) files.set(path, { mode: '100644', text: textOf(LINES) });
  return files;
}

function folderWork(random: () => number, files: Map<string, File>): void {
  const [path, home] = [pick(random, [...files.keys()]), pick(random, HOMES)];
  const file = files.get(path)!;
  const dice = Math.floor(random() * 20);
  if (dice < 5) moveFolder(files, home, pick(random, NEW_HOMES));
  else if (dice < 7) scatter(random, files, home);
  else if (dice < 12) put(files, `${home}/${pick(random, ['', '', 'in/', 'fresh/'])}n${Math.floor(random() * 2)}`, { mode: '100644', text: pick(random, ['', `new ${Math.floor(random() * 2)}\n`]) });
  else if (dice < 14) move(files, path, `${home}/${pick(random, ['moved', 'index', 'n0'])}`, random() < 0.5 ? file : edited(random, file));
  else if (dice < 16) files.set(path, edited(random, file));
  else if (dice < 17) files.delete(path);
  else if (dice < 18) for (const other of [...files.keys()]) if (other.startsWith(`${home}/`)) files.delete(other);
  else if (dice < 19) moveFolder(files, home, '');
  else put(files, pick(random, [home, `${path}/inner`, `${home}/link`]), pick(random, [file, { mode: '120000', text: 'README' }]));
}

/** Its files go two ways, some with another name or another line. */
function scatter(random: () => number, files: Map<string, File>, from: string): void {
  const ways = [pick(random, NEW_HOMES), pick(random, NEW_HOMES)];
  const [isRenamed, isEdited] = [random() < 0.3, random() < 0.5];
  for (const [path, file] of [...files]) {
    if (!path.startsWith(`${from}/`)) continue;
    const name = path.slice(from.length + 1);
    move(files, path, `${pick(random, ways)}/${isRenamed ? name.replace(/[^/]+$/, 'now-$&') : name}`, isEdited ? edited(random, file) : file);
  }
}

function edited(random: () => number, file: File): File {
  const lines = file.text.split('\n').slice(0, -1);
  if (lines.length === 0) return file;
  const at = Math.floor(random() * lines.length);
  const kind = random();
  if (kind < 0.2) lines.splice(at, 1);
  else if (kind < 0.4) lines.splice(at, 0, `inserted ${Math.floor(random() * 2)}`);
  else lines[at] = `${lines[at] ?? ''} changed ${Math.floor(random() * 2)}`;
  return file.mode === '120000' ? file : { ...file, text: textOf(lines) };
}

function move(files: Map<string, File>, from: string, to: string, file: File): void {
  files.delete(from);
  put(files, to, file);
}

function moveFolder(files: Map<string, File>, from: string, to: string): void {
  if (`${to}/`.startsWith(`${from}/`)) return;
  for (const [path, file] of [...files]) if (path.startsWith(`${from}/`)) move(files, path, (to + path.slice(from.length)).replace(/^\//, ''), file);
}

/** What stands in the way, file or folder, goes. */
function put(files: Map<string, File>, path: string, file: File): void {
  for (const other of [...files.keys()]) if (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)) files.delete(other);
  files.set(path, file);
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
