// Small histories by chance, and what git makes of merging them: all written by one `git fast-import`, all merged by one `git merge-tree`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Blob, MODE, Tree, type Entry, type Mode } from '../../src/engine/object/node.ts';

export type File = { readonly mode: 'file' | 'executable' | 'link'; readonly text: string };
export type Files = Readonly<Record<string, File>>;
/** `base` to `ours` and `theirs`. */
export type Triple = { readonly base: Files; readonly ours: Files; readonly theirs: Files };
export type Answer = { readonly isClean: boolean; readonly tree: string };

/** Text files by path; a last `*` of the path makes it executable, a last `@` a symbolic link. */
export function filesOf(texts: Readonly<Record<string, string>>): Files {
  return Object.fromEntries(Object.entries(texts).map(([path, text]) => {
    const mode = path.endsWith('*') ? 'executable' : path.endsWith('@') ? 'link' : 'file';
    return [path.replace(/[*@]$/, ''), { mode, text }] as const;
  }));
}

export function treeOf(files: Files): Tree {
  const here = new Map<string, File>();
  const below = new Map<string, Record<string, File>>();
  for (const [path, file] of Object.entries(files)) {
    const slash = path.indexOf('/');
    if (slash === -1) here.set(path, file);
    else below.set(path.slice(0, slash), { ...below.get(path.slice(0, slash)), [path.slice(slash + 1)]: file });
  }
  const entries: Entry[] = [
    ...[...here].map(([name, { mode, text }]) => ({ name, mode: MODE[mode] as Mode, node: Blob.of(Buffer.from(text, 'latin1')) })),
    ...[...below].map(([name, inner]) => ({ name, mode: MODE.tree, node: treeOf(inner) })),
  ];
  const key = ({ name, mode }: Entry): string => mode === MODE.tree ? `${name}/` : name;
  return Tree.of(entries.sort((one, other) => key(one) < key(other) ? -1 : 1));
}

/** What git says to each triple, in order. */
export function askGit(triples: readonly Triple[]): readonly Answer[] {
  const folder = mkdtempSync(join(tmpdir(), 'histories-'));
  const git = (args: readonly string[], input = ''): string => execFileSync('git', ['-C', folder, ...args], { input: Buffer.from(input, 'latin1'), encoding: 'latin1', maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' } });
  try {
    git(['init', '-q', '--bare']);
    git(['fast-import', '--quiet', '--date-format=raw'], triples.map((triple, at) => streamOf(triple, at)).join(''));
    const output = git(['merge-tree', '--write-tree', '--stdin', '--no-messages', '--name-only'], triples.map((_, at) => `refs/heads/ours${at} refs/heads/theirs${at}\n`).join(''));
    return [...output.matchAll(/([01])\0([0-9a-f]{40})\0(?:[^\0]+\0)*\0/g)].map(([, clean, tree = '']) => ({ isClean: clean === '1', tree }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function streamOf({ base, ours, theirs }: Triple, at: number): string {
  const mark = 3 * at + 1;
  return commit(`base${at}`, mark, null, base) + commit(`ours${at}`, mark + 1, mark, ours) + commit(`theirs${at}`, mark + 2, mark, theirs);
}

function commit(branch: string, mark: number, parent: number | null, files: Files): string {
  const modes = { file: '100644', executable: '100755', link: '120000' };
  const lines = Object.entries(files).map(([path, { mode, text }]) => `M ${modes[mode]} inline ${path}\ndata ${text.length}\n${text}\n`);
  return `commit refs/heads/${branch}\nmark :${mark}\ncommitter a <a@b> 1000000000 +0000\ndata 0\n${parent === null ? '' : `from :${parent}\n`}deleteall\n${lines.join('')}\n`;
}
