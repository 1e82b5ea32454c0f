// Carries out one effect: one case, one port call, one observation back. The only file that calls a port's writing verbs.
import { notConfigured, type Git } from '../port/git.ts';
import type { Gate } from '../port/gate.ts';
import type { Effect } from '../merge/effect.ts';
import type { Observation } from '../merge/observation.ts';
import type { Option } from '../merge/request.ts';
import { MaestroError } from '../error.ts';

export type Hands = { readonly git: Git; readonly gate: Gate };

/** `resumed`: an earlier run may already have done part of it, so the remote is asked first. */
export async function perform(effect: Effect, hands: Hands, abort: AbortSignal, resumed: boolean): Promise<Observation> {
  switch (effect.kind) {
    case 'build':
      return { kind: 'built', onto: effect.onto, results: await hands.git.build(effect) };
    case 'prepare':
      return { kind: 'prepared', id: effect.request.id, onto: effect.onto, fingerprint: effect.conflict.fingerprint, options: await prepare(effect, hands, abort) };
    case 'gate':
      return { kind: 'gated', tree: effect.tree, verdict: await hands.gate.run(effect.commit, effect.tree, effect.gate, abort, effect.target) };
    case 'baseline':
      return { kind: 'baseline', tip: effect.tip, verdict: await gateTip(effect, hands, abort) };
    case 'land':
      return { kind: 'pushed', intent: effect.intent.id, outcome: await hands.git.land(effect.intent, effect.landings, resumed) };
    case 'task':
      return { kind: 'tasked', id: effect.request.id, dropped: await hands.git.droppedBy(effect.request, effect.conflict, effect.choices) };
  }
}

/** Every option is merged and gated before anybody is asked, so that the answer lands at once. */
async function prepare(effect: Extract<Effect, { kind: 'prepare' }>, hands: Hands, abort: AbortSignal): Promise<readonly Option[]> {
  const built = await hands.git.options(effect.request, effect.onto, effect.conflict, effect.diff3, effect.inverses);
  const options: Option[] = [];
  for (const option of built) {
    const verdict = effect.gate === null ? notConfigured(option.tree) : await hands.gate.run(option.commit, option.tree, effect.gate, abort, effect.request.target);
    options.push({ ...option, verdict });
  }
  return options;
}

async function gateTip(effect: Extract<Effect, { kind: 'baseline' }>, hands: Hands, abort: AbortSignal): Promise<Option['verdict']> {
  const commit = await hands.git.commit(effect.tip);
  if (commit === null) throw new MaestroError('git-failed', `the target's tip ${effect.tip} is not in the mirror`, { retryable: true });
  return hands.gate.run(commit.oid, commit.tree, effect.gate, abort, effect.target);
}
