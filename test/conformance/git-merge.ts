// What a real `git merge` makes of many texts at once: one repository, one merge, one path a triple.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Region } from '../../src/engine/line/region.ts';

/** `base` null: both sides added the path. */
export type Triple = { readonly base: string | null; readonly ours: string; readonly theirs: string };
export type Merged = { readonly isClean: boolean; readonly text: string };

/** `diff3` writes the hunks as they are before git refines them, with their base. */
export function gitMerge(triples: readonly Triple[], style: 'merge' | 'diff3'): ReadonlyMap<Triple, Merged> {
  const folder = mkdtempSync(join(tmpdir(), 'line-merge-'));
  try {
    git(folder, ['init', '-q', '-b', 'ours']);
    git(folder, ['fast-import', '--quiet'], historyOf(triples));
    git(folder, ['reset', '-q', '--hard', 'ours']);
    git(folder, ['-c', `merge.conflictStyle=${style}`, '-c', 'user.name=n', '-c', 'user.email=e', 'merge', '-q', '-m', 'm', 'theirs']);
    const unmerged = new Set(git(folder, ['diff', '--name-only', '--diff-filter=U']).split('\n'));
    return new Map(triples.map((triple, index) => [triple, { isClean: !unmerged.has(nameOf(index)), text: readFileSync(join(folder, nameOf(index)), 'utf8') }]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The regions as git would write them, markers and all. */
export function written(regions: readonly Region[], style: 'merge' | 'diff3'): Merged {
  const pieces = regions.map((region) => region.kind === 'stable' ? region.lines.join('') : [
    '<<<<<<< HEAD\n', ended(region.ours), style === 'diff3' ? `||||||| base\n${ended(region.base)}` : '', '=======\n', ended(region.theirs), '>>>>>>> theirs\n',
  ].join(''));
  return { isClean: regions.every((region) => region.kind === 'stable'), text: pieces.join('') };
}

/** In a conflict git adds line ends that are missing, and gives its markers the ends it finds around them. */
export function withPlainEnds({ isClean, text }: Merged): Merged {
  return { isClean, text: isClean ? text : text.replaceAll('\r\n', '\n').replaceAll(/^\|{7} .*$/gm, '||||||| base') };
}

function ended(lines: readonly string[]): string {
  const text = lines.join('');
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function historyOf(triples: readonly Triple[]): string {
  const commit = (branch: string, from: string, text: (triple: Triple) => string | null): string => [
    `commit refs/heads/${branch}\ncommitter n <e> 1700000000 +0000\ndata 1\n${branch.at(0)}\n${from}`,
    ...triples.map((triple, index) => {
      const content = text(triple);
      return content === null ? '' : `M 100644 inline ${nameOf(index)}\ndata ${Buffer.byteLength(content)}\n${content}\n`;
    }),
  ].join('');
  return commit('base', '', (triple) => triple.base)
    + commit('ours', 'from refs/heads/base\n', (triple) => triple.ours)
    + commit('theirs', 'from refs/heads/base\n', (triple) => triple.theirs);
}

function nameOf(index: number): string {
  return `${index}.txt`;
}

function git(folder: string, args: readonly string[], input = ''): string {
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  return spawnSync('git', args, { cwd: folder, env, input, encoding: 'utf8', maxBuffer: 1 << 30 }).stdout;
}
