// The summary of a run: what became of every merge request it saw. Counted from events, since memory keeps only the latest closed ones.
import type { LedgerEvent } from '../../merge/event.ts';
import type { Lane } from '../../merge/lane.ts';
import { isOpen, type RequestId } from '../../merge/request.ts';
import { count, duration } from '../../merge/wording.ts';
import { line, type Line } from './line.ts';
import { nameOf } from './request.ts';

const NAMES_SHOWN = 20;

export type Tally = {
  readonly processed: ReadonlySet<RequestId>;
  readonly clean: ReadonlySet<RequestId>;
  readonly resolved: ReadonlySet<RequestId>;
  readonly rolledBack: ReadonlySet<RequestId>;
  /** Names with the reason's code. */
  readonly rejected: ReadonlyMap<RequestId, string>;
  readonly asked: ReadonlySet<RequestId>;
};

export type Summary = { readonly processed: number; readonly clean: number; readonly resolved: number; readonly rolledBack: number; readonly rejected: number; readonly escalated: number; readonly waiting: number; readonly totalMs: number };

export const NOTHING_YET: Tally = { processed: new Set(), clean: new Set(), resolved: new Set(), rolledBack: new Set(), rejected: new Map(), asked: new Set() };

/** `lane` is the lane after the batch. */
export function countBatch(tally: Tally, events: readonly LedgerEvent[], lane: Pick<Lane, 'requests'>): Tally {
  const next = { processed: new Set(tally.processed), clean: new Set(tally.clean), resolved: new Set(tally.resolved), rolledBack: new Set(tally.rolledBack), rejected: new Map(tally.rejected), asked: new Set(tally.asked) };
  for (const event of events) {
    switch (event.kind) {
      case 'built': case 'conflicted': next.processed.add(event.id); break;
      case 'retried': next.rejected.delete(event.id); break;
      case 'rejected': {
        const request = lane.requests.get(event.id);
        next.processed.add(event.id);
        next.rejected.set(event.id, `${request === undefined ? event.id : nameOf(request)} (${event.reason.code})`);
        break;
      }
      case 'asked': next.asked.add(event.id); break;
      case 'landed': case 'entered': countLanded(next, event.atMs, lane); break;
      case 'requested': case 'met': case 'skipped': case 'forgotten': case 'held': case 'released': case 'dropped': case 'voted': case 'decided': case 'tasked': case 'gated': case 'baseline': case 'intended':
      case 'not-landed': case 'superseded': case 'cancelled': case 'rolled-back': case 'taken-off': case 'tip': case 'paused': case 'resumed': case 'stopped': case 'promoted':
        break;
    }
  }
  return next;
}

type Counting = { readonly processed: Set<RequestId>; readonly clean: Set<RequestId>; readonly resolved: Set<RequestId>; readonly rolledBack: Set<RequestId> };

function countLanded(next: Counting, atMs: number, lane: Pick<Lane, 'requests'>): void {
  for (const request of lane.requests.values()) {
    if (request.phase.state !== 'landed' || request.phase.atMs !== atMs) continue;
    next.processed.add(request.id);
    const kind = request.kind.kind === 'rollback' ? next.rolledBack : request.resolution === null ? next.clean : next.resolved;
    kind.add(request.id);
  }
}

export function summaryOf(tally: Tally, lanes: Iterable<Pick<Lane, 'requests'>>, totalMs: number): Summary {
  let waiting = 0;
  for (const lane of lanes) for (const request of lane.requests.values()) if (isOpen(request)) waiting += 1;
  return { processed: tally.processed.size, clean: tally.clean.size, resolved: tally.resolved.size, rolledBack: tally.rolledBack.size, rejected: tally.rejected.size, escalated: tally.asked.size, waiting, totalMs };
}

/** `early`: the run was stopped, or stopped by trouble. */
export function summaryLines(tally: Tally, summary: Summary, early = false): readonly Line[] {
  const left = [...tally.rejected.values()];
  const rows = [
    `${count(summary.processed, 'branch', 'branches')} processed`,
    count(summary.clean, 'clean merge'),
    count(summary.resolved, 'resolved conflict'),
    ...(summary.rolledBack === 0 ? [] : [count(summary.rolledBack, 'rollback')]),
    count(summary.escalated, 'human escalation'),
    ...(left.length === 0 ? [] : [`${left.length} not landed: ${left.slice(0, NAMES_SHOWN).join(', ')}${left.length > NAMES_SHOWN ? ', ...' : ''}`]),
    ...(summary.waiting === 0 ? [] : [`${summary.waiting} still waiting (maestro inbox, maestro status)`]),
    `Total time: ${duration(summary.totalMs)}`,
  ];
  const done = summary.waiting === 0 && left.length === 0;
  const head = early ? 'Stopped early.' : done ? 'All merges complete!' : 'Nothing more to do for now.';
  return [line('head', `[Merge Coordinator] ${head}`), line('plain', 'Summary:'), ...rows.map((row) => line('plain', `- ${row}`))];
}
