// One turn of one lane while it is being worked out: what is known, what was decided so far. Lives for one call of plan().
import type { Oid, RefName } from './branch.ts';
import type { LedgerEvent } from './event.ts';
import { apply, draftOf, type Draft, type Lane } from './lane.ts';
import type { ConsensusPolicy, Limits, Policy, TargetRule } from './policy.ts';

/** What a lane may look at besides itself. */
export type View = {
  readonly nowMs: number;
  /** What the clock said when this lane was last looked at. */
  readonly lookedAtMs: number;
  /** In force for this lane's target, from the target's own tip. */
  readonly rule: TargetRule;
  /** The tip that `rule` was read from: while the lane's tip is another one, nothing is gated or landed. */
  readonly ruleTip: Oid | null;
  readonly limits: Limits;
  readonly consensus: ConsensusPolicy;
  /** In force on the default branch: which branch goes where. */
  readonly routing: Policy;
  readonly defaultBranch: RefName;
  readonly lanes: ReadonlyMap<RefName, Lane>;
};

export type Turn = { readonly lane: Draft; readonly view: View; readonly events: LedgerEvent[] };

export function startTurn(lane: Lane, view: View): Turn {
  return { lane: draftOf(lane), view, events: [] };
}

/** Decides: the event joins the ledger of this turn and is folded at once, so that the next decision sees it. */
export function emit(turn: Turn, event: LedgerEvent): void {
  turn.events.push(event);
  apply(turn.lane, event);
}
