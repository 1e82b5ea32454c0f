// The voters that a repository's config asks for, as far as this machine lets it have them. Whoever is refused is named with a
// reason: a voter less is no trouble for the lane, and nothing is sent anywhere in its stead.
import { randomBytes } from 'node:crypto';
import type { ConsensusPolicy, VoterRule } from '../../merge/policy.ts';
import type { Voter } from '../../port/voter.ts';
import type { Purse } from './budget.ts';
import { commandAsk, commandEnvironment, type Runs } from './command.ts';
import { familyOf } from './family.ts';
import { mindVoter, type Ask } from './mind.ts';
import { modelAsk } from './model.ts';
import { ANTHROPIC_URL, addressOf, OPENAI_URL, PERMISSION_VARIABLE, permissionsOf, type Permission } from './permission.ts';
import { withSecondLook } from './second-look.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type VoterTools = { readonly environment: Environment; readonly runs: Runs; readonly budget: Purse; readonly nowMs: () => number };

export type OpenVoters = { readonly voters: readonly Voter[]; readonly refused: readonly { readonly name: string; readonly why: string }[] };

/** Throws MaestroError `usage` when the owner's variable is not readable. */
export function openVoters(policy: ConsensusPolicy, tools: VoterTools): OpenVoters {
  const permissions = permissionsOf(tools.environment[PERMISSION_VARIABLE] ?? '');
  const rules = policy.share === 'none' ? [] : policy.voters === 'auto' ? automatic(tools.environment) : policy.voters;
  const opened = rules.map((rule) => ({ rule, ask: askOf(rule, permissions, tools) }));
  return {
    voters: opened.flatMap(({ rule, ask }) => typeof ask === 'string' ? [] : [withSecondLook(mindVoter({ name: rule.name, family: familyOf(rule), timeoutMs: policy.timeoutMs, ask }, { ...tools, drawFence }))]),
    refused: opened.flatMap(({ rule, ask }) => typeof ask === 'string' ? [{ name: rule.name, why: ask }] : []),
  };
}

/** Who would take no part on a machine with this environment. Throws as `openVoters` does; asks nobody. */
export function refusedVoters(policy: ConsensusPolicy, environment: Environment): OpenVoters['refused'] {
  const runs: Runs = { note: () => undefined, forget: () => undefined };
  const budget: Purse = { take: () => false, reaches: () => false, settle: () => undefined };
  return openVoters(policy, { environment, runs, budget, nowMs: () => 0 }).refused;
}

const FENCE_BYTES = 16;

function drawFence(): string {
  return randomBytes(FENCE_BYTES).toString('hex');
}

const ANTHROPIC_MODEL = 'claude-sonnet-5';
const OPENAI_MODEL = 'gpt-5.4';

/** `voters: auto`: one for each key that is there. */
function automatic(environment: Environment): readonly VoterRule[] {
  return [
    ...isSet(environment['ANTHROPIC_API_KEY']) ? [{ kind: 'anthropic', name: 'anthropic', model: ANTHROPIC_MODEL, url: null } as const] : [],
    ...isSet(environment['OPENAI_API_KEY']) ? [{ kind: 'openai', name: 'openai', model: OPENAI_MODEL, url: null } as const] : [],
  ];
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

/** How to ask it, or why it may not be asked. */
function askOf(rule: VoterRule, permissions: readonly Permission[], { environment, runs }: VoterTools): Ask | string {
  switch (rule.kind) {
    case 'command': {
      const permission = permissions.find(({ what }) => what === rule.command.join(' ') && addressOf(what) === null);
      if (permission === undefined) return refusal(`the command \`${rule.command.join(' ')}\``, rule.command.join(' '));
      return commandAsk({ argv: rule.command, env: commandEnvironment(permission.variables, environment) }, runs);
    }
    case 'anthropic':
    case 'openai': {
      const url = addressOf(rule.url ?? (rule.kind === 'anthropic' ? ANTHROPIC_URL : OPENAI_URL));
      if (url === null) return 'its url has to be an http or https address without credentials';
      const permission = permissions.find(({ what }) => what === url);
      if (permission === undefined) return refusal(`the address ${url}`, url);
      const [variable] = permission.variables;
      const key = variable === undefined ? undefined : environment[variable];
      if (variable !== undefined && !isSet(key)) return `its key is missing: ${variable} is not set where Maestro runs`;
      return modelAsk({ kind: rule.kind, model: rule.model, url, key: key ?? null });
    }
  }
}

function refusal(what: string, entry: string): string {
  return `${what} is named by the repository, but would be used on this machine: its owner has to allow it with ${PERMISSION_VARIABLE}="${entry}"`;
}
