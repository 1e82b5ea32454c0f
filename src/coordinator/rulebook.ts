// Which config is in force where: the default branch's for routing, each target's own tip for its gate. The last good one stays in force.
import type { Git } from '../port/git.ts';
import type { Store } from '../port/store.ts';
import type { Oid, RefName } from '../merge/branch.ts';
import type { Policy } from '../merge/policy.ts';

export const CONFIG_PATH = '.github/maestro.yml';
export const CONFIG_BYTES_MAX = 64 * 1024;

export type ParsedConfig = { readonly kind: 'ok'; readonly policy: Policy } | { readonly kind: 'broken'; readonly problems: readonly { readonly line: number | null; readonly text: string }[] };

/** `broken`: the text at this tip is not valid; `policy` is then the last good one, or null when there never was one. */
export type Ruling = { readonly tip: Oid; readonly policy: Policy | null; readonly broken: string | null };

export type Rulebook = {
  at(target: RefName, tip: Oid): Promise<Ruling>;
};

/** `fallback` is asked when a target's tip carries no config of its own: the default branch's policy. */
export function openRulebook(git: Git, store: Store, token: () => number, parse: (text: string) => Promise<ParsedConfig>, fallback: () => Policy): Rulebook {
  const known = new Map<RefName, Ruling & { readonly text: string | null }>();
  return {
    at: async (target, tip) => {
      const before = known.get(target);
      if (before?.tip === tip) return before.text === null ? { tip, policy: fallback(), broken: null } : before;
      const text = await git.file(tip, CONFIG_PATH, CONFIG_BYTES_MAX);
      const ruling = text === null ? { tip, text, policy: fallback(), broken: null }
        : before?.text === text ? { ...before, tip }
        : await read(target, tip, text);
      known.set(target, ruling);
      return ruling;
    },
  };

  async function read(target: RefName, tip: Oid, text: string): Promise<Ruling & { readonly text: string }> {
    const key = `config ${target}`;
    const parsed = await parse(text);
    if (parsed.kind === 'ok') {
      await store.remember(token(), key, text);
      return { tip, text, policy: parsed.policy, broken: null };
    }
    const broken = parsed.problems.map((problem) => `${CONFIG_PATH}${problem.line === null ? '' : `:${problem.line}`}: ${problem.text}`).join('; ');
    const last = await store.recall(key);
    const good = last === null ? null : await parse(last);
    return { tip, text, policy: good?.kind === 'ok' ? good.policy : null, broken };
  }
}

