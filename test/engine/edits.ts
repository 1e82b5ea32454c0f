// Random edits, the same for the same seed, and the ids that git gives their commits and trees.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathProblem, type Change } from '../../src/engine/object/edit.ts';
import type { Signature } from '../../src/engine/object/commit.ts';
import { Blob, MODE, Module, Tree } from '../../src/engine/object/node.ts';
import { Random } from '../harness/random.ts';

export type Edits = readonly { readonly message: string; readonly changes: readonly Change[] }[];

export const IN_MEMORY = { entries: (tree: Tree): Tree['entries'] => tree.entries };

export function blob(text: string): Blob {
  return Blob.of(Buffer.from(text));
}

/** Every path is put with what makes room for it, as files and folders share their names. */
export function randomEdits(seed: number, shape: { readonly commits: number; readonly names: number; readonly depth: number; readonly first?: number }): Edits {
  const random = new Random(seed);
  const present = new Set<string>();
  return Array.from({ length: shape.commits }, (_, at) => {
    const changes = new Map<string, Change>();
    for (let left = at === 0 ? shape.first ?? 30 : random.between(1, 3); left > 0; left -= 1) randomChange(random, shape, present, changes);
    return { message: random.pick(['m', 'two\n\nlines\n', '', 'ünï\n']), changes: [...changes.values()] };
  });
}

function randomChange(random: Random, shape: { readonly names: number; readonly depth: number }, present: Set<string>, changes: Map<string, Change>): void {
  const path = Array.from({ length: random.between(1, shape.depth) }, () => `${random.pick(['f', 'f-', 'f.', 'fa', 'ä'])}${random.below(shape.names)}`).join('/');
  const latin = Buffer.from(path).toString('latin1');
  if (pathProblem(latin) !== null) throw new Error(`${path} is no path`);
  if (random.chance(0.2)) {
    const gone = [...present].find((one) => one >= latin);
    if (gone === undefined) return;
    present.delete(gone);
    changes.set(gone, { path: gone, entry: null });
    return;
  }
  for (const other of present) {
    if (!other.startsWith(`${latin}/`) && !latin.startsWith(`${other}/`)) continue;
    present.delete(other);
    changes.set(other, { path: other, entry: null });
  }
  present.add(latin);
  const mode = random.pick([MODE.file, MODE.file, MODE.file, MODE.executable, MODE.link, MODE.module]);
  const node = mode === MODE.module ? new Module(random.pick(['1', '2']).repeat(40)) : blob(`${random.below(50)}\n`);
  changes.set(latin, { path: latin, entry: { mode, node } });
}

/** `<commit> <tree>` of each. */
export function gitIds(edits: Edits, who: Signature): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'engine-ids-'));
  try {
    git(folder, ['init', '-q', '--bare']);
    const stream = Buffer.concat(edits.map(({ message, changes }) => Buffer.concat([
      Buffer.from(`commit refs/heads/main\nauthor ${signed(who)}\ncommitter ${signed(who)}\ndata ${Buffer.byteLength(message)}\n${message}\n`),
      ...changes.filter(({ entry }) => entry === null).map(({ path }) => Buffer.from(`D ${path}\n`, 'latin1')),
      ...changes.map(written),
    ])));
    git(folder, ['fast-import', '--quiet'], stream);
    return git(folder, ['log', '--reverse', '--format=%H %T', 'main']).trim().split('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function written({ path, entry }: Change): Buffer {
  if (entry === null) return Buffer.alloc(0);
  const mode = (entry.mode ?? MODE.file).toString(8);
  if (entry.node.kind === 'module') return Buffer.from(`M ${mode} ${entry.node.id} ${path}\n`, 'latin1');
  const bytes = entry.node.bytes ?? Buffer.alloc(0);
  return Buffer.concat([Buffer.from(`M ${mode} inline ${path}\ndata ${bytes.length}\n`, 'latin1'), bytes, Buffer.from('\n')]);
}

function signed({ name, email, seconds, zone }: Signature): string {
  return `${name} <${email}> ${seconds} ${zone}`;
}

function git(folder: string, args: readonly string[], input: Buffer = Buffer.alloc(0)): string {
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  const done = spawnSync('git', args, { cwd: folder, env, input, maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`git ${args.join(' ')}: ${done.stderr.toString()}`);
  return done.stdout.toString('utf8');
}
