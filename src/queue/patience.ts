// How long a request has truly waited: what the clock says, less its jumps and the time nobody was looking.
import { isOpen } from '../merge/request.ts';
import { emit, type Turn } from '../merge/turn.ts';

/** So much later than the sweep that rings it a turn may come on a busy machine. */
const LATE_MS_MAX = 60_000;

/**
 * A lane is looked at once a sweep at least. A clock that moved further than that since the last look, or back, was set, or the
 * machine slept, or no coordinator ran: nobody's patience ends by that, and nobody becomes urgent.
 */
export function skipTime(turn: Turn): void {
  const { lane, view } = turn;
  const ms = view.nowMs - view.lookedAtMs;
  if (Math.abs(ms) <= view.routing.limits.sweepMs + LATE_MS_MAX || ![...lane.requests.values()].some(isOpen)) return;
  emit(turn, { kind: 'skipped', atMs: view.nowMs, ms });
}
