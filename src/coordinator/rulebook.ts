// Which config is in force where: the default branch's for routing, each target's own tip for its gate. The last good one stays in force.
import type { FileContent, Git } from '../port/git.ts';
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
  const known = new Map<RefName, Ruling & { readonly found: FileContent }>();
  return {
    at: async (target, tip) => {
      const before = known.get(target);
      if (before?.tip === tip) return before.found.kind === 'absent' ? inherited(tip) : before;
      const found = await git.file(tip, CONFIG_PATH, CONFIG_BYTES_MAX);
      const isSame = found.kind === 'text' && before?.found.kind === 'text' && before.found.text === found.text;
      const ruling = isSame ? { ...before, tip } : { ...await rule(target, tip, found), found };
      known.set(target, ruling);
      return ruling;
    },
  };

  function inherited(tip: Oid): Ruling {
    return { tip, policy: fallback(), broken: null };
  }

  /** Only where nothing is there the default branch's config counts: a config that cannot be read is broken, or its gate would be skipped. */
  async function rule(target: RefName, tip: Oid, found: FileContent): Promise<Ruling> {
    switch (found.kind) {
      case 'absent': return inherited(tip);
      case 'unusable': return { tip, policy: await lastGood(target), broken: `${CONFIG_PATH}: ${found.why}` };
      case 'text': return read(target, tip, found.text);
    }
  }

  async function read(target: RefName, tip: Oid, text: string): Promise<Ruling> {
    const parsed = await parse(text);
    if (parsed.kind === 'ok') {
      await store.remember(token(), keyOf(target), text);
      return { tip, policy: parsed.policy, broken: null };
    }
    const broken = parsed.problems.map((problem) => `${CONFIG_PATH}${problem.line === null ? '' : `:${problem.line}`}: ${problem.text}`).join('; ');
    return { tip, policy: await lastGood(target), broken };
  }

  async function lastGood(target: RefName): Promise<Policy | null> {
    const last = await store.recall(keyOf(target));
    const good = last === null ? null : await parse(last);
    return good?.kind === 'ok' ? good.policy : null;
  }
}

function keyOf(target: RefName): string {
  return `config ${target}`;
}
