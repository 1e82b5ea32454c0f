// Somebody else's repository to be read: its objects are borrowed, its refs are read as files, its config is never alive and nothing is written into it.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { MaestroError } from '../../error.ts';
import { scratchFolder } from '../../hook/scratch.ts';
import { parseOid, type Oid } from '../../merge/branch.ts';
import { openMerger, type Merger } from './merge.ts';
import { objectWriter, type ObjectWriter } from './object.ts';
import { openReader, type Reader } from './read.ts';
import { bindGit, type GitRunner } from './run.ts';

export type View = {
  readonly git: GitRunner;
  readonly reader: Reader;
  /** What these two make goes with the view. */
  readonly merger: Merger;
  readonly writer: ObjectWriter;
  /** Where every ref stands, by full name. */
  readonly tips: ReadonlyMap<string, Oid>;
  close(): Promise<void>;
};

/** `gitDir`: the shared git directory (of a clone, `.git`). */
export function openView(gitDir: string): View {
  const algorithm = /objectformat\s*=\s*sha256/i.test(textOf(join(gitDir, 'config'))) ? 'sha256' : 'sha1';
  const directory = makeBorrower(gitDir, algorithm);
  const git = bindGit(directory);
  const reader = openReader(git);
  const writer = objectWriter(directory, algorithm);
  const merger = openMerger(git, writer);
  return {
    git, reader, merger, writer, tips: tipsOf(gitDir),
    close: async () => {
      await Promise.all([reader.close(), merger.close()]);
      remove(directory);
    },
  };
}

/** Of this process: what ends before it closes them leaves none behind. */
const opened = new Set<string>();
const removeAll = (): void => opened.forEach(remove);

function keep(directory: string): void {
  if (opened.size === 0) process.on('exit', removeAll);
  opened.add(directory);
}

function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  opened.delete(directory);
  if (opened.size === 0) process.off('exit', removeAll);
}

function makeBorrower(gitDir: string, algorithm: 'sha1' | 'sha256'): string {
  // git would read one with a newline as two folders, and both as nothing.
  if (gitDir.includes('\n')) throw new MaestroError('not-a-repository', 'the path of the repository has a line break in it');
  try {
    const directory = scratchFolder('view');
    keep(directory);
    for (const folder of ['objects/info', 'objects/pack', 'refs/heads']) mkdirSync(join(directory, folder), { recursive: true });
    writeFileSync(join(directory, 'HEAD'), 'ref: refs/heads/none\n');
    writeFileSync(join(directory, 'config'), algorithm === 'sha1' ? '[core]\n\trepositoryformatversion = 0\n\tbare = true\n' : '[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n');
    writeFileSync(join(directory, 'objects/info/alternates'), `${quoted(resolve(gitDir, 'objects'))}\n`);
    if (existsSync(join(gitDir, 'shallow'))) copyFileSync(join(gitDir, 'shallow'), join(directory, 'shallow'));
    return directory;
  } catch (cause) {
    throw new MaestroError('disk', `no folder for the merges could be made below ${tmpdir()}`, { cause, next: 'make room there, or set TMPDIR' });
  }
}

/** As git reads a line of `alternates` that starts with a quote. */
function quoted(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&')}"`;
}

/** Read as files; of two places the loose one counts. */
export function tipsOf(gitDir: string): ReadonlyMap<string, Oid> {
  const tips = new Map<string, Oid>();
  const put = (name: string, id: string): void => {
    const oid = parseOid(id);
    if (oid !== null) tips.set(name, oid);
  };
  for (const line of textOf(join(gitDir, 'packed-refs')).split('\n')) put(line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' ')));
  const root = join(gitDir, 'refs');
  const loose = existsSync(root) ? readdirSync(root, { recursive: true, withFileTypes: true }) : [];
  for (const entry of loose) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile()) put(relative(gitDir, file).split(sep).join('/'), textOf(file).trim());
  }
  put('HEAD', textOf(join(gitDir, 'HEAD')).trim());
  return tips;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
