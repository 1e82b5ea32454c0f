// What the hooks of one clone know of Maestro's policy, and the small files in which the sh filters and the runtime find it.
// A copy that may be old: hooks are a hint, the coordinator decides.
import { join } from 'node:path';
import { parseBranch } from '../merge/branch.ts';
import type { RefName } from '../merge/branch.ts';
import { DEFAULT_POLICY } from '../merge/policy.ts';
import type { Policy } from '../merge/policy.ts';
import { targetPatterns } from '../merge/route.ts';
import { ask } from './git.ts';
import { readIfThere } from './repository.ts';

export type HookSettings = {
  readonly policy: Policy;
  /** Short name; null: ask the clone's own refs. */
  readonly defaultBranch: string | null;
  /** The remote Maestro lands on; pushes elsewhere are nobody's business here. null: whichever is pushed to. */
  readonly remote: { readonly name: string; readonly url: string } | null;
};

export const DEFAULT_SETTINGS: HookSettings = { policy: DEFAULT_POLICY, defaultBranch: null, remote: null };

/** Path below `<git-common-dir>/maestro` to content. Whoever learns a newer policy (install, the coordinator) writes these. */
export function settingsFiles(settings: HookSettings): ReadonlyMap<string, string> {
  const { policy } = settings;
  const globs = policy.hooks.directPush === 'allow' ? [] : targetPatterns(policy, refOf(settings.defaultBranch) ?? MAIN);
  return new Map([
    ['hooks.json', `${JSON.stringify(settings, null, 2)}\n`],
    ['targets', globs.map((glob) => `${glob}\n`).join('')],
    ['hook/marker', `${policy.marker} ${policy.hooks.conflict}\n`],
    ['hook/radar', `${policy.hooks.radar}\n`],
    ['hook/pattern', `${patternOf(policy.marker)}\n`],
    ['hook/words', `${outerWordsOf(policy.marker)}\n`],
  ]);
}

/** For `grep -iEf`, in bytes: the marker's words with anything between them, or all but one of them, which also finds near misses. */
function patternOf(marker: string): string {
  const words = wordsOf(marker);
  const typos = words.length < 2 ? [] : words.map((_, typo) => words.map((word, at) => at === typo ? '[^ ]{1,20}' : word).join('[_-]'));
  return [words.join('[^A-Za-z0-9]*'), ...typos].join('\n');
}

/** The first and the last word in either case, as globs of sh: whatever the pattern finds holds one of them. */
function outerWordsOf(marker: string): string {
  const words = wordsOf(marker);
  return [words.at(0), words.at(-1)].map((word = '') => word.replace(/[A-Za-z]/g, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`)).join(' ');
}

function wordsOf(marker: string): readonly string[] {
  return marker.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
}

/** What was last written; defaults for what is missing or cannot be read. */
export function readSettings(maestroDir: string): HookSettings {
  try {
    const read = JSON.parse(readIfThere(join(maestroDir, 'hooks.json')) ?? '{}') as Partial<HookSettings>;
    return { ...DEFAULT_SETTINGS, ...read, policy: { ...DEFAULT_POLICY, ...read.policy } };
  } catch {
    return DEFAULT_SETTINGS;
  }
}

/** The name of the watched remote when this is it, as git names it to a pre-push hook; null when it is another one. */
export function watchedName(settings: HookSettings, name: string, url: string): string | null {
  if (settings.remote === null) return name;
  return name === settings.remote.name || url === settings.remote.url ? settings.remote.name : null;
}

const MAIN = 'refs/heads/main' as RefName;

/** As this clone last saw it on `remote`. */
export function defaultBranchOf(settings: HookSettings, remote: string, cwd?: string): RefName {
  return refOf(settings.defaultBranch) ?? seenDefault(remote, cwd) ?? MAIN;
}

function seenDefault(remote: string, cwd: string | undefined): RefName | null {
  const options = cwd === undefined ? {} : { cwd };
  const prefix = `refs/remotes/${remote}/`;
  const head = ask(['symbolic-ref', '--quiet', `${prefix}HEAD`], options);
  if (head !== null && head.startsWith(prefix)) return refOf(head.slice(prefix.length));
  const name = ['main', 'master'].find((name) => ask(['rev-parse', '--verify', '--quiet', `${prefix}${name}`], options) !== null);
  return refOf(name ?? null);
}

function refOf(name: string | null): RefName | null {
  const parsed = parseBranch(name ?? '');
  return parsed.ok ? parsed.ref : null;
}
