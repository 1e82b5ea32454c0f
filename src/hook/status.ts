// What is installed where, hook by hook, and what a person should know about it. Changes nothing.
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { printable } from '../merge/branch.ts';
import { ask, cleanEnvironment } from './git.ts';
import { spoolsOf, waitingIn } from './install.ts';
import { HOOK_NAMES, blockFor, findAt, isThere, keptPath, placeOf } from './place.ts';
import type { HookName } from './place.ts';
import { knowsTransactions, maestroDir, readIfThere } from './repository.ts';
import type { Layout, Repository } from './repository.ts';
import { runtimeFiles, shimOf } from './runtime.ts';

type HookStatus = {
  readonly name: HookName;
  readonly state: 'installed' | 'outdated' | 'missing' | 'foreign';
  readonly path: string;
  /** The older hook that runs first, or null. */
  readonly kept: string | null;
};

export type HooksStatus = {
  readonly root: string;
  readonly hooksDir: string;
  readonly layout: Layout;
  readonly git: string;
  readonly node: string | null;
  readonly spools: readonly { readonly path: string; readonly waiting: number }[];
  readonly hooks: readonly HookStatus[];
  readonly notes: readonly string[];
};

export function statusOf(repository: Repository): HooksStatus {
  const home = maestroDir(repository);
  const current = [...runtimeFiles(), ['start', shimOf('start')] as const].every(([name, text]) => readIfThere(join(home, 'hook', name)) === text);
  return {
    root: repository.root,
    hooksDir: repository.hooksDir,
    layout: repository.layout,
    git: repository.gitVersion,
    node: readIfThere(join(home, 'hook', 'node'))?.trim() ?? null,
    spools: spoolsOf(repository).map((path) => ({ path, waiting: waitingIn(path) })),
    hooks: HOOK_NAMES.map((name) => statusOfOne(repository, name, current)),
    notes: notesOn(repository),
  };
}

function statusOfOne(repository: Repository, name: HookName, current: boolean): HookStatus {
  const place = placeOf(repository, name);
  const found = findAt(place, place.form === 'block' ? blockFor(name) : shimOf(name));
  // Somebody else's hook in our place runs nothing of what we kept.
  const kept = found !== 'foreign' && isThere(keptPath(place)) ? keptPath(place) : null;
  const { path } = place;
  switch (found) {
    case 'nothing': return { name, state: 'missing', path, kept };
    case 'foreign': return { name, state: 'foreign', path, kept };
    case 'ours-but-old': return { name, state: 'outdated', path, kept };
    case 'ours': return { name, state: current ? 'installed' : 'outdated', path, kept };
  }
}

function notesOn(repository: Repository): readonly string[] {
  const notes: string[] = [];
  if (!knowsTransactions(repository.gitVersion)) notes.push(`git ${repository.gitVersion} has no reference-transaction hook (2.28 has): Maestro's sweep will find pushes, up to 30 s later`);
  if (repository.hooksPath !== null && !isAbsolute(repository.hooksPath) && !existsSync(repository.hooksDir))
    notes.push(`core.hooksPath is ${printable(repository.hooksPath)}, relative to each worktree, and this worktree has no such folder: no hook runs here at all`);
  const idle = HOOK_NAMES.map((name) => placeOf(repository, name)).filter((place) => isThere(keptPath(place)) && findAt(place, '') === 'foreign');
  notes.push(...idle.map((place) => `${printable(keptPath(place))} is not run: another tool has put its own hook over ours; maestro-hooks install puts ours back`));
  const untracked = repository.remotes.filter((remote) => ask(['config', '--get-all', `remote.${remote}.fetch`], { cwd: repository.root, env: cleanEnvironment() }) === null);
  if (untracked.length > 0) notes.push(`remote ${untracked.map((name) => printable(name)).join(', ')} has no fetch refspec, so a push leaves no tracking ref for the hook to see: Maestro's sweep will find it`);
  return notes;
}
