// The verbs of `maestro-hooks` as text: find the repository, plan, perform, say what was done.
import { resolve } from 'node:path';
import { printable, shortName } from '../merge/branch.ts';
import type { Policy } from '../merge/policy.ts';
import { ask, cleanEnvironment } from './git.ts';
import { planInstall, planUninstall } from './install.ts';
import { findRepository, maestroDir } from './repository.ts';
import type { Repository } from './repository.ts';
import { DEFAULT_SETTINGS, defaultBranchOf, readSettings } from './settings.ts';
import type { HookSettings } from './settings.ts';
import { statusOf } from './status.ts';
import type { HooksStatus } from './status.ts';
import { describeStep, perform } from './step.ts';
import type { Step } from './step.ts';

export type Choices = { readonly repo: string; readonly spools: readonly string[]; readonly intoHooksPath: boolean; readonly dryRun: boolean; readonly json: boolean };

/** Reads the policy out of a maestro.yml, or says why it cannot. Passed in, for a YAML parser is a package. */
export type PolicyReader = (yaml: string) => Promise<Policy | { readonly trouble: string }>;

export async function install(choices: Choices, readPolicy: PolicyReader | null): Promise<string> {
  const repository = findRepository(choices.repo);
  const wanted = choices.spools.length > 0 ? choices.spools : [process.env['MAESTRO_SPOOL'] ?? ''].filter((path) => path !== '');
  const { settings, trouble } = await settingsOf(repository, readPolicy);
  const steps = planInstall(repository, {
    settings,
    spools: wanted.map((path) => resolve(path)),
    nodePath: process.execPath,
    intoHooksPath: choices.intoHooksPath,
  });
  const text = finish(repository, steps, choices, 'installed');
  return trouble === null || choices.json ? text : `${text}note: .github/maestro.yml on HEAD is not used: ${printable(trouble)}\n`;
}

export function uninstall(choices: Choices): string {
  const repository = findRepository(choices.repo);
  return finish(repository, planUninstall(repository), choices, 'uninstalled');
}

export function status(choices: Choices): { readonly text: string; readonly complete: boolean } {
  const found = statusOf(findRepository(choices.repo));
  return { text: choices.json ? `${JSON.stringify(found)}\n` : describe(found), complete: isWhole(found) };
}

function finish(repository: Repository, steps: readonly Step[], choices: Choices, done: string): string {
  if (!choices.dryRun) perform(steps);
  const lines = steps.map(describeStep);
  if (choices.json) return `${JSON.stringify({ done: choices.dryRun ? 'nothing' : done, steps: lines, status: statusOf(repository) })}\n`;
  if (steps.length === 0) return `nothing to do: already ${done}\n`;
  if (choices.dryRun) return `${lines.join('\n')}\nnothing was changed (--dry-run)\n`;
  return describe(statusOf(repository), done === 'uninstalled');
}

function isWhole({ hooks }: HooksStatus): boolean {
  return hooks.every((hook) => hook.state === 'installed');
}

/** `wanted`: they are away because somebody said so. */
function describe(found: HooksStatus, wanted = false): string {
  const hooks = found.hooks.map((hook) => `${hook.state.padEnd(10)} ${hook.name.padEnd(22)} ${printable(hook.path)}${hook.kept === null ? '' : `  (runs ${printable(hook.kept)} first)`}`);
  const spools = found.spools.map((spool) => `signals go to ${printable(spool.path)}${spool.waiting === 0 ? '' : `  (${spool.waiting} waiting to be read)`}`);
  const installed = found.hooks.some((hook) => hook.state === 'installed' || hook.state === 'outdated');
  return [...hooks, ...(installed ? spools : []), ...found.notes.map((note) => `note: ${note}`), ...(wanted || isWhole(found) ? [] : ['  try: maestro-hooks install']), ''].join('\n');
}

/** The policy on HEAD; what an earlier install or the coordinator wrote when that says nothing, and the default before that. */
async function settingsOf(repository: Repository, readPolicy: PolicyReader | null): Promise<{ readonly settings: HookSettings; readonly trouble: string | null }> {
  const before = settingsBefore(repository);
  const yaml = ask(['cat-file', 'blob', 'HEAD:.github/maestro.yml'], { cwd: repository.root, env: cleanEnvironment() });
  if (yaml === null || readPolicy === null) return { settings: before, trouble: null };
  const policy = await readPolicy(yaml);
  if ('trouble' in policy) return { settings: before, trouble: policy.trouble };
  return { settings: { ...before, policy }, trouble: null };
}

/** With what the clone itself says of its remote. */
function settingsBefore(repository: Repository): HookSettings {
  const before = readSettings(maestroDir(repository));
  const name = repository.remotes.includes('origin') ? 'origin' : repository.remotes[0];
  if (name === undefined) return { ...before, remote: null };
  const url = ask(['remote', 'get-url', '--push', name], { cwd: repository.root, env: cleanEnvironment() }) ?? '';
  return { ...before, defaultBranch: before.defaultBranch ?? shortName(defaultBranchOf(DEFAULT_SETTINGS, name, repository.root)), remote: { name, url } };
}
