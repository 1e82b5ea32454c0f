// Candidates that nobody gated yet step back for a more urgent request. Knows no gate but the one that is running.
import { shortName } from '../merge/branch.ts';
import { emit, type Turn } from '../merge/turn.ts';
import { verdictsOf } from './batch.ts';
import { buildOrder, levelsOf, rollFor } from './urgency.ts';

/**
 * The stack is cut below the first member that is less urgent than who goes next. What is being gated at the bottom stays, so the
 * lane moves on however many urgent ones come; and waiting makes a member as urgent as any, so it steps back for none after that.
 */
export function makeWay(turn: Turn): void {
  const { lane, view } = turn;
  // One gate for the whole stack ends as soon as one for its bottom would.
  if (lane.pausedBy !== null || lane.alarm !== null || view.ruleTip !== lane.tip || view.rule.gate?.scope !== 'each') return;
  const from = firstUngated(turn) + 1;
  if (from >= lane.chain.length) return;
  const [next] = buildOrder(lane, view);
  if (next === undefined) return;
  const levels = levelsOf(lane, view, rollFor(lane, view));
  const levelAt = (id: typeof next.id): number => levels.get(id) ?? 0;
  const at = lane.chain.findIndex((id, position) => position >= from && levelAt(id) > levelAt(next.id));
  if (at !== -1) emit(turn, { kind: 'dropped', atMs: view.nowMs, ids: lane.chain.slice(at), why: `${shortName(next.branch)} is more urgent` });
}

/** Above everything that has a verdict. */
function firstUngated(turn: Turn): number {
  return verdictsOf(turn.lane).findLastIndex((verdict) => verdict !== null) + 1;
}
