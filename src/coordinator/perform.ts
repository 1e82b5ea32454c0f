// Carries out one effect: one case, one port call, one observation back. The only file that calls a port's writing verbs.
import type { Git } from '../port/git.ts';
import type { Gate } from '../port/gate.ts';
import type { Effect } from '../merge/effect.ts';
import type { Observation } from '../merge/observation.ts';
import type { StoredVote, Verdict } from '../merge/request.ts';
import type { Minds } from '../port/minds.ts';
import type { Past } from './deliberation.ts';
import { prepare } from './prepare.ts';
import { MaestroError } from '../error.ts';

export type Hands = { readonly git: Git; readonly gate: Gate; readonly minds: Minds; /** What was learned by now. */ readonly past: () => Past };

/** `onVote`: stores a vote of a voter outside before it counts. `resumed`: an earlier run may already have done part of it, so the remote is asked first. */
export async function perform(effect: Effect, hands: Hands, abort: AbortSignal, resumed: boolean, onVote: (vote: StoredVote) => Promise<void>): Promise<Observation> {
  switch (effect.kind) {
    case 'build':
      return { kind: 'built', onto: effect.onto, results: await hands.git.build(effect) };
    case 'prepare':
      return { kind: 'prepared', id: effect.request.id, onto: effect.onto, fingerprint: effect.conflict.fingerprint, ...await prepare(effect, hands, abort, onVote) };
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

async function gateTip(effect: Extract<Effect, { kind: 'baseline' }>, hands: Hands, abort: AbortSignal): Promise<Verdict> {
  const commit = await hands.git.commit(effect.tip);
  if (commit === null) throw new MaestroError('git-failed', `the target's tip ${effect.tip} is not in the mirror`, { retryable: true });
  return hands.gate.run(commit.oid, commit.tree, effect.gate, abort, effect.target);
}
