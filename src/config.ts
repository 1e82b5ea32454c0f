// .github/maestro.yml: text in, policy or problems out. Knows no file and no repository; the caller reads it from the target's tip.
import { hierarchyComplaints } from './config-hierarchy.ts';
import { complaintsOf } from './config-problem.ts';
import type { Complaint } from './config-problem.ts';
import { CONFIG_VERSION, configSchema } from './config-schema.ts';
import type { ConfigFile } from './config-schema.ts';
import { readYaml } from './config-yaml.ts';
import type { Problem } from './config-yaml.ts';
import { DEFAULT_GATE, DEFAULT_POLICY } from './merge/policy.ts';
import type { ConsensusPolicy, GateRule, GeneratedRule, Limits, Policy, Route, TargetRule, VoterRule } from './merge/policy.ts';

const PROBLEMS_MAX = 20;
const CHECKS_TIMEOUT_MS = 3_600_000;

export type ConfigReading =
  | { readonly kind: 'ok'; readonly policy: Policy }
  | { readonly kind: 'broken'; readonly problems: readonly Problem[] };

/** Never throws. An empty file is the default policy. */
export function parseConfig(text: string): ConfigReading {
  const yaml = readYaml(text);
  if (yaml.kind === 'broken') return { kind: 'broken', problems: yaml.problems.slice(0, PROBLEMS_MAX) };
  const broken = (complaints: readonly Complaint[]): ConfigReading =>
    ({ kind: 'broken', problems: complaints.slice(0, PROBLEMS_MAX).map(({ path, text }) => ({ line: yaml.lineOf(path), text })) });
  const value = yaml.value ?? {};
  // Before everything else: a newer file is full of keys this version cannot know.
  const version = typeof value === 'object' && 'version' in value ? value.version : CONFIG_VERSION;
  if (typeof version === 'number' && version > CONFIG_VERSION)
    return broken([{ path: ['version'], text: `the file is of version ${version}, this Maestro knows up to ${CONFIG_VERSION}: update Maestro` }]);
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) return broken(parsed.error.issues.flatMap((issue) => complaintsOf(issue, value)));
  const policy = policyOf(parsed.data);
  const complaints = hierarchyComplaints(policy.routes);
  return complaints.length === 0 ? { kind: 'ok', policy } : broken(complaints);
}

function policyOf(file: ConfigFile): Policy {
  return {
    marker: file.marker ?? DEFAULT_POLICY.marker,
    routes: (file.hierarchy ?? []).map(routeOf),
    targets: (file.targets ?? []).map(targetOf),
    limits: limitsOf(file.limits ?? {}),
    hooks: {
      conflict: file.hooks?.conflict ?? DEFAULT_POLICY.hooks.conflict,
      directPush: file.hooks?.['direct-push'] ?? DEFAULT_POLICY.hooks.directPush,
      radar: file.hooks?.radar ?? DEFAULT_POLICY.hooks.radar,
    },
    github: { owners: file.github?.owners ?? [], refactor: file.github?.refactor ?? DEFAULT_POLICY.github.refactor },
    consensus: consensusOf(file.consensus ?? {}),
  };
}

type Entry<List> = NonNullable<List> extends readonly (infer Item)[] ? Item : never;

function routeOf(entry: Entry<ConfigFile['hierarchy']>): Route {
  return {
    branch: entry.branch,
    into: entry.into,
    promote: entry.promote ?? { when: 'manual' },
    priority: entry.priority ?? 'normal',
    backInto: entry['back-into'] ?? [],
  };
}

function targetOf(entry: Entry<ConfigFile['targets']>): TargetRule {
  const generated = (entry.generated ?? []).map(generatedOf);
  return { target: entry.target, gate: gateOf(entry.gate), diff3: entry.diff3 ?? 'auto', ...(generated.length === 0 ? {} : { generated }) };
}

function generatedOf({ paths, run, timeout, network, env }: Entry<Entry<ConfigFile['targets']>['generated']>): GeneratedRule {
  return { paths, make: { ...DEFAULT_GATE, run, timeoutMs: timeout ?? DEFAULT_GATE.timeoutMs, network: network ?? DEFAULT_GATE.network, env: env ?? DEFAULT_GATE.env } };
}

function gateOf(gate: Entry<ConfigFile['targets']>['gate']): GateRule | null {
  if (gate === null || gate === undefined) return null;
  if (typeof gate === 'string') return { ...DEFAULT_GATE, run: gate };
  if ('checks' in gate) return checksOf(gate);
  return {
    ...DEFAULT_GATE,
    run: gate.run,
    scope: gate.scope ?? DEFAULT_GATE.scope,
    timeoutMs: gate.timeout ?? DEFAULT_GATE.timeoutMs,
    outputBytesMax: gate.output ?? DEFAULT_GATE.outputBytesMax,
    diskBytesMax: gate.disk ?? DEFAULT_GATE.diskBytesMax,
    network: gate.network ?? DEFAULT_GATE.network,
    env: gate.env ?? DEFAULT_GATE.env,
  };
}

function checksOf({ checks, scope, timeout }: Extract<Entry<ConfigFile['targets']>['gate'], { checks: unknown }>): GateRule {
  const run = checks === 'required' ? 'the required checks' : `the checks ${checks.join(', ')}`;
  return { ...DEFAULT_GATE, run, checks, scope: scope ?? DEFAULT_GATE.scope, timeoutMs: timeout ?? CHECKS_TIMEOUT_MS };
}

function limitsOf(limits: NonNullable<ConfigFile['limits']>): Limits {
  const byDefault = DEFAULT_POLICY.limits;
  return {
    chainMax: limits.chain ?? byDefault.chainMax,
    gatesMax: limits.gates ?? byDefault.gatesMax,
    sweepMs: limits.sweep ?? byDefault.sweepMs,
    ageStepMs: limits.ageing ?? byDefault.ageStepMs,
    dependencyWaitMs: limits['dependency-wait'] ?? byDefault.dependencyWaitMs,
    treeEntriesMax: limits['tree-entries'] ?? byDefault.treeEntriesMax,
    treeDepthMax: limits['tree-depth'] ?? byDefault.treeDepthMax,
  };
}

function consensusOf(file: NonNullable<ConfigFile['consensus']>): ConsensusPolicy {
  const byDefault = DEFAULT_POLICY.consensus;
  return {
    threshold: file.threshold ?? byDefault.threshold,
    quorum: file.quorum ?? byDefault.quorum,
    roundsMax: file.rounds ?? byDefault.roundsMax,
    margin: file.margin ?? byDefault.margin,
    voters: file.voters === 'auto' ? 'auto' : (file.voters ?? []).flatMap(voterOf),
    names: file.names ?? byDefault.names,
    land: file.land ?? byDefault.land,
    share: file.share ?? byDefault.share,
    timeoutMs: file.timeout ?? byDefault.timeoutMs,
    budget: {
      callsPerDay: file.budget?.['calls-per-day'] ?? byDefault.budget.callsPerDay,
      tokensPerDay: file.budget?.['tokens-per-day'] ?? byDefault.budget.tokensPerDay,
    },
  };
}

/** The schema has refused what lacks its command or its model. */
function voterOf({ kind, name, model, url, command }: Entry<Exclude<NonNullable<ConfigFile['consensus']>['voters'], 'auto'>>): readonly VoterRule[] {
  if (kind !== 'command') return model === undefined ? [] : [{ kind, name, model, url: url ?? null }];
  const [file, ...words] = command ?? [];
  return file === undefined ? [] : [{ kind, name, command: [file, ...words] }];
}
