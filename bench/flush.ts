// A thousand commits made in memory, into a real repository: one stored pack and one transaction of refs, against `git fast-import` of the same.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flushInto } from '../src/adapter/git/flush.ts';
import type { NewObject } from '../src/engine/repository/new-objects.ts';
import { bindGit } from '../src/adapter/git/run.ts';
import { objectId } from '../src/engine/object/id.ts';
import type { ObjectId, ObjectKind } from '../src/engine/object/id.ts';
import { cleanEnvironment } from '../test/harness/stage.ts';
import { figure, median, type Figure } from './figure.ts';

const COMMITS = 1000;
const FOLDERS = 6;
const FILES = 8;
const DEPTH = 4;
const WHO = 'Agent <agent@example.org>';
const FROM_SECONDS = 1_770_000_000;
const MAIN = 'refs/heads/main';

type Folder = { readonly names: readonly string[]; readonly nodes: (Folder | ObjectId)[]; id: ObjectId };
type Work = { readonly base: readonly NewObject[]; readonly baseTip: ObjectId; readonly objects: readonly NewObject[]; readonly tip: ObjectId; readonly stream: string };

export async function run(options: { readonly quick: boolean }): Promise<readonly Figure[]> {
  const runs = options.quick ? 3 : 9;
  const work = makeWork();
  const times: Record<'flush' | 'import', number[]> = { flush: [], import: [] };
  for (let index = 0; index < runs; index += 1) {
    times.flush.push(await inNewRepository(work, (folder) => flush(folder, work)));
    times.import.push(await inNewRepository(work, (folder) => fastImport(folder, work)));
  }
  const note = `${work.objects.length} objects, a file changed at depth ${DEPTH} of ${FOLDERS ** DEPTH * FILES}; fsync'd as git does for a repository of its own; git fsck --strict says nothing, the tip is fast-import's`;
  return [figure({ bench: 'flush', figure: `${COMMITS} commits into a repository`, value: median(times.flush), unit: 'ms', baseline: 'git fast-import', baselineValue: median(times.import), runs, note })];
}

async function inNewRepository(work: Work, measure: (folder: string) => Promise<number>): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-flush-'));
  try {
    git(folder, ['init', '-q', '--bare', '-b', 'main', folder]);
    await flushInto(bindGit(folder), work.base, [{ ref: MAIN, old: null, new: work.baseTip }]);
    const took = await measure(folder);
    const words = git(folder, ['fsck', '--strict', '--no-progress']);
    if (git(folder, ['rev-parse', MAIN]).trim() !== work.tip || words !== '') throw new Error(`not the same history: ${words}`);
    return took;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function flush(folder: string, { objects, baseTip, tip }: Work): Promise<number> {
  const startMs = performance.now();
  const outcome = await flushInto(bindGit(folder), objects, [{ ref: MAIN, old: baseTip, new: tip }]);
  const took = performance.now() - startMs;
  if (outcome.kind !== 'flushed') throw new Error(outcome.kind);
  return took;
}

async function fastImport(folder: string, { stream }: Work): Promise<number> {
  const startMs = performance.now();
  execFileSync('git', ['fast-import', '--quiet'], { cwd: folder, env: cleanEnvironment(), input: stream, stdio: ['pipe', 'pipe', 'pipe'] });
  return performance.now() - startMs;
}

function git(folder: string, args: readonly string[]): string {
  return execFileSync('git', [...args], { cwd: folder, encoding: 'utf8', env: cleanEnvironment(), stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Every commit writes a blob, a tree for each folder above it, and itself. */
function makeWork(): Work {
  const base: NewObject[] = [];
  const objects: NewObject[] = [];
  const root = makeFolder(DEPTH, base);
  const baseTip = put(base, 'commit', commitText(root.id, null, 'base', 0));
  let tip = baseTip;
  const stream: string[] = [];
  for (let at = 1; at <= COMMITS; at += 1) {
    const content = `content ${at}\n`.repeat(16);
    const places = Array.from({ length: DEPTH }, (_, level) => Math.floor(at * 7 / FOLDERS ** level) % FOLDERS);
    const path = change(root, places, at % FILES, put(objects, 'blob', content), objects);
    tip = put(objects, 'commit', commitText(root.id, tip, `work ${at}`, at));
    stream.push(`commit ${MAIN}\ncommitter ${WHO} ${FROM_SECONDS + at} +0000\ndata ${`work ${at}\n`.length}\nwork ${at}\n\n${at === 1 ? `from ${baseTip}\n` : ''}M 100644 inline ${path}\ndata ${content.length}\n${content}\n`);
  }
  return { base, baseTip, objects, tip, stream: stream.join('') };
}

function makeFolder(depth: number, objects: NewObject[]): Folder {
  const names = Array.from({ length: depth === 0 ? FILES : FOLDERS }, (_, at) => depth === 0 ? `f${at}.txt` : `d${at}`);
  const nodes = names.map((name) => depth === 0 ? put(objects, 'blob', `${name}\n`) : makeFolder(depth - 1, objects));
  const folder: Folder = { names, nodes, id: '' };
  seal(folder, objects);
  return folder;
}

function seal(folder: Folder, objects: NewObject[]): void {
  const lines = folder.nodes.map((node, at) => Buffer.concat([Buffer.from(`${typeof node === 'string' ? '100644' : '40000'} ${folder.names[at] ?? ''}\0`), Buffer.from(typeof node === 'string' ? node : node.id, 'hex')]));
  folder.id = put(objects, 'tree', Buffer.concat(lines));
}

function change(root: Folder, places: readonly number[], file: number, blob: ObjectId, objects: NewObject[]): string {
  const way = [root];
  for (const place of places) {
    const next = way.at(-1)?.nodes[place];
    if (next !== undefined && typeof next !== 'string') way.push(next);
  }
  const last = way.at(-1);
  if (last !== undefined) last.nodes[file] = blob;
  for (const folder of way.toReversed()) seal(folder, objects);
  return [...places.map((place) => `d${place}`), `f${file}.txt`].join('/');
}

function commitText(tree: ObjectId, parent: ObjectId | null, message: string, at: number): string {
  const who = `${WHO} ${FROM_SECONDS + at} +0000`;
  return `tree ${tree}\n${parent === null ? '' : `parent ${parent}\n`}author ${who}\ncommitter ${who}\n\n${message}\n`;
}

function put(objects: NewObject[], kind: ObjectKind, body: string | Uint8Array): ObjectId {
  const bytes = Buffer.from(body);
  const id = objectId(kind, bytes);
  objects.push({ id, kind, body: bytes });
  return id;
}
