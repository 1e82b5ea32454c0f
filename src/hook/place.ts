// Which file of a repository is which hook of ours, and what stands there now. Reads, changes nothing.
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { maestroDir } from './repository.ts';
import type { Repository } from './repository.ts';

export const HOOK_NAMES = ['reference-transaction', 'commit-msg', 'pre-push'] as const;
export type HookName = (typeof HOOK_NAMES)[number];

/** `file`: the hook is ours, an older one is kept beside it. `block`: some lines inside a file that belongs to husky's user. */
export type Place = { readonly name: HookName; readonly path: string; readonly form: 'file' | 'block' };

export function placeOf(repository: Repository, name: HookName): Place {
  // husky 9 does not know reference-transaction and leaves unknown files in its folder alone.
  if (repository.layout !== 'husky' || name === 'reference-transaction') return { name, path: join(repository.hooksDir, name), form: 'file' };
  return { name, path: join(dirname(repository.hooksDir), name), form: 'block' };
}

/** Where the older hook waits, run first by ours. */
export function keptPath(place: Place): string {
  return `${place.path}.pre-maestro`;
}

export type Found = 'nothing' | 'ours' | 'ours-but-old' | 'foreign';

export function findAt(place: Place, wanted: string): Found {
  if (!isThere(place.path)) return 'nothing';
  const text = textOf(place.path);
  if (place.form === 'block') return blockIn(text) === null ? 'nothing' : text.includes(wanted) ? 'ours' : 'ours-but-old';
  if (!/^#!.*\n# maestro-hooks /.test(text)) return 'foreign';
  return text === wanted && isExecutable(place.path) ? 'ours' : 'ours-but-old';
}

/** A dangling symbolic link is there too: moving it away must bring it back. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;   // a file stands where its folder should be: writing will say so
  }
}

/** Whether the hook that was moved aside stands in its old place again: some tools write theirs anew on every run. */
export function isKeptTwice(place: Place): boolean {
  return existsSync(place.path) && existsSync(keptPath(place)) && textOf(place.path) === textOf(keptPath(place));
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'latin1') : '';
}

function isExecutable(path: string): boolean {
  return process.platform === 'win32' || (lstatSync(path).mode & 0o111) !== 0;
}

const OPEN = '# >>> maestro-hooks >>>\n';
const CLOSE = '# <<< maestro-hooks <<<\n';

/** Runs the copy in the shared git directory; a teammate's clone without one passes by. What it read from stdin is given back. */
export function blockFor(name: HookName): string {
  const call = name === 'pre-push'
    ? 'maestro_in=$(cat)\n  printf "${maestro_in:+%s\\n}" "$maestro_in" | "$maestro" "$@" || exit $?\n  [ -z "$maestro_in" ] || exec <<MAESTRO\n$maestro_in\nMAESTRO'
    : '"$maestro" "$@" || exit $?';
  return `${OPEN}maestro=$(git rev-parse --git-common-dir 2>/dev/null || :)/maestro/hook/${name}\nif [ -x "$maestro" ]; then\n  ${call}\nfi\n${CLOSE}`;
}

/** At the top, for an `exit 0` further down must not skip it; behind the #! line if there is one. */
export function withBlock(text: string, block: string): string {
  const rest = withoutBlock(text);
  const start = rest.startsWith('#!') ? rest.indexOf('\n') + 1 : 0;
  return rest.startsWith('#!') && start === 0 ? `${rest}\n${block}` : rest.slice(0, start) + block + rest.slice(start);
}

export function withoutBlock(text: string): string {
  const block = blockIn(text);
  return block === null ? text : text.replace(block, () => '');
}

function blockIn(text: string): string | null {
  const start = text.indexOf(OPEN);
  const end = text.indexOf(CLOSE, start);
  return start < 0 || end < 0 ? null : text.slice(start, end + CLOSE.length);
}

/** The copy a block calls. */
export function shimCopyPath(repository: Repository, name: HookName): string {
  return join(maestroDir(repository), 'hook', basename(name));
}
