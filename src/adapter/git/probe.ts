// Is the git of this machine good enough, and are the small tools here that Maestro likes to have? Changes nothing.
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { MaestroError } from '../../error.ts';

export type GitProbe = { readonly version: string | null; readonly ok: boolean; readonly problems: readonly string[] };

const MINOR_MIN = 38;   // `merge-tree --write-tree`
const TIMEOUT_MS = 5000;
// First release of each line with the clone and path fixes of May 2024; later lines were born with them.
const FIXED_PATCH: ReadonlyMap<number, number> = new Map([[39, 4], [40, 2], [41, 1], [42, 2], [43, 4], [44, 1], [45, 1]]);
const TOOLS = [
  { name: 'stdbuf', without: 'merges of long chains start one more process each' },
  { name: 'unshare', without: 'gates cannot be cut off from the network' },
];

/** `ok` is false only when Maestro cannot work at all. */
export async function probeGit(): Promise<GitProbe> {
  const [version, ...tools] = await Promise.all([gitVersion(), ...TOOLS.map(({ name }) => onPath(name))]);
  const problems = TOOLS.flatMap(({ name, without }, index) => tools[index] === true ? [] : [`${name} is missing: ${without}.`]);
  if (version === null) return { version, ok: false, problems: ['git is missing: install git 2.38 or newer.', ...problems] };
  const about = judgeVersion(version);
  return { version, ok: about.ok, problems: [...about.problems, ...problems] };
}

/** Throws `git-too-old`. One that does not tell its version is given the benefit of the doubt: it may only be slow. */
export async function requireGit(): Promise<void> {
  const version = await gitVersion();
  const judged = version === null ? null : judgeVersion(version);
  if (judged?.ok === false) throw new MaestroError('git-too-old', judged.problems.join(' '), { next: `install git 2.${MINOR_MIN} or newer` });
}

export function judgeVersion(version: string): { readonly ok: boolean; readonly problems: readonly string[] } {
  const [, major = '0', minor = '0', patch = '0'] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  if (Number(major) > 2) return { ok: true, problems: [] };
  if (Number(major) < 2 || Number(minor) < MINOR_MIN) return { ok: false, problems: [`git ${version} is too old: 2.${MINOR_MIN} or newer is needed to merge without a checkout.`] };
  const fixed = Number(minor) === MINOR_MIN ? Infinity : FIXED_PATCH.get(Number(minor)) ?? 0;
  return { ok: true, problems: Number(patch) < fixed ? [`git ${version} lacks security fixes of 2024: update it.`] : [] };
}

function gitVersion(): Promise<string | null> {
  return new Promise((resolve) => {
    execFile('git', ['--version'], { timeout: TIMEOUT_MS }, (error, stdout) => resolve(error ? null : /\d+\.\d+[\w.-]*/.exec(stdout)?.[0] ?? null));
  });
}

async function onPath(name: string): Promise<boolean> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      await access(join(folder, name), constants.X_OK);
      return true;
    } catch {
      // Not in this folder.
    }
  }
  return false;
}
