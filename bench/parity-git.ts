// The two gits a parity run needs: one that merges everything in one process, one that reads objects. Writes only into its own folder.
import { spawn, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { mkdirSync } from 'node:fs';
import { decodeTree } from '../src/engine/object/decode-tree.ts';
import type { Entry } from '../src/engine/object/node.ts';
import type { Shelf } from '../src/engine/merge/outcome.ts';

export type Verdict = { readonly isClean: boolean; readonly tree: string };
type Pair = { readonly ours: string; readonly theirs: string };

const KEPT_MAX = 400_000;

/** In the order of the pairs; undefined where there was no answer. */
export function gitVerdicts(repo: string, scratch: string, pairs: readonly Pair[]): readonly (Verdict | undefined)[] {
  if (pairs.length === 0) return [];
  const objects = join(scratch, 'objects');
  mkdirSync(objects, { recursive: true });
  const env = { ...process.env, GIT_OBJECT_DIRECTORY: objects, GIT_ALTERNATE_OBJECT_DIRECTORIES: join(resolve(repo), 'objects'), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  const { stdout } = spawnSync('git', ['-C', repo, 'merge-tree', '--write-tree', '--stdin', '--no-messages', '--name-only'], {
    env, input: pairs.map(({ ours, theirs }) => `${ours} ${theirs}\n`).join(''), maxBuffer: 1 << 30, encoding: 'latin1', stdio: ['pipe', 'pipe', 'ignore'],
  });
  const verdicts: (Verdict | undefined)[] = [];
  // Each answer: the verdict, the tree, the names of conflicted files, and an empty field where it ends.
  for (const match of stdout.matchAll(/([01])\0([0-9a-f]{40})\0((?:[^\0]+\0)*)\0/g)) verdicts.push({ isClean: match[1] === '1', tree: match[2] ?? '' });
  // An object that is not in the snapshot ends the process: the rest is asked of another one.
  if (verdicts.length < pairs.length) return [...verdicts, undefined, ...gitVerdicts(repo, scratch, pairs.slice(verdicts.length + 1))];
  return verdicts;
}

export type ObjectSource = {
  readonly shelf: Shelf;
  treeOf(commit: string): Promise<string | undefined>;
  /** False: one is not there, or no tree the engine takes. */
  bring(ids: readonly string[]): Promise<boolean>;
  close(): void;
};

/** One `git cat-file --batch` for as long as it is open. */
export function objectSource(repo: string): ObjectSource {
  const child = spawn('git', ['-C', repo, 'cat-file', '--batch'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const waiting: ((object: { readonly kind: string; readonly body: Buffer } | null) => void)[] = [];
  let buffered: Buffer[] = [];
  let size = 0;
  let needed = 1;
  child.stdout.on('data', (chunk: Buffer) => {
    buffered.push(chunk);
    size += chunk.length;
    if (size < needed) return;
    let bytes = Buffer.concat(buffered);
    for (;;) {
      const end = bytes.indexOf(10);
      if (end === -1) { needed = bytes.length + 1; break; }
      const [, kind = '', length] = bytes.toString('latin1', 0, end).split(' ');
      if (length === undefined) {
        waiting.shift()?.(null);
        bytes = bytes.subarray(end + 1);
        continue;
      }
      const stop = end + 1 + Number(length);
      if (bytes.length < stop + 1) { needed = stop + 1; break; }
      waiting.shift()?.({ kind, body: Buffer.from(bytes.subarray(end + 1, stop)) });
      bytes = bytes.subarray(stop + 1);
    }
    buffered = [bytes];
    size = bytes.length;
  });
  const read = (id: string): Promise<{ readonly kind: string; readonly body: Buffer } | null> => new Promise((settle) => {
    waiting.push(settle);
    child.stdin.write(`${id}\n`);
  });
  const trees = new Map<string, readonly Entry[]>();
  const blobs = new Map<string, Uint8Array>();
  return {
    shelf: { entries: (tree) => tree.entries ?? trees.get(tree.id) ?? null, bytes: (blob) => blob.bytes ?? blobs.get(blob.id) ?? null },
    treeOf: async (commit) => /^tree ([0-9a-f]{40})/.exec((await read(commit))?.body.toString('latin1') ?? '')?.[1],
    bring: async (ids) => {
      if (trees.size > KEPT_MAX) trees.clear();
      if (blobs.size > KEPT_MAX / 20) blobs.clear();
      const objects = await Promise.all(ids.map(read));
      return objects.every((object, at) => {
        const entries = object?.kind === 'tree' ? decodeTree(object.body) : null;
        if (entries !== null) trees.set(ids[at] ?? '', entries);
        if (object?.kind === 'blob') blobs.set(ids[at] ?? '', object.body);
        return entries !== null || object?.kind === 'blob';
      });
    },
    close: () => { child.kill(); },
  };
}
