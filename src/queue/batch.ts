// Which candidates of a chain to gate next, and which one a red verdict blames. A chain is a stack: each candidate holds all before it.
import type { Lane, Push } from '../merge/lane.ts';
import type { GateRule } from '../merge/policy.ts';
import type { Verdict } from '../merge/request.ts';

const GATHER_MS_MIN = 400;
const GATHER_MS_MAX = 5_000;
const PUSHES_APART = 2;

/** The chain's verdicts, bottom first; null: not gated yet. */
export type Verdicts = readonly (Verdict | null)[];

export function verdictsOf(lane: Pick<Lane, 'chain' | 'requests'>): Verdicts {
  return lane.chain.map((id) => {
    const phase = lane.requests.get(id)?.phase;
    return phase?.state === 'gating' || phase?.state === 'landing' ? phase.verdict : null;
  });
}

/** Positions to gate now, at most `gatesMax`. */
export function nextToGate(verdicts: Verdicts, scope: GateRule['scope'], gatesMax: number): readonly number[] {
  return scope === 'each' ? eachInTurn(verdicts, gatesMax) : byBisection(verdicts);
}

/** The lowest red candidate whose predecessor is green: it alone made the difference. Position 0 stands on the target itself. */
export function guiltyPosition(verdicts: Verdicts): number | null {
  const red = verdicts.findIndex(isRed);
  if (red === -1) return null;
  return red === 0 || isGreen(verdicts[red - 1] ?? null) ? red : null;
}

/** How many candidates from the bottom may land. */
export function greenPrefix(verdicts: Verdicts): number {
  const first = verdicts.findIndex((verdict) => !isGreen(verdict));
  return first === -1 ? verdicts.length : first;
}

/**
 * Until when green candidates wait for the gates under way behind them; null: they land now. A push costs as much as several quick
 * gates, so while more is coming two landings of a lane keep a distance: the longer the last push took, the longer. One that comes
 * alone never waits.
 */
export function gatherUntilMs(verdicts: Verdicts, last: Push | null, nowMs: number): number | null {
  const next = verdicts[greenPrefix(verdicts)];
  if (next !== null || last === null || last.toMs > nowMs) return null;
  const untilMs = last.toMs + Math.min(GATHER_MS_MAX, Math.max(GATHER_MS_MIN, PUSHES_APART * (last.toMs - last.fromMs)));
  return nowMs < untilMs ? untilMs : null;
}

function eachInTurn(verdicts: Verdicts, gatesMax: number): readonly number[] {
  const next: number[] = [];
  for (const [position, verdict] of verdicts.entries()) {
    if (isRed(verdict)) break;
    if (verdict === null) next.push(position);
    if (next.length >= gatesMax) break;
  }
  return next;
}

/** Green below and red above a candidate halve the search: the last green + 1 = the first red names the guilty one. */
function byBisection(verdicts: Verdicts): readonly number[] {
  const green = greenPrefix(verdicts) - 1;
  const red = verdicts.findIndex(isRed);
  if (red === -1) {
    const top = verdicts.lastIndexOf(null);
    return top === -1 ? [] : [top];
  }
  return red === green + 1 ? [] : [Math.floor((green + red) / 2)];
}

function isRed(verdict: Verdict | null): boolean {
  return verdict?.kind === 'failed';
}

function isGreen(verdict: Verdict | null): boolean {
  return verdict?.kind === 'passed' || verdict?.kind === 'not-configured';
}
