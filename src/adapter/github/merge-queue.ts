// GitHub's own merge queue is respected: what would be pushed past it is not pushed, and the lane says why.
import { MaestroError } from '../../error.ts';
import type { RefName } from '../../merge/branch.ts';
import { refusalOf } from '../../merge/refusal.ts';
import type { Clock } from '../../port/clock.ts';
import type { Forge } from '../../port/forge.ts';
import type { Git } from '../../port/git.ts';

/** Rules change seldom, landings come by the second. */
const KNOWN_MS = 5 * 60_000;

/** While GitHub does not answer nothing is pushed; where it never shows its rules, it is the push that finds out. */
export function heedMergeQueue(land: Git['land'], forge: Pick<Forge, 'rules'>, clock: Clock): Git['land'] {
  const hasQueue = async (target: RefName): Promise<boolean> => {
    try {
      return (await forge.rules(target)).mergeQueue;
    } catch (error) {
      if (!(error instanceof MaestroError) || error.retryable) throw error;
      return false;
    }
  };
  const known = new Map<RefName, { readonly hasQueue: boolean; readonly untilMs: number }>();
  return async (intent, landings, resumed) => {
    const { target } = intent;
    let rule = known.get(target);
    if (rule === undefined || rule.untilMs <= clock.nowMs()) {
      rule = { hasQueue: await hasQueue(target), untilMs: clock.nowMs() + KNOWN_MS };
      known.set(target, rule);
    }
    if (!rule.hasQueue) return land(intent, landings, resumed);
    return { kind: 'refused', everyone: true, detail: `GitHub's merge queue decides what enters it. ${refusalOf('merge queue').next}` };
  };
}
