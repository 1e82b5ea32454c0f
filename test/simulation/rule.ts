// The config of a symbolic repository: JSON in the tree, read as the real one is, from the target. Knows no YAML.
import { DEFAULT_GATE, DEFAULT_POLICY, type GateRule, type Policy, type TargetRule } from '../../src/merge/policy.ts';
import { targetRuleOf } from '../../src/merge/route.ts';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import type { History } from '../harness/history.ts';

export const CONFIG_PATH = '.github/maestro.yml';

export type Config = { readonly routes: Policy['routes']; readonly gate: { readonly run: string; readonly scope: GateRule['scope'] } | null; readonly diff3: TargetRule['diff3']; readonly chainMax: number; readonly gatesMax: number; readonly dependencyWaitMs: number };

export const PLAIN: Config = { routes: [], gate: null, diff3: 'off', chainMax: 8, gatesMax: 2, dependencyWaitMs: DEFAULT_POLICY.limits.dependencyWaitMs };

/** So long everybody in a simulation waits for what nobody pushed. */
export const WAIT_MS = 5 * 60_000;

export function textOf(config: Config): string {
  return JSON.stringify(config);
}

const parsed = new Map<string, Policy | null>();

/** null: not understood. */
export function parsePolicy(text: string): Policy | null {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const policy = text.startsWith('{') ? policyOf(JSON.parse(text) as Config) : null;
  if (parsed.size > 10_000) parsed.clear();
  parsed.set(text, policy);
  return policy;
}

function policyOf(config: Config): Policy {
  const gate = config.gate === null ? null : { ...DEFAULT_GATE, ...config.gate };
  const { chainMax, gatesMax, dependencyWaitMs } = config;
  return { ...DEFAULT_POLICY, routes: config.routes, targets: [{ target: '**', gate, diff3: config.diff3 }], limits: { ...DEFAULT_POLICY.limits, chainMax, gatesMax, dependencyWaitMs } };
}

/** The rules that may be in force for a target at this tip: its own, or where its text is broken, any good one it had before. */
export function rulesAt(history: History, target: RefName, tip: Oid, former: ReadonlySet<Oid>): readonly TargetRule[] {
  const own = policyAt(history, tip);
  if (own !== null) return [targetRuleOf(own, target)];
  return [...former].flatMap((oid) => {
    const policy = policyAt(history, oid);
    return policy === null ? [] : [targetRuleOf(policy, target)];
  });
}

export function policyAt(history: History, tip: Oid): Policy | null {
  const text = history.get(tip).files.get(CONFIG_PATH);
  return text === undefined ? null : parsePolicy(text);
}
