// What installing and uninstalling change in a repository, as steps. core.hooksPath is never touched; what was there keeps running.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MaestroError } from '../error.ts';
import { printable } from '../merge/branch.ts';
import { HOOK_NAMES, blockFor, findAt, isKeptTwice, isThere, keptPath, placeOf, shimCopyPath, withBlock, withoutBlock } from './place.ts';
import type { HookName, Place } from './place.ts';
import { maestroDir, readIfThere } from './repository.ts';
import type { Repository } from './repository.ts';
import { runtimeFiles, shimOf } from './runtime.ts';
import { settingsFiles } from './settings.ts';
import type { HookSettings } from './settings.ts';
import { writeUnlessSame } from './step.ts';
import type { Step } from './step.ts';

export type InstallWish = {
  readonly settings: HookSettings;
  /** Absolute folders that watching coordinators read; empty: as it is, which is this repository's own to begin with. */
  readonly spools: readonly string[];
  /** The node that hooks start; when it is gone they try the one on PATH. */
  readonly nodePath: string;
  /** Also into a hooks folder that other repositories share. */
  readonly intoHooksPath: boolean;
};

export function planInstall(repository: Repository, wish: InstallWish): readonly Step[] {
  refuseOddPlaces(repository, wish);
  const home = maestroDir(repository);
  const files = new Map([
    ...[...runtimeFiles()].map(([name, text]) => [`hook/${name}`, text] as const),
    ...settingsFiles(wish.settings),
    ['hook/start', shimOf('start')] as const,
    ['hook/node', `${wish.nodePath}\n`] as const,
    ['hook/places.json', `${JSON.stringify(mergedPlaces(repository), null, 2)}\n`] as const,
    ...(wish.spools.length === 0 ? [] : [['spool-dir', wish.spools.map((path) => `${path}\n`).join('')] as const]),
  ]);
  const spools = wish.spools.length === 0 ? spoolsOf(repository) : wish.spools;
  return [
    ...[...files].flatMap(([name, text]) => writeUnlessSame(join(home, name), text, 0o644)),
    ...spools.filter((path) => !existsSync(path)).map((path): Step => ({ kind: 'folder', path })),
    ...HOOK_NAMES.flatMap((name) => installOne(repository, name)),
  ];
}

function refuseOddPlaces(repository: Repository, wish: InstallWish): void {
  const { hooksPath, hooksDir } = repository;
  if (hooksPath === '' || (hooksPath !== null && existsSync(hooksDir) && !statSync(hooksDir).isDirectory()))
    throw new MaestroError('usage', `core.hooksPath is ${hooksPath === '' ? 'empty' : `${printable(hooksPath)}, which is no folder`}: git runs no hook here`, { next: 'git config --show-origin core.hooksPath says who set it; unset it, then run maestro-hooks install again' });
  if (repository.layout === 'outside' && !wish.intoHooksPath)
    throw new MaestroError('usage', `core.hooksPath is ${printable(hooksDir)}, which is not in this repository: other repositories may use it too`, { next: 'maestro-hooks install --into-hooks-path (the hooks do nothing where Maestro is not installed), or unset core.hooksPath here' });
  if (repository.bare && repository.remotes.length === 0)
    throw new MaestroError('usage', 'this is a bare repository without a remote: nothing is pushed from here', { next: 'run maestro-hooks install in the clones that push' });
  const odd = wish.spools.find((path) => path.includes('\n'));
  if (odd !== undefined) throw new MaestroError('usage', `a spool folder with a line break in its name cannot be stored: ${printable(odd)}`);
}

function installOne(repository: Repository, name: HookName): readonly Step[] {
  const place = placeOf(repository, name);
  if (place.form === 'block') return installBlock(repository, place);
  const shim = shimOf(name);
  const write: Step = { kind: 'write', path: place.path, content: shim, mode: 0o755 };
  switch (findAt(place, shim)) {
    case 'ours': return [];
    case 'nothing': case 'ours-but-old': return [write];
    case 'foreign':
      if (isKeptTwice(place)) return [write];
      if (isThere(keptPath(place))) throw new MaestroError('usage', `two hooks to keep: ${printable(place.path)} and ${printable(keptPath(place))}`, { next: 'join them into one file, remove the other, then run maestro-hooks install again' });
      return [{ kind: 'move', from: place.path, to: keptPath(place) }, write];
  }
}

function installBlock(repository: Repository, place: Place): readonly Step[] {
  const copy = writeUnlessSame(shimCopyPath(repository, place.name), shimOf(place.name), 0o755);
  const block = blockFor(place.name);
  if (!isThere(place.path)) return [...copy, { kind: 'write', path: place.path, content: block, mode: 0o644 }];
  const text = readFileSync(place.path, 'latin1');
  return text.includes(block) ? copy : [...copy, { kind: 'edit', path: place.path, content: withBlock(text, block) }];
}

/** Where install put hooks, and which files and folders were not there before: uninstall takes away exactly these. */
type Places = { readonly places: readonly Place[]; readonly created: readonly string[] };

function mergedPlaces(repository: Repository): Places {
  const before = readPlaces(repository);
  const places = HOOK_NAMES.map((name) => placeOf(repository, name));
  const older = before.places.filter((old) => places.every((place) => place.path !== old.path));
  const created = [...places.filter((place) => place.form === 'block').map((place) => place.path), repository.hooksDir].filter((path) => !existsSync(path));
  return { places: [...places, ...older], created: [...new Set([...before.created, ...created])] };
}

function readPlaces(repository: Repository): Places {
  const text = readIfThere(join(maestroDir(repository), 'hook', 'places.json'));
  try {
    if (text !== null) return JSON.parse(text) as Places;
  } catch {
    // A torn or edited note: the current places are looked at all the same.
  }
  return { places: [], created: [] };
}

export function planUninstall(repository: Repository): readonly Step[] {
  const home = maestroDir(repository);
  const { places } = mergedPlaces(repository);
  const made = readPlaces(repository).created;
  const ours = ['hook', 'hooks.json', 'targets', 'spool-dir'].map((name) => join(home, name)).filter(isThere);
  const folders = made.filter((path) => existsSync(path) && statSync(path).isDirectory());
  return [
    ...places.flatMap((place) => uninstallOne(place, made)),
    ...ours.map((path): Step => ({ kind: 'remove', path })),
    // Signals nobody has read yet stay.
    ...[...folders, join(home, 'spool'), home].filter(existsSync).map((path): Step => ({ kind: 'remove-empty', path })),
  ];
}

function uninstallOne(place: Place, made: readonly string[]): readonly Step[] {
  const kept = keptPath(place);
  if (place.form === 'block') {
    if (!isThere(place.path)) return [];
    const text = readFileSync(place.path, 'latin1');
    const content = withoutBlock(text);
    if (content === text) return [];
    return content === '' && made.includes(place.path) ? [{ kind: 'remove', path: place.path }] : [{ kind: 'edit', path: place.path, content }];
  }
  const found = findAt(place, '');
  if (isThere(kept) && found !== 'foreign') return [{ kind: 'move', from: kept, to: place.path }];
  if (isKeptTwice(place)) return [{ kind: 'remove', path: kept }];
  return found === 'ours-but-old' || found === 'ours' ? [{ kind: 'remove', path: place.path }] : [];
}

/** The folders the hook of this repository writes signals into. */
export function spoolsOf(repository: Repository): readonly string[] {
  const home = maestroDir(repository);
  const named = (readIfThere(join(home, 'spool-dir')) ?? '').split('\n').filter((path) => path !== '');
  return named.length === 0 ? [join(home, 'spool')] : named.map((path) => resolve(path));
}

/** Signals that wait to be read. */
export function waitingIn(spool: string): number {
  return existsSync(spool) ? readdirSync(spool).filter((name) => !name.startsWith('.')).length : 0;
}

